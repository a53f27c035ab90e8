#include "ledger/fold/handle.h"

#include <algorithm>

#include "base/check.h"
#include "base/one_of.h"
#include "ledger/fold/apply.h"
#include "ledger/fold/notifications.h"
#include "ledger/payments/decide_payment.h"
#include "ledger/payments/react.h"
#include "ledger/subscriptions/attach.h"
#include "ledger/subscriptions/decide_entity.h"
#include "ledger/subscriptions/decide_timer.h"

namespace quipu::ledger {
namespace {

// After these, seats may be held that the current period has not counted.
using MovesSeats = std::variant<EntityAdded, EntityRestored, PeriodAdvanced, SubscriptionStarted>;

// What an event sends out of the ledger. Notifications have their own rules (notifications.h).
struct Departures {
    Effects& effects;

    void operator()(const InvoiceIssued& event) const { effects.invoices.push_back(event.invoice); }
    void operator()(const InvoiceSettled& event) const { effects.settled.push_back(event.invoice); }
    void operator()(const ProviderCalled& event) const { effects.calls.push_back(event.call); }

    // These change the account alone.
    using Staying =
        std::variant<AccountOpened, AccountRenamed, SubscriptionStarted, SubscriptionEnded,
                     CancellationScheduled, SwitchScheduled, ScheduleCleared, PeriodAdvanced,
                     TrialUsed, UsageRecorded, SeatsCounted, CreditsGranted, CreditsExpired,
                     EntityAdded, EntityRestored, EntityRemovalScheduled, EntityRemoved,
                     FeatureConfigSet, OverageLimitSet, WindowsSettled, SubscriptionActivated,
                     SubscriptionPastDue, SubscriptionRecovered, FeeOutstanding, PaymentMethodSaved,
                     PaymentMethodRemoved, IntentSaved, DunningSaved, DunningEnded, PaymentFailed,
                     OverageBlocked, OverageUnblocked, ThresholdScheduled, OverrideGranted,
                     OverrideRevoked, CreditsRevoked, RolledOver, ThresholdsPassed,
                     OverageLimitPassed, ReservationMade, ReservationEnded, RefundRefused>;
    template <base::OneOf<Staying> E>
    void operator()(const E&) const {}
};

// A refusal may be told of, and is one all the same.
bool only_tells(const Event& event) {
    return std::holds_alternative<ThresholdsPassed>(event);
}

// Applies events and what follows from them, depth first.
class Folding {
public:
    Folding(Account& account, const CatalogBook& book, AccountChanges& changes, Effects& effects)
        : account_(account), book_(book), changes_(changes), effects_(effects) {}

    void fold(const Events& events, base::Instant at) {
        recount_ = false;
        fold_all(events, at);
        if (!recount_) return;
        for (const Event& event : recount_seats(account_, book_, at))
            apply(account_, event, changes_);
    }

private:
    void fold_all(const Events& events, base::Instant at) {
        for (const Event& event : events) {
            apply(account_, event, changes_);
            std::visit(
                [&]<typename E>(const E& happened) {
                    recount_ = recount_ || base::OneOf<E, MovesSeats>;
                    Departures{effects_}(happened);
                },
                event);
            notify(effects_.notifications, account_, event, at);
            const Events reaction = react(account_, book_, event, at);
            if (!reaction.empty()) fold_all(reaction, at);
        }
    }

    Account& account_;
    const CatalogBook& book_;
    AccountChanges& changes_;
    Effects& effects_;
    bool recount_ = false;
};

}  // namespace

void fire_timers(Account& account, const CatalogBook& book, base::Instant now,
                 AccountChanges& changes, Effects& effects) {
    while (account.next_due <= now) {
        const base::Instant due = account.next_due;
        const Events events = decide_timer(account, book);
        Folding(account, book, changes, effects).fold(events, due);
        if (!events.empty()) continue;
        // What was due has gone by itself, such as a credit that was spent before it expired.
        account.next_due = earliest_timer(account);
        QUIPU_CHECK(account.next_due > due);
    }
}

Account open_account(const CatalogBook& book, const std::string& organisation,
                     const OpenAccount& command, base::Instant now, AccountChanges& changes,
                     Effects& effects) {
    Account account;
    Folding folding(account, book, changes, effects);
    Events events;
    events.emplace_back(
        AccountOpened{organisation, command.customer, command.external_id, command.email, now});
    folding.fold(events, now);
    if (command.auto_enable) folding.fold(auto_enabled(account, book, now), now);
    return account;
}

base::Result<Handled> handle(Account& account, const CatalogBook& book, const CommandRecord& record,
                             base::Instant now, const FindInvoice& find_invoice,
                             AccountChanges& changes) {
    // Made where it is answered: it is large, and every Track makes one.
    base::Result<Handled> result{tl::in_place};
    Handled& handled = *result;
    fire_timers(account, book, now, changes, handled.effects);
    std::optional<Invoice> invoice;
    if (const auto subject = subject_invoice(account, record.command)) {
        auto found = find_invoice(*subject);
        if (!found) {
            result = tl::unexpected(found.error());
            return result;
        }
        invoice = std::move(*found);
    }
    if (const auto* confirm = std::get_if<ConfirmReservation>(&record.command)) {
        if (const Reservation* held = account.find_reservation(confirm->reservation)) {
            handled.began_at = held->at;
            handled.entity = held->entity;
        }
    }
    Decision decision = decide({account, book, record, invoice ? &*invoice : nullptr, now});
    Folding(account, book, changes, handled.effects).fold(decision.events, now);
    handled.refused =
        is_refusal(decision.outcome) && std::ranges::all_of(decision.events, only_tells);
    handled.outcome = std::move(decision.outcome);
    for (Event& event : decision.events) {
        if (auto* usage = std::get_if<UsageRecorded>(&event))
            handled.postings = std::move(usage->postings);
    }
    // What fell due at this very moment, such as a threshold without grace.
    fire_timers(account, book, now, changes, handled.effects);
    return result;
}

}  // namespace quipu::ledger

#include "ledger/payments/react.h"

#include <algorithm>

#include "base/one_of.h"
#include "ledger/invoicing/dunning.h"
#include "ledger/invoicing/intents.h"
#include "ledger/subscriptions/subscription_changes.h"

namespace quipu::ledger {
namespace {

using base::Instant;

constexpr base::ErrorCode kChargeFailed("threshold_charge_failed");

// The subscription whose fee an invoice holds; 0 = none.
std::uint32_t fee_of(const Invoice& invoice) {
    for (const InvoiceLine& line : invoice.lines) {
        const bool fee = line.kind == LineKind::PlanFee || line.kind == LineKind::Proration;
        if (fee && line.amount_minor > 0) return line.subscription;
    }
    return 0;
}

// It has never been paid for: a trial has just become it.
bool is_unproven(const Subscription& subscription) {
    return subscription.created_at < subscription.anchor &&
           subscription.period.start == subscription.anchor;
}

struct Reaction {
    const Account& account;
    const CatalogBook& book;
    Instant at;
    Events events;

    void operator()(const InvoiceIssued& event) {
        const Invoice& invoice = event.invoice;
        const BillingSettings& settings = book.settings();
        if (!takes_payments(settings) || invoice.status != InvoiceStatus::Open) return;
        const std::uint32_t fee = fee_of(invoice);
        const Subscription* subscription = account.find_subscription(fee);
        const bool renews = subscription != nullptr && is_live(*subscription);
        if (renews && subscription->fee_invoice == 0) {
            events.emplace_back(
                FeeOutstanding{fee, invoice.sequence,
                               hours_after(invoice.issued_at, settings.past_due_after_hours)});
        }
        const bool threshold = invoice.trigger == InvoiceTrigger::Threshold;
        const bool by_itself = settings.auto_collect && invoice.trigger != InvoiceTrigger::Manual;
        if (fee == 0 && !by_itself && !threshold) return;
        if (invoice.total_minor < minimum_invoice(account, invoice.currency)) return;
        Dunning dunning;
        dunning.invoice = invoice.sequence;
        dunning.currency = invoice.currency;
        dunning.amount_minor = invoice.total_minor;
        dunning.subscription = fee;
        dunning.blocks_overage = threshold;
        attempt_charge(events, account, book, std::move(dunning), at);
    }

    void operator()(const PaymentFailed& event) {
        const PaymentIntent* intent = account.find_intent(event.intent);
        if (intent == nullptr || !intent->collecting) return;
        const Dunning* known = account.find_dunning(intent->invoice);
        if (known == nullptr) return;
        Dunning dunning = *known;
        const auto& retries = book.settings().retry_hours;
        ++dunning.failures;
        dunning.next_attempt_at.reset();
        const bool more = dunning.failures <= retries.size();
        if (more) dunning.next_attempt_at = hours_after(at, retries[dunning.failures - 1]);
        if (dunning.blocks_overage && !account.overage_block)
            events.emplace_back(OverageBlocked{{kChargeFailed, dunning.invoice, at}});
        fee_failed(dunning, more);
        events.emplace_back(DunningSaved{std::move(dunning)});
    }

    void operator()(const InvoiceSettled& event) {
        const std::uint32_t invoice = event.invoice.sequence;
        if (account.find_dunning(invoice) != nullptr) events.emplace_back(DunningEnded{invoice});
        if (account.overage_block && account.overage_block->invoice == invoice)
            unblock(*account.overage_block);
        cancel_intents([&](const PaymentIntent& intent) {
            return intent.purpose == IntentPurpose::Invoice && intent.invoice == invoice &&
                   intent.id != event.invoice.payment;
        });
        for (const Subscription& subscription : account.subscriptions) {
            if (subscription.fee_invoice != invoice || !has_period(subscription)) continue;
            events.emplace_back(SubscriptionRecovered{subscription.seq});
            next_outstanding(subscription, invoice);
        }
    }

    // A method that has come makes every waiting dunning try at once.
    void operator()(const PaymentMethodSaved& event) {
        if (!event.method.is_default || !event.method.is_valid) return;
        for (const Dunning& dunning : account.dunnings) {
            const bool charging =
                std::ranges::any_of(account.intents, [&](const PaymentIntent& intent) {
                    return intent.status == IntentStatus::Pending && intent.collecting &&
                           intent.invoice == dunning.invoice;
                });
            if (charging) continue;
            Dunning sooner = dunning;
            sooner.next_attempt_at = at;
            events.emplace_back(DunningSaved{std::move(sooner)});
        }
    }

    // Nobody pays for what has ended: a payment that is under way goes back when it arrives.
    void operator()(const SubscriptionEnded& event) {
        cancel_intents([&](const PaymentIntent& intent) {
            return intent.purpose == IntentPurpose::Switch && intent.subscription == event.seq;
        });
        for (const Dunning& dunning : account.dunnings) {
            if (dunning.subscription != event.seq) continue;
            cancel_intents([&](const PaymentIntent& intent) {
                return intent.purpose == IntentPurpose::Invoice &&
                       intent.invoice == dunning.invoice;
            });
            events.emplace_back(DunningEnded{dunning.invoice});
        }
    }

    void operator()(const UsageRecorded& event) {
        const BillingSettings& settings = book.settings();
        if (!settings.threshold_enabled || !takes_payments(settings) || account.overage_block ||
            account.threshold_due) {
            return;
        }
        const bool running = std::ranges::any_of(account.dunnings,
                                                 [](const Dunning& c) { return c.blocks_overage; });
        if (running) return;
        for (const Posting& posting : event.postings) {
            if (posting.bucket != Bucket::Overage) continue;
            const auto unbilled = account.unbilled_charges.find(posting.currency);
            const std::int64_t due =
                std::max(settings.threshold_minor, minimum_invoice(account, posting.currency));
            if (unbilled == account.unbilled_charges.end() || unbilled->second < due) continue;
            events.emplace_back(ThresholdScheduled{hours_after(at, settings.grace_hours)});
            return;
        }
    }

    // Nothing follows from these by itself.
    using Settled = std::variant<
        AccountOpened, AccountRenamed, SubscriptionStarted, CancellationScheduled, SwitchScheduled,
        ScheduleCleared, PeriodAdvanced, TrialUsed, SeatsCounted, CreditsGranted, CreditsExpired,
        EntityAdded, EntityRestored, EntityRemovalScheduled, EntityRemoved, FeatureConfigSet,
        OverageLimitSet, WindowsSettled, SubscriptionActivated, SubscriptionPastDue,
        SubscriptionRecovered, FeeOutstanding, PaymentMethodRemoved, IntentSaved, DunningSaved,
        DunningEnded, ProviderCalled, OverageBlocked, OverageUnblocked, ThresholdScheduled,
        OverrideGranted, OverrideRevoked, CreditsRevoked, RolledOver, ThresholdsPassed,
        OverageLimitPassed, ReservationMade, ReservationEnded, RefundRefused>;
    template <base::OneOf<Settled> E>
    void operator()(const E&) {}

private:
    void fee_failed(const Dunning& dunning, bool more) {
        const Subscription* subscription = account.find_subscription(dunning.subscription);
        if (subscription == nullptr || !has_period(*subscription)) return;
        if (is_unproven(*subscription) && !more) {
            end_subscription(events, book, *subscription, SubscriptionStatus::Expired, at);
            if (const Plan* plan = free_fallback(account, book, *subscription))
                begin(events, account, new_subscription(account, book.newest(), *plan, at));
        } else if (is_live(*subscription) && (is_unproven(*subscription) || !more)) {
            events.emplace_back(SubscriptionPastDue{subscription->seq, at});
        }
    }

    // Invoices of several currencies can have failed: the next one that did holds the block.
    void unblock(OverageBlock block) {
        for (const Dunning& other : account.dunnings) {
            const bool failed = other.failures > 0 || account.default_method() == nullptr;
            if (other.invoice == block.invoice || !other.blocks_overage || !failed) continue;
            block.invoice = other.invoice;
            events.emplace_back(OverageBlocked{std::move(block)});
            return;
        }
        events.emplace_back(OverageUnblocked{});
    }

    // Several renewals can be open: the oldest one that is left counts.
    void next_outstanding(const Subscription& subscription, std::uint32_t settled) {
        for (const Dunning& other : account.dunnings) {
            if (other.subscription != subscription.seq || other.invoice == settled) continue;
            events.emplace_back(
                FeeOutstanding{subscription.seq, other.invoice,
                               hours_after(at, book.settings().past_due_after_hours)});
            return;
        }
    }

    template <typename Which>
    void cancel_intents(Which&& which) {
        for (const PaymentIntent& intent : account.intents) {
            if (intent.status != IntentStatus::Pending || !which(intent)) continue;
            PaymentIntent canceled = intent;
            canceled.status = IntentStatus::Canceled;
            events.emplace_back(IntentSaved{std::move(canceled)});
        }
    }
};

}  // namespace

Events react(const Account& account, const CatalogBook& book, const Event& event, Instant at) {
    Reaction reaction{account, book, at, {}};
    std::visit(reaction, event);
    return std::move(reaction.events);
}

}  // namespace quipu::ledger

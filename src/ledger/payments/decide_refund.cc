#include <fmt/format.h>

#include <algorithm>

#include "ledger/invoicing/intents.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/payments/decide_payment.h"
#include "ledger/subscriptions/subscription_changes.h"

namespace quipu::ledger {
namespace {

using base::Instant;

// The subscription whose current period the payment was for. Periods that were paid for later are
// not taken away, nor is what a difference was paid on top of.
const Subscription* paid_for(const Account& account, const PaymentIntent& intent,
                             const Invoice* invoice) {
    if (intent.purpose == IntentPurpose::Subscribe) {
        const Subscription* bought = account.find_subscription(intent.subscription);
        const bool current =
            bought != nullptr && has_period(*bought) && bought->period.start == bought->created_at;
        return current ? bought : nullptr;
    }
    if (intent.purpose != IntentPurpose::Invoice || invoice == nullptr) return nullptr;
    for (const InvoiceLine& line : invoice->lines) {
        if (line.kind != LineKind::PlanFee) continue;
        const Subscription* renewed = account.find_subscription(line.subscription);
        if (renewed != nullptr && has_period(*renewed) && renewed->period == line.period)
            return renewed;
    }
    return nullptr;
}

void take_back(Events& events, const Account& account, const CatalogBook& book,
               const PaymentIntent& intent, const Invoice* invoice, Instant now) {
    if (intent.purpose == IntentPurpose::Purchase && intent.grant != 0) {
        const auto grant = std::ranges::find(account.grants, intent.grant, &CreditGrant::seq);
        if (grant != account.grants.end())
            events.emplace_back(CreditsRevoked{grant->seq, grant->remaining});
    }
    const Subscription* bought = paid_for(account, intent, invoice);
    if (bought == nullptr) return;
    append_invoices(
        events,
        make_invoices(account, unbilled_usage(account, book, bought->seq),
                      {InvoiceTrigger::Subscription, now, {bought->period.start, now}, bought}));
    end_subscription(events, book, *bought, SubscriptionStatus::Refunded, now);
    if (const Plan* plan = free_fallback(account, book, *bought))
        begin(events, account, new_subscription(account, book.newest(), *plan, now));
}

}  // namespace

Decision decide(const Asked& asked, const RecordRefund& command) {
    const Account& account = asked.account;
    const PaymentIntent* intent = account.find_intent(command.intent);
    if (intent == nullptr) {
        return rejected(Code::PaymentNotFound,
                        fmt::format("There is no payment '{}'.", command.intent));
    }
    if (!command.failure.empty()) {
        return {{RefundRefused{intent->id, command.amount_minor, command.failure, command.message}},
                answer_of(account, *intent, "The refund was refused.")};
    }
    if (std::ranges::find(intent->refunds, command.reference) != intent->refunds.end())
        return {{}, answer_of(account, *intent, "The refund was recorded before.")};
    const std::int64_t refunded = intent->refunded_minor + command.amount_minor;
    if (command.currency != intent->currency || refunded > intent->amount_minor) {
        return rejected(
            Code::PaymentMismatch,
            fmt::format("A refund of {} {} does not fit a payment of {} {}.", command.amount_minor,
                        command.currency.code(), intent->amount_minor, intent->currency.code()));
    }
    const bool counted = intent->status == IntentStatus::Succeeded;
    PaymentIntent after = *intent;
    after.refunded_minor = refunded;
    after.refunds.push_back(command.reference);
    Decision decision;
    decision.outcome = answer_of(account, after, "The refund is recorded.");
    if (counted && refunded == intent->amount_minor && refunded > 0) {
        after.status = IntentStatus::Refunded;
        take_back(decision.events, account, asked.book, *intent, asked.invoice, asked.now);
    }
    decision.events.emplace_back(IntentSaved{std::move(after)});
    return decision;
}

}  // namespace quipu::ledger

#include "ledger/fold/notifications.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/one_of.h"
#include "base/sha256.h"

namespace quipu::ledger {
namespace {

using base::Instant;

class Notifier {
public:
    Notifier(std::vector<Notification>& out, const Account& account, Instant at)
        : out_(out), account_(account), at_(at) {}

    void operator()(const SubscriptionStarted& event) {
        const Subscription& subscription = event.subscription;
        const bool trial = subscription.status == SubscriptionStatus::Trialing;
        tell(trial ? "subscription.trial_started" : "subscription.started", subscription.id,
             facts_of(subscription));
    }
    void operator()(const SubscriptionActivated& event) {
        tell("subscription.started", event.subscription.id, facts_of(event.subscription));
    }
    void operator()(const SubscriptionEnded& event) { on_change(event.seq, "subscription.ended"); }
    void operator()(const CancellationScheduled& event) {
        on_change(event.seq, "subscription.updated");
    }
    void operator()(const SwitchScheduled& event) { on_change(event.seq, "subscription.updated"); }
    void operator()(const ScheduleCleared& event) { on_change(event.seq, "subscription.updated"); }
    void operator()(const PeriodAdvanced& event) { on_change(event.seq, "subscription.renewed"); }
    void operator()(const SubscriptionPastDue& event) {
        on_change(event.seq, "subscription.past_due");
    }
    void operator()(const SubscriptionRecovered& event) {
        on_change(event.seq, "subscription.recovered");
    }
    void operator()(const ThresholdsPassed& event) {
        // Of this limit: under another one all is told again. An entity may have any name.
        const std::string window =
            fmt::format("{}_{}_{}_{}_{}_{}", event.meter.subscription, event.meter.feature,
                        event.meter.entity.size(), event.meter.entity, event.window.start.micros,
                        event.limit.to_string());
        const auto facts = [&](std::int64_t percent) {
            std::vector<Fact> told = limit_facts(event);
            if (percent != 0) told.push_back({"threshold", percent});
            return told;
        };
        if (event.bits & kNotified80)
            tell_once("entitlement.threshold_reached", window + "_80", facts(80));
        if (event.bits & kNotified100)
            tell_once("entitlement.threshold_reached", window + "_100", facts(100));
        if (event.bits & kNotifiedLimit) tell_once("entitlement.limit_reached", window, facts(0));
    }
    void operator()(const OverageLimitPassed& event) {
        tell("entitlement.overage_limit_reached", account_.id,
             {{"charges", event.charges_minor},
              {"limit", event.limit_minor},
              {"currency", std::string(event.currency.code())}});
    }
    void operator()(const CreditsGranted& event) {
        tell("credits.granted", fmt::format("{}", event.grant.seq), facts_of(event.grant));
    }
    void operator()(const CreditsExpired& event) { on_grant(event.grant, "credits.expired"); }
    void operator()(const CreditsRevoked& event) { on_grant(event.grant, "credits.revoked"); }
    void operator()(const InvoiceIssued& event) {
        on_invoice(event.invoice, "invoice.issued");
        if (event.invoice.status == InvoiceStatus::Paid) on_invoice(event.invoice, "invoice.paid");
    }
    void operator()(const InvoiceSettled& event) {
        const bool paid = event.invoice.status == InvoiceStatus::Paid;
        on_invoice(event.invoice, paid ? "invoice.paid" : "invoice.voided");
    }
    void operator()(const PaymentFailed& event) {
        const PaymentIntent* intent = account_.find_intent(event.intent);
        if (intent == nullptr) return;
        std::vector<Fact> facts{{"payment", intent->id},
                                {"amount", intent->amount_minor},
                                {"currency", std::string(intent->currency.code())},
                                {"failure", event.failure},
                                {"message", event.message}};
        if (intent->invoice != 0) {
            facts.insert(facts.begin(), {"invoice", invoice_id(account_.id, intent->invoice)});
        }
        tell("invoice.payment_failed", intent->id, std::move(facts));
    }
    void operator()(const RefundRefused& event) {
        const PaymentIntent* intent = account_.find_intent(event.intent);
        if (intent == nullptr) return;
        tell("payment.refund_failed", intent->id,
             {{"payment", intent->id},
              {"amount", event.amount_minor},
              {"currency", std::string(intent->currency.code())},
              {"failure", event.failure},
              {"message", event.message}});
    }
    void operator()(const OverageBlocked& event) {
        tell("overage.blocked", invoice_id(account_.id, event.block.invoice),
             {{"reason", std::string(event.block.reason.text())},
              {"invoice", invoice_id(account_.id, event.block.invoice)}});
    }
    void operator()(const OverageUnblocked&) { tell("overage.unblocked", account_.id, {}); }

    // Nobody is told of these: their subject is told of otherwise, or only the ledger cares.
    using Untold =
        std::variant<AccountOpened, AccountRenamed, TrialUsed, UsageRecorded, SeatsCounted,
                     EntityAdded, EntityRestored, EntityRemovalScheduled, EntityRemoved,
                     FeatureConfigSet, OverageLimitSet, WindowsSettled, FeeOutstanding,
                     PaymentMethodSaved, PaymentMethodRemoved, IntentSaved, DunningSaved,
                     DunningEnded, ProviderCalled, ThresholdScheduled, OverrideGranted,
                     OverrideRevoked, RolledOver, ReservationMade, ReservationEnded>;
    template <base::OneOf<Untold> E>
    void operator()(const E&) {}

private:
    void on_change(std::uint32_t seq, const char* type) {
        const Subscription* subscription = account_.find_subscription(seq);
        if (subscription == nullptr) return;
        // What changes twice within one moment is two facts.
        const std::string subject =
            fmt::format("{}_{}_{}_{}", subscription->id, name_of(subscription->status),
                        subscription->cancel_at.value_or(base::Instant{}).micros,
                        subscription->scheduled_plan.value_or(""));
        tell(type, subject, facts_of(*subscription));
    }
    void on_grant(std::uint32_t seq, const char* type) {
        const auto grant = std::ranges::find(account_.grants, seq, &CreditGrant::seq);
        if (grant != account_.grants.end()) tell(type, fmt::format("{}", seq), facts_of(*grant));
    }
    void on_invoice(const Invoice& invoice, const char* type) {
        tell(type, invoice.id, facts_of(invoice));
    }
    // The same subject is told of once per moment.
    void tell(const char* type, const std::string& subject, std::vector<Fact> facts) {
        tell_once(type, fmt::format("{}_{}", subject, at_.micros), std::move(facts));
    }
    void tell_once(const char* type, const std::string& what, std::vector<Fact> facts) {
        Notification notification;
        notification.id =
            id_of(fmt::format("{}\n{}\n{}\n{}", account_.organisation, account_.id, type, what));
        notification.organisation = account_.organisation;
        notification.customer = account_.id;
        notification.type = type;
        notification.at = at_;
        facts.insert(facts.begin(), {"customer", account_.id});
        if (!account_.external_id.empty())
            facts.insert(facts.begin() + 1, {"externalId", account_.external_id});
        notification.facts = std::move(facts);
        out_.push_back(std::move(notification));
    }

    // Slugs and entities are the caller's, but a webhook's id may hold no full stop, no space and
    // nothing that ends a header.
    static std::string id_of(const std::string& fact) {
        const base::Sha256Digest hash = base::sha256(fact);
        return "ntf_" + base::to_hex(std::span(hash).first<16>());
    }

    static std::vector<Fact> facts_of(const Subscription& subscription) {
        std::vector<Fact> facts{{"subscription", subscription.id},
                                {"plan", subscription.plan},
                                {"status", std::string(name_of(subscription.status))},
                                {"currentPeriodStart", subscription.period.start}};
        if (subscription.period.end != base::kEndOfTime)
            facts.push_back({"currentPeriodEnd", subscription.period.end});
        if (subscription.cancel_at) facts.push_back({"cancelAt", *subscription.cancel_at});
        if (subscription.scheduled_plan)
            facts.push_back({"scheduledPlan", *subscription.scheduled_plan});
        return facts;
    }
    static std::vector<Fact> facts_of(const CreditGrant& grant) {
        return {{"creditSystem", grant.system},
                {"source", grant.source},
                {"granted", grant.granted},
                {"remaining", grant.remaining}};
    }
    static std::vector<Fact> facts_of(const Invoice& invoice) {
        return {{"invoice", invoice.id},
                {"number", invoice.number},
                {"status", std::string(name_of(invoice.status))},
                {"trigger", std::string(name_of(invoice.trigger))},
                {"currency", std::string(invoice.currency.code())},
                {"total", invoice.total_minor}};
    }
    static std::vector<Fact> limit_facts(const ThresholdsPassed& event) {
        std::vector<Fact> facts{{"feature", event.feature},
                                {"usage", event.usage},
                                {"limit", event.limit},
                                {"windowStart", event.window.start}};
        if (event.window.end != base::kEndOfTime) facts.push_back({"resetsAt", event.window.end});
        if (!event.meter.entity.empty()) facts.push_back({"entity", event.meter.entity});
        return facts;
    }

    std::vector<Notification>& out_;
    const Account& account_;
    const Instant at_;
};

}  // namespace

void notify(std::vector<Notification>& out, const Account& account, const Event& event,
            Instant at) {
    std::visit(Notifier(out, account, at), event);
}

}  // namespace quipu::ledger

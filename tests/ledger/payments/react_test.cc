// What follows from an event by itself: dunning, retries, blocks and what lifts them.
#include "ledger/payments/react.h"

#include <gtest/gtest.h>

#include <boost/mp11/algorithm.hpp>

#include "base/one_of.h"
#include "ledger/invoicing/dunning.h"
#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;

// An account in the middle of things, a collecting provider, and what would follow.
class Situation {
public:
    Situation() {
        settings.provider = "sandbox";
        settings.version = 1;
        account.organisation = "org_1";
        account.id = "cus_1";
        Subscription subscription;
        subscription.seq = 1;
        subscription.id = "sub_1_1";
        subscription.plan = "pro";
        subscription.created_at = subscription.anchor = "2026-01-01T00:00:00Z"_at;
        subscription.period = {"2026-02-01T00:00:00Z"_at, "2026-03-01T00:00:00Z"_at};
        account.subscriptions.push_back(subscription);
    }
    Situation& card() {
        PaymentMethod method;
        method.id = "pm_1";
        method.provider = "sandbox";
        method.is_default = true;
        account.payment_methods.push_back(method);
        return *this;
    }
    // Invoice 7 is collected; intent pi_1_1 is the ledger's charge of it.
    Situation& collecting(bool blocks_overage = false) {
        Dunning dunning;
        dunning.invoice = 7;
        dunning.currency = "USD";
        dunning.amount_minor = 1000;
        dunning.subscription = 1;
        dunning.blocks_overage = blocks_overage;
        account.dunnings.push_back(dunning);
        PaymentIntent intent = pending("pi_1_1", IntentPurpose::Invoice);
        intent.mode = IntentMode::Charge;
        intent.collecting = true;
        intent.invoice = 7;
        account.intents.push_back(intent);
        return *this;
    }
    static PaymentIntent pending(const std::string& id, IntentPurpose purpose) {
        PaymentIntent intent;
        intent.id = id;
        intent.purpose = purpose;
        intent.provider = "sandbox";
        return intent;
    }
    [[nodiscard]] Events after(const Event& event) const {
        CatalogBook book;
        book.publish(settings);
        return react(account, book, event, now);
    }
    [[nodiscard]] Subscription& subscription() { return account.subscriptions[0]; }

    Account account;
    BillingSettings settings;
    base::Instant now = "2026-02-01T00:00:00Z"_at;
};

template <typename E>
std::vector<E> all(const Events& events) {
    std::vector<E> found;
    for (const Event& event : events) {
        if (const auto* each = std::get_if<E>(&event)) found.push_back(*each);
    }
    return found;
}
template <typename E>
std::size_t count(const Events& events) {
    return all<E>(events).size();
}

InvoiceIssued issued(InvoiceTrigger trigger, LineKind kind) {
    InvoiceIssued event;
    event.invoice.sequence = 7;
    event.invoice.trigger = trigger;
    event.invoice.currency = "USD";
    event.invoice.total_minor = 1000;
    event.invoice.issued_at = "2026-02-01T00:00:00Z"_at;
    InvoiceLine line;
    line.kind = kind;
    line.amount_minor = 1000;
    line.subscription = 1;
    event.invoice.lines.push_back(line);
    return event;
}

TEST(React, AnIssuedFeeIsOutstandingAndCharged) {
    Situation now;
    now.card();
    const Events events = now.after(issued(InvoiceTrigger::PeriodEnd, LineKind::PlanFee));
    ASSERT_EQ(count<FeeOutstanding>(events), 1u);
    EXPECT_EQ(all<FeeOutstanding>(events)[0].invoice, 7u);
    EXPECT_EQ(all<FeeOutstanding>(events)[0].past_due_at, "2026-02-04T00:00:00Z"_at);
    ASSERT_EQ(count<DunningSaved>(events), 1u);
    EXPECT_EQ(all<DunningSaved>(events)[0].dunning.subscription, 1u);
    ASSERT_EQ(count<ProviderCalled>(events), 1u);
    EXPECT_EQ(all<ProviderCalled>(events)[0].call.amount_minor, 1000);
    EXPECT_EQ(all<ProviderCalled>(events)[0].call.method, "pm_1");
}

TEST(React, AnIssuedFeeWithoutAMethodWaitsForTheNextAttempt) {
    const Events events = Situation().after(issued(InvoiceTrigger::PeriodEnd, LineKind::PlanFee));
    EXPECT_EQ(count<ProviderCalled>(events), 0u);
    ASSERT_EQ(count<DunningSaved>(events), 1u);
    EXPECT_EQ(all<DunningSaved>(events)[0].dunning.next_attempt_at, "2026-02-02T00:00:00Z"_at);
}

TEST(React, AnIssuedInvoiceIsLeftAloneWhereNothingIsToBeCollected) {
    Situation manual;
    manual.card().settings.provider = kManualProvider;
    EXPECT_TRUE(manual.after(issued(InvoiceTrigger::PeriodEnd, LineKind::PlanFee)).empty());
    Situation now;
    now.card();
    InvoiceIssued paid = issued(InvoiceTrigger::PeriodEnd, LineKind::PlanFee);
    paid.invoice.status = InvoiceStatus::Paid;
    EXPECT_TRUE(now.after(paid).empty());
    // Usage is collected by itself only where the settings say so, and never if asked for by hand.
    EXPECT_TRUE(now.after(issued(InvoiceTrigger::PeriodEnd, LineKind::Usage)).empty());
    now.settings.auto_collect = true;
    EXPECT_EQ(count<DunningSaved>(now.after(issued(InvoiceTrigger::PeriodEnd, LineKind::Usage))),
              1u);
    EXPECT_TRUE(now.after(issued(InvoiceTrigger::Manual, LineKind::Usage)).empty());
}

TEST(React, AThresholdInvoiceIsCollectedAlwaysAndBlocksWithoutAMethod) {
    const Events events = Situation().after(issued(InvoiceTrigger::Threshold, LineKind::Usage));
    ASSERT_EQ(count<DunningSaved>(events), 1u);
    EXPECT_TRUE(all<DunningSaved>(events)[0].dunning.blocks_overage);
    ASSERT_EQ(count<OverageBlocked>(events), 1u);
    EXPECT_EQ(all<OverageBlocked>(events)[0].block.reason,
              base::ErrorCode("no_payment_method_on_file"));
    EXPECT_EQ(all<OverageBlocked>(events)[0].block.invoice, 7u);
}

TEST(React, AFailedChargeIsTriedAgainAfterItsHours) {
    Situation now;
    now.card().collecting().settings.retry_hours = {5, 10};
    const PaymentFailed failed{"pi_1_1", "card_declined", "", now.now};
    const Events first = now.after(failed);
    ASSERT_EQ(first.size(), 1u);
    EXPECT_EQ(all<DunningSaved>(first)[0].dunning.failures, 1u);
    EXPECT_EQ(all<DunningSaved>(first)[0].dunning.next_attempt_at, hours_after(now.now, 5));
    now.account.dunnings[0].failures = 1;
    EXPECT_EQ(all<DunningSaved>(now.after(failed))[0].dunning.next_attempt_at,
              hours_after(now.now, 10));
    // None is left: what the fee was for is past due.
    now.account.dunnings[0].failures = 2;
    const Events last = now.after(failed);
    EXPECT_FALSE(all<DunningSaved>(last)[0].dunning.next_attempt_at.has_value());
    ASSERT_EQ(count<SubscriptionPastDue>(last), 1u);
    EXPECT_EQ(all<SubscriptionPastDue>(last)[0].seq, 1u);
}

TEST(React, AFailedChargeBlocksOverageOnlyOfAThreshold) {
    const PaymentFailed failed{"pi_1_1", "card_declined", "", {}};
    Situation threshold;
    const Events events = threshold.card().collecting(true).after(failed);
    ASSERT_EQ(count<OverageBlocked>(events), 1u);
    EXPECT_EQ(all<OverageBlocked>(events)[0].block.reason,
              base::ErrorCode("threshold_charge_failed"));
    threshold.account.overage_block = OverageBlock{"threshold_charge_failed", 3, {}};
    EXPECT_EQ(count<OverageBlocked>(threshold.after(failed)), 0u);
    EXPECT_EQ(count<OverageBlocked>(Situation().card().collecting().after(failed)), 0u);
}

TEST(React, AFailedChargeThatTheCustomerAskedForIsNotTriedAgain) {
    Situation now;
    now.card().collecting().account.intents[0].collecting = false;
    EXPECT_TRUE(now.after(PaymentFailed{"pi_1_1", "card_declined", "", {}}).empty());
    EXPECT_TRUE(now.after(PaymentFailed{"pi_unknown", "card_declined", "", {}}).empty());
}

TEST(React, ATrialWhoseFirstFeeFailsIsPastDueAtOnce) {
    Situation now;
    now.card().collecting();
    now.subscription().anchor = now.subscription().period.start;  // created a month earlier
    const Events events = now.after(PaymentFailed{"pi_1_1", "card_declined", "", {}});
    EXPECT_EQ(count<SubscriptionPastDue>(events), 1u);
    EXPECT_TRUE(all<DunningSaved>(events)[0].dunning.next_attempt_at.has_value());
}

TEST(React, APaymentLiftsWhatItsAbsenceHadCaused) {
    Situation now;
    now.card().collecting(true);
    now.account.overage_block = OverageBlock{"threshold_charge_failed", 7, {}};
    now.subscription().status = SubscriptionStatus::PastDue;
    now.subscription().fee_invoice = 7;
    PaymentIntent page = Situation::pending("pi_1_2", IntentPurpose::Invoice);
    page.invoice = 7;
    now.account.intents.push_back(page);
    InvoiceSettled settled;
    settled.invoice.sequence = 7;
    settled.invoice.status = InvoiceStatus::Paid;
    settled.invoice.payment = "pi_1_1";
    const Events events = now.after(settled);
    EXPECT_EQ(all<DunningEnded>(events).at(0).invoice, 7u);
    EXPECT_EQ(count<OverageUnblocked>(events), 1u);
    EXPECT_EQ(all<SubscriptionRecovered>(events).at(0).seq, 1u);
    // The page that is open beside it is worth nothing any more; the charge that paid is.
    ASSERT_EQ(count<IntentSaved>(events), 1u);
    EXPECT_EQ(all<IntentSaved>(events)[0].intent.id, "pi_1_2");
    EXPECT_EQ(all<IntentSaved>(events)[0].intent.status, IntentStatus::Canceled);
    // Another invoice lifts nothing of it.
    settled.invoice.sequence = 8;
    EXPECT_TRUE(now.after(settled).empty());
}

TEST(React, AnotherFailedInvoiceKeepsTheBlock) {
    Situation now;
    now.card().collecting(true);
    Dunning other = now.account.dunnings[0];
    other.invoice = 8;
    other.failures = 1;
    now.account.dunnings.push_back(other);
    now.account.overage_block = OverageBlock{"threshold_charge_failed", 7, {}};
    InvoiceSettled settled;
    settled.invoice.sequence = 7;
    const Events events = now.after(settled);
    EXPECT_EQ(count<OverageUnblocked>(events), 0u);
    EXPECT_EQ(all<OverageBlocked>(events).at(0).block.invoice, 8u);
}

TEST(React, AMethodThatHasComeMakesWaitingDunningsTryAtOnce) {
    Situation now;
    now.collecting();
    Dunning waiting = now.account.dunnings[0];
    waiting.invoice = 8;
    now.account.dunnings.push_back(waiting);
    PaymentMethodSaved saved;
    saved.method.is_default = true;
    const Events events = now.after(saved);
    ASSERT_EQ(events.size(), 1u);  // the other one is being charged already
    EXPECT_EQ(all<DunningSaved>(events)[0].dunning.invoice, 8u);
    EXPECT_EQ(all<DunningSaved>(events)[0].dunning.next_attempt_at, now.now);
    saved.method.is_valid = false;
    EXPECT_TRUE(now.after(saved).empty());
    saved.method.is_valid = true;
    saved.method.is_default = false;
    EXPECT_TRUE(now.after(saved).empty());
}

TEST(React, NobodyPaysForASubscriptionThatHasEnded) {
    Situation now;
    now.collecting();
    PaymentIntent upgrade = Situation::pending("pi_1_2", IntentPurpose::Switch);
    upgrade.subscription = 1;
    PaymentIntent pack = Situation::pending("pi_1_3", IntentPurpose::Purchase);
    now.account.intents.insert(now.account.intents.end(), {upgrade, pack});
    const Events events = now.after(SubscriptionEnded{1, SubscriptionStatus::Canceled, now.now});
    std::vector<std::string> canceled;
    for (const IntentSaved& saved : all<IntentSaved>(events)) {
        EXPECT_EQ(saved.intent.status, IntentStatus::Canceled);
        canceled.push_back(saved.intent.id);
    }
    EXPECT_EQ(canceled, (std::vector<std::string>{"pi_1_2", "pi_1_1"}));
    EXPECT_EQ(all<DunningEnded>(events).at(0).invoice, 7u);
    EXPECT_TRUE(now.after(SubscriptionEnded{2, SubscriptionStatus::Canceled, now.now}).empty());
}

TEST(React, UsageThatReachesTheThresholdIsInvoicedAfterTheGrace) {
    Situation now;
    now.settings.threshold_enabled = true;
    now.settings.threshold_minor = 500;
    now.settings.grace_hours = 2;
    now.account.unbilled_charges["USD"] = 500;
    UsageRecorded usage;
    usage.postings.resize(1);
    usage.postings[0].bucket = Bucket::Overage;
    usage.postings[0].currency = "USD";
    EXPECT_EQ(all<ThresholdScheduled>(now.after(usage)).at(0).at, hours_after(now.now, 2));

    UsageRecorded allowance = usage;
    allowance.postings[0].bucket = Bucket::Allowance;
    EXPECT_TRUE(now.after(allowance).empty());
    Situation below = now;
    below.account.unbilled_charges["USD"] = 499;
    EXPECT_TRUE(below.after(usage).empty());
    Situation due = now;
    due.account.threshold_due = now.now;
    EXPECT_TRUE(due.after(usage).empty());
    Situation running = now;
    running.collecting(true);
    EXPECT_TRUE(running.after(usage).empty());
    Situation off = now;
    off.settings.threshold_enabled = false;
    EXPECT_TRUE(off.after(usage).empty());
}

using Answered = std::variant<InvoiceIssued, PaymentFailed, InvoiceSettled, PaymentMethodSaved,
                              SubscriptionEnded, UsageRecorded>;

template <typename E>
E about_all_of_it() {
    E event{};
    if constexpr (requires { event.seq; }) event.seq = 1;
    if constexpr (requires { event.invoice = 7u; }) event.invoice = 7u;
    if constexpr (requires { event.subscription = 1u; }) event.subscription = 1u;
    if constexpr (requires { event.subscription.seq; }) event.subscription.seq = 1;
    if constexpr (requires { event.intent = "pi_1_1"; }) event.intent = "pi_1_1";
    if constexpr (requires { event.intent.id; }) event.intent.id = "pi_1_1";
    if constexpr (requires { event.dunning.invoice; }) event.dunning.invoice = 7;
    if constexpr (requires { event.currency; }) event.currency = "USD";
    return event;
}

TEST(React, NothingFollowsFromAllOtherEvents) {
    Situation now;
    now.card().collecting(true);
    now.subscription().fee_invoice = 7;
    now.settings.threshold_enabled = true;
    now.settings.auto_collect = true;
    now.account.unbilled_charges["USD"] = 500;
    std::size_t others = 0;
    boost::mp11::mp_for_each<boost::mp11::mp_transform<std::type_identity, AnyEvent>>(
        [&]<typename E>(std::type_identity<E>) {
            if constexpr (!base::OneOf<E, Answered>) {
                ++others;
                EXPECT_TRUE(now.after(about_all_of_it<E>()).empty())
                    << "event " << Event(E{}).index();
            }
        });
    EXPECT_EQ(others, std::variant_size_v<AnyEvent> - std::variant_size_v<Answered>);
    // The same account is no quiet one.
    EXPECT_FALSE(now.after(about_all_of_it<PaymentFailed>()).empty());
    EXPECT_FALSE(now.after(about_all_of_it<SubscriptionEnded>()).empty());
}

}  // namespace
}  // namespace quipu::ledger

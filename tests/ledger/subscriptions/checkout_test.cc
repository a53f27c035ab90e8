// Where a provider collects, nothing begins before it is paid
// (docs/contract/subscriptions.md#nothing-before-it-is-paid).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01T00:00:00Z";

Given sold() {
    Given ledger(
        CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("free").auto_enabled().with(Includes("api").limit(1_u)))
            .plan(testing::Plan("pro").costs(3000).with(Includes("api").limit(100_u)))
            .plan(testing::Plan("max").costs(6000).with(Includes("api").limit(500_u)))
            .plan(testing::Plan("tiny").costs(3010).with(Includes("api").limit(101_u)))
            .plan(testing::Plan("once").costs(900).one_time().with(Includes("api").limit(7_u)))
            .credit_system("credits", {{"api", 1_u}})
            .pack("p500", "credits", 500_u, 1000)
            .build(),
        kStart);
    ledger.collects();
    return ledger;
}

TEST(Checkout, AFreePlanGoesOnUntilThePaidOneIsPaid) {
    Given ledger = sold();
    const Then asked = ledger.when(Attach{"pro"});
    EXPECT_EQ(asked.attached().message, "Checkout created for Pro");
    ASSERT_FALSE(asked.attached().intent.empty());
    EXPECT_EQ(ledger.check("api", 1_u).plan, "free");
    EXPECT_TRUE(ledger.invoices().empty());

    ASSERT_EQ(ledger.paid(asked.attached().intent).code(), Code::Ok);
    EXPECT_EQ(ledger.check("api", 100_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.subscription(0).status, SubscriptionStatus::Canceled);
    ASSERT_EQ(ledger.invoices().size(), 1u);
    EXPECT_EQ(ledger.invoices()[0].status, InvoiceStatus::Paid);
    EXPECT_EQ(ledger.invoices()[0].total_minor, 3000);
    EXPECT_EQ(ledger.invoices()[0].payment, asked.attached().intent);
    EXPECT_NE(ledger.account().default_method(), nullptr);
}

TEST(Checkout, AskingTwiceOpensOnePage) {
    Given ledger = sold();
    const std::string first = ledger.when(Attach{"pro"}).attached().intent;
    EXPECT_EQ(ledger.when(Attach{"pro"}).attached().intent, first);
}

TEST(Checkout, ThePaymentCountsOnce) {
    Given ledger = sold();
    const std::string intent = ledger.when(Attach{"pro"}).attached().intent;
    (void)ledger.paid(intent);
    const Then again = ledger.paid(intent);
    EXPECT_EQ(again.code(), Code::Ok);
    EXPECT_TRUE(again.events.empty());
    EXPECT_EQ(ledger.invoices().size(), 1u);
    EXPECT_TRUE(ledger.calls().empty());
}

TEST(Checkout, AnotherAmountOrCurrencyPaysNothing) {
    Given ledger = sold();
    RecordPayment payment;
    payment.intent = ledger.when(Attach{"pro"}).attached().intent;
    payment.amount_minor = 1;
    payment.currency = "USD";
    EXPECT_EQ(ledger.when(payment).code(), Code::PaymentMismatch);
    payment.amount_minor = 3000;
    payment.currency = "NGN";
    EXPECT_EQ(ledger.when(payment).code(), Code::PaymentMismatch);
    payment.intent = "pi_1_99";
    EXPECT_EQ(ledger.when(payment).code(), Code::PaymentNotFound);
    EXPECT_TRUE(ledger.invoices().empty());
}

TEST(Checkout, APageThatExpiredGivesItsMoneyBack) {
    Given ledger = sold();
    const std::string intent = ledger.when(Attach{"pro"}).attached().intent;
    ledger.tick("2026-01-02T00:00:00Z");
    EXPECT_EQ(ledger.account().find_intent(intent)->status, IntentStatus::Expired);
    (void)ledger.paid(intent);
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].kind, ProviderCall::Kind::Refund);
    EXPECT_EQ(ledger.calls()[0].amount_minor, 3000);
    EXPECT_EQ(ledger.check("api", 1_u).plan, "free");
}

TEST(Checkout, ANewPlanIsChargedToTheSavedCard) {
    Given ledger = sold();
    ledger.card();
    const Then asked = ledger.when(Attach{"pro"});
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].amount_minor, 3000);
    EXPECT_EQ(ledger.calls()[0].intent, asked.attached().intent);
    (void)ledger.paid(asked.attached().intent, false);
    EXPECT_EQ(ledger.check("api", 100_u).code, Code::AccessGranted);
}

TEST(Checkout, ACardThatFailsLeavesAPage) {
    Given ledger = sold();
    ledger.card();
    const std::string intent = ledger.when(Attach{"pro"}).attached().intent;
    (void)ledger.declined(intent);
    EXPECT_TRUE(is_open_page(*ledger.account().find_intent(intent)));
    (void)ledger.paid(intent);
    EXPECT_EQ(ledger.check("api", 100_u).plan, "pro");
}

TEST(Checkout, AnUpgradeIsProratedAndAlwaysOnAPage) {
    Given ledger = sold();
    (void)ledger.paid(ledger.when(Attach{"pro"}).attached().intent);
    // Half of the 31 days of January are left.
    ledger.at("2026-01-16T12:00:00Z");
    const Then asked = ledger.when(Attach{"max"});
    EXPECT_EQ(asked.attached().type, AttachType::Upgrade);
    EXPECT_EQ(asked.attached().message, "Checkout created for upgrade to Max");
    EXPECT_EQ(ledger.account().find_intent(asked.attached().intent)->amount_minor, 1500);
    EXPECT_EQ(ledger.check("api", 1_u).plan, "pro");
    (void)ledger.paid(asked.attached().intent);
    EXPECT_EQ(ledger.check("api", 1_u).plan, "max");
    EXPECT_EQ(ledger.invoices().back().total_minor, 1500);
    EXPECT_EQ(ledger.account().subscriptions.back().period.end, "2026-02-01T00:00:00Z"_at);
}

TEST(Checkout, AnUpgradeCostsAtLeastWhatAPageMayAsk) {
    Given ledger = sold();
    (void)ledger.paid(ledger.when(Attach{"pro"}).attached().intent);
    const std::string intent = ledger.when(Attach{"tiny"}).attached().intent;
    EXPECT_EQ(ledger.account().find_intent(intent)->amount_minor, 100);
}

TEST(Checkout, AnUpgradePageEndsWithThePeriodAndThePlan) {
    Given ledger = sold();
    (void)ledger.paid(ledger.when(Attach{"pro"}).attached().intent);
    ledger.at("2026-01-31T12:00:00Z");
    const std::string late = ledger.when(Attach{"max"}).attached().intent;
    EXPECT_EQ(ledger.account().find_intent(late)->expires_at, "2026-02-01T00:00:00Z"_at);
    (void)ledger.when(Cancel{"pro", true});
    EXPECT_EQ(ledger.account().find_intent(late)->status, IntentStatus::Canceled);
}

TEST(Checkout, ADowngradeNeedsNoPage) {
    Given ledger = sold();
    (void)ledger.paid(ledger.when(Attach{"max"}).attached().intent);
    const Then down = ledger.when(Attach{"pro"});
    EXPECT_EQ(down.attached().type, AttachType::Downgrade);
    EXPECT_TRUE(down.attached().intent.empty());
    EXPECT_EQ(down.attached().scheduled_at, "2026-02-01T00:00:00Z"_at);
    // Attaching the plan one has undoes it.
    EXPECT_TRUE(ledger.when(Attach{"max"}).attached().intent.empty());
    EXPECT_FALSE(ledger.account().subscriptions.back().scheduled_plan.has_value());
}

TEST(Checkout, AOneTimePlanIsPaidOnceAndStays) {
    Given ledger = sold();
    const Then asked = ledger.when(Attach{"once"});
    EXPECT_EQ(asked.attached().message, "Checkout created for Once (one-time)");
    (void)ledger.paid(asked.attached().intent);
    ledger.tick("2027-01-01");
    EXPECT_EQ(ledger.account().subscriptions.back().status, SubscriptionStatus::Active);
}

TEST(Checkout, APackArrivesWhenItIsPaid) {
    Given ledger = sold();
    const Then asked = ledger.when(PurchaseAddon{"p500", 3});
    EXPECT_EQ(asked.addon().credits, 1500_u);
    EXPECT_EQ(asked.addon().balance, 0_u);
    (void)ledger.paid(asked.addon().intent);
    EXPECT_EQ(addon_balance(ledger.account(), "credits", ledger.now()), 1500_u);
    EXPECT_EQ(ledger.invoices().back().total_minor, 3000);
    // Two purchases are two payments, also when they look alike.
    const std::string second = ledger.when(PurchaseAddon{"p500", 3}).addon().intent;
    EXPECT_NE(second, asked.addon().intent);
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].intent, second);
}

TEST(Checkout, ARefundTakesBackOnlyWhatItPaidFor) {
    Given ledger = sold();
    (void)ledger.paid(ledger.when(Attach{"pro"}).attached().intent);
    const std::string pack = ledger.when(PurchaseAddon{"p500", 1}).addon().intent;
    (void)ledger.paid(pack, false);
    (void)ledger.when(RecordRefund{pack, 400, "USD", "re_1"});
    EXPECT_EQ(addon_balance(ledger.account(), "credits", ledger.now()), 500_u);
    (void)ledger.when(RecordRefund{pack, 600, "USD", "re_2"});
    (void)ledger.when(RecordRefund{pack, 600, "USD", "re_2"});  // told twice
    EXPECT_EQ(addon_balance(ledger.account(), "credits", ledger.now()), 0_u);
    EXPECT_EQ(ledger.account().find_intent(pack)->status, IntentStatus::Refunded);
    EXPECT_EQ(ledger.account().subscriptions.back().status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.when(RecordRefund{pack, 1, "USD", "re_3"}).code(), Code::PaymentMismatch);
}

TEST(Checkout, ARefundedFeeEndsItsSubscription) {
    Given ledger = sold();
    const std::string intent = ledger.when(Attach{"pro"}).attached().intent;
    (void)ledger.paid(intent);
    (void)ledger.when(RecordRefund{intent, 3000, "USD", "re_1"});
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Refunded);
    // The free plan that new customers get takes over.
    EXPECT_EQ(ledger.account().subscriptions.back().plan, "free");
}

TEST(Checkout, ARefundHeardBeforeItsPaymentBuysNothing) {
    Given ledger = sold();
    const std::string intent = ledger.when(Attach{"pro"}).attached().intent;
    (void)ledger.when(RecordRefund{intent, 3000, "USD", "re_1"});
    (void)ledger.paid(intent);
    EXPECT_EQ(ledger.check("api", 1_u).plan, "free");
    EXPECT_TRUE(ledger.calls().empty());
    EXPECT_EQ(ledger.account().find_intent(intent)->status, IntentStatus::Refunded);
}

TEST(Checkout, AnOlderPageDoesNotReplaceAPlanThatWasPaidMeanwhile) {
    Given ledger = sold();
    const std::string pro = ledger.when(Attach{"pro"}).attached().intent;
    const std::string max = ledger.when(Attach{"max"}).attached().intent;
    (void)ledger.paid(max);
    (void)ledger.paid(pro);
    EXPECT_EQ(ledger.check("api", 1_u).plan, "max");
    ASSERT_EQ(ledger.calls().size(), 1u);
    EXPECT_EQ(ledger.calls()[0].kind, ProviderCall::Kind::Refund);
    EXPECT_EQ(ledger.calls()[0].intent, pro);
}

TEST(Checkout, APlanThatWaitsIsActivatedByItsFirstPayment) {
    Given ledger(
        CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("pro").costs(3000).auto_enabled().with(Includes("api").limit(5_u)))
            .build(),
        kStart);
    ledger.collects();
    ASSERT_EQ(ledger.subscription().status, SubscriptionStatus::Pending);
    const Then asked = ledger.when(ActivateSubscription{ledger.subscription().id, {}});
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::NoActiveSubscription);
    ledger.at("2026-01-01T05:00:00Z");
    (void)ledger.paid(asked.payment().intent);
    ASSERT_EQ(ledger.account().subscriptions.size(), 1u);
    EXPECT_EQ(ledger.subscription().status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.subscription().period.end, "2026-02-01T05:00:00Z"_at);
    EXPECT_EQ(ledger.when(ActivateSubscription{ledger.subscription().id, {}}).code(),
              Code::SubscriptionNotPending);
    EXPECT_EQ(ledger.when(ActivateSubscription{"sub_1_9", {}}).code(), Code::SubscriptionNotFound);
}

TEST(Checkout, ATrialThatNeedsACardBeginsWhenOneIsLeft) {
    testing::Plan plan =
        testing::Plan("pro").costs(3000).trial_days(14).with(Includes("api").limit(5_u));
    Catalog catalog = CatalogBuilder().metered("api").plan(plan).build();
    catalog.plans[0].trial_needs_card = true;
    Given ledger(catalog, kStart);
    ledger.collects();
    const Then asked = ledger.when(Attach{"pro"});
    EXPECT_EQ(asked.attached().type, AttachType::Trial);
    ASSERT_FALSE(asked.attached().intent.empty());
    EXPECT_TRUE(ledger.account().subscriptions.empty());
    (void)ledger.paid(asked.attached().intent);
    EXPECT_EQ(ledger.subscription().status, SubscriptionStatus::Trialing);
    EXPECT_EQ(ledger.subscription().period.end, "2026-01-15T00:00:00Z"_at);
    // With a card on file there is nothing to ask for.
    Given known(catalog, kStart);
    known.collects().card();
    EXPECT_TRUE(known.when(Attach{"pro"}).attached().intent.empty());
}

}  // namespace
}  // namespace quipu::ledger

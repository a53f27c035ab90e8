// When overage is allowed, how much of it, and what it is held against (docs/contract/overage.md).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01";

Given on(const Includes& includes) {
    Given ledger(CatalogBuilder().metered("api").plan(testing::Plan("pro").with(includes)).build(),
                 kStart);
    ledger.attach("pro");
    return ledger;
}

Includes hundred_then_five_per_ten() {
    return Includes("api").limit(100_u).charge(5_price, 10_u);
}

TEST(Overage, AUnitCapTestsTheExcessAlone) {
    Given ledger = on(hundred_then_five_per_ten().max_overage(50_u));
    ledger.track("api", 90_u);
    EXPECT_EQ(ledger.when(track("api", 55_u)).code(), Code::TrackedOverage);
    const Then refused = ledger.when(track("api", 6_u));
    EXPECT_EQ(refused.code(), Code::LimitExceeded);
    EXPECT_EQ(refused.usage().refused.why, Refusal::OverageUnitsCap);
    EXPECT_EQ(refused.usage().refused.used, 45_u);
    EXPECT_EQ(refused.usage().refused.cap, 50_u);
    EXPECT_EQ(ledger.when(track("api", 5_u)).code(), Code::TrackedOverage);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.unbilled(), 25);
}

TEST(Overage, CheckAndTrackTestTheSameQuantity) {
    Given ledger = on(hundred_then_five_per_ten().max_overage(50_u));
    ledger.track("api", 90_u);
    EXPECT_EQ(ledger.check("api", 60_u).code, Code::OverageAllowed);
    EXPECT_EQ(ledger.check("api", 61_u).code, Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 60_u)).code(), Code::TrackedOverage);
}

TEST(Overage, ACapOfZeroMeansNone) {
    Given ledger = on(hundred_then_five_per_ten().max_overage(0_u));
    EXPECT_EQ(ledger.when(track("api", 101_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 100_u)).code(), Code::Tracked);
}

TEST(Overage, WithoutACapThereIsNone) {
    Given ledger = on(hundred_then_five_per_ten());
    EXPECT_EQ(ledger.when(track("api", 1'000'000_u)).code(), Code::TrackedOverage);
}

TEST(Overage, TheCustomersChoiceGoesBeforeThePlans) {
    Given ledger = on(hundred_then_five_per_ten().max_overage(50_u));
    ledger.track("api", 100_u).configure("api", OverageMode::Block);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::LimitExceeded);
    ledger.configure("api", std::nullopt, 3_u);
    EXPECT_EQ(ledger.when(track("api", 3_u)).code(), Code::TrackedOverage);
    EXPECT_EQ(ledger.when(track("api", 1_u)).usage().refused.cap, 3_u);
    ledger.configure("api", std::nullopt, 0_u);
    EXPECT_EQ(ledger.when(track("api", 1_u)).usage().refused.cap, 0_u);
    // Null clears: the plan's cap holds again.
    ledger.configure("api", std::nullopt);
    EXPECT_EQ(ledger.when(track("api", 48_u)).usage().refused.cap, 50_u);
    EXPECT_EQ(ledger.when(track("api", 47_u)).code(), Code::TrackedOverage);
    EXPECT_TRUE(ledger.account().feature_configs.empty());
}

TEST(Overage, ACustomerMayBeChargedWhereThePlanBlocks) {
    Given ledger = on(Includes("api").limit(10_u).blocks(3_price));
    EXPECT_EQ(ledger.when(track("api", 11_u)).code(), Code::LimitExceeded);
    ledger.configure("api", OverageMode::Charge);
    EXPECT_EQ(ledger.when(track("api", 11_u)).code(), Code::TrackedOverage);
    EXPECT_EQ(ledger.unbilled(), 3);
}

TEST(Overage, ACustomerIsNotChargedWhatHasNoPrice) {
    Given ledger = on(Includes("api").limit(10_u));
    const SetFeatureConfig charge{{"api", OverageMode::Charge, std::nullopt}};
    EXPECT_EQ(ledger.when(charge).code(), Code::OveragePriceRequired);
    EXPECT_TRUE(ledger.account().feature_configs.empty());
    EXPECT_EQ(ledger.when(track("api", 1'000'000_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.configure("api", OverageMode::Block).when(track("api", 10_u)).code(),
              Code::Tracked);
}

// The choice may be older than the plan.
TEST(Overage, AChoiceToChargeNeedsThePriceOfThePlanThatIsThere) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("free").with(Includes("api").limit(10_u)))
                     .build(),
                 kStart);
    ledger.configure("api", OverageMode::Charge).attach("free");
    EXPECT_EQ(ledger.check("api", 11_u).code, Code::LimitExceeded);
}

TEST(Overage, WhatWasBilledOfAPlanThatWasLeftCountsNoMore) {
    Given ledger(
        CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("a").costs(1000).with(Includes("api").limit(0_u).charge(10_price)))
            .plan(testing::Plan("b").costs(1000).with(Includes("api").limit(0_u).charge(10_price)))
            .build(),
        "2027-01-01");
    ledger.collects({.require_payment_method = false}).card().attach("a");
    (void)ledger.paid(ledger.calls().back().intent);
    ledger.track("api", 10_u).done(GenerateInvoice{}).track("api", 4_u);
    // 40 are below what the card is charged at least: they stay unbilled when the plan is left.
    ledger.overage_limit(100).done(Cancel{"a", true}).attach("b");
    (void)ledger.paid(ledger.calls().back().intent);
    EXPECT_EQ(ledger.unbilled(), 40);
    EXPECT_EQ(ledger.check("api", 6_u).code, Code::OverageAllowed);
    EXPECT_EQ(ledger.check("api", 7_u).refused.used, 40_u);
}

TEST(Overage, TheLimitCountsWhatIsUnbilledAndWhatOpenWindowsWereBilled) {
    Given ledger(
        CatalogBuilder()
            .metered("api")
            .metered("jobs")
            .plan(testing::Plan("year")
                      .every(Interval::Yearly)
                      .with(Includes("api").limit(10_u).charge(100_price))
                      .with(Includes("jobs").limit(0_u).charge(100_price).resets(Interval::Yearly)))
            .build(),
        "2027-01-01");
    ledger.attach("year").overage_limit(1000).at("2027-01-20").track("api", 20_u);
    EXPECT_EQ(ledger.check("api", 1_u).refused.why, Refusal::OverageAmountCap);
    (void)ledger.when(GenerateInvoice{});
    EXPECT_EQ(ledger.check("api", 1_u).refused.why, Refusal::OverageAmountCap);
    ledger.at("2027-02-02");
    EXPECT_EQ(ledger.when(track("api", 11_u)).code(), Code::TrackedOverage);  // 100
    EXPECT_EQ(ledger.check("jobs", 9_u).code, Code::OverageAllowed);
    EXPECT_EQ(ledger.check("jobs", 10_u).refused.used, 100_u);
    // A window that has ended counts until it is billed, one of a year goes on counting.
    ledger.track("jobs", 8_u).at("2027-03-02");
    EXPECT_EQ(ledger.check("api", 11_u).code, Code::OverageAllowed);
    EXPECT_EQ(ledger.check("api", 12_u).refused.used, 900_u);
    (void)ledger.when(GenerateInvoice{});
    EXPECT_EQ(ledger.check("api", 12_u).code, Code::OverageAllowed);
    EXPECT_EQ(ledger.check("api", 13_u).refused.used, 800_u);
    // What comes late is held against it too.
    EXPECT_EQ(ledger.when(track("api", 2_u), moment("2027-01-21")).code(), Code::TrackedOverage);
    EXPECT_EQ(ledger.when(track("api", 1_u), moment("2027-01-21")).code(), Code::LimitExceeded);
}

TEST(Overage, AConfigurationNeedsAKnownFeature) {
    Given ledger = on(hundred_then_five_per_ten());
    EXPECT_EQ(ledger.when(SetFeatureConfig{{"nope", OverageMode::Block, std::nullopt}}).code(),
              Code::FeatureNotFound);
}

TEST(Overage, AMoneyLimitIsTestedOnTheTotalAfterTheRequest) {
    Given ledger = on(Includes("api").limit(0_u).charge(10_price));
    ledger.overage_limit(500);
    EXPECT_EQ(ledger.when(track("api", 51_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 50_u)).code(), Code::TrackedOverage);
    const Then refused = ledger.when(track("api", 1_u));
    EXPECT_EQ(refused.usage().refused.why, Refusal::OverageAmountCap);
    EXPECT_EQ(refused.usage().refused.used, 500_u);
    EXPECT_EQ(refused.usage().refused.cap, 500_u);
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::LimitExceeded);
}

TEST(Overage, AMoneyLimitCountsWhatTheWindowHasAlreadyInvoiced) {
    Given ledger = on(Includes("api").limit(0_u).charge(10_price));
    ledger.overage_limit(500).track("api", 50_u).done(GenerateInvoice{});
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::LimitExceeded);
    // The next window starts from nothing.
    ledger.at("2026-02-01");
    EXPECT_EQ(ledger.when(track("api", 50_u)).code(), Code::TrackedOverage);
}

TEST(Overage, NotifyLetsUsagePassTheMoneyLimit) {
    Given ledger = on(Includes("api").limit(0_u).charge(10_price));
    ledger.overage_limit(500, LimitReaction::Notify);
    EXPECT_EQ(ledger.when(track("api", 51_u)).code(), Code::TrackedOverage);
}

TEST(Overage, AMoneyLimitHoldsOverAllFeaturesAndCanBeRemoved) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .metered("mail")
                     .plan(testing::Plan("pro")
                               .with(Includes("api").limit(0_u).charge(10_price))
                               .with(Includes("mail").usage_based(1_price)))
                     .build(),
                 kStart);
    ledger.attach("pro").overage_limit(100).track("api", 9_u);
    EXPECT_EQ(ledger.when(track("mail", 11_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("mail", 10_u)).code(), Code::Tracked);
    ledger.done(SetOverageLimit{});
    EXPECT_EQ(ledger.when(track("mail", 11_u)).code(), Code::Tracked);
}

TEST(Overage, AMoneyLimitHoldsWhereTheCustomerMayCharge) {
    Given ledger = on(Includes("api").limit(0_u).charge(10_price));
    ledger.configure("api", OverageMode::Charge).overage_limit(5);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::LimitExceeded);
}

TEST(Overage, AnUnfinishedPackageCostsNoMoreSoTheLimitAllowsIt) {
    Given ledger = on(hundred_then_five_per_ten());
    ledger.overage_limit(5).track("api", 101_u);
    EXPECT_EQ(ledger.when(track("api", 9_u)).code(), Code::TrackedOverage);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::LimitExceeded);
}

TEST(Overage, AUnitCapPoolsTheCustomerAndEntities) {
    Given ledger = on(Includes("api").limit(10_u).charge(1_price).max_overage(15_u));
    ledger.configure("api", OverageMode::Charge, 15_u).add("api", "e1").track("api", 20_u);
    EXPECT_EQ(ledger.when(track("api", 16_u, "e1")).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 15_u, "e1")).code(), Code::TrackedOverage);
}

TEST(Overage, UsageBasedFeaturesRespectACapAndABlock) {
    Given ledger = on(Includes("api").usage_based(2_price).max_overage(10_u));
    EXPECT_EQ(ledger.when(track("api", 11_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 10_u)).code(), Code::Tracked);
    ledger.configure("api", OverageMode::Block);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::LimitExceeded);
}

TEST(Overage, ChargesThatNoInvoiceCouldHoldTogetherAreRefused) {
    Given ledger(CatalogBuilder()
                     .metered("a")
                     .metered("b")
                     .plan(testing::Plan("pro")
                               .with(Includes("a").usage_based(1'000'000_price))
                               .with(Includes("b").usage_based(1'000'000_price)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    // Each feature alone would fit; the sum on one invoice would not.
    EXPECT_EQ(ledger.when(track("a", 60'000'000'000_u)).code(), Code::Tracked);
    EXPECT_EQ(ledger.when(track("b", 60'000'000'000_u)).code(), Code::AmountOutOfRange);
    EXPECT_EQ(ledger.when(track("b", 40'000'000'000_u)).code(), Code::Tracked);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).invoices().at(0).total_minor, 100'000'000'000'000'000);
}

}  // namespace
}  // namespace quipu::ledger

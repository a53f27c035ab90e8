// Who pays for a unit, in which order (docs/contract/credits.md#funding-order).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01";

Catalog with_plan(const testing::Plan& plan) {
    return CatalogBuilder().metered("api").plan(plan).build();
}

TEST(Funding, AnAllowanceRefusesWhatItCannotPayWhole) {
    Given ledger(with_plan(testing::Plan("pro").with(Includes("api").limit(100_u))), kStart);
    ledger.attach("pro");
    EXPECT_EQ(ledger.when(track("api", 30_u)).code(), Code::Tracked);
    const Then refused = ledger.when(track("api", 80_u));
    EXPECT_EQ(refused.code(), Code::LimitExceeded);
    EXPECT_TRUE(refused.handled.postings.empty());
    EXPECT_EQ(refused.usage().usage, 30_u);
    EXPECT_EQ(refused.usage().balance, 70_u);
    EXPECT_EQ(refused.usage().refused.why, Refusal::LimitReached);
    const Then exact = ledger.when(track("api", 70_u));
    EXPECT_EQ(exact.code(), Code::Tracked);
    EXPECT_EQ(exact.usage().usage, 100_u);
    EXPECT_EQ(exact.usage().balance, 0_u);
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::LimitExceeded);
}

TEST(Funding, NothingMoreIsAlwaysAllowedAtTheLimit) {
    Given ledger(with_plan(testing::Plan("pro").with(Includes("api").limit(1_u))), kStart);
    ledger.attach("pro").track("api", 1_u);
    EXPECT_EQ(ledger.when(track("api", 0_u)).code(), Code::Tracked);
    EXPECT_EQ(ledger.check("api", 0_u).code, Code::AccessGranted);
}

TEST(Funding, TenthsFillALimitExactly) {
    Given ledger(with_plan(testing::Plan("pro").with(Includes("api").limit(0.3_u))), kStart);
    ledger.attach("pro").track("api", 0.1_u).track("api", 0.1_u);
    const Then last = ledger.when(track("api", 0.1_u));
    EXPECT_EQ(last.code(), Code::Tracked);
    EXPECT_EQ(last.usage().balance, 0_u);
}

TEST(Funding, OneEventIsSplitOverAllowanceGrantsAndOverage) {
    Given ledger(CatalogBuilder()
                     .credit_system("ai", {{"gpt", 1_u}})
                     .pack("boost", "ai", 50_u, 500)
                     .plan(testing::Plan("pro").with(Includes("ai").limit(100_u).charge(7_price)))
                     .build(),
                 kStart);
    ledger.attach("pro").buy("boost");
    const Then then = ledger.when(track("gpt", 180_u));
    EXPECT_EQ(then.code(), Code::TrackedOverage);
    EXPECT_EQ(then.units(Bucket::Allowance), 100_u);
    EXPECT_EQ(then.units(Bucket::Credit), 50_u);
    EXPECT_EQ(then.units(Bucket::Overage), 30_u);
    EXPECT_EQ(then.usage().usage, 180_u);
    EXPECT_EQ(then.usage().overage_units, 30_u);
    EXPECT_EQ(then.usage().balance, 0_u);
    EXPECT_EQ(then.usage().addon_used, 50_u);
    // Units paid by credits are never billed again.
    EXPECT_EQ(ledger.unbilled(), 210);
}

TEST(Funding, ADirectAllowanceIsSpentBeforeTheCreditsOfASystem) {
    Given ledger(CatalogBuilder()
                     .credit_system("ai", {{"gpt", 2_u}})
                     .pack("boost", "ai", 10_u, 500)
                     .plan(testing::Plan("pro")
                               .with(Includes("gpt").limit(10_u))
                               .with(Includes("ai").limit(6_u)))
                     .build(),
                 kStart);
    ledger.attach("pro").buy("boost");
    const Then then = ledger.when(track("gpt", 17_u));
    EXPECT_EQ(then.code(), Code::AddonCreditsUsed);
    ASSERT_EQ(then.handled.postings.size(), 3u);
    EXPECT_EQ(then.handled.postings[0].meter.feature, "gpt");
    EXPECT_EQ(then.handled.postings[0].units, 10_u);
    EXPECT_EQ(then.handled.postings[1].meter.feature, "ai");
    EXPECT_EQ(then.handled.postings[1].units, 3_u);
    EXPECT_EQ(then.handled.postings[1].amount, 6_u);
    EXPECT_EQ(then.handled.postings[2].bucket, Bucket::Credit);
    EXPECT_EQ(then.handled.postings[2].amount, 8_u);
    EXPECT_EQ(ledger.when(track("gpt", 2_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("gpt", 1_u)).code(), Code::AddonCreditsUsed);
}

TEST(Funding, LimitsOfBaseAndAddonPlansAddUp) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("base").with(Includes("api").limit(20_u)))
                     .plan(testing::Plan("extra").addon().with(Includes("api").limit(5_u)))
                     .build(),
                 kStart);
    ledger.attach("extra").attach("base");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 25_u);
    const Then then = ledger.when(track("api", 22_u));
    ASSERT_EQ(then.handled.postings.size(), 2u);
    // The base plan pays first, whichever was attached first.
    EXPECT_EQ(then.handled.postings[0].meter.subscription, 2u);
    EXPECT_EQ(then.handled.postings[0].units, 20_u);
    EXPECT_EQ(then.usage().balance, 3_u);
    EXPECT_EQ(ledger.when(track("api", 4_u)).code(), Code::LimitExceeded);
}

TEST(Funding, OneUnlimitedPlanMakesTheFeatureUnlimited) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("base").with(Includes("api").limit(20_u)))
                     .plan(testing::Plan("extra").addon().with(Includes("api")))
                     .build(),
                 kStart);
    ledger.attach("base").attach("extra");
    const Then then = ledger.when(track("api", 1000_u));
    EXPECT_EQ(then.code(), Code::Tracked);
    EXPECT_EQ(then.usage().limit, std::nullopt);
    EXPECT_EQ(then.usage().balance, std::nullopt);
    EXPECT_EQ(then.usage().usage, 1000_u);
}

TEST(Funding, UnlimitedUsageIsNeverBillableEvenWithAPrice) {
    Given ledger(with_plan(testing::Plan("pro").with(Includes("api").charge(10_price))), kStart);
    ledger.attach("pro").track("api", 5_u);
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).code(), Code::NothingToInvoice);
}

TEST(Funding, UsageBasedFeaturesBillEveryUnit) {
    Given ledger(
        with_plan(testing::Plan("payg").with(Includes("api").usage_based(500_price, 1000_u))),
        kStart);
    ledger.attach("payg");
    const Then then = ledger.when(track("api", 1500_u));
    EXPECT_EQ(then.code(), Code::Tracked);
    EXPECT_EQ(then.units(Bucket::Overage), 1500_u);
    EXPECT_EQ(then.usage().limit, std::nullopt);
    EXPECT_EQ(then.usage().usage, 1500_u);
    EXPECT_EQ(ledger.unbilled(), 1000);
}

TEST(Funding, PrepaidQuantitiesHaveNoOverage) {
    Given ledger(with_plan(testing::Plan("pro").with(
                     Includes("api").limit(100_u).prepaid().charge(5_price))),
                 kStart);
    ledger.attach("pro");
    EXPECT_EQ(ledger.when(track("api", 101_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 100_u)).code(), Code::Tracked);
    EXPECT_EQ(ledger.unbilled(), 0);
}

TEST(Funding, ACreditCostOnAPlanFeatureMultipliesOnce) {
    Given ledger(with_plan(testing::Plan("pro").with(
                     Includes("api").limit(100_u).prepaid().credit_cost(5_u))),
                 kStart);
    ledger.attach("pro");
    const Then then = ledger.when(track("api", 10_u));
    EXPECT_EQ(then.usage().usage, 50_u);
    EXPECT_EQ(then.handled.postings.at(0).units, 10_u);
    EXPECT_EQ(then.handled.postings.at(0).amount, 50_u);
    EXPECT_EQ(ledger.when(track("api", 11_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 10_u)).usage().balance, 0_u);
}

TEST(Funding, WhoeverAsksHearsWhyNothingIsGranted) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .metered("other")
                     .plan(testing::Plan("pro").with(Includes("api").limit(100_u)))
                     .build(),
                 kStart);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::NoActiveSubscription);
    EXPECT_EQ(ledger.when(track("nope", 1_u)).code(), Code::FeatureNotFound);
    ledger.attach("pro");
    EXPECT_EQ(ledger.when(track("other", 1_u)).code(), Code::FeatureNotInPlan);
    EXPECT_EQ(ledger.when(track("api", 1_u, "ghost")).code(), Code::EntityNotFound);
    EXPECT_FALSE(ledger.when(track("other", 1_u)).usage().metered);
}

TEST(Funding, BooleanFeaturesAreGrantedWithoutNumbers) {
    Given ledger(CatalogBuilder()
                     .boolean("audit")
                     .plan(testing::Plan("pro").with(Includes("audit").resets(Interval::Never)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    const UsageAnswer answer = ledger.check("audit", 1_u);
    EXPECT_EQ(answer.code, Code::AccessGranted);
    EXPECT_FALSE(answer.metered);
    EXPECT_EQ(answer.usage, std::nullopt);
    EXPECT_EQ(ledger.when(track("audit", 3_u)).code(), Code::Tracked);
    EXPECT_EQ(ledger.unbilled(), 0);
}

TEST(Funding, AWindowHoldsNoMoreThanItsRange) {
    Given ledger(with_plan(testing::Plan("pro").with(Includes("api"))), kStart);
    ledger.attach("pro");
    for (int i = 0; i < 1000; ++i) {
        ledger.track("api", base::kMaxQuantity);
    }
    EXPECT_EQ(ledger.check("api", 0_u).usage, base::kMaxTotal);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::AmountOutOfRange);
}

TEST(Funding, CheckWithAnEventRecordsAndAnswersTheNumbersAfterIt) {
    Given ledger(with_plan(testing::Plan("pro").with(Includes("api").limit(100_u).charge(1_price))),
                 kStart);
    ledger.attach("pro").track("api", 90_u);
    Track event = track("api", 20_u);
    event.as_check = true;
    const Then then = ledger.when(event);
    EXPECT_EQ(then.code(), Code::OverageAllowed);
    EXPECT_EQ(then.usage().usage, 110_u);
    EXPECT_EQ(then.usage().overage_units, 10_u);
    EXPECT_EQ(ledger.unbilled(), 10);
}

TEST(Funding, UsageIsTrueUsageInOverageToo) {
    Given ledger(with_plan(testing::Plan("pro").with(Includes("api").limit(10_u).charge(1_price))),
                 kStart);
    ledger.attach("pro");
    const Then then = ledger.when(track("api", 35_u));
    EXPECT_EQ(then.usage().usage, 35_u);
    EXPECT_EQ(then.usage().balance, 0_u);
    EXPECT_EQ(then.usage().overage_units, 25_u);
}

}  // namespace
}  // namespace quipu::ledger

// Balances are drawn in their own unit: what covers a quantity exactly pays for it
// (docs/contract/credits.md#exact-draws).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2027-01-01";

base::Quantity sum_of_units(const Then& then) {
    base::Quantity sum;
    for (const Posting& posting : then.handled.postings) sum += posting.units;
    return sum;
}

Given with_costs(base::Quantity cost, base::Quantity credits, base::Quantity pack,
                 base::UnitPrice overage = 0_price) {
    auto included = Includes("ai").limit(credits);
    if (!overage.is_zero()) included.charge(overage);
    Given ledger(CatalogBuilder()
                     .credit_system("ai", {{"gpt", cost}})
                     .pack("boost", "ai", pack, 500)
                     .plan(testing::Plan("pro").with(included))
                     .build(),
                 kStart);
    ledger.attach("pro");
    return ledger;
}

TEST(ExactDraws, APlanAndAPackThatCoverAQuantityExactlyPayForIt) {
    Given ledger = with_costs(3_u, 10_u, 2_u);
    ledger.buy("boost");
    const Then then = ledger.when(track("gpt", 4_u));
    EXPECT_EQ(then.code(), Code::AddonCreditsUsed);
    EXPECT_EQ(then.usage().balance, 0_u);
    ASSERT_EQ(then.handled.postings.size(), 2u);
    EXPECT_EQ(then.handled.postings[0].amount, 10_u);
    EXPECT_EQ(then.handled.postings[1].amount, 2_u);
    EXPECT_EQ(sum_of_units(then), 4_u);
    EXPECT_EQ(ledger.when(track("gpt", 0.000000001_u)).code(), Code::LimitExceeded);
}

TEST(ExactDraws, OverageIsWhatIsReallyMissing) {
    Given whole = with_costs(3_u, 10_u, 2_u, 1000_price);
    EXPECT_EQ(whole.when(track("gpt", 4_u)).code(), Code::TrackedOverage);
    EXPECT_EQ(whole.unbilled(), 2000);
}

TEST(ExactDraws, NoResidueOfACreditCostBecomesAPackage) {
    Given ledger(CatalogBuilder()
                     .metered("gpt")
                     .plan(testing::Plan("pro").with(
                         Includes("gpt").limit(100_u).credit_cost(7_u).charge(100_price)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    const Then then = ledger.when(track("gpt", 15_u));
    EXPECT_EQ(then.usage().overage_units, 5_u);
    EXPECT_EQ(ledger.unbilled(), 500);
    EXPECT_EQ(sum_of_units(then), 15_u);
}

TEST(ExactDraws, ACorrectionGivesBackWhatWasDrawn) {
    Given ledger = with_costs(3_u, 10_u, 2_u, 1000_price);
    ledger.buy("boost").track("gpt", 5_u);  // 15 credits: 10, 2 and 3 of overage
    EXPECT_EQ(ledger.unbilled(), 3000);
    EXPECT_EQ(ledger.when(CorrectUsage{"gpt", "", 5_u, "by mistake"}).code(), Code::Ok);
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.check("gpt", 0_u).balance, 12_u);
    EXPECT_EQ(ledger.check("gpt", 0_u).usage, 0_u);
}

TEST(ExactDraws, TheSecondSystemPaysWhereTheFirstIsEmpty) {
    Given ledger(CatalogBuilder()
                     .credit_system("ai", {{"gpt", 2_u}})
                     .credit_system("all", {{"gpt", 3_u}})
                     .pack("boost", "all", 3_u, 500)
                     .plan(testing::Plan("pro")
                               .with(Includes("ai").limit(4_u))
                               .with(Includes("all").limit(6_u)))
                     .build(),
                 kStart);
    ledger.attach("pro").buy("boost");
    EXPECT_EQ(ledger.check("gpt", 0_u).balance, 10_u);  // 4, and 9 that are worth 6 of these
    const Then first = ledger.when(track("gpt", 3_u));
    EXPECT_EQ(first.code(), Code::Tracked);
    ASSERT_EQ(first.handled.postings.size(), 2u);
    EXPECT_EQ(first.handled.postings[0].amount, 4_u);
    EXPECT_EQ(first.handled.postings[1].meter.feature, "all");
    EXPECT_EQ(first.handled.postings[1].amount, 3_u);
    const Then second = ledger.when(track("gpt", 2_u));
    EXPECT_EQ(second.code(), Code::AddonCreditsUsed);
    EXPECT_EQ(second.usage().balance, 0_u);
    EXPECT_EQ(second.usage().addon_used, 3_u);
    EXPECT_EQ(ledger.when(track("gpt", 1_u)).code(), Code::LimitExceeded);
}

TEST(ExactDraws, PacksOfAllSystemsAreSpentInOneOrder) {
    Given ledger(CatalogBuilder()
                     .credit_system("ai", {{"gpt", 1_u}})
                     .credit_system("all", {{"gpt", 1_u}})
                     .pack("first", "all", 5_u, 500)
                     .pack("second", "ai", 5_u, 500)
                     .plan(testing::Plan("pro").with(Includes("ai").limit(0_u)))
                     .build(),
                 kStart);
    ledger.attach("pro").buy("first").buy("second");
    const Then then = ledger.when(track("gpt", 6_u));
    ASSERT_EQ(then.handled.postings.size(), 2u);
    EXPECT_EQ(then.handled.postings[0].meter.feature, "all");
    EXPECT_EQ(then.handled.postings[1].meter.feature, "ai");
    EXPECT_EQ(then.usage().balance, 4_u);
}

TEST(ExactDraws, ABalanceIsAllThatCanBeSpentHoweverAPlanIncludesTheFeature) {
    Given ledger(CatalogBuilder()
                     .credit_system("s", {{"t", 1_u}})
                     .pack("boost", "s", 500_u, 500)
                     .plan(testing::Plan("pro").with(Includes("t").limit(10_u).credit_cost(1_u)))
                     .build(),
                 kStart);
    ledger.attach("pro").buy("boost");
    EXPECT_EQ(ledger.check("t", 1_u).balance, 510_u);
    EXPECT_EQ(ledger.when(track("t", 10_u)).usage().balance, 500_u);
    EXPECT_EQ(ledger.when(track("t", 20_u)).usage().balance, 480_u);
}

TEST(ExactDraws, CreditsCountAsWhatTheyPayForInTheUnitOfThePlansMeter) {
    Given ledger(CatalogBuilder()
                     .credit_system("s", {{"t", 3_u}})
                     .pack("boost", "s", 10_u, 500)
                     .plan(testing::Plan("pro").with(Includes("t").limit(10_u)))
                     .build(),
                 kStart);
    ledger.attach("pro").buy("boost");
    const UsageAnswer answer = ledger.check("t", 0_u);
    EXPECT_EQ(answer.balance, 13.333333333_u);
    EXPECT_EQ(ledger.check("t", *answer.balance).code, Code::AddonCreditsUsed);
    EXPECT_EQ(ledger.check("t", *answer.balance + 0.000000001_u).code, Code::LimitExceeded);
}

// Whatever the costs and the balances: what is there is spendable to the last billionth, and the
// parts of an event sum to it.
TEST(ExactDraws, NothingIsLostBetweenMeters) {
    for (const int cost : {3, 7, 9, 11, 13}) {
        for (int value = 1; value <= 40; ++value) {
            const auto credits = base::Quantity::from_int(cost * value);
            for (const base::Quantity plan : {1_u, 0.000000007_u, 2.5_u}) {
                Given ledger = with_costs(base::Quantity::from_int(cost), plan, credits - plan);
                const Then then =
                    ledger.buy("boost").when(track("gpt", base::Quantity::from_int(value)));
                ASSERT_EQ(then.code(), Code::AddonCreditsUsed) << cost << " " << value;
                ASSERT_EQ(then.usage().balance, 0_u);
                ASSERT_EQ(sum_of_units(then), base::Quantity::from_int(value));
            }
        }
    }
}

}  // namespace
}  // namespace quipu::ledger

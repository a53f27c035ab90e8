// Credit systems, their children, packs and grants (docs/contract/credits.md).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
using base::Quantity;
constexpr const char* kStart = "2026-01-01";

CatalogBuilder system_of_hundred() {
    return CatalogBuilder()
        .boolean("vip")
        .credit_system("ai", {{"gpt", 20_u}, {"mini", 1_u}, {"vip", 20_u}, {"free", 0_u}})
        .pack("boost", "ai", 500_u, 1000)
        .plan(testing::Plan("pro").with(Includes("ai").limit(100_u)));
}

TEST(Credits, AChildDrawsItsCostFromTheSharedBalance) {
    Given ledger(system_of_hundred().build(), kStart);
    ledger.attach("pro");
    const Then then = ledger.when(track("gpt", 3_u));
    EXPECT_EQ(then.code(), Code::Tracked);
    ASSERT_TRUE(then.usage().credits.has_value());
    EXPECT_EQ(then.usage().credits->system, "ai");
    EXPECT_EQ(then.usage().credits->cost_per_unit, 20_u);
    EXPECT_EQ(then.usage().credits->plan_used, 60_u);
    EXPECT_EQ(ledger.check("mini", 1_u).balance, 40_u);
    EXPECT_EQ(ledger.check("ai", 1_u).balance, 40_u);
    EXPECT_EQ(ledger.when(track("gpt", 3_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("mini", 40_u)).code(), Code::Tracked);
}

TEST(Credits, ABooleanChildIsMetered) {
    Given ledger(system_of_hundred().build(), kStart);
    ledger.attach("pro");
    EXPECT_EQ(ledger.when(track("vip", 3_u)).usage().usage, 60_u);
    EXPECT_EQ(ledger.check("vip", 3_u).code, Code::LimitExceeded);
}

TEST(Credits, AChildWithoutACostDrawsOneCreditPerUnit) {
    Given ledger(system_of_hundred().build(), kStart);
    ledger.attach("pro");
    EXPECT_EQ(ledger.when(track("free", 3_u)).usage().usage, 3_u);
}

TEST(Credits, TheSystemItselfCanBeTracked) {
    Given ledger(system_of_hundred().build(), kStart);
    ledger.attach("pro").buy("boost");
    const Then then = ledger.when(track("ai", 5_u));
    EXPECT_EQ(then.code(), Code::Tracked);
    EXPECT_EQ(then.usage().credits->cost_per_unit, 1_u);
    EXPECT_EQ(then.usage().credits->plan_used, 5_u);
    EXPECT_EQ(then.usage().credits->addon_balance, 500_u);
}

TEST(Credits, PacksArriveByTheQuantityAndShowInEveryBalance) {
    Given ledger(system_of_hundred().build(), kStart);
    ledger.attach("pro");
    const Then then = ledger.when(PurchaseAddon{"boost", 3});
    EXPECT_EQ(then.addon().credits, 1500_u);
    EXPECT_EQ(then.addon().balance, 1500_u);
    ASSERT_EQ(then.invoices().size(), 1u);
    EXPECT_EQ(then.invoices()[0].total_minor, 3000);
    EXPECT_EQ(then.addon().invoice, then.invoices()[0].id);
    EXPECT_EQ(ledger.check("gpt", 1_u).balance, 1600_u);
}

TEST(Credits, PurchasesOutOfRangeAreRefused) {
    Given ledger(system_of_hundred().build(), kStart);
    EXPECT_EQ(ledger.when(PurchaseAddon{"nope", 1}).code(), Code::PackNotFound);
    EXPECT_EQ(ledger.when(PurchaseAddon{"boost", 0}).code(), Code::QuantityOutOfRange);
    EXPECT_EQ(ledger.when(PurchaseAddon{"boost", 1'000'001}).code(), Code::QuantityOutOfRange);
    EXPECT_TRUE(ledger.invoices().empty());
}

TEST(Credits, PlanCreditsAndAddonCreditsPayOneRequestTogether) {
    Given ledger(CatalogBuilder()
                     .credit_system("ai", {{"gpt", 1_u}})
                     .pack("boost", "ai", 30_u, 100)
                     .plan(testing::Plan("pro").with(Includes("ai").limit(5_u)))
                     .build(),
                 kStart);
    ledger.attach("pro").buy("boost");
    EXPECT_EQ(ledger.check("gpt", 35_u).code, Code::AddonCreditsUsed);
    EXPECT_EQ(ledger.check("gpt", 36_u).code, Code::LimitExceeded);
    const Then then = ledger.when(track("gpt", 32_u));
    EXPECT_EQ(then.units(Bucket::Allowance), 5_u);
    EXPECT_EQ(then.units(Bucket::Credit), 27_u);
    EXPECT_EQ(then.usage().credits->addon_balance, 3_u);
}

TEST(Credits, AddonCreditsAreUsableWithoutAPlanThatIncludesTheSystem) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .credit_system("ai", {{"gpt", 2_u}})
                     .pack("boost", "ai", 30_u, 100)
                     .plan(testing::Plan("pro").with(Includes("api").limit(5_u)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    EXPECT_EQ(ledger.when(track("gpt", 1_u)).code(), Code::FeatureNotInPlan);
    ledger.buy("boost");
    EXPECT_EQ(ledger.when(track("gpt", 15_u)).code(), Code::AddonCreditsUsed);
    EXPECT_EQ(ledger.when(track("gpt", 1_u)).code(), Code::FeatureNotInPlan);
}

TEST(Credits, AddonCreditsOutliveTheWindowThatPlanCreditsDoNot) {
    Given ledger(system_of_hundred().build(), kStart);
    ledger.attach("pro").buy("boost").track("gpt", 10_u);
    ledger.at("2026-02-01");
    EXPECT_EQ(ledger.check("gpt", 1_u).credits->plan_used, 0_u);
    EXPECT_EQ(ledger.check("gpt", 1_u).credits->addon_balance, 400_u);
}

CreditGrant granted(Quantity credits, std::int32_t priority,
                    std::optional<base::Instant> expires_at = std::nullopt) {
    CreditGrant grant;
    grant.system = "ai";
    grant.granted = credits;
    grant.priority = priority;
    grant.expires_at = expires_at;
    return grant;
}

TEST(Credits, GrantsAreSpentByPriorityThenExpiryThenAge) {
    Given ledger(system_of_hundred().build(), kStart);
    ledger.attach("pro").track("ai", 100_u);
    ledger
        .grant(granted(10_u, 1))                    // 1: never expires
        .grant(granted(10_u, 1, "2026-06-01"_at))   // 2
        .grant(granted(10_u, 1, "2026-03-01"_at))   // 3: soonest
        .grant(granted(10_u, 0, "2026-12-01"_at))   // 4: first by priority
        .grant(granted(10_u, 1, "2026-06-01"_at));  // 5: as 2, younger
    const Then then = ledger.when(track("ai", 45_u));
    std::vector<std::uint32_t> order;
    for (const Posting& posting : then.handled.postings) {
        order.push_back(posting.grant);
    }
    EXPECT_EQ(order, (std::vector<std::uint32_t>{4, 3, 2, 5, 1}));
    EXPECT_EQ(then.handled.postings.back().units, 5_u);
}

TEST(Credits, AnExpiredGrantIsGoneAtItsMoment) {
    Given ledger(system_of_hundred().build(), kStart);
    ledger.attach("pro").track("ai", 100_u).grant(granted(10_u, 0, "2026-01-10"_at));
    EXPECT_EQ(ledger.at("2026-01-09T23:59:59Z").check("ai", 10_u).code, Code::AddonCreditsUsed);
    EXPECT_EQ(ledger.at("2026-01-10").check("ai", 1_u).code, Code::LimitExceeded);
    EXPECT_EQ(ledger.account().grants.at(0).remaining, 0_u);
}

TEST(Credits, CostsWithDecimalsStayExact) {
    Given ledger(CatalogBuilder()
                     .credit_system("credits", {{"action1", 0.2_u}, {"action2", 0.6_u}})
                     .plan(testing::Plan("pro").with(Includes("credits").limit(200_u)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    EXPECT_EQ(ledger.when(track("action1", 50.25_u)).usage().balance, 189.95_u);
    EXPECT_EQ(ledger.when(track("action2", 33.67_u)).usage().balance, 169.748_u);
}

TEST(Credits, PostingsOfACreditFeatureSumToItsValueWhateverTheCost) {
    Given ledger(CatalogBuilder()
                     .credit_system("ai", {{"gpt", 0.7_u}})
                     .plan(testing::Plan("pro").with(Includes("ai").limit(10_u).charge(1_price)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    const Then then = ledger.when(track("gpt", 20_u));
    EXPECT_EQ(then.units(Bucket::Allowance) + then.units(Bucket::Overage), 20_u);
    EXPECT_EQ(ledger.when(track("gpt", 0.000000001_u)).code(), Code::TrackedOverage);
}

}  // namespace
}  // namespace quipu::ledger

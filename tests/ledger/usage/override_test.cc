// Overrides grant by themselves (docs/contract/checks-and-usage.md#overrides), corrections are new
// facts (docs/contract/checks-and-usage.md#corrections).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01T00:00:00Z";

Given on_plan() {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .metered("gpu")
                     .credit_system("credits", {{"gpu", 10_u}})
                     .plan(testing::Plan("pro").with(Includes("api").limit(100_u).charge(10_price)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    return ledger;
}

GrantOverride grant(std::string feature, std::optional<base::Quantity> limit) {
    Override granted;
    granted.feature = std::move(feature);
    granted.limit = limit;
    return {std::move(granted)};
}

TEST(Override, TakesThePlaceOfThePlansLimitAndKeepsTheUsage) {
    Given ledger = on_plan();
    ledger.track("api", 60_u).done(grant("api", 500_u));
    EXPECT_EQ(ledger.check("api", 1_u).limit, 500_u);
    const Then tracked = ledger.when(track("api", 400_u));
    EXPECT_EQ(tracked.code(), Code::Tracked);
    EXPECT_EQ(tracked.usage().usage, 460_u);
    // It blocks overage, whatever the plan sells.
    EXPECT_EQ(ledger.when(track("api", 41_u)).code(), Code::LimitExceeded);
    ledger.done(RevokeOverride{"api"});
    EXPECT_EQ(ledger.check("api", 1_u).limit, 100_u);
    EXPECT_EQ(ledger.when(RevokeOverride{"api"}).code(), Code::OverrideNotFound);
}

TEST(Override, GrantsWhatNoPlanIncludesAndWithoutASubscription) {
    Given ledger = on_plan();
    EXPECT_EQ(ledger.check("gpu", 1_u).code, Code::FeatureNotInPlan);
    ledger.done(grant("gpu", 3_u));
    EXPECT_EQ(ledger.when(track("gpu", 2_u)).usage().balance, 1_u);
    ledger.done(Cancel{"pro", true});
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::NoActiveSubscription);
    EXPECT_EQ(ledger.when(track("gpu", 3_u)).usage().balance, 0_u);
}

TEST(Override, OfACreditSystemFundsItsFeatures) {
    Given ledger = on_plan();
    ledger.done(grant("credits", 50_u));
    EXPECT_EQ(ledger.when(track("gpu", 5_u)).code(), Code::Tracked);
    EXPECT_EQ(ledger.check("gpu", 1_u).code, Code::LimitExceeded);
}

TEST(Override, ExpiresByTheLedgersClock) {
    Given ledger = on_plan();
    GrantOverride command = grant("api", std::nullopt);
    command.granted.expires_at = "2026-01-10T00:00:00Z"_at;
    ledger.done(command);
    EXPECT_EQ(ledger.check("api", 1'000_u).code, Code::AccessGranted);
    ledger.tick("2026-01-10T00:00:00Z");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 100_u);
    command.granted.expires_at = "2026-01-09T00:00:00Z"_at;
    EXPECT_EQ(ledger.when(command).code(), Code::InvalidRequest);
    EXPECT_EQ(ledger.when(grant("nope", 1_u)).code(), Code::FeatureNotFound);
}

TEST(Correction, TakesUnitsBackFromWhereTheLastOnesWent) {
    Given ledger = on_plan();
    ledger.track("api", 130_u);
    EXPECT_EQ(ledger.unbilled(), 300);
    ledger.done(CorrectUsage{"api", {}, 40_u, "counted twice"});
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.check("api", 10_u).balance, 10_u);
    EXPECT_EQ(ledger.when(CorrectUsage{"api", {}, 91_u, {}}).code(), Code::InvalidRequest);
    ledger.done(CorrectUsage{"api", {}, 90_u, {}});
    EXPECT_EQ(ledger.check("api", 1_u).usage, 0_u);
}

TEST(Correction, OfBilledUsageIsGivenBackOnTheNextInvoice) {
    Given ledger = on_plan();
    ledger.track("api", 130_u).done(GenerateInvoice{});
    ledger.done(CorrectUsage{"api", {}, 10_u, {}});
    EXPECT_EQ(ledger.unbilled(), -100);
    ledger.track("api", 30_u).done(GenerateInvoice{});
    EXPECT_EQ(ledger.invoices().back().total_minor, 200);
}

TEST(Correction, UnderAnOverrideLeavesTheOverageThatRemainsItsPrice) {
    Given ledger = on_plan();
    ledger.track("api", 130_u).done(grant("api", 500_u));
    EXPECT_EQ(ledger.unbilled(), 300);
    ledger.done(CorrectUsage{"api", {}, 5_u, {}});
    EXPECT_EQ(ledger.unbilled(), 250);
    ledger.done(GenerateInvoice{}).done(CorrectUsage{"api", {}, 5_u, {}});
    EXPECT_EQ(ledger.unbilled(), -50);
}

TEST(Override, WithOverageAllowedGoesOnWithThePriceOfThePlan) {
    Given ledger = on_plan();
    ledger.track("api", 130_u).done(grant("api", 110_u));
    ledger.done(SetFeatureConfig{{"api", OverageMode::Charge, std::nullopt}});
    ledger.track("api", 20_u);
    EXPECT_EQ(ledger.unbilled(), 400);
}

}  // namespace
}  // namespace quipu::ledger

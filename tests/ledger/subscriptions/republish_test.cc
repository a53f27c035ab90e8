// A catalog that changes under subscribers (docs/contract/catalog.md#prices-as-sold).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-04-01";

Catalog one(const testing::Plan& plan) {
    return CatalogBuilder().metered("api").metered("mail").boolean("audit").plan(plan).build();
}

TEST(Republish, RatesStayAsSoldUntilTheSwitch) {
    Given ledger(
        one(testing::Plan("pro").costs(1000).with(Includes("api").limit(0_u).charge(5_price))),
        kStart);
    ledger.attach("pro").track("api", 1_u);
    ledger.publish(
        one(testing::Plan("pro").costs(2000).with(Includes("api").limit(0_u).charge(50_price))));
    ledger.track("api", 1_u);
    EXPECT_EQ(ledger.unbilled(), 10);
    EXPECT_EQ(ledger.tick("2026-05-01").invoices().back().total_minor, 10 + 1000);
    // Who comes now buys the new price.
    Given later(ledger.book().newest(), kStart);
    EXPECT_EQ(later.when(Attach{"pro", {}}).invoices().at(0).total_minor, 2000);
}

TEST(Republish, LimitsApplyToAllAtOnce) {
    Given ledger(one(testing::Plan("pro").with(Includes("api").limit(10_u))), kStart);
    ledger.attach("pro").track("api", 8_u);
    ledger.publish(one(testing::Plan("pro").with(Includes("api").limit(20_u))));
    EXPECT_EQ(ledger.check("api", 1_u).balance, 12_u);
    ledger.publish(one(testing::Plan("pro").with(Includes("api").limit(5_u))));
    EXPECT_EQ(ledger.check("api", 1_u).usage, 8_u);
    EXPECT_EQ(ledger.check("api", 1_u).balance, 0_u);
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::LimitExceeded);
}

TEST(Republish, ANewFeatureIsGrantedToWhoHasThePlan) {
    Given ledger(one(testing::Plan("pro").with(Includes("api").limit(10_u))), kStart);
    ledger.attach("pro");
    EXPECT_EQ(ledger.check("mail", 1_u).code, Code::FeatureNotInPlan);
    ledger.publish(one(
        testing::Plan("pro").with(Includes("api").limit(10_u)).with(Includes("mail").limit(3_u))));
    EXPECT_EQ(ledger.check("mail", 1_u).limit, 3_u);
}

TEST(Republish, ARemovedFeatureEndsWithItsWindow) {
    Given ledger(one(testing::Plan("pro")
                         .with(Includes("api").limit(10_u).charge(5_price))
                         .with(Includes("mail").limit(3_u))),
                 kStart);
    ledger.attach("pro").track("api", 12_u).at("2026-04-16");
    ledger.publish(one(testing::Plan("pro").with(Includes("mail").limit(3_u))));
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::OverageAllowed);
    ledger.at("2026-05-01");
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::FeatureNotInPlan);
    // What was used is billed all the same.
    EXPECT_EQ(ledger.invoices().back().total_minor, 10);
}

TEST(Republish, ADisabledFeatureIsARemovedOne) {
    Given ledger(one(testing::Plan("pro").with(Includes("api").limit(10_u))), kStart);
    ledger.attach("pro");
    ledger.publish(one(testing::Plan("pro").with(Includes("api").limit(10_u).disabled())));
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.at("2026-05-01").check("api", 1_u).code, Code::FeatureNotInPlan);
}

TEST(Republish, ARemovedFeatureThatNeverResetsEndsWithTheBillingPeriod) {
    Given ledger(
        one(testing::Plan("pro").costs(100).with(Includes("audit").resets(Interval::Never))),
        kStart);
    ledger.attach("pro").at("2026-04-16").publish(one(testing::Plan("pro").costs(100)));
    EXPECT_EQ(ledger.check("audit", 1_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.at("2026-05-01").check("audit", 1_u).code, Code::FeatureNotInPlan);
}

TEST(Republish, AFeatureThatComesBackIsThereAgain) {
    Given ledger(one(testing::Plan("pro").with(Includes("api").limit(10_u))), kStart);
    ledger.attach("pro").publish(one(testing::Plan("pro"))).at("2026-06-01");
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::FeatureNotInPlan);
    ledger.publish(one(testing::Plan("pro").with(Includes("api").limit(7_u))));
    EXPECT_EQ(ledger.check("api", 1_u).limit, 7_u);
}

TEST(Republish, ARenameKeepsOneLineForTheFeature) {
    Given ledger(one(testing::Plan("pro").with(Includes("api").limit(100_u).charge(1_price))),
                 kStart);
    ledger.attach("pro").track("api", 150_u);
    Catalog renamed = one(testing::Plan("pro").with(Includes("api").limit(100_u).charge(1_price)));
    renamed.features[0].name = "Calls";
    ledger.publish(renamed).track("api", 170_u);
    const Then then = ledger.when(GenerateInvoice{});
    ASSERT_EQ(then.invoices().at(0).lines.size(), 1u);
    EXPECT_EQ(then.invoices()[0].total_minor, 220);
    EXPECT_EQ(then.invoices()[0].lines[0].name, "Calls");
}

TEST(Republish, TheReportSaysWhatChanged) {
    const Catalog first = one(testing::Plan("pro").costs(100).with(Includes("api").limit(10_u)));
    const MergedCatalog created = merge({}, first, "2026-04-01"_at);
    EXPECT_EQ(created.report.plans.created, (std::vector<std::string>{"pro"}));
    EXPECT_EQ(created.catalog.version, 1u);
    const MergedCatalog same = merge(created.catalog, first, "2026-04-02"_at);
    EXPECT_EQ(same.report.plans.unchanged, (std::vector<std::string>{"pro"}));
    EXPECT_EQ(same.report.features.unchanged.size(), 3u);
    const MergedCatalog changed =
        merge(same.catalog, one(testing::Plan("pro").costs(100)), "2026-04-03"_at);
    EXPECT_EQ(changed.report.plans.updated, (std::vector<std::string>{"pro"}));
    // Removed, it stays on the books until the windows of its subscribers end.
    EXPECT_EQ(changed.catalog.plans.at(0).features.at(0).removed_in_version, 3u);
    const MergedCatalog settled =
        merge(changed.catalog, one(testing::Plan("pro").costs(100)), "2026-04-04"_at);
    EXPECT_EQ(settled.report.plans.unchanged, (std::vector<std::string>{"pro"}));
}

TEST(Republish, APackOfAnUnknownSystemIsSkippedWithAWarning) {
    const MergedCatalog merged =
        merge({}, CatalogBuilder().pack("boost", "ai", 5_u, 1).build(), "2026-04-01"_at);
    EXPECT_TRUE(merged.catalog.credit_packs.empty());
    EXPECT_EQ(merged.report.warnings,
              (std::vector<std::string>{"Credit pack 'boost' references unknown credit system "
                                        "'ai'. Skipping."}));
}

TEST(Republish, BrokenPricingIsNamed) {
    const auto problem = [](const Includes& includes) { return pricing_problem(includes.build()); };
    EXPECT_EQ(problem(Includes("api").limit(10_u)), std::nullopt);
    EXPECT_EQ(problem(Includes("api").limit(units("-1"))),
              "limitValue must be a non-negative number.");
    EXPECT_EQ(problem(Includes("api").charge(price("-1"))),
              "overagePrice must be a non-negative number.");
    EXPECT_EQ(problem(Includes("api").charge(1_price, 0_u)),
              "billingUnits must be greater than 0.");
    EXPECT_EQ(problem(Includes("api").usage_based()),
              "Usage-based package pricing requires pricePerUnit.");
    PlanFeature unpriced;
    unpriced.overage = OverageMode::Charge;
    EXPECT_EQ(pricing_problem(unpriced),
              "Charge overage pricing requires overagePrice or pricePerUnit.");
}

}  // namespace
}  // namespace quipu::ledger

// What comes late is decided by who granted it then (docs/contract/windows.md#late-usage).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2027-01-01";

Given on(std::vector<testing::Plan> plans) {
    CatalogBuilder catalog;
    catalog.metered("api").metered("jobs");
    for (const testing::Plan& plan : plans) catalog.plan(plan);
    Given ledger(catalog.build(), kStart);
    ledger.attach(plans.front().build().slug);
    return ledger;
}

TEST(LateUsage, OfACanceledPlanIsACorrectionOfItsLastWindow) {
    Given ledger = on({testing::Plan("payg").with(Includes("api").usage_based(10_price))});
    ledger.track("api", 3_u).done(Cancel{"payg", false}).tick("2027-02-01T00:00:30Z");
    EXPECT_EQ(ledger.when(track("api", 7_u), moment("2027-01-31T23:59:50Z")).code(), Code::Tracked);
    EXPECT_EQ(ledger.unbilled(), 70);
    const Then then = ledger.when(GenerateInvoice{});
    const InvoiceLine& line = then.invoices().at(0).lines.at(0);
    EXPECT_EQ(line.amount_minor, 70);
    EXPECT_TRUE(line.correction);
    EXPECT_EQ(line.period.start, moment("2027-01-01"));
    EXPECT_EQ(line.billed_before_minor, 30);
    // Now it grants nothing.
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::NoActiveSubscription);
    EXPECT_EQ(ledger.when(track("api", 1_u), moment("2027-02-01")).code(),
              Code::NoActiveSubscription);
}

TEST(LateUsage, FromBeforeAnUpgradeDrawsOnThePlanOfThen) {
    Given ledger =
        on({testing::Plan("old").costs(1000).with(Includes("api").limit(100_u).charge(10_price)),
            testing::Plan("new").costs(3000).with(Includes("api").usage_based(500_price))});
    ledger.at("2027-01-16T12:00:00Z").attach("new").at("2027-01-16T12:01:00Z");
    const Then late = ledger.when(track("api", 7_u), moment("2027-01-16T11:59:50Z"));
    EXPECT_EQ(late.code(), Code::Tracked);
    EXPECT_EQ(late.usage().plan, "old");
    EXPECT_EQ(late.usage().balance, 93_u);
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.when(track("api", 1_u)).usage().plan, "new");
    EXPECT_EQ(ledger.unbilled(), 500);
    EXPECT_EQ(ledger.when(track("api", 95_u), moment("2027-01-16T11:59:51Z")).code(),
              Code::TrackedOverage);
    EXPECT_EQ(ledger.unbilled(), 520);
}

TEST(LateUsage, OfAFeatureThatTheNewPlanDoesNotHave) {
    Given ledger = on({testing::Plan("old").with(Includes("jobs").limit(10_u)),
                       testing::Plan("new").costs(3000).with(Includes("api"))});
    ledger.at("2027-01-16").attach("new").at("2027-01-17");
    EXPECT_EQ(ledger.when(track("jobs", 4_u)).code(), Code::FeatureNotInPlan);
    const Then late = ledger.when(track("jobs", 4_u), moment("2027-01-15"));
    EXPECT_EQ(late.code(), Code::Tracked);
    EXPECT_EQ(late.usage().balance, 6_u);
    EXPECT_EQ(ledger.when(track("jobs", 7_u), moment("2027-01-15")).code(), Code::LimitExceeded);
}

TEST(LateUsage, FromBeforeADowngradeThatHasHappened) {
    Given ledger = on({testing::Plan("big").costs(3000).with(Includes("api").limit(100_u)),
                       testing::Plan("small").costs(1000).with(Includes("api").limit(5_u))});
    ledger.attach("small").tick("2027-02-02");
    EXPECT_EQ(ledger.when(track("api", 50_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 50_u), moment("2027-01-20")).usage().balance, 50_u);
}

TEST(LateUsage, FromBeforeAnythingWasSoldIsRefused) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("payg").with(Includes("api").usage_based(10_price)))
                     .build(),
                 "2027-01-01");
    ledger.at("2027-03-01").attach("payg");
    EXPECT_EQ(ledger.when(track("api", 1_u), moment("2027-01-20")).code(),
              Code::NoActiveSubscription);
    EXPECT_EQ(ledger.when(track("api", 1_u), moment("2027-03-01")).code(), Code::Tracked);
    EXPECT_EQ(ledger.unbilled(), 10);
}

TEST(LateUsage, WhatOnlyWaitedForAPaymentNeverGranted) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("auto").costs(1000).auto_enabled().with(Includes("api")))
                     .build(),
                 kStart);
    ASSERT_EQ(ledger.subscription().status, SubscriptionStatus::Pending);
    ledger.at("2027-01-10").done(Cancel{"auto", true}).at("2027-01-11");
    EXPECT_EQ(ledger.when(track("api", 1_u), moment("2027-01-05")).code(),
              Code::NoActiveSubscription);
}

TEST(LateUsage, OfATrialThatHasEndedIsTrialUsage) {
    Given ledger = on(
        {testing::Plan("pro").costs(1000).trial_days(7).with(Includes("api").usage_based(10_price)),
         testing::Plan("other").costs(2000).with(Includes("api"))});
    ledger.at("2027-01-03").done(Cancel{"pro", true}).attach("other").at("2027-01-04");
    EXPECT_EQ(ledger.when(track("api", 5_u), moment("2027-01-02")).usage().plan, "pro");
    EXPECT_EQ(ledger.unbilled(), 0);
}

TEST(LateUsage, AnOverrideSaysNothingOfWhatWasBeforeIt) {
    Given ledger = on({testing::Plan("pro").with(Includes("api").limit(10_u))});
    Override granted;
    granted.feature = "api";
    granted.limit = 1000_u;
    ledger.at("2027-01-10").done(GrantOverride{granted}).at("2027-01-11");
    EXPECT_EQ(ledger.when(track("api", 11_u), moment("2027-01-05")).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 11_u)).code(), Code::Tracked);
}

TEST(LateUsage, ACorrectionFindsTheWindowOfAPlanThatWasLeft) {
    Given ledger = on({testing::Plan("a").costs(1000).with(Includes("api").usage_based(10_price)),
                       testing::Plan("b").costs(3000).with(Includes("api").usage_based(8_price))});
    ledger.at("2027-01-10").track("api", 50_u).at("2027-01-16").attach("b").at("2027-01-17");
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.when(CorrectUsage{"api", "", 50_u, "by mistake"}, moment("2027-01-12")).code(),
              Code::Ok);
    EXPECT_EQ(ledger.unbilled(), -500);
    ledger.tick("2027-02-01");
    EXPECT_EQ(ledger.invoices().back().total_minor, 2500);
    // Nothing of the kind was recorded under the new plan.
    EXPECT_EQ(ledger.when(CorrectUsage{"api", "", 1_u, "again"}).code(), Code::InvalidRequest);
}

}  // namespace
}  // namespace quipu::ledger

// Attaching, switching, canceling and renewing plans (docs/contract/subscriptions.md).
#include <gtest/gtest.h>

#include "ledger/subscriptions/switching.h"
#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-31T10:00:00Z";

Catalog plans() {
    return CatalogBuilder()
        .metered("api")
        .plan(testing::Plan("free").with(Includes("api").limit(10_u)))
        .plan(testing::Plan("pro").costs(1000).with(Includes("api").limit(100_u)))
        .plan(testing::Plan("max").costs(3000).with(Includes("api").limit(1000_u)))
        .plan(testing::Plan("equal").costs(1000).with(Includes("api").limit(150_u)))
        .plan(testing::Plan("annual").costs(48000, Interval::Yearly).with(Includes("api")))
        .plan(testing::Plan("support").costs(700).group("support"))
        .plan(testing::Plan("extra").costs(200).addon().with(Includes("api").limit(5_u)))
        .plan(testing::Plan("life").one_time().costs(9000).with(Includes("api").limit(7_u)))
        .build();
}

TEST(Subscriptions, AnUnknownPlanIsRefused) {
    EXPECT_EQ(Given(plans(), kStart).when(Attach{"nope", {}}).code(), Code::PlanNotFound);
}

TEST(Subscriptions, TheFirstFeeIsBilledAtOnceAndEachNextInAdvance) {
    Given ledger(plans(), kStart);
    const Then then = ledger.when(Attach{"pro", {}});
    EXPECT_EQ(then.attached().type, AttachType::New);
    EXPECT_EQ(then.attached().message, "Subscribed to Pro");
    ASSERT_EQ(then.invoices().size(), 1u);
    EXPECT_EQ(then.invoices()[0].lines.at(0).period,
              (base::Period{"2026-01-31T10:00:00Z"_at, "2026-02-28T10:00:00Z"_at}));
    // 31 January, 28 February, 31 March: counted from the anchor, over several periods at once.
    ledger.tick("2026-04-30T10:00:00Z");
    ASSERT_EQ(ledger.invoices().size(), 4u);
    const char* starts[] = {"2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z",
                            "2026-04-30T10:00:00Z"};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(ledger.invoices()[i].lines.at(0).period.start, moment(starts[i]));
        EXPECT_EQ(ledger.invoices()[i].issued_at, moment(starts[i]));
        EXPECT_EQ(ledger.invoices()[i].total_minor, 1000);
    }
    EXPECT_EQ(ledger.subscription().period.end, "2026-05-31T10:00:00Z"_at);
}

TEST(Subscriptions, FreePlansAreNeverInvoicedAndNeverEnd) {
    Given ledger(plans(), kStart);
    EXPECT_EQ(ledger.when(Attach{"free", {}}).attached().message, "Switched to free plan Free");
    ledger.tick("2027-01-31T10:00:00Z");
    EXPECT_TRUE(ledger.invoices().empty());
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::AccessGranted);
}

TEST(Subscriptions, TheSamePlanAgainIsNoChange) {
    Given ledger(plans(), kStart);
    ledger.attach("pro");
    const Then then = ledger.when(Attach{"pro", {}});
    EXPECT_EQ(then.attached().type, AttachType::Lateral);
    EXPECT_EQ(then.attached().message, "Already subscribed to Pro");
    EXPECT_TRUE(then.events.empty());
    EXPECT_EQ(ledger.account().subscriptions.size(), 1u);
}

TEST(Subscriptions, AnUpgradeIsImmediateAndProratedByTheTimeThatIsLeft) {
    Given ledger(plans(), "2026-04-01");
    ledger.attach("pro").track("api", 90_u).at("2026-04-16");
    const Then then = ledger.when(Attach{"max", {}});
    EXPECT_EQ(then.attached().type, AttachType::Upgrade);
    ASSERT_EQ(then.invoices().size(), 1u);
    EXPECT_EQ(then.invoices()[0].total_minor, 1000);
    EXPECT_EQ(then.invoices()[0].lines.at(0).kind, LineKind::Proration);
    EXPECT_EQ(ledger.check("api", 1_u).limit, 1000_u);
    EXPECT_EQ(ledger.check("api", 1_u).usage, 0_u);
    // The period goes on; its end brings the whole new fee.
    EXPECT_EQ(ledger.subscription(1).period.end, "2026-05-01"_at);
    EXPECT_EQ(ledger.tick("2026-05-01").invoices().back().total_minor, 3000);
    EXPECT_EQ(ledger.subscription(0).status, SubscriptionStatus::Canceled);
}

TEST(Subscriptions, AnUpgradeFromAFreePlanPaysTheWholeFee) {
    Given ledger(plans(), kStart);
    ledger.attach("free").at("2026-02-10");
    const Then then = ledger.when(Attach{"pro", {}});
    EXPECT_EQ(then.attached().type, AttachType::Upgrade);
    EXPECT_EQ(then.invoices().at(0).total_minor, 1000);
    EXPECT_EQ(ledger.subscription(1).anchor, "2026-02-10"_at);
}

TEST(Subscriptions, AnUpgradeToALongerPeriodCreditsWhatIsLeftOfTheOld) {
    Given ledger(plans(), "2026-04-01");
    ledger.attach("pro").at("2026-04-16");
    const Then then = ledger.when(Attach{"annual", {}});
    EXPECT_EQ(then.attached().type, AttachType::Upgrade);
    EXPECT_EQ(then.invoices().at(0).total_minor, 48000 - 500);
    EXPECT_EQ(ledger.subscription(1).period.end, "2027-04-16"_at);
}

TEST(Subscriptions, ADowngradeWaitsForThePeriodsEnd) {
    Given ledger(plans(), "2026-04-01");
    ledger.attach("max").at("2026-04-16");
    const Then then = ledger.when(Attach{"pro", {}});
    EXPECT_EQ(then.attached().type, AttachType::Downgrade);
    EXPECT_EQ(then.attached().scheduled_at, "2026-05-01"_at);
    EXPECT_EQ(then.attached().message, "Downgrade to Pro scheduled for 2026-05-01T00:00:00.000Z");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 1000_u);
    ledger.at("2026-05-01");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 100_u);
    EXPECT_EQ(ledger.invoices().back().total_minor, 1000);
    EXPECT_EQ(ledger.account().subscriptions.size(), 2u);
}

TEST(Subscriptions, AttachingTheCurrentPlanUndoesADowngradeOrACancellation) {
    Given ledger(plans(), "2026-04-01");
    ledger.attach("max").attach("pro");
    const Then undone = ledger.when(Attach{"max", {}});
    EXPECT_EQ(undone.attached().type, AttachType::Lateral);
    EXPECT_NE(undone.event<ScheduleCleared>(), nullptr);
    ledger.done(Cancel{"max", false}).attach("max").tick("2026-05-01");
    EXPECT_EQ(ledger.account().subscriptions.size(), 1u);
    EXPECT_EQ(ledger.subscription().status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.invoices().back().total_minor, 3000);
}

TEST(Subscriptions, ALateralMoveIsImmediateAndFree) {
    Given ledger(plans(), "2026-04-01");
    ledger.attach("pro").at("2026-04-16");
    const Then then = ledger.when(Attach{"equal", {}});
    EXPECT_EQ(then.attached().type, AttachType::Lateral);
    EXPECT_TRUE(then.invoices().empty());
    EXPECT_EQ(ledger.check("api", 1_u).limit, 150_u);
    EXPECT_EQ(ledger.subscription(1).period.end, "2026-05-01"_at);
}

TEST(Subscriptions, OnlyAPlanOfTheSameGroupIsReplaced) {
    Given ledger(plans(), kStart);
    ledger.attach("pro").attach("support");
    EXPECT_EQ(ledger.subscription(0).status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.when(Attach{"max", {}}).attached().type, AttachType::Upgrade);
    EXPECT_EQ(ledger.subscription(0).status, SubscriptionStatus::Canceled);
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Active);
}

TEST(Subscriptions, AnAddonPlanStandsBesideAndIsHeldOnce) {
    Given ledger(plans(), kStart);
    ledger.attach("pro").attach("extra");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 105_u);
    EXPECT_EQ(ledger.when(Attach{"extra", {}}).attached().type, AttachType::Lateral);
    EXPECT_EQ(ledger.account().subscriptions.size(), 2u);
    ledger.attach("max");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 1005_u);
}

TEST(Subscriptions, AOneTimePlanIsPaidOnceAndNeverEnds) {
    Given ledger(plans(), kStart);
    const Then then = ledger.when(Attach{"life", {}});
    EXPECT_EQ(then.attached().message, "Life activated (one-time)");
    EXPECT_EQ(then.invoices().at(0).total_minor, 9000);
    ledger.at("2030-01-01");
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.invoices().size(), 1u);
    // It replaces nothing and nothing replaces it.
    ledger.attach("pro");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 107_u);
}

TEST(Subscriptions, CancelingGrantsUntilThePeriodsEnd) {
    Given ledger(plans(), "2026-04-01");
    ledger.attach("pro").done(Cancel{{}, false});
    EXPECT_EQ(ledger.subscription().status, SubscriptionStatus::PendingCancel);
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::AccessGranted);
    ledger.at("2026-05-01");
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::NoActiveSubscription);
    EXPECT_EQ(ledger.subscription().status, SubscriptionStatus::Canceled);
    EXPECT_EQ(ledger.invoices().size(), 1u);
}

TEST(Subscriptions, UncancelingUndoesIt) {
    Given ledger(plans(), "2026-04-01");
    ledger.attach("pro");
    EXPECT_EQ(ledger.when(Uncancel{}).code(), Code::SubscriptionNotFound);
    ledger.done(Cancel{{}, false});
    EXPECT_EQ(ledger.when(Uncancel{}).code(), Code::Ok);
    EXPECT_EQ(ledger.tick("2026-05-01").subscription().status, SubscriptionStatus::Active);
}

TEST(Subscriptions, CancelingAtOnceBillsTheOverageSoFar) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("pro").costs(1000).with(
                         Includes("api").limit(1_u).charge(10_price)))
                     .build(),
                 "2026-04-01");
    ledger.attach("pro").track("api", 4_u);
    const Then then = ledger.when(Cancel{"pro", true});
    EXPECT_EQ(then.invoices().at(0).total_minor, 30);
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::NoActiveSubscription);
    EXPECT_EQ(ledger.when(Cancel{"pro", true}).code(), Code::SubscriptionNotFound);
}

TEST(Subscriptions, CancelingNeedsANameWhereSeveralCouldBeMeant) {
    Given ledger(plans(), kStart);
    ledger.attach("pro").attach("extra");
    EXPECT_EQ(ledger.when(Cancel{{}, false}).code(), Code::SubscriptionNotFound);
    EXPECT_EQ(ledger.when(Cancel{"extra", false}).code(), Code::Ok);
}

TEST(Subscriptions, ThePeriodsLengthIsPartOfTheComparison) {
    struct Case {
        std::int64_t from;
        Interval from_every;
        std::int64_t to;
        Interval to_every;
        AttachType expected;
    };
    const Case cases[] = {
        {12000, Interval::Yearly, 1500, Interval::Monthly, AttachType::Upgrade},
        {1500, Interval::Monthly, 12000, Interval::Yearly, AttachType::Downgrade},
        {3000, Interval::Quarterly, 1000, Interval::Monthly, AttachType::Lateral},
        {100, Interval::Daily, 3000, Interval::Monthly, AttachType::Lateral},
        {100, Interval::Weekly, 401, Interval::Monthly, AttachType::Upgrade},
        {6000, Interval::SemiAnnual, 999, Interval::Monthly, AttachType::Downgrade},
        {1, Interval::Hourly, 720, Interval::Monthly, AttachType::Lateral},
    };
    for (const Case& given : cases) {
        EXPECT_EQ(switch_type(testing::Plan("a").costs(given.from, given.from_every).build(),
                              testing::Plan("b").costs(given.to, given.to_every).build()),
                  given.expected)
            << given.from << " -> " << given.to;
    }
}

TEST(Subscriptions, ANewCustomerGetsThePlansThatEnableThemselves) {
    Given ledger(
        CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("free").auto_enabled().with(Includes("api").limit(3_u)))
            .plan(testing::Plan("paid").costs(100).auto_enabled().with(Includes("api").limit(50_u)))
            .build(),
        kStart);
    EXPECT_EQ(ledger.subscription(0).status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.subscription(1).status, SubscriptionStatus::Pending);
    EXPECT_EQ(ledger.check("api", 1_u).limit, 3_u);
    EXPECT_TRUE(ledger.invoices().empty());
}

TEST(Subscriptions, SeatsThatWereBilledAreNotBilledAgainByASwitchInTheirPeriod) {
    Given ledger(CatalogBuilder()
                     .seats("seats")
                     .plan(testing::Plan("small").costs(1000).with(
                         Includes("seats").limit(1_u).charge(500_price)))
                     .plan(testing::Plan("big").costs(2000).with(
                         Includes("seats").limit(1_u).charge(500_price)))
                     .build(),
                 kStart);
    ledger.attach("small").add("seats", "e1").add("seats", "e2").add("seats", "e3");
    EXPECT_EQ(ledger.unbilled(), 1000);
    ledger.attach("big");  // bills the two seats of the plan it ends
    EXPECT_EQ(ledger.unbilled(), 0);
    ledger.add("seats", "e4");
    EXPECT_EQ(ledger.unbilled(), 500);
    // The next period bills all three that are over the limit.
    ledger.tick("2026-02-28T10:00:00Z");
    EXPECT_EQ(ledger.unbilled(), 1500);
}

TEST(Subscriptions, ASwitchThatWouldOweTheCustomerWaitsForThePeriodsEnd) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("yearly").costs(120000, Interval::Yearly))
                     .plan(testing::Plan("monthly").costs(11000))
                     .build(),
                 kStart);
    ledger.attach("yearly");
    const Then then = ledger.when(Attach{"monthly", {}});
    EXPECT_EQ(then.attached().type, AttachType::Downgrade);
    EXPECT_EQ(then.attached().scheduled_at, "2027-01-31T10:00:00Z"_at);
    EXPECT_EQ(ledger.subscription().plan, "yearly");
}

TEST(Subscriptions, WhatAnEndedSubscriptionWasBilledLeavesTheOverageLimit) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("pro").costs(1000).with(
                         Includes("api").limit(0_u).charge(10_price).resets(Interval::Yearly)))
                     .build(),
                 kStart);
    ledger.attach("pro").overage_limit(1000).track("api", 100_u).done(Cancel{"", false});
    ledger.tick("2026-02-28T10:00:00Z").attach("pro");
    EXPECT_EQ(ledger.check("api", 100_u).code, Code::OverageAllowed);
    EXPECT_EQ(ledger.check("api", 101_u).code, Code::LimitExceeded);
}

}  // namespace
}  // namespace quipu::ledger

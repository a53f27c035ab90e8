// Entities: seats, slots, and usage of their own (docs/contract/entities.md).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-31T10:00:00Z";

Given with_seats(const Includes& includes) {
    Given ledger(CatalogBuilder()
                     .seats("seats")
                     .plan(testing::Plan("team").costs(1000).with(includes))
                     .build(),
                 kStart);
    ledger.attach("team");
    return ledger;
}

AddEntity add(std::string feature, std::string entity) {
    return {std::move(feature), std::move(entity), {}, {}, {}};
}

TEST(Entities, ARemovedSeatCountsUntilThePeriodEnds) {
    Given ledger = with_seats(Includes("seats").limit(2_u).resets(Interval::Never));
    const Then first = ledger.when(add("seats", "e1"));
    EXPECT_EQ(first.entity().count, 1u);
    EXPECT_EQ(first.entity().limit, 2_u);
    EXPECT_EQ(ledger.when(add("seats", "e1")).code(), Code::EntityExists);
    EXPECT_EQ(ledger.when(add("seats", "e2")).entity().count, 2u);
    const Then refused = ledger.when(add("seats", "e3"));
    ASSERT_TRUE(std::holds_alternative<EntityRefused>(refused.handled.outcome));
    EXPECT_EQ(std::get<EntityRefused>(refused.handled.outcome), (EntityRefused{"seats", 2, 2_u}));
    const Then removed = ledger.when(RemoveEntity{"seats", "e1"});
    EXPECT_EQ(removed.entity().count, 2u);
    EXPECT_EQ(removed.entity().remove_at, "2026-02-28T10:00:00Z"_at);
    EXPECT_EQ(ledger.when(RemoveEntity{"seats", "e1"}).code(), Code::EntityNotFound);
    EXPECT_EQ(ledger.when(add("seats", "e3")).code(), Code::LimitExceeded);
    const Then restored = ledger.when(add("seats", "e1"));
    EXPECT_TRUE(restored.entity().restored);
    EXPECT_EQ(restored.entity().count, 2u);

    ledger.remove("seats", "e1").at("2026-02-28T09:59:59Z");
    EXPECT_EQ(ledger.when(add("seats", "e3")).code(), Code::LimitExceeded);
    ledger.at("2026-02-28T10:00:00Z");
    EXPECT_EQ(ledger.when(add("seats", "e3")).entity().count, 2u);
    EXPECT_EQ(ledger.account().find_entity("seats", "e1"), nullptr);
}

TEST(Entities, ARestoredSeatStaysWhenItsPeriodEnds) {
    Given ledger = with_seats(Includes("seats").limit(2_u));
    ledger.add("seats", "e1").remove("seats", "e1").add("seats", "e1").tick("2026-04-01");
    ASSERT_NE(ledger.account().find_entity("seats", "e1"), nullptr);
    EXPECT_EQ(ledger.account().entity_count("seats"), 1u);
    EXPECT_TRUE(ledger.account().removals.empty());
}

TEST(Entities, RemovalTakesEffectOnFreePlansToo) {
    Given ledger(CatalogBuilder()
                     .seats("seats")
                     .plan(testing::Plan("free").with(Includes("seats").limit(1_u)))
                     .build(),
                 kStart);
    ledger.attach("free").add("seats", "e1").remove("seats", "e1").at("2026-02-28T10:00:00Z");
    EXPECT_EQ(ledger.when(add("seats", "e2")).entity().count, 1u);
}

TEST(Entities, CheckCountsSeatsPendingOnesIncluded) {
    Given ledger = with_seats(Includes("seats").limit(2_u));
    ledger.add("seats", "e1").add("seats", "e2").remove("seats", "e1");
    const UsageAnswer full = ledger.check("seats", 1_u);
    EXPECT_EQ(full.code, Code::LimitExceeded);
    EXPECT_EQ(full.usage, 2_u);
    EXPECT_EQ(full.balance, 0_u);
    EXPECT_EQ(ledger.check("seats", 0_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.when(track("seats", 1_u)).code(), Code::UnknownFeatureType);
}

TEST(Entities, ASeatNeedsAPlanThatIncludesIt) {
    Given ledger(CatalogBuilder()
                     .seats("seats")
                     .metered("api")
                     .plan(testing::Plan("solo").with(Includes("api").limit(5_u)))
                     .build(),
                 kStart);
    EXPECT_EQ(ledger.when(add("nope", "e1")).code(), Code::FeatureNotFound);
    EXPECT_EQ(ledger.when(add("seats", "e1")).code(), Code::NoActiveSubscription);
    ledger.attach("solo");
    EXPECT_EQ(ledger.when(add("seats", "e1")).code(), Code::FeatureNotInPlan);
    EXPECT_EQ(ledger.when(RemoveEntity{"seats", "e1"}).code(), Code::EntityNotFound);
}

TEST(Entities, ATrialHasItsOwnSeatLimit) {
    Given ledger(CatalogBuilder()
                     .seats("seats")
                     .plan(testing::Plan("team").costs(1000).trial_days(14).with(
                         Includes("seats").limit(5_u).trial_limit(1_u).charge(100_price)))
                     .build(),
                 kStart);
    ledger.attach("team").add("seats", "e1");
    EXPECT_EQ(ledger.when(add("seats", "e2")).code(), Code::LimitExceeded);
}

TEST(Entities, SeatsOverTheLimitAreBilledForEachPeriodTheyAreHeld) {
    Given ledger = with_seats(Includes("seats").limit(1_u).charge(300_price));
    ledger.add("seats", "e1");
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.check("seats", 1_u).code, Code::OverageAllowed);
    ledger.add("seats", "e2").add("seats", "e3");
    EXPECT_EQ(ledger.unbilled(), 600);
    // Removed seats stay billable within the period they were held in.
    ledger.remove("seats", "e3");
    EXPECT_EQ(ledger.unbilled(), 600);
    ledger.tick("2026-02-28T10:00:00Z");
    ASSERT_EQ(ledger.invoices().size(), 2u);
    EXPECT_EQ(ledger.invoices()[1].total_minor, 600 + 1000);
    // The new period counts the two that are left.
    EXPECT_EQ(ledger.unbilled(), 300);
    ledger.tick("2026-03-31T10:00:00Z");
    EXPECT_EQ(ledger.invoices()[2].total_minor, 300 + 1000);
}

TEST(Entities, SeatOverageRespectsItsCapAndTheMoneyLimit) {
    Given ledger = with_seats(Includes("seats").limit(1_u).charge(300_price).max_overage(2_u));
    ledger.add("seats", "e1").add("seats", "e2").overage_limit(500);
    EXPECT_EQ(ledger.when(add("seats", "e3")).code(), Code::LimitExceeded);
    ledger.done(SetOverageLimit{});
    EXPECT_EQ(ledger.when(add("seats", "e3")).entity().count, 3u);
    EXPECT_EQ(ledger.when(add("seats", "e4")).code(), Code::LimitExceeded);
}

TEST(Entities, SeatsAreTheCustomersWhicheverEntityAsks) {
    Given ledger = with_seats(Includes("seats").limit(1_u).charge(300_price).max_overage(2_u));
    ledger.add("seats", "e1").add("seats", "e2");
    EXPECT_EQ(ledger.check("seats", 1_u).code, Code::OverageAllowed);
    EXPECT_EQ(ledger.check("seats", 1_u, "e1").code, Code::OverageAllowed);
    EXPECT_EQ(ledger.check("seats", 2_u, "e1").code, Code::LimitExceeded);
}

TEST(Entities, SeatsThatAreAllSoldCountFromTheFirst) {
    Given ledger = with_seats(Includes("seats").usage_based(300_price));
    ledger.add("seats", "e1").add("seats", "e2");
    EXPECT_EQ(ledger.unbilled(), 600);
    EXPECT_EQ(ledger.check("seats", 1_u).code, Code::AccessGranted);
}

Given two_entities(const Includes& includes) {
    Given ledger(CatalogBuilder()
                     .seats("seats")
                     .metered("api")
                     .plan(testing::Plan("team").with(Includes("seats")).with(includes))
                     .build(),
                 kStart);
    ledger.attach("team").add("seats", "e1").add("seats", "e2");
    return ledger;
}

TEST(Entities, EachHasItsOwnWindowAndAllowanceOfAnyFeature) {
    Given ledger = two_entities(Includes("api").limit(100_u).charge(1_price));
    EXPECT_EQ(ledger.when(track("api", 90_u, "e1")).usage().balance, 10_u);
    EXPECT_EQ(ledger.when(track("api", 90_u, "e2")).usage().balance, 10_u);
    EXPECT_EQ(ledger.when(track("api", 90_u)).usage().balance, 10_u);
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.when(track("api", 15_u, "e1")).code(), Code::TrackedOverage);
    EXPECT_EQ(ledger.unbilled(), 5);
    const Then then = ledger.when(GenerateInvoice{});
    EXPECT_EQ(then.invoices().at(0).lines.at(0).entity, "e1");
}

TEST(Entities, APendingOneHasItsRightsUntilItLeaves) {
    Given ledger = two_entities(Includes("api").limit(100_u));
    ledger.remove("seats", "e1");
    EXPECT_EQ(ledger.check("api", 1_u, "e1").code, Code::AccessGranted);
    EXPECT_EQ(ledger.when(track("api", 1_u, "e1")).code(), Code::Tracked);
    EXPECT_EQ(ledger.check("api", 1_u, "e1").usage, 1_u);
    ledger.tick("2026-02-28T10:00:00Z");
    EXPECT_EQ(ledger.check("api", 1_u, "e1").code, Code::EntityNotFound);
    EXPECT_EQ(ledger.when(track("api", 1_u, "e1")).code(), Code::EntityNotFound);
}

TEST(Entities, AOneTimePlanHasNoPeriodToWaitFor) {
    Given ledger(
        CatalogBuilder()
            .seats("seats")
            .plan(testing::Plan("life").one_time().costs(5000).with(Includes("seats").limit(1_u)))
            .build(),
        kStart);
    ledger.attach("life").add("seats", "e1");
    EXPECT_EQ(ledger.when(RemoveEntity{"seats", "e1"}).entity().count, 0u);
    EXPECT_EQ(ledger.when(add("seats", "e2")).entity().count, 1u);
}

}  // namespace
}  // namespace quipu::ledger

// What an organisation is told of: each threshold once per window.
#include <gtest/gtest.h>

#include <set>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01T00:00:00Z";
constexpr const char* kThreshold = "entitlement.threshold_reached";
constexpr const char* kLimit = "entitlement.limit_reached";

Given with_limit() {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("pro").with(Includes("api").limit(100_u)))
                     .plan(testing::Plan("payg").group("p").with(
                         Includes("api").limit(0_u).charge(10_price)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    return ledger;
}

TEST(Notices, ThresholdsAreToldOncePerWindow) {
    Given ledger = with_limit();
    ledger.track("api", 79_u);
    EXPECT_EQ(ledger.told_of(kThreshold), 0u);
    ledger.track("api", 1_u).track("api", 5_u);
    EXPECT_EQ(ledger.told_of(kThreshold), 1u);
    ledger.track("api", 15_u);
    EXPECT_EQ(ledger.told_of(kThreshold), 2u);
    EXPECT_EQ(ledger.told_of(kLimit), 1u);
    ledger.track("api", 1_u).track("api", 1_u);  // refused
    EXPECT_EQ(ledger.told_of(kLimit), 1u);
    ledger.at("2026-02-01").track("api", 100_u);
    EXPECT_EQ(ledger.told_of(kThreshold), 4u);
    EXPECT_EQ(ledger.told_of(kLimit), 2u);
}

TEST(Notices, AThresholdIsOfALimit) {
    const auto catalog = [](base::Quantity limit) {
        return CatalogBuilder()
            .metered("api")
            .plan(testing::Plan("pro").with(Includes("api").limit(limit)))
            .build();
    };
    Given ledger(catalog(100_u), kStart);
    ledger.attach("pro").track("api", 100_u).track("api", 1_u);
    EXPECT_EQ(ledger.told_of(kThreshold), 2u);
    EXPECT_EQ(ledger.told_of(kLimit), 1u);
    ledger.publish(catalog(1000_u)).track("api", 699_u);
    EXPECT_EQ(ledger.told_of(kThreshold), 2u);
    ledger.track("api", 51_u);  // 850 of 1000
    EXPECT_EQ(ledger.told_of(kThreshold), 3u);
    ledger.track("api", 150_u).track("api", 1_u);
    EXPECT_EQ(ledger.told_of(kThreshold), 4u);
    EXPECT_EQ(ledger.told_of(kLimit), 2u);
    std::set<std::string> ids;
    for (const Notification& told : ledger.told()) ids.insert(told.id);
    EXPECT_EQ(ids.size(), ledger.told().size());
}

TEST(Notices, ARefusalBeforeTheEndIsALimitReached) {
    Given ledger = with_limit();
    ledger.track("api", 50_u).track("api", 51_u).track("api", 52_u);
    EXPECT_EQ(ledger.told_of(kLimit), 1u);
    EXPECT_EQ(ledger.told_of(kThreshold), 0u);
}

TEST(Notices, AChecksAnswerTellsNobody) {
    Given ledger = with_limit();
    (void)ledger.check("api", 1'000_u);
    EXPECT_EQ(ledger.told_of(kLimit), 0u);
}

TEST(Notices, AnOverageLimitThatOnlyNotifiesDoes) {
    Given ledger = with_limit();
    ledger.attach("payg").done(SetOverageLimit{OverageLimit{500, LimitReaction::Notify}});
    ledger.track("api", 150_u);
    EXPECT_EQ(ledger.told_of("entitlement.overage_limit_reached"), 0u);
    ledger.track("api", 1_u).track("api", 1_u);
    EXPECT_EQ(ledger.told_of("entitlement.overage_limit_reached"), 1u);
}

TEST(Notices, EveryOneHasAnIdOfItsOwn) {
    Given ledger = with_limit();
    ledger.track("api", 100_u).done(Cancel{"pro", false}).done(Uncancel{"pro"});
    ledger.at("2026-02-01").track("api", 100_u).tick("2026-03-01");
    std::set<std::string> ids;
    for (const Notification& told : ledger.told()) ids.insert(told.id);
    EXPECT_EQ(ids.size(), ledger.told().size());
    EXPECT_GE(ids.size(), 9u);
}

}  // namespace
}  // namespace quipu::ledger

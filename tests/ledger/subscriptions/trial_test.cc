// Trials: limits of their own, no overage, nothing billed (docs/contract/subscriptions.md#trials).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-31T10:00:00Z";

Given in_trial(const Includes& includes) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("free").with(Includes("api").limit(1_u)))
                     .plan(testing::Plan("pro").costs(1000).trial_days(14).with(includes))
                     .build(),
                 kStart);
    ledger.attach("pro");
    return ledger;
}

TEST(Trial, HasItsOwnLimitAndNoOverage) {
    Given ledger = in_trial(Includes("api").limit(10_u).trial_limit(3_u).charge(5_price));
    const Then refused = ledger.when(track("api", 4_u));
    EXPECT_EQ(refused.code(), Code::LimitExceeded);
    EXPECT_EQ(refused.usage().limit, 3_u);
    EXPECT_EQ(refused.usage().trial_ends_at, "2026-02-14T10:00:00Z"_at);
    EXPECT_EQ(ledger.when(track("api", 3_u)).usage().balance, 0_u);
    EXPECT_EQ(ledger.check("api", 1_u).code, Code::LimitExceeded);
}

TEST(Trial, WithoutALimitOfItsOwnThePlansHolds) {
    Given ledger = in_trial(Includes("api").limit(10_u).charge(5_price));
    EXPECT_EQ(ledger.check("api", 1_u).limit, 10_u);
    EXPECT_EQ(ledger.when(track("api", 11_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(in_trial(Includes("api").charge(5_price)).check("api", 999_u).limit, std::nullopt);
}

TEST(Trial, UsageWithinItIsNeverBilled) {
    Given ledger = in_trial(Includes("api").usage_based(5_price));
    ledger.track("api", 100_u).tick("2026-02-14T10:00:00Z");
    ASSERT_EQ(ledger.invoices().size(), 1u);
    EXPECT_EQ(ledger.invoices()[0].total_minor, 1000);
    EXPECT_EQ(ledger.unbilled(), 0);
    ledger.track("api", 2_u);
    EXPECT_EQ(ledger.unbilled(), 10);
}

TEST(Trial, UsageWithinItIsNotBilledWhenItArrivesAfterTheEnd) {
    Given ledger = in_trial(Includes("api").usage_based(5_price));
    ledger.at("2026-02-15").track_late("api", 100_u, "2026-02-10");
    EXPECT_EQ(ledger.unbilled(), 0);
    ledger.track_late("api", 2_u, "2026-02-14T10:00:00Z");
    EXPECT_EQ(ledger.unbilled(), 10);
}

TEST(Trial, LateUsageWithinItIsHeldAgainstTheTrialsOwnWindow) {
    Given ledger = in_trial(Includes("api").limit(10_u).trial_limit(3_u).charge(5_price));
    ledger.track("api", 2_u).at("2026-02-15");
    EXPECT_EQ(ledger.when(track("api", 2_u), "2026-02-10"_at).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("api", 1_u), "2026-02-10"_at).usage().usage, 3_u);
    EXPECT_EQ(ledger.check("api", 1_u).usage, 0_u);
}

TEST(Trial, ItsEndBeginsThePaidLifeAndItsWindows) {
    Given ledger = in_trial(Includes("api").limit(10_u).trial_limit(3_u).charge(5_price));
    ledger.track("api", 3_u).at("2026-02-14T10:00:00Z");
    EXPECT_EQ(ledger.check("api", 1_u).usage, 0_u);
    EXPECT_EQ(ledger.check("api", 1_u).resets_at, "2026-03-14T10:00:00Z"_at);
    EXPECT_EQ(ledger.subscription().status, SubscriptionStatus::Active);
    EXPECT_EQ(ledger.subscription().period.end, "2026-03-14T10:00:00Z"_at);
    EXPECT_EQ(ledger.when(track("api", 11_u)).code(), Code::TrackedOverage);
}

TEST(Trial, ComesOncePerPlan) {
    Given ledger = in_trial(Includes("api").limit(10_u));
    const Then again = ledger.when(Attach{"pro", {}});
    EXPECT_EQ(again.attached().type, AttachType::Trial);
    EXPECT_EQ(again.attached().message, "Trial already active");
    ledger.done(Cancel{"pro", true});
    const Then second = ledger.when(Attach{"pro", {}});
    EXPECT_EQ(second.attached().type, AttachType::New);
    EXPECT_EQ(second.invoices().at(0).total_minor, 1000);
}

TEST(Trial, TakesTheFreePlansPlaceButNeverAPaidOnes) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("free"))
                     .plan(testing::Plan("basic").costs(500))
                     .plan(testing::Plan("pro").costs(1000).trial_days(14))
                     .build(),
                 kStart);
    ledger.attach("free");
    EXPECT_EQ(ledger.when(Attach{"pro", {}}).attached().type, AttachType::Trial);
    EXPECT_EQ(ledger.subscription(0).status, SubscriptionStatus::Canceled);

    Given paying(ledger.book().newest(), kStart);
    paying.attach("basic");
    const Then then = paying.when(Attach{"pro", {}});
    EXPECT_EQ(then.attached().type, AttachType::Upgrade);
    EXPECT_EQ(paying.subscription(1).status, SubscriptionStatus::Active);
}

TEST(Trial, CanceledItStillRunsAsATrialUntilItsEnd) {
    Given ledger = in_trial(Includes("api").usage_based(5_price));
    ledger.done(Cancel{"pro", false});
    EXPECT_EQ(ledger.subscription().status, SubscriptionStatus::Trialing);
    ledger.track("api", 100_u);
    EXPECT_EQ(ledger.unbilled(), 0);
    ledger.at("2026-02-14T10:00:00Z");
    EXPECT_EQ(ledger.when(track("api", 1_u)).code(), Code::NoActiveSubscription);
    EXPECT_TRUE(ledger.invoices().empty());
}

TEST(Trial, UncanceledItConvertsAtItsEndAsIfNothingHadBeen) {
    Given ledger = in_trial(Includes("api").limit(10_u).trial_limit(3_u));
    ledger.done(Cancel{"pro", false}).done(Uncancel{"pro"});
    EXPECT_EQ(ledger.check("api", 1_u).limit, 3_u);
    ledger.at("2026-02-14T10:00:00Z");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 10_u);
    EXPECT_EQ(ledger.subscription().period.start, "2026-02-14T10:00:00Z"_at);
    ASSERT_EQ(ledger.invoices().size(), 1u);
}

TEST(Trial, ADowngradeFromItWaitsForItsEnd) {
    Given ledger = in_trial(Includes("api").limit(10_u));
    const Then then = ledger.when(Attach{"free", {}});
    EXPECT_EQ(then.attached().type, AttachType::Downgrade);
    EXPECT_EQ(then.attached().scheduled_at, "2026-02-14T10:00:00Z"_at);
    EXPECT_EQ(ledger.subscription().status, SubscriptionStatus::Trialing);
    ledger.at("2026-02-14T10:00:00Z");
    EXPECT_EQ(ledger.check("api", 1_u).limit, 1_u);
    EXPECT_EQ(ledger.subscription(1).plan, "free");
    EXPECT_TRUE(ledger.invoices().empty());
}

TEST(Trial, UpgradingFromItPaysTheWholeFee) {
    Given ledger(CatalogBuilder()
                     .plan(testing::Plan("pro").costs(1000).trial_days(14))
                     .plan(testing::Plan("max").costs(3000))
                     .build(),
                 kStart);
    ledger.attach("pro").at("2026-02-03");
    const Then then = ledger.when(Attach{"max", {}});
    EXPECT_EQ(then.attached().type, AttachType::Upgrade);
    EXPECT_EQ(then.invoices().at(0).total_minor, 3000);
    EXPECT_EQ(ledger.subscription(1).anchor, "2026-02-03"_at);
}

}  // namespace
}  // namespace quipu::ledger

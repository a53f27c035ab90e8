// What a window leaves unused and carries on, with a cap and an end
// (docs/contract/windows.md#rollover).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01T00:00:00Z";

Given rolling(const Includes& includes) {
    Given ledger(CatalogBuilder().metered("api").plan(testing::Plan("pro").with(includes)).build(),
                 kStart);
    ledger.attach("pro");
    return ledger;
}

TEST(Rollover, IsCappedAndSpentFirst) {
    Given ledger = rolling(Includes("api").limit(100_u).rolls_over(50_u));
    ledger.track("api", 40_u).at("2026-02-01");
    EXPECT_EQ(ledger.check("api", 1_u).balance, 150_u);
    EXPECT_EQ(ledger.check("api", 1_u).rollover_balance, 50_u);
    const Then first = ledger.when(track("api", 30_u));
    EXPECT_EQ(first.units(Bucket::Rollover), 30_u);
    EXPECT_EQ(first.usage().balance, 120_u);
    EXPECT_EQ(first.usage().rollover_balance, 20_u);
    const Then second = ledger.when(track("api", 30_u));
    EXPECT_EQ(second.units(Bucket::Rollover), 20_u);
    EXPECT_EQ(second.units(Bucket::Allowance), 10_u);
    EXPECT_EQ(second.usage().usage, 60_u);
    EXPECT_EQ(second.usage().balance, 90_u);
    EXPECT_EQ(second.usage().rollover_balance, 0_u);
}

TEST(Rollover, IdleWindowsCarryOnLikeOthers) {
    Given ledger = rolling(Includes("api").limit(100_u).rolls_over());
    ledger.track("api", 40_u).at("2026-04-15");
    // 60 of January, 100 each of February and March.
    EXPECT_EQ(ledger.check("api", 1_u).rollover_balance, 260_u);
    // Looking in between changes nothing.
    Given looked = rolling(Includes("api").limit(100_u).rolls_over());
    looked.track("api", 40_u).at("2026-02-10").track("api", 0_u).at("2026-04-15");
    EXPECT_EQ(looked.check("api", 1_u).rollover_balance, 260_u);
}

TEST(Rollover, AWindowWithoutAnyUsageCarriesItsWholeAllowance) {
    Given ledger = rolling(Includes("api").limit(100_u).rolls_over(1'000_u));
    ledger.at("2026-02-01");
    EXPECT_EQ(ledger.check("api", 1_u).balance, 200_u);
}

TEST(Rollover, EndsAfterItsWindows) {
    Given ledger = rolling(Includes("api").limit(100_u).rolls_over(std::nullopt, 1));
    ledger.track("api", 40_u).at("2026-02-01");
    EXPECT_EQ(ledger.check("api", 1_u).rollover_balance, 60_u);
    ledger.track("api", 10_u).at("2026-03-01");
    // The 50 that January had left are gone; February's allowance of 100 came whole.
    EXPECT_EQ(ledger.check("api", 1_u).rollover_balance, 100_u);
}

TEST(Rollover, WhatWasHandedOnIsNotThereForLateUsage) {
    Given ledger = rolling(Includes("api").limit(100_u).rolls_over());
    ledger.track("api", 40_u).at("2026-02-01").track("api", 1_u);
    const Then late = ledger.when(track("api", 10_u), "2026-01-20"_at);
    EXPECT_EQ(late.code(), Code::LimitExceeded);
    // Nothing is there twice: 60 + 100 of February less the one.
    EXPECT_EQ(ledger.check("api", 1_u).balance, 159_u);
}

TEST(Rollover, ThatAWindowHandedOnIsNotSpentAgainByLateUsage) {
    Given ledger = rolling(Includes("api").limit(100_u).rolls_over());
    ledger.track("api", 50_u).at("2026-02-01").track("api", 1_u);  // February carries 50 on
    ledger.at("2026-03-01").track("api", 1_u);                     // and March what is left of it
    const base::Quantity left = *ledger.check("api", 0_u).balance;
    EXPECT_EQ(ledger.when(track("api", 10_u), "2026-02-20"_at).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.check("api", 0_u).balance, left);
}

TEST(Rollover, IsNotBilledAndDoesNotRollWithoutBeingAsked) {
    Given ledger = rolling(Includes("api").limit(100_u).charge(10_price).rolls_over());
    ledger.at("2026-02-01").track("api", 200_u);
    EXPECT_EQ(ledger.unbilled(), 0);
    ledger.track("api", 1_u);
    EXPECT_EQ(ledger.unbilled(), 10);
    Given plain = rolling(Includes("api").limit(100_u));
    plain.at("2026-02-01");
    EXPECT_EQ(plain.check("api", 1_u).balance, 100_u);
}

}  // namespace
}  // namespace quipu::ledger

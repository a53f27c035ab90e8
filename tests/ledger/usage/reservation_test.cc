// Reservations: units held before the work, settled with what it took (docs/reservations.md).
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
constexpr const char* kStart = "2026-01-01T00:00:00Z";
constexpr std::int64_t kMinute = 60 * 1'000'000LL;

Given on_plan() {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .metered("calls")
                     .metered("gpu")
                     .seats("seats")
                     .credit_system("credits", {{"gpu", 10_u}})
                     .pack("credits_50", "credits", 50_u, 500)
                     .plan(testing::Plan("pro")
                               .with(Includes("api").limit(100_u).charge(10_price))
                               .with(Includes("calls").limit(10_u))
                               .with(Includes("credits").limit(0_u))
                               .with(Includes("seats").limit(3_u)))
                     .build(),
                 kStart);
    ledger.attach("pro");
    return ledger;
}

Reserve reserve(std::string feature, base::Quantity value, std::int64_t minutes = 15) {
    return {std::move(feature), {}, value, minutes * kMinute};
}

std::string held(Given& ledger, const Reserve& command) {
    EXPECT_NE(ledger.when(command).event<ReservationMade>(), nullptr);
    return ledger.last_id();
}

TEST(Reservation, HoldsUnitsThatNobodyUsedAndNobodyElseMayHave) {
    Given ledger = on_plan();
    const Then made = ledger.when(reserve("calls", 7_u));
    EXPECT_EQ(made.code(), Code::AccessGranted);
    EXPECT_EQ(made.usage().usage, 0_u);
    EXPECT_EQ(made.usage().balance, 3_u);
    EXPECT_EQ(ledger.check("calls", 3_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.check("calls", 3_u).usage, 0_u);
    EXPECT_EQ(ledger.check("calls", 4_u).code, Code::LimitExceeded);
    EXPECT_EQ(ledger.when(track("calls", 4_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(reserve("calls", 4_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.account().reservations.size(), 1U);
}

TEST(Reservation, IsSettledWithWhatTheWorkTook) {
    for (const auto& [took, balance] :
         {std::pair{5_u, 5_u}, {7_u, 3_u}, {10_u, 0_u}, {0_u, 10_u}}) {
        Given ledger = on_plan();
        const std::string id = held(ledger, reserve("calls", 7_u));
        const Then settled = ledger.when(ConfirmReservation{id, took, {}});
        EXPECT_EQ(settled.code(), Code::Tracked);
        EXPECT_EQ(settled.usage().usage, took);
        EXPECT_EQ(settled.usage().balance, balance);
        EXPECT_TRUE(ledger.account().reservations.empty());
    }
    Given ledger = on_plan();
    const std::string id = held(ledger, reserve("calls", 7_u));
    EXPECT_EQ(ledger.when(ConfirmReservation{id, {}, {}}).usage().usage, 7_u);
}

TEST(Reservation, ThatTookMoreThanThereIsStaysAsItWas) {
    Given ledger = on_plan();
    const std::string id = held(ledger, reserve("calls", 7_u));
    ledger.track("calls", 2_u);
    EXPECT_EQ(ledger.when(ConfirmReservation{id, 9_u, {}}).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.check("calls", 2_u).code, Code::LimitExceeded);
    EXPECT_EQ(ledger.when(ConfirmReservation{id, 8_u, {}}).usage().usage, 10_u);
}

TEST(Reservation, WhoseSettlementIsRefusedIsNotInTheBalance) {
    Given ledger = on_plan();
    const std::string calls = held(ledger, reserve("calls", 7_u));
    ledger.track("calls", 2_u);
    const Then refused = ledger.when(ConfirmReservation{calls, 9_u, {}});
    EXPECT_EQ(refused.code(), Code::LimitExceeded);
    EXPECT_EQ(refused.usage().usage, 2_u);
    EXPECT_EQ(refused.usage().balance, 1_u);

    ledger.buy("credits_50");
    const std::string gpu = held(ledger, reserve("gpu", 3_u));
    const Then credits = ledger.when(ConfirmReservation{gpu, 6_u, {}});
    EXPECT_EQ(credits.code(), Code::LimitExceeded);
    EXPECT_EQ(credits.usage().balance, 20_u);
    EXPECT_EQ(credits.usage().credits->addon_balance, 20_u);
}

TEST(Reservation, IsReleasedOrExpiresByTheLedgersClock) {
    Given ledger = on_plan();
    const std::string released = held(ledger, reserve("calls", 7_u));
    ledger.done(ReleaseReservation{released});
    EXPECT_EQ(ledger.check("calls", 10_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.when(ReleaseReservation{released}).code(), Code::ReservationNotFound);

    const std::string expired = held(ledger, reserve("calls", 7_u, 15));
    ledger.at("2026-01-01T00:14:59Z");
    EXPECT_EQ(ledger.check("calls", 4_u).code, Code::LimitExceeded);
    ledger.at("2026-01-01T00:15:00Z");
    EXPECT_EQ(ledger.check("calls", 10_u).code, Code::AccessGranted);
    EXPECT_EQ(ledger.when(ConfirmReservation{expired, {}, {}}).code(), Code::ReservationNotFound);
    EXPECT_EQ(ledger.account().next_due, ledger.subscription().period.end);
}

TEST(Reservation, OfOverageIsBilledOnlyWhenSettled) {
    Given ledger = on_plan();
    const std::string id = held(ledger, reserve("api", 130_u));
    EXPECT_EQ(ledger.unbilled(), 0);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).code(), Code::NothingToInvoice);
    EXPECT_EQ(ledger.when(ConfirmReservation{id, 120_u, {}}).code(), Code::TrackedOverage);
    EXPECT_EQ(ledger.unbilled(), 200);
}

TEST(Reservation, CountsTowardsEveryCap) {
    Given units = on_plan();
    units.configure("api", OverageMode::Charge, 20_u);
    (void)held(units, reserve("api", 115_u));
    EXPECT_EQ(units.check("api", 5_u).code, Code::OverageAllowed);
    EXPECT_EQ(units.check("api", 6_u).code, Code::LimitExceeded);

    Given money = on_plan();
    money.overage_limit(200);
    (void)held(money, reserve("api", 115_u));
    EXPECT_EQ(money.check("api", 5_u).code, Code::OverageAllowed);
    EXPECT_EQ(money.check("api", 6_u).refused.why, Refusal::OverageAmountCap);
    money.track("api", 2_u);
    EXPECT_EQ(money.check("api", 3_u).code, Code::OverageAllowed);
    EXPECT_EQ(money.check("api", 4_u).refused.why, Refusal::OverageAmountCap);
}

// More units can cost less in all: neither what is held nor what is used may pass the cap.
TEST(Reservation, NeverLowersWhatTheMoneyCapIsHeldAgainst) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .metered("calls")
                     .plan(testing::Plan("pro")
                               .with(Includes("api").limit(0_u).tiers(
                                   rating::RatingModel::Volume,
                                   {{100_u, 10_price, {}}, {std::nullopt, 1_price, {}}}))
                               .with(Includes("calls").limit(0_u).charge(1_price)))
                     .build(),
                 kStart);
    ledger.attach("pro").overage_limit(500);
    (void)held(ledger, reserve("api", 101_u));                                    // 101 in all
    EXPECT_EQ(ledger.check("api", 60_u).refused.why, Refusal::OverageAmountCap);  // 600 by itself
    ledger.track("api", 50_u);                                                    // 500
    EXPECT_EQ(ledger.check("calls", 1_u).refused.why, Refusal::OverageAmountCap);
    EXPECT_EQ(ledger.unbilled(), 500);
}

TEST(Reservation, DoesNotOutliveAWindowThatHandsOnWhatIsLeft) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("pro").with(Includes("api").limit(100_u).rolls_over()))
                     .build(),
                 kStart);
    ledger.attach("pro").at("2026-01-31T23:55:00Z");
    const Then made = ledger.when(reserve("api", 60_u));
    const std::string id = ledger.last_id();
    EXPECT_EQ(made.usage().held_until, "2026-02-01T00:00:00Z"_at);
    ledger.at("2026-02-01T00:01:00Z");
    EXPECT_EQ(ledger.check("api", 0_u).balance, 200_u);
    EXPECT_EQ(ledger.when(ConfirmReservation{id, {}, {}}).code(), Code::ReservationNotFound);
}

TEST(Reservation, OfAPlanThatWasLeftIsSettledAsTrackWould) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("small").costs(100).with(Includes("api").limit(100_u)))
                     .plan(testing::Plan("large").costs(200).with(Includes("api").limit(200_u)))
                     .build(),
                 kStart);
    ledger.attach("small");
    const std::string id = held(ledger, reserve("api", 60_u));
    ledger.attach("large");
    EXPECT_EQ(ledger.check("api", 200_u).code, Code::AccessGranted);
    ledger.track("api", 190_u);
    EXPECT_EQ(ledger.when(ConfirmReservation{id, {}, {}}).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.when(ConfirmReservation{id, 10_u, {}}).code(), Code::Tracked);
}

TEST(Reservation, OfAnEntityIsSettledAlsoWhenTheEntityHasGone) {
    Given ledger = on_plan();
    ledger.add("seats", "ada");
    Reserve command = reserve("api", 5_u, 24 * 60);
    command.entity = "ada";
    ledger.at("2026-01-31T23:00:00Z");
    const std::string id = held(ledger, command);
    ledger.remove("seats", "ada").at("2026-02-01T01:00:00Z");
    EXPECT_EQ(ledger.check("api", 1_u, "ada").code, Code::EntityNotFound);
    const Then settled = ledger.when(ConfirmReservation{id, {}, {}});
    EXPECT_EQ(settled.code(), Code::Tracked);
    EXPECT_EQ(settled.handled.entity, "ada");
    EXPECT_EQ(settled.handled.began_at, "2026-01-31T23:00:00Z"_at);
}

TEST(Reservation, HoldsTheCreditsOfAGrant) {
    Given ledger = on_plan();
    ledger.buy("credits_50");
    const Then made = ledger.when(reserve("gpu", 3_u));
    EXPECT_EQ(made.code(), Code::AddonCreditsUsed);
    EXPECT_EQ(made.usage().credits->addon_balance, 20_u);
    EXPECT_EQ(ledger.account().grants.at(0).remaining, 50_u);
    EXPECT_EQ(addon_balance(ledger.account(), "credits", ledger.now()), 20_u);
    EXPECT_EQ(ledger.check("gpu", 2_u).code, Code::AddonCreditsUsed);
    EXPECT_EQ(ledger.check("gpu", 3_u).code, Code::LimitExceeded);
    ledger.done(ConfirmReservation{"evt_3", 1_u, {}});
    EXPECT_EQ(ledger.account().grants.at(0).remaining, 40_u);
}

TEST(Reservation, IsSettledInTheWindowInWhichItWasMade) {
    Given ledger = on_plan();
    ledger.at("2026-01-31T23:55:00Z");
    const std::string id = held(ledger, reserve("api", 104_u));
    ledger.at("2026-02-01T00:05:00Z");
    EXPECT_EQ(ledger.check("api", 100_u).code, Code::AccessGranted);
    ledger.done(ConfirmReservation{id, {}, {}});
    EXPECT_EQ(ledger.check("api", 100_u).balance, 100_u);
    EXPECT_EQ(ledger.unbilled(), 40);
}

TEST(Reservation, OfSeatsOrTooManyIsRefused) {
    Given ledger = on_plan();
    EXPECT_EQ(ledger.when(reserve("seats", 1_u)).code(), Code::UnknownFeatureType);
    EXPECT_EQ(ledger.when(reserve("nope", 1_u)).code(), Code::FeatureNotFound);
    for (std::size_t n = 0; n < kMaxReservations; ++n)
        ASSERT_EQ(ledger.when(reserve("api", 1_u)).event<ReservationMade>() != nullptr, true) << n;
    EXPECT_EQ(ledger.when(reserve("api", 1_u)).code(), Code::TooManyReservations);
}

// Without what was told of a window: held units make a limit felt earlier.
auto untold(std::map<MeterKey, Meter, MeterKeyLess> meters) {
    for (auto& [key, meter] : meters) {
        std::erase_if(meter.windows,
                      [](const auto& each) { return each.second.usage().is_zero(); });
        for (auto& [start, window] : meter.windows) {
            window.notified = 0;
            window.notified_limit = {};
        }
    }
    std::erase_if(meters, [](const auto& each) { return each.second.windows.empty(); });
    return meters;
}

// Whatever is reserved, settled, released and tracked: what was used is what the same tracks would
// have made without reservations, and used and held together never pass the limit.
RC_GTEST_PROP(Reservation, LeavesNothingBehindButTheUsage, ()) {
    Given ledger = on_plan();
    Given plain = on_plan();
    std::vector<std::pair<std::string, base::Quantity>> open;
    base::Quantity used;
    for (int left = *rc::gen::inRange(1, 60); left > 0; --left) {
        const base::Quantity value = base::Quantity::from_int(*rc::gen::inRange(1, 5));
        switch (*rc::gen::inRange(0, 4)) {
            case 0:
                if (ledger.when(track("calls", value)).code() != Code::Tracked) break;
                RC_ASSERT(plain.when(track("calls", value)).code() == Code::Tracked);
                used += value;
                break;
            case 1:
                if (ledger.when(reserve("calls", value)).event<ReservationMade>() != nullptr)
                    open.emplace_back(ledger.last_id(), value);
                break;
            case 2: {
                if (open.empty()) break;
                const auto at =
                    open.begin() + *rc::gen::inRange<int>(0, static_cast<int>(open.size()));
                const Then settled = ledger.when(ConfirmReservation{at->first, value, {}});
                if (settled.code() != Code::Tracked) {
                    RC_ASSERT(value > at->second);
                    break;
                }
                RC_ASSERT(plain.when(track("calls", value)).code() == Code::Tracked);
                used += value;
                open.erase(at);
                break;
            }
            default:
                if (open.empty()) break;
                ledger.done(ReleaseReservation{open.back().first});
                open.pop_back();
        }
        base::Quantity reserved;
        for (const auto& [id, units] : open) reserved += units;
        RC_ASSERT(used + reserved <= 10_u);
        RC_ASSERT(ledger.check("calls", 0_u).balance == 10_u - used - reserved);
        RC_ASSERT(ledger.check("calls", 0_u).usage == used);
    }
    for (const auto& [id, units] : open) ledger.done(ReleaseReservation{id});
    RC_ASSERT(untold(ledger.account().meters) == untold(plain.account().meters));
}

}  // namespace
}  // namespace quipu::ledger

#include "rating/proration.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support/literals.h"

namespace quipu::rating {
namespace {

using namespace quipu::testing;

const base::Period kMonth{"2026-04-01"_at, "2026-05-01"_at};

TEST(Proration, ChargesBothFeesForTheTimeThatIsLeft) {
    EXPECT_EQ(prorated_difference(1000, 3000, kMonth, "2026-04-16"_at), 1000);
    EXPECT_EQ(prorated_difference(1000, 3000, kMonth, kMonth.start), 2000);
    EXPECT_EQ(prorated_difference(1000, 3000, kMonth, kMonth.end), 0);
    EXPECT_EQ(prorated_difference(3000, 1000, kMonth, "2026-04-16"_at), -1000);
}

TEST(Proration, MomentsOutsideThePeriodCountAsItsEdges) {
    EXPECT_EQ(prorated_difference(1000, 3000, kMonth, "2026-01-01"_at), 2000);
    EXPECT_EQ(prorated_difference(1000, 3000, kMonth, "2026-12-01"_at), 0);
}

TEST(Proration, TheDifferenceIsRoundedOnce) {
    // A third left: 1000/3 = 333.33 and 2000/3 = 666.67, so 333.33 and not 667 - 333.
    const base::Period three_days{"2026-04-01"_at, "2026-04-04"_at};
    EXPECT_EQ(prorated_difference(1000, 2000, three_days, "2026-04-03"_at), 333);

    EXPECT_EQ(prorated_difference(1000, 3032, three_days, "2026-04-03"_at), 677);
    EXPECT_EQ(prorated_difference(3032, 1000, three_days, "2026-04-03"_at), -677);
    EXPECT_EQ(fee_less_rest(2000, 1000, three_days, "2026-04-03"_at), 1667);
    EXPECT_EQ(fee_less_rest(2000, 0, three_days, "2026-04-03"_at), 2000);
}

TEST(Proration, APeriodWithoutLengthChargesTheNewFee) {
    EXPECT_EQ(prorated_difference(1000, 3000, {kMonth.start, kMonth.start}, kMonth.start), 3000);
}

TEST(Proration, AnUpgradeNeverCostsMoreThanTheDifference) {
    EXPECT_TRUE(rc::check("0 <= prorated <= difference + rounding", [] {
        const auto old_fee = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
        const auto more = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
        const auto offset =
            *rc::gen::inRange<std::int64_t>(0, kMonth.end.micros - kMonth.start.micros);
        const auto cost = prorated_difference(old_fee, old_fee + more, kMonth,
                                              base::Instant{kMonth.start.micros + offset});
        RC_ASSERT(cost >= 0);
        RC_ASSERT(cost <= more);
    }));
}

}  // namespace
}  // namespace quipu::rating

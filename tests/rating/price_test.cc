#include "rating/price.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support/literals.h"

namespace quipu::rating {
namespace {

using namespace quipu::testing;
using base::Quantity;

RateCard package(base::UnitPrice per_package, Quantity size) {
    RateCard card;
    card.usage_model = UsageModel::UsageBased;
    card.price_per_unit = per_package;
    card.billing_units = size;
    return card;
}

RateCard tiered(RatingModel model, std::vector<Tier> tiers) {
    RateCard card;
    card.usage_model = UsageModel::UsageBased;
    card.rating_model = model;
    card.tiers = std::move(tiers);
    return card;
}

TEST(Price, PackagesAreSoldWhole) {
    const RateCard card = package(5_price, 10_u);
    EXPECT_EQ(price_minor(card, 0_u), 0);
    EXPECT_EQ(price_minor(card, 0.000000001_u), 5);
    EXPECT_EQ(price_minor(card, 10_u), 5);
    EXPECT_EQ(price_minor(card, 10.000000001_u), 10);
    EXPECT_EQ(price_minor(card, 45_u), 25);
    EXPECT_EQ(price_minor(card, units("-3")), 0);
}

TEST(Price, APerUnitPriceSellsStartedUnits) {
    EXPECT_EQ(price_minor(package(3_price, 1_u), 2.1_u), 9);
}

TEST(Price, FractionsOfAMinorUnitRoundOnceAtTheEnd) {
    const RateCard card = package(0.001_price, 1_u);
    EXPECT_EQ(price_minor(card, 499_u), 0);
    EXPECT_EQ(price_minor(card, 500_u), 1);
    EXPECT_EQ(price_minor(card, 1499_u), 1);
    EXPECT_EQ(price_minor(card, 1500_u), 2);
}

TEST(Price, GraduatedTiersPriceTheirOwnUnits) {
    const RateCard card =
        tiered(RatingModel::Graduated,
               {{1000_u, 10_price, {}}, {5000_u, 8_price, {}}, {std::nullopt, 5_price, {}}});
    EXPECT_EQ(price_minor(card, 1000_u), 10'000);
    EXPECT_EQ(price_minor(card, 1500_u), 14'000);
    EXPECT_EQ(price_minor(card, 5001_u), 10'000 + 32'000 + 5);
    EXPECT_EQ(price_minor(card, 2.5_u), 25);
}

TEST(Price, AFlatFeeIsDueWhenItsTierIsEntered) {
    const RateCard card = tiered(RatingModel::Graduated,
                                 {{100_u, {}, 5000_price}, {std::nullopt, 20_price, 1000_price}});
    EXPECT_EQ(price_minor(card, 0_u), 0);
    EXPECT_EQ(price_minor(card, 1_u), 5000);
    EXPECT_EQ(price_minor(card, 100_u), 5000);
    EXPECT_EQ(price_minor(card, 101_u), 5000 + 20 + 1000);
    EXPECT_EQ(price_minor(card, 250_u), 9000);
}

TEST(Price, VolumePricesEverythingAtTheReachedTier) {
    const RateCard card = tiered(
        RatingModel::Volume,
        {{1000_u, 100_price, {}}, {10'000_u, 80_price, {}}, {std::nullopt, {}, 25'000_price}});
    EXPECT_EQ(price_minor(card, 1000_u), 100'000);
    EXPECT_EQ(price_minor(card, 1001_u), 80'080);
    EXPECT_EQ(price_minor(card, 10'001_u), 25'000);
}

TEST(Price, ABoundedLastTierGoesOnPastItsBound) {
    const RateCard graduated =
        tiered(RatingModel::Graduated, {{30_u, 100_price, {}}, {100_u, 50_price, {}}});
    EXPECT_EQ(price_minor(graduated, 150_u), 3000 + 120 * 50);
    const RateCard volume =
        tiered(RatingModel::Volume, {{30_u, 100_price, {}}, {100_u, 50_price, {}}});
    EXPECT_EQ(price_minor(volume, 150_u), 7500);
}

TEST(Price, WhatIsBillableDependsOnTheUsageModel) {
    RateCard card;
    card.included = 100_u;
    EXPECT_EQ(billable_quantity(card, 145_u), 45_u);
    EXPECT_EQ(billable_quantity(card, 99_u), 0_u);
    card.included.reset();
    EXPECT_EQ(billable_quantity(card, 145_u), 0_u);
    card.usage_model = UsageModel::UsageBased;
    EXPECT_EQ(billable_quantity(card, 145_u), 145_u);
    EXPECT_EQ(billable_quantity(card, units("-1")), 0_u);
    card.usage_model = UsageModel::Prepaid;
    EXPECT_EQ(billable_quantity(card, 145_u), 0_u);
}

TEST(Price, APriceThatFitsNoInvoiceIsRefused) {
    EXPECT_FALSE(price_minor(package(testing::price("1e12"), 1_u), units("1e15")).has_value());
    const RateCard card =
        tiered(RatingModel::Graduated, {{std::nullopt, testing::price("1e12"), {}}});
    EXPECT_FALSE(price(card, units("1e15")).has_value());
}

TEST(Price, TheReachedTierStartsWhereTheOneBeforeEnds) {
    const RateCard card =
        tiered(RatingModel::Graduated,
               {{1000_u, 10_price, {}}, {5000_u, 8_price, {}}, {std::nullopt, 5_price, {}}});
    EXPECT_FALSE(reached_tier(card, 0_u).has_value());
    EXPECT_EQ(reached_tier(card, 1000_u)->index, 0u);
    EXPECT_EQ(reached_tier(card, 1000.5_u)->index, 1u);
    EXPECT_EQ(reached_tier(card, 1500_u)->starts_at, 1000_u);
    EXPECT_EQ(reached_tier(card, 1500_u)->ends_at, 5000_u);
    EXPECT_EQ(reached_tier(card, 6000_u)->ends_at, std::nullopt);
}

RateCard arbitrary_card() {
    const auto model =
        *rc::gen::element(RatingModel::Package, RatingModel::Graduated, RatingModel::Volume);
    if (model == RatingModel::Package) {
        return package(base::UnitPrice::from_coefficient(
                           *rc::gen::inRange<std::int64_t>(0, 50'000'000'000'000)),
                       Quantity::from_int(*rc::gen::inRange(1, 20)));
    }
    std::vector<Tier> tiers;
    std::int64_t bound = 0;
    const int count = *rc::gen::inRange(1, 5);
    for (int i = 0; i < count; ++i) {
        bound += *rc::gen::inRange(1, 200);
        Tier tier;
        if (i + 1 < count || *rc::gen::arbitrary<bool>()) tier.up_to = Quantity::from_int(bound);
        tier.unit_price = base::UnitPrice::from_coefficient(
            *rc::gen::inRange<std::int64_t>(0, 9'000'000'000'000));
        if (*rc::gen::arbitrary<bool>())
            tier.flat_fee = base::UnitPrice::from_int(*rc::gen::inRange(0, 1000));
        tiers.push_back(tier);
    }
    return tiered(model, std::move(tiers));
}

TEST(Price, ChargesOfAnySplitSumToThePriceOfTheTotal) {
    EXPECT_TRUE(rc::check("rating law", [] {
        const RateCard card = arbitrary_card();
        Quantity total;
        std::int64_t charged = 0;
        const int steps = *rc::gen::inRange(1, 30);
        for (int i = 0; i < steps; ++i) {
            const Quantity before = total;
            total += Quantity::from_coefficient(*rc::gen::inRange<std::int64_t>(0, 90'000'000'000));
            charged += *price_minor(card, total) - *price_minor(card, before);
        }
        RC_ASSERT(charged == *price_minor(card, total));
    }));
}

TEST(Price, TheStepsOfATieredPriceSumToItAndToItsUnits) {
    EXPECT_TRUE(rc::check("sum of tier steps", [] {
        const RateCard card = arbitrary_card();
        const auto billable =
            Quantity::from_coefficient(*rc::gen::inRange<std::int64_t>(0, 900'000'000'000));
        const auto steps = tier_steps(card, billable);
        if (card.rating_model == RatingModel::Package || billable.is_zero()) {
            RC_ASSERT(steps.empty());
            return;
        }
        base::Amount amount;
        Quantity sum;
        for (const TierStep& step : steps) {
            amount += step.amount;
            sum += step.units;
        }
        RC_ASSERT(amount == *price(card, billable));
        RC_ASSERT(sum == billable);
    }));
}

}  // namespace
}  // namespace quipu::rating

#include "rating/rate_card.h"

#include <gtest/gtest.h>

#include "support/literals.h"

namespace quipu::rating {
namespace {

using namespace quipu::testing;

RateCard tiered(std::vector<Tier> tiers, RatingModel model = RatingModel::Graduated) {
    RateCard card;
    card.usage_model = UsageModel::UsageBased;
    card.rating_model = model;
    card.tiers = std::move(tiers);
    return card;
}

TEST(RateCard, AnIncludedFeaturePrefersItsOveragePrice) {
    RateCard card;
    card.price_per_unit = 3_price;
    EXPECT_EQ(package_price(card), 3_price);
    card.overage_price = 7_price;
    EXPECT_EQ(package_price(card), 7_price);
    card.usage_model = UsageModel::UsageBased;
    EXPECT_EQ(package_price(card), 3_price);
}

TEST(RateCard, APackageIsNeverSmallerThanOneUnit) {
    RateCard card;
    card.billing_units = 0.5_u;
    EXPECT_EQ(package_size(card), 1_u);
}

TEST(RateCard, UnknownNamesFallBackAsTheReferenceDoes) {
    EXPECT_EQ(usage_model_from("bogus"), UsageModel::Included);
    EXPECT_EQ(rating_model_from("bogus"), RatingModel::Package);
    for (const auto model : {UsageModel::Included, UsageModel::UsageBased, UsageModel::Prepaid})
        EXPECT_EQ(usage_model_from(name_of(model)), model);
    for (const auto model : {RatingModel::Package, RatingModel::Graduated, RatingModel::Volume})
        EXPECT_EQ(rating_model_from(name_of(model)), model);
}

TEST(RateCard, BrokenTiersAreNamed) {
    EXPECT_EQ(tier_problem(tiered({})), "graduated pricing requires at least one tier.");
    EXPECT_EQ(tier_problem(tiered({}, RatingModel::Volume)),
              "volume pricing requires at least one tier.");
    EXPECT_EQ(tier_problem(tiered({{10_u, {}, {}}})),
              "Tier 1 must define unitPrice, flatFee, or both.");
    EXPECT_EQ(tier_problem(tiered({{10_u, price("-1"), {}}})),
              "Tier 1 must have a non-negative unitPrice.");
    EXPECT_EQ(tier_problem(tiered({{10_u, {}, price("-1")}})),
              "Tier 1 must have a non-negative flatFee.");
    EXPECT_EQ(tier_problem(tiered({{{}, 1_price, {}}, {10_u, 1_price, {}}})),
              "Only the last tier can be open-ended.");
    EXPECT_EQ(tier_problem(tiered({{10_u, 1_price, {}}, {10_u, 1_price, {}}})),
              "Tier 2 must end above tier 1.");
    EXPECT_EQ(tier_problem(tiered({{10_u, 1_price, {}}, {{}, {}, 5_price}})), std::nullopt);
}

}  // namespace
}  // namespace quipu::rating

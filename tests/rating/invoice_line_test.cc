#include "rating/invoice_line.h"

#include <gtest/gtest.h>

#include "support/literals.h"

namespace quipu::rating {
namespace {

using namespace quipu::testing;

TEST(InvoiceLine, PackagesNameTheirSize) {
    RateCard card;
    card.overage_price = 5_price;
    card.billing_units = 10_u;
    EXPECT_EQ(usage_description("API Calls", card, 50_u), "API Calls: 50 units (10 per package)");
    EXPECT_EQ(display_unit_price(card, 50_u), 1);  // 5 / 10, half up
    card.billing_units = 1_u;
    EXPECT_EQ(usage_description("API Calls", card, 50.5_u), "API Calls: 50.5 units");
    EXPECT_EQ(display_unit_price(card, 50_u), 5);
}

TEST(InvoiceLine, TieredCardsNameTheirModel) {
    RateCard card;
    card.rating_model = RatingModel::Graduated;
    card.tiers = {{10_u, 7_price, {}}, {std::nullopt, 3_price, {}}};
    EXPECT_EQ(usage_description("Calls", card, 12_u), "Calls: 12 units (graduated pricing)");
    EXPECT_EQ(display_unit_price(card, 12_u), 0);
    card.rating_model = RatingModel::Volume;
    EXPECT_EQ(usage_description("Calls", card, 12_u), "Calls: 12 units (volume pricing)");
    EXPECT_EQ(display_unit_price(card, 12_u), 3);
    EXPECT_EQ(display_unit_price(card, 10_u), 7);
    EXPECT_EQ(display_unit_price(card, 0_u), 0);
}

}  // namespace
}  // namespace quipu::rating

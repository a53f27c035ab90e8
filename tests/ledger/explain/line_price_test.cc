// How the amount of an invoice line came about, by hand.
#include "ledger/explain/line_price.h"

#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
using rating::RateCard;
using rating::RatingModel;

Invoice in_dollars() {
    Invoice invoice;
    invoice.currency = "USD";
    return invoice;
}
InvoiceLine usage_line(std::int64_t amount_minor) {
    InvoiceLine line;
    line.kind = LineKind::Usage;
    line.amount_minor = amount_minor;
    line.period = {"2026-01-01T00:00:00.000Z"_at, "2026-02-01T00:00:00.000Z"_at};
    return line;
}
RateCard packages(base::Quantity size, base::UnitPrice price) {
    RateCard card;
    card.overage_price = price;
    card.billing_units = size;
    return card;
}
RateCard tiered(RatingModel model) {
    RateCard card;
    card.rating_model = model;
    card.tiers = {{10_u, 5_price, std::nullopt}, {std::nullopt, 2_price, 7_price}};
    return card;
}
// What `bills` invoices billed before, 10 units each.
BilledPart after(std::int64_t amount_minor, int bills) {
    BilledPart part;
    for (int i = 1; i <= bills; ++i) {
        EarlierBill bill;
        bill.number = "INV-" + std::to_string(i);
        part.earlier.push_back(bill);
        part.quantity_before += 10_u;
    }
    part.amount_before_minor = amount_minor;
    return part;
}

TEST(LinePrice, PackagesAreWholeOnes) {
    struct Row {
        base::Quantity units;
        base::Quantity packages;
        std::int64_t total;
    };
    for (const Row& row : {Row{0_u, 0_u, 0}, Row{0.5_u, 1_u, 7}, Row{100_u, 1_u, 7},
                           Row{101_u, 2_u, 14}, Row{250_u, 3_u, 21}}) {
        const RateCard card = packages(100_u, 7_price);
        const UsagePrice price =
            usage_price(in_dollars(), usage_line(row.total), {}, row.units, &card);
        EXPECT_EQ(price.packages, row.packages) << row.units.to_string();
        EXPECT_EQ(price.total_minor, row.total) << row.units.to_string();
        EXPECT_EQ(price.package_size, 100_u);
        EXPECT_EQ(price.package_price, 7_price);
        EXPECT_TRUE(price.steps.empty());
        EXPECT_EQ(price.carried_minor, 0);
    }
}

TEST(LinePrice, SaysTheArithmeticOfPackages) {
    const RateCard card = packages(100_u, 7_price);
    EXPECT_EQ(usage_price(in_dollars(), usage_line(21), {}, 250_u, &card).text,
              "250 billable units from 2026-01-01T00:00:00.000Z to 2026-02-01T00:00:00.000Z. 3 "
              "packages of "
              "100: 3 × 7 = 21. Nothing was billed before; this line is 21. Amounts are minor "
              "units of USD.");
    const RateCard single = packages(1_u, 2_price);
    EXPECT_NE(
        usage_price(in_dollars(), usage_line(10), {}, 5_u, &single).text.find(". 5 × 2 = 10."),
        std::string::npos);
}

TEST(LinePrice, EachTierPricesTheUnitsThatFallIntoIt) {
    const RateCard card = tiered(RatingModel::Graduated);
    const UsagePrice price = usage_price(in_dollars(), usage_line(67), {}, 15_u, &card);
    ASSERT_EQ(price.steps.size(), 2u);
    EXPECT_EQ(price.steps[0].units, 10_u);
    EXPECT_EQ(price.steps[1].units, 5_u);
    EXPECT_EQ(price.total_minor, 67);  // 10 × 5 + 5 × 2 + 7
    EXPECT_FALSE(price.package_price.has_value());
    EXPECT_NE(price.text.find("Graduated: tier 1: 10 × 5 = 50; tier 2: 5 × 2 + 7 flat = 17; in "
                              "all 67."),
              std::string::npos)
        << price.text;
}

TEST(LinePrice, TheTierThatHoldsTheTotalPricesAllOfAVolume) {
    InvoiceLine line = usage_line(37);
    line.rating_model = std::string(name_of(RatingModel::Volume));
    const RateCard card = tiered(RatingModel::Volume);
    const UsagePrice price = usage_price(in_dollars(), line, {}, 15_u, &card);
    ASSERT_EQ(price.steps.size(), 1u);
    EXPECT_EQ(price.total_minor, 37);  // 15 × 2 + 7
    EXPECT_NE(price.text.find("Volume: tier 2: 15 × 2 + 7 flat = 37; in all 37."),
              std::string::npos)
        << price.text;
}

TEST(LinePrice, WhatWasBilledBeforeIsSaid) {
    const RateCard card = packages(1_u, 2_price);
    const auto text = [&](int bills) {
        return usage_price(in_dollars(), usage_line(30), after(20, bills), 25_u, &card).text;
    };
    EXPECT_NE(text(1).find("25 × 2 = 50. 20 of it, for 10 units, was billed before by INV-1; this "
                           "line is 30."),
              std::string::npos)
        << text(1);
    EXPECT_NE(text(2).find("for 20 units, was billed before by 2 invoices;"), std::string::npos)
        << text(2);
}

TEST(LinePrice, WhatALineCouldNotGiveBackIsCarried) {
    const RateCard card = packages(1_u, 2_price);
    // 5 units cost 10, and 50 was billed: 40 too much, of which the invoice could bear 15.
    const UsagePrice price = usage_price(in_dollars(), usage_line(-15), after(50, 1), 5_u, &card);
    EXPECT_EQ(price.carried_minor, -25);
    EXPECT_NE(price.text.find("25 more is given back by a later invoice."), std::string::npos);
    EXPECT_EQ(usage_price(in_dollars(), usage_line(-40), after(50, 1), 5_u, &card).carried_minor,
              0);
}

TEST(LinePrice, WithoutARateCardTheLineSpeaksForItself) {
    InvoiceLine line = usage_line(30);
    line.steps = {{0, 25_u, 2_price, std::nullopt, {}}};
    const UsagePrice price = usage_price(in_dollars(), line, after(20, 1), 25_u, nullptr);
    EXPECT_FALSE(price.total_minor.has_value());
    EXPECT_EQ(price.steps, line.steps);
    EXPECT_NE(price.text.find("in all 50."), std::string::npos) << price.text;
    line.steps.clear();
    EXPECT_NE(
        usage_price(in_dollars(), line, after(20, 1), 25_u, nullptr).text.find("By package = 50."),
        std::string::npos);
}

TEST(LinePrice, AFeeIsQuantityTimesPrice) {
    InvoiceLine fee;
    fee.kind = LineKind::PlanFee;
    fee.description = "Pro";
    fee.quantity = 1_u;
    fee.unit_price_minor = fee.amount_minor = 1000;
    fee.period = {"2026-01-01T00:00:00.000Z"_at, "2026-02-01T00:00:00.000Z"_at};
    EXPECT_EQ(
        fee_text(in_dollars(), fee),
        "Pro, in advance, from 2026-01-01T00:00:00.000Z to 2026-02-01T00:00:00.000Z: 1 × 1000 = "
        "1000. Amounts are minor units of USD.");
    fee.period.end = base::kEndOfTime;  // paid once
    EXPECT_EQ(fee_text(in_dollars(), fee), "Pro: 1 × 1000 = 1000. Amounts are minor units of USD.");
    InvoiceLine pack;
    pack.kind = LineKind::CreditPack;
    pack.description = "Small";
    pack.quantity = 3_u;
    pack.unit_price_minor = 500;
    pack.amount_minor = 1500;
    EXPECT_EQ(fee_text(in_dollars(), pack),
              "Small: 3 × 500 = 1500. Amounts are minor units of USD.");
}

Catalog two_plans() {
    return CatalogBuilder()
        .metered("api")
        .plan(testing::Plan("basic").costs(1000).with(Includes("api").limit(10_u).charge(3_price)))
        .plan(testing::Plan("pro").costs(3000).with(Includes("api").limit(90_u).charge(2_price)))
        .build();
}

TEST(LinePrice, ASwitchIsTheNewFeeLessTheOldOne) {
    Given ledger(two_plans(), "2026-04-01T00:00:00.000Z");
    ledger.attach("basic").at("2026-04-16T00:00:00.000Z").attach("pro");  // half of 30 days
    const Invoice invoice = ledger.invoices().back();
    const auto line = std::ranges::find(invoice.lines, LineKind::Proration, &InvoiceLine::kind);
    ASSERT_NE(line, invoice.lines.end());
    const auto price = prorated_price(ledger.account(), ledger.book(), invoice, *line);
    ASSERT_TRUE(price.has_value());
    EXPECT_EQ(price->from_plan, "basic");
    EXPECT_EQ(price->from_fee_minor, 1000);
    EXPECT_EQ(price->to_plan, "pro");
    EXPECT_EQ(price->to_fee_minor, 3000);
    EXPECT_EQ(price->switched_at, "2026-04-16T00:00:00.000Z"_at);
    EXPECT_EQ(price->charged_minor, 1500);
    EXPECT_EQ(price->returned_minor, 500);
    EXPECT_EQ(line->amount_minor, 1000);
    EXPECT_NE(price->text.find("1500 − 500 = 1000."), std::string::npos) << price->text;
    // A line that these numbers do not add up to was another switch.
    InvoiceLine other = *line;
    other.amount_minor = 999;
    EXPECT_FALSE(prorated_price(ledger.account(), ledger.book(), invoice, other).has_value());
    other = *line;
    other.plan = "gone";
    EXPECT_FALSE(prorated_price(ledger.account(), ledger.book(), invoice, other).has_value());
}

TEST(LinePrice, ALineIsPricedWithTheCardOfItsPlan) {
    Given ledger(two_plans(), "2026-04-01T00:00:00.000Z");
    ledger.attach("basic");
    InvoiceLine line = usage_line(0);
    line.subscription = 1;
    line.feature = "api";
    const RateCard* card = card_of(ledger.account(), ledger.book(), line);
    ASSERT_NE(card, nullptr);
    EXPECT_EQ(card->overage_price, 3_price);
    line.subscription = 9;
    EXPECT_EQ(card_of(ledger.account(), ledger.book(), line), nullptr);
}

}  // namespace
}  // namespace quipu::ledger

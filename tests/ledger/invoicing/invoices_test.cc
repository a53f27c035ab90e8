// Windows, late usage and invoices (docs/contract/windows.md, docs/contract/invoices.md).
#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
using rating::RatingModel;
constexpr const char* kStart = "2026-01-31T10:00:00Z";

Given on(const testing::Plan& plan, std::string_view start = kStart) {
    Given ledger(CatalogBuilder().metered("api").metered("mail").plan(plan).build(), start);
    ledger.attach(plan.build().slug);
    return ledger;
}

TEST(Billing, AMidPeriodInvoiceBillsTheDifferenceAndGrantsNothingAgain) {
    Given ledger = on(testing::Plan("pro").with(Includes("api").limit(1000_u).charge(5_price)));
    ledger.track("api", 1500_u);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).invoices().at(0).total_minor, 2500);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).code(), Code::NothingToInvoice);
    ledger.track("api", 600_u);
    EXPECT_EQ(ledger.unbilled(), 3000);
    const Then second = ledger.when(GenerateInvoice{});
    EXPECT_EQ(second.invoices().at(0).total_minor, 3000);
    EXPECT_EQ(second.invoices().at(0).lines.at(0).billed_before_minor, 2500);
    EXPECT_EQ(second.invoices().at(0).lines.at(0).quantity, 600_u);
}

TEST(Billing, TiersDoNotRestartAfterAnInvoice) {
    Given ledger = on(testing::Plan("pro").with(Includes("api").usage_based().tiers(
        RatingModel::Graduated, {{1000_u, 10_price, {}}, {std::nullopt, 1_price, {}}})));
    ledger.track("api", 1500_u);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).invoices().at(0).total_minor, 10500);
    ledger.track("api", 100_u);
    EXPECT_EQ(ledger.unbilled(), 100);
}

TEST(Billing, APackageOnceSoldCoversTheUnitsThatFillIt) {
    Given ledger =
        on(testing::Plan("pro").with(Includes("api").limit(0_u).charge(100_price, 10_u)));
    ledger.track("api", 1_u).done(GenerateInvoice{}).track("api", 9_u);
    EXPECT_EQ(ledger.unbilled(), 0);
    ledger.track("api", 1_u);
    EXPECT_EQ(ledger.unbilled(), 100);
}

TEST(Billing, APriceThatFallsIsCarriedIntoTheNextInvoice) {
    Given ledger = on(testing::Plan("pro").with(Includes("api").usage_based().tiers(
        RatingModel::Volume, {{15_u, 10_price, {}}, {std::nullopt, 5_price, {}}})));
    ledger.track("api", 15_u);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).invoices().at(0).total_minor, 150);
    ledger.track("api", 1_u);
    EXPECT_EQ(ledger.unbilled(), -70);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).code(), Code::NothingToInvoice);
    ledger.track("api", 24_u);
    EXPECT_EQ(ledger.when(GenerateInvoice{}).invoices().at(0).total_minor, 40 * 5 - 150);
}

TEST(Billing, AFeeIsNotLostWhereWhatIsOwedToTheCustomerOutweighsIt) {
    Given ledger = on(testing::Plan("pro").costs(50).with(Includes("api").usage_based().tiers(
        RatingModel::Volume, {{15_u, 10_price, {}}, {std::nullopt, 5_price, {}}})));
    ledger.track("api", 15_u)
        .done(GenerateInvoice{})
        .track("api", 1_u)
        .tick("2026-02-28T10:00:00Z");
    // 150 billed of 80; the fee of 50 uses some of the 70, the rest waits.
    std::int64_t invoiced = 0;
    for (const Invoice& invoice : ledger.invoices()) {
        invoiced += invoice.total_minor;
    }
    EXPECT_EQ(invoiced + ledger.unbilled(), 50 + 80 + 50);
}

TEST(Billing, AWindowResetsAtItsEndAndNotBefore) {
    Given ledger = on(testing::Plan("pro").with(Includes("api").limit(100_u)));
    ledger.track("api", 40_u);
    EXPECT_EQ(ledger.check("api", 1_u).resets_at, "2026-02-28T10:00:00Z"_at);
    EXPECT_EQ(ledger.at("2026-02-28T09:59:59Z").check("api", 1_u).usage, 40_u);
    EXPECT_EQ(ledger.at("2026-02-28T10:00:00Z").check("api", 1_u).usage, 0_u);
    EXPECT_EQ(ledger.check("api", 1_u).resets_at, "2026-03-31T10:00:00Z"_at);
}

TEST(Billing, CalendarAndDailyWindowsFollowTheClock) {
    Given ledger =
        on(testing::Plan("pro")
               .with(Includes("api").limit(100_u).resets(Interval::Monthly, Alignment::Calendar))
               .with(Includes("mail").limit(10_u).resets(Interval::Daily)));
    EXPECT_EQ(ledger.check("api", 1_u).resets_at, "2026-02-01"_at);
    EXPECT_EQ(ledger.check("mail", 1_u).resets_at, "2026-02-01"_at);
    ledger.track("mail", 10_u);
    EXPECT_EQ(ledger.when(track("mail", 1_u)).code(), Code::LimitExceeded);
    EXPECT_EQ(ledger.at("2026-02-01").when(track("mail", 1_u)).code(), Code::Tracked);
}

TEST(Billing, AWindowThatNeverResetsKeepsItsUsage) {
    Given ledger =
        on(testing::Plan("pro").with(Includes("api").limit(5_u).resets(Interval::Never)));
    ledger.track("api", 3_u).at("2031-01-01");
    EXPECT_EQ(ledger.check("api", 1_u).usage, 3_u);
    EXPECT_EQ(ledger.check("api", 1_u).resets_at, std::nullopt);
}

TEST(Billing, EveryWindowOfThePeriodIsALineOfItsInvoice) {
    Given ledger = on(testing::Plan("pro").costs(1000).with(
        Includes("api").limit(1_u).charge(10_price).resets(Interval::Daily)));
    ledger.track("api", 3_u).at("2026-02-02").track("api", 2_u).at("2026-02-05").track("api", 1_u);
    ledger.tick("2026-02-28T10:00:00Z");
    const Invoice& invoice = ledger.invoices().back();
    ASSERT_EQ(invoice.lines.size(), 3u);
    EXPECT_EQ(invoice.total_minor, 20 + 10 + 1000);
    EXPECT_FALSE(invoice.lines[0].correction);
    EXPECT_EQ(invoice.lines[1].period.start, "2026-02-02"_at);
    EXPECT_EQ(invoice.lines[2].kind, LineKind::PlanFee);
}

TEST(Billing, LateUsageGoesToItsOwnWindowAndACorrectionLine) {
    Given ledger = on(testing::Plan("pro").with(Includes("api").limit(10_u).charge(5_price)));
    ledger.track("api", 8_u).at("2026-03-05").track("api", 1_u);
    const Then late = ledger.when(track("api", 4_u), "2026-02-10"_at);
    EXPECT_EQ(late.code(), Code::TrackedOverage);
    EXPECT_EQ(late.usage().usage, 12_u);
    EXPECT_EQ(late.usage().overage_units, 2_u);
    EXPECT_EQ(ledger.check("api", 1_u).usage, 1_u);
    ledger.tick("2026-03-31T10:00:00Z");
    const Invoice& invoice = ledger.invoices().back();
    ASSERT_EQ(invoice.lines.size(), 1u);
    EXPECT_TRUE(invoice.lines[0].correction);
    EXPECT_EQ(invoice.lines[0].period.start, moment(kStart));
    EXPECT_EQ(invoice.total_minor, 10);
}

TEST(Billing, MomentsTooFarFromTheClockAreRefused) {
    Given ledger = on(testing::Plan("pro").with(Includes("api")));
    EXPECT_EQ(ledger.when(track("api", 1_u), "2024-12-01"_at).code(), Code::OccurredAtOutOfRange);
    EXPECT_EQ(ledger.when(track("api", 1_u), "2026-02-02"_at).code(), Code::OccurredAtOutOfRange);
    EXPECT_EQ(ledger.when(track("api", 1_u), "2026-02-01T09:00:00Z"_at).code(), Code::Tracked);
    // Within reach, but nothing was sold yet.
    EXPECT_EQ(ledger.when(track("api", 1_u), "2025-01-01"_at).code(), Code::NoActiveSubscription);
}

TEST(Billing, NumbersHaveNoGapsAndRefusalsTakeNone) {
    Given ledger =
        on(testing::Plan("pro").costs(1000).with(Includes("api").limit(0_u).charge(5_price)));
    ledger.done(GenerateInvoice{}).track("api", 1_u).done(GenerateInvoice{}).tick("2026-05-01");
    std::uint32_t expected = 1;
    for (const Invoice& invoice : ledger.invoices()) {
        EXPECT_EQ(invoice.sequence, expected++);
        EXPECT_EQ(invoice.number.substr(0, 10),
                  "INV-0000" + std::to_string(invoice.sequence) + "-");
    }
    EXPECT_EQ(expected, 6u);
}

TEST(Billing, EachCurrencyHasItsOwnInvoice) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .metered("mail")
                     .plan(testing::Plan("p").with(Includes("api").usage_based(10_price)))
                     .plan(testing::Plan("q").in("NGN").addon().with(
                         Includes("mail").usage_based(1000_price)))
                     .build(),
                 kStart);
    ledger.attach("p").attach("q").track("api", 1_u).track("mail", 1_u);
    EXPECT_EQ(ledger.unbilled("USD"), 10);
    EXPECT_EQ(ledger.unbilled("NGN"), 1000);
    const Then then = ledger.when(GenerateInvoice{});
    ASSERT_EQ(then.invoices().size(), 2u);
    EXPECT_EQ(then.invoices()[0].currency, base::Currency("NGN"));
    EXPECT_EQ(then.invoices()[0].total_minor, 1000);
    EXPECT_EQ(then.invoices()[1].total_minor, 10);
    EXPECT_EQ(then.invoices()[1].sequence, then.invoices()[0].sequence + 1);
}

TEST(Billing, LinesSumToTheTotalAndNameWhatTheyBill) {
    Given ledger = on(testing::Plan("pro").costs(999).with(Includes("api").usage_based().tiers(
        RatingModel::Graduated, {{10_u, 3_price, 50_price}, {std::nullopt, 0.5_price, {}}})));
    ledger.track("api", 13_u).tick("2026-02-28T10:00:00Z");
    const Invoice& invoice = ledger.invoices().back();
    ASSERT_EQ(invoice.lines.size(), 2u);
    EXPECT_EQ(invoice.lines[0].amount_minor, 50 + 30 + 2);  // 1.5 rounds away from zero
    EXPECT_EQ(invoice.lines[0].steps.size(), 2u);
    EXPECT_EQ(invoice.lines[0].rating_model, "graduated");
    EXPECT_EQ(invoice.lines[0].description, "api: 13 units (graduated pricing)");
    EXPECT_EQ(invoice.total_minor, 82 + 999);
    EXPECT_EQ(invoice.due_at.micros - invoice.issued_at.micros, 7 * base::kMicrosPerDay);
}

TEST(Billing, ManyIdlePeriodsOfAFreePlanCloseSilently) {
    Given ledger = on(testing::Plan("pro").with(Includes("api").limit(10_u).charge(5_price)));
    ledger.track("api", 12_u).tick("2036-01-31T10:00:00Z");
    ASSERT_EQ(ledger.invoices().size(), 1u);
    EXPECT_EQ(ledger.invoices()[0].total_minor, 10);
    EXPECT_EQ(ledger.subscription().period.start, "2036-01-31T10:00:00Z"_at);
    // Windows that are long settled are forgotten.
    EXPECT_TRUE(ledger.account().meters.begin()->second.windows.empty());
}

}  // namespace
}  // namespace quipu::ledger

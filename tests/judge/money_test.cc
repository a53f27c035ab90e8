// The judge alone, on what the ledger was once wrong about: each test is a few commands with the
// right value.
#include <gtest/gtest.h>

#include "judge/history.h"

namespace quipu::judge {

// How it prints in a failed test.
void PrintTo(const Rational& value, std::ostream* out) {
    *out << text(value);
}

namespace {

using ledger::Code;
using ledger::Interval;
using ledger::LineKind;
using testing::CatalogBuilder;
using testing::Includes;
using testing::Plan;
using namespace testing;

std::int64_t usage_of(const Invoice& invoice) {
    std::int64_t sum = 0;
    for (const Line& line : invoice.lines) {
        if (line.kind == LineKind::Usage) sum += line.amount_minor;
    }
    return sum;
}

ledger::Catalog selling(std::vector<Plan> plans, const std::string& feature = "api") {
    CatalogBuilder builder;
    builder.metered(feature);
    for (const Plan& plan : plans) builder.plan(plan);
    return builder.build();
}

// --- credits ---

CatalogBuilder credits_at(base::Quantity cost, const Includes& ai) {
    CatalogBuilder builder;
    builder.credit_system("ai", {{"gpt", cost}}).pack("boost", "ai", 2_u, 100);
    builder.plan(Plan("pro").costs(1000).with(ai));
    return builder;
}

TEST(JudgeOfMoney, ABalanceThatCoversValueTimesCostPaysForIt) {
    History history(credits_at(3_u, Includes("ai").limit(10_u)).build(), "2027-01-01");
    history.attach("pro").buy("boost").track("gpt", 4_u);
    EXPECT_TRUE(history.allowed());
    EXPECT_EQ(history.balance("gpt"), 0);
}

TEST(JudgeOfMoney, NoResidueOfACreditBecomesAPackage) {
    History history(credits_at(3_u, Includes("ai").limit(10_u).charge(1000_price)).build(),
                    "2027-01-01");
    history.attach("pro").track("gpt", 4_u);
    EXPECT_EQ(history.unbilled(), 2000);

    History seventh(selling({Plan("pro").costs(1000).with(
                        Includes("api").limit(100_u).charge(100_price).credit_cost(7_u))}),
                    "2027-01-01");
    seventh.attach("pro").track("api", 15_u);
    EXPECT_EQ(seventh.unbilled(), 500);
}

TEST(JudgeOfMoney, ABalanceIsWhatCanBeSpentInEveryWay) {
    CatalogBuilder builder;
    builder.credit_system("s", {{"t", 1_u}}).pack("boost", "s", 500_u, 100);
    builder.plan(Plan("pro").costs(1000).with(Includes("t").limit(10_u).credit_cost(1_u)));
    History history(builder.build(), "2027-01-01");
    history.attach("pro").buy("boost");
    EXPECT_EQ(history.balance("t"), 510);
    history.track("t", 10_u);
    EXPECT_EQ(history.balance("t"), 500);
}

TEST(JudgeOfMoney, TheSecondSystemPaysWhereTheFirstIsEmpty) {
    CatalogBuilder builder;
    builder.metered("gpt").credit_system("a", {{"gpt", 1_u}}).credit_system("b", {{"gpt", 2_u}});
    builder.plan(
        Plan("pro").costs(1000).with(Includes("a").limit(3_u)).with(Includes("b").limit(10_u)));
    History history(builder.build(), "2027-01-01");
    history.attach("pro").track("gpt", 8_u);
    EXPECT_TRUE(history.allowed());
    EXPECT_EQ(history.balance("gpt"), 0);
    EXPECT_FALSE(history.track("gpt", 1_u).allowed());
}

// --- rollover ---

TEST(JudgeOfMoney, RolloverIsEarnedOnlyByWindowsThatHeldTheRight) {
    History history(
        selling({Plan("p").costs(1000).with(Includes("api").limit(100_u)),
                 Plan("q").costs(2000).with(Includes("api").limit(200_u).rolls_over())}),
        "2027-01-01");
    history.attach("p").at("2028-01-02").attach("q");
    EXPECT_EQ(history.balance("api"), 200);
}

TEST(JudgeOfMoney, RolloverThatAPublishAddsIsEarnedFromThenOn) {
    const auto plan = [](bool rolls) {
        Includes api("api");
        api.limit(100_u);
        if (rolls) api.rolls_over();
        return Plan("p").costs(1000).with(api);
    };
    History history(selling({plan(false)}), "2027-01-01");
    history.attach("p").at("2027-04-15").publish(selling({plan(true)}));
    EXPECT_EQ(history.balance("api"), 100);
    history.at("2027-05-02");
    EXPECT_EQ(history.balance("api"), 200);
}

TEST(JudgeOfMoney, ALaterLimitDoesNotRevalueWhatAClosedWindowLeft) {
    const auto plan = [](base::Quantity limit) {
        return Plan("p").costs(1000).with(Includes("api").limit(limit).rolls_over());
    };
    History history(selling({plan(100_u)}), "2027-01-01");
    history.attach("p").at("2027-04-02");
    EXPECT_EQ(history.balance("api"), 400);
    history.publish(selling({plan(1000_u)}));
    EXPECT_EQ(history.balance("api"), 1300);
    history.publish(selling({plan(10_u)}));
    EXPECT_EQ(history.balance("api"), 310);
}

TEST(JudgeOfMoney, ACapOnRolloverHoldsForTheSum) {
    History history(
        selling({Plan("p").costs(1000).with(Includes("api").limit(100_u).rolls_over(150_u))}),
        "2027-01-01");
    history.attach("p").at("2027-04-02");
    EXPECT_EQ(history.balance("api"), 250);
}

TEST(JudgeOfMoney, AChangeOfPlanCarriesWhatRolledOver) {
    const auto catalog = [](std::optional<base::Quantity> cap, bool rolls) {
        Includes paid("api");
        paid.limit(500_u);
        if (rolls) paid.rolls_over(cap);
        return selling({Plan("free").with(Includes("api").limit(400_u).rolls_over()),
                        Plan("paid").costs(1000).with(paid)});
    };
    const auto after = [](const ledger::Catalog& sold) {
        History history(sold, "2027-01-01");
        history.attach("free").track("api", 250_u).at("2027-02-01").attach("paid");
        return history.balance("api");
    };
    EXPECT_EQ(after(catalog(std::nullopt, true)), 650);
    EXPECT_EQ(after(catalog(100_u, true)), 600);
    EXPECT_EQ(after(catalog(std::nullopt, false)), 500);
}

TEST(JudgeOfMoney, LateUsageOfAWindowThatHandedOnDrawsOnWhatItHandedOn) {
    History history(
        selling({Plan("p").costs(1000).with(Includes("api").limit(100_u).rolls_over())}),
        "2027-01-01");
    history.attach("p").track("api", 40_u).at("2027-02-02").track("api", 5_u);
    EXPECT_EQ(history.balance("api"), 155);
    EXPECT_TRUE(history.track("api", 10_u, "2027-01-25").allowed());
    EXPECT_EQ(history.balance("api"), 145);
    // 45 of what was handed on are still there; the other 5 are spent, and not twice.
    EXPECT_FALSE(history.track("api", 46_u, "2027-01-25").allowed());
    EXPECT_TRUE(history.track("api", 45_u, "2027-01-25").allowed());
    EXPECT_EQ(history.balance("api"), 100);
    history.correct("api", 95_u, "2027-01-20");
    EXPECT_EQ(history.balance("api"), 195);
}

// --- late usage ---

TEST(JudgeOfMoney, LateUsageIsOfTheSubscriptionThatWasThere) {
    History history(selling({Plan("go").costs(0).with(Includes("api").usage_based(10_price))}),
                    "2027-01-01");
    history.attach("go").cancel().at("2027-02-01T00:00:30Z");
    history.track("api", 7_u, "2027-01-31T23:59:50Z");
    EXPECT_TRUE(history.allowed());
    history.invoice();
    ASSERT_EQ(history.lines().size(), 1u);
    EXPECT_EQ(history.lines()[0].amount_minor, 70);
    EXPECT_TRUE(history.lines()[0].correction);
}

TEST(JudgeOfMoney, LateUsageIsPaidByTheTermsOfThen) {
    History history(
        selling({Plan("old").costs(1000).with(Includes("api").limit(100_u).charge(10_price)),
                 Plan("new").costs(2000).with(Includes("api").usage_based(500_price))}),
        "2027-01-01");
    history.attach("old").at("2027-01-16T12:00:00Z").attach("new");
    history.at("2027-01-16T12:01:00Z").track("api", 7_u, "2027-01-16T11:59:50Z");
    EXPECT_TRUE(history.allowed());
    EXPECT_EQ(history.unbilled(), 0);
    history.track("api", 1_u);
    EXPECT_EQ(history.unbilled(), 500);
}

TEST(JudgeOfMoney, NothingIsSoldByWhatCameLater) {
    History history(selling({Plan("go").with(Includes("api").usage_based(10_price))}),
                    "2027-01-01");
    history.at("2027-03-01").attach("go").track("api", 1_u, "2027-01-20");
    EXPECT_EQ(history.answer().code, Code::NoActiveSubscription);
}

TEST(JudgeOfMoney, ACorrectionFindsTheWindowOfAnEndedPlan) {
    History history(
        selling({Plan("a").costs(1000).with(Includes("api").limit(0_u).charge(10_price)),
                 Plan("b").costs(3000).with(Includes("api").limit(0_u).charge(20_price))}),
        "2027-01-01");
    history.attach("a").at("2027-01-05").track("api", 50_u).at("2027-01-10").attach("b");
    EXPECT_EQ(usage_of(history.invoices().back()), 500);
    history.at("2027-01-11").correct("api", 50_u, "2027-01-05");
    EXPECT_TRUE(history.allowed());
    EXPECT_EQ(history.unbilled(), -500);
    history.invoice();
    EXPECT_EQ(history.invoices().back().total_minor, -500);
}

// --- currencies, caps, long plans ---

TEST(JudgeOfMoney, TwoCurrenciesAreNeverNetted) {
    History history(selling({Plan("eur").costs(1000).in("EUR").with(Includes("api").limit(1_u)),
                             Plan("usd").costs(10000).with(Includes("api").limit(1_u))}),
                    "2027-01-01");
    history.attach("eur").at("2027-01-30").attach("usd");
    ASSERT_TRUE(history.answer().scheduled_at);
    EXPECT_EQ(*history.answer().scheduled_at, "2027-02-01"_at);
    EXPECT_EQ(history.invoices().size(), 1u);
    history.at("2027-02-02");
    ASSERT_EQ(history.invoices().size(), 2u);
    EXPECT_EQ(history.invoices().back().currency, base::Currency("USD"));
    EXPECT_EQ(history.invoices().back().total_minor, 10000);
}

TEST(JudgeOfMoney, TheCapCountsWhatCurrentWindowsHaveCharged) {
    History history(selling({Plan("y")
                                 .costs(10000, Interval::Yearly)
                                 .with(Includes("api").limit(10_u).charge(100_price))}),
                    "2027-01-01");
    history.attach("y").ask(
        ledger::SetOverageLimit{ledger::OverageLimit{1000, ledger::LimitReaction::Block}});
    EXPECT_TRUE(history.track("api", 20_u).allowed());
    EXPECT_FALSE(history.track("api", 1_u).allowed());
    history.invoice();
    EXPECT_FALSE(history.track("api", 1_u).allowed());
    EXPECT_TRUE(history.at("2027-02-02").track("api", 11_u).allowed());
}

TEST(JudgeOfMoney, UsageOfALongPlanIsInvoicedEachMonth) {
    History history(selling({Plan("y")
                                 .costs(10000, Interval::Yearly)
                                 .with(Includes("api").limit(0_u).charge(1_price))}),
                    "2027-01-15");
    history.attach("y");
    for (const char* when : {"2027-01-20", "2027-02-20", "2027-03-20"}) {
        history.at(when).track("api", 5_u);
    }
    history.at("2027-04-15");
    ASSERT_EQ(history.invoices().size(), 4u);
    EXPECT_EQ(history.invoices()[1].issued_at, "2027-02-15"_at);
    EXPECT_EQ(history.invoices()[3].issued_at, "2027-04-15"_at);
    EXPECT_EQ(history.invoices()[3].total_minor, 5);
}

TEST(JudgeOfMoney, TwoWindowsThatStartTogetherAreTwo) {
    History history(
        selling({Plan("p").costs(1000).with(Includes("api").limit(10_u).charge(1_price))}),
        "2027-01-01");
    ledger::Override granted;
    granted.feature = "api";
    granted.limit = 5_u;
    granted.reset = Interval::Daily;
    history.attach("p").ask(ledger::GrantOverride{granted}).track("api", 17_u);
    EXPECT_EQ(history.unbilled(), 2);
    const auto windows = history.world().windows();
    ASSERT_EQ(windows.size(), 2u);
    EXPECT_EQ(windows.begin()->start, windows.rbegin()->start);
    history.at("2027-01-02");
    EXPECT_EQ(history.balance("api"), 5);
}

// --- lines ---

TEST(JudgeOfMoney, ALineRoundsOnceOverAllItBills) {
    const auto billed = [](base::UnitPrice price) {
        CatalogBuilder builder;
        builder.metered("api").seats("members");
        builder.plan(Plan("p")
                         .costs(1000)
                         .with(Includes("api").usage_based(price))
                         .with(Includes("members")));
        History history(builder.build(), "2027-01-01");
        history.attach("p");
        for (int i = 0; i < 100; ++i) {
            const std::string name = "member-" + std::to_string(i);
            history.ask(ledger::AddEntity{"members", name, {}, {}, {}}).track_of(name, "api", 1_u);
        }
        history.invoice();
        return history.lines();
    };
    const auto half = billed(0.5_price);
    ASSERT_EQ(half.size(), 1u);
    EXPECT_EQ(half[0].amount_minor, 50);
    EXPECT_EQ(billed(0.4_price)[0].amount_minor, 40);
}

TEST(JudgeOfMoney, WhatALineRoundedOffIsInTheNextOfTheSameUsage) {
    History history(selling({Plan("p").costs(1000).with(Includes("api").usage_based(0.4_price))}),
                    "2027-01-01");
    history.attach("p").track("api", 1_u).invoice();
    EXPECT_EQ(history.answer().code, Code::NothingToInvoice);
    history.track("api", 1_u).invoice();
    EXPECT_EQ(history.lines()[0].amount_minor, 1);
    history.track("api", 1_u);
    EXPECT_EQ(history.unbilled(), 0);
}

TEST(JudgeOfMoney, TheDifferenceOfASwitchIsRoundedOnce) {
    History history(selling({Plan("a").costs(2003, Interval::Weekly).with(Includes("api")),
                             Plan("b").costs(6745, Interval::Weekly).with(Includes("api"))}),
                    "2027-01-04");
    // One day of seven is left: 4742 / 7 is 677.43, where the shares 963.57 and 286.14 make 678.
    history.attach("a").at("2027-01-10").attach("b");
    EXPECT_EQ(history.lines().back().amount_minor, 677);
}

// --- plans ---

TEST(JudgeOfMoney, APlanThatCostsNothingDoesNotRefillByBeingTakenAgain) {
    History history(selling({Plan("free").with(Includes("api").limit(10_u))}), "2027-01-01");
    history.attach("free").track("api", 10_u);
    for (int i = 0; i < 3; ++i) {
        history.cancel(true).attach("free");
        EXPECT_FALSE(history.track("api", 1_u).allowed());
    }
    history.at("2027-02-01");
    EXPECT_TRUE(history.track("api", 10_u).allowed());
}

TEST(JudgeOfMoney, ALateralMoveThereAndBackDoesNotRefill) {
    History history(selling({Plan("a").costs(1000).with(Includes("api").limit(10_u)),
                             Plan("b").costs(1000).with(Includes("api").limit(10_u))}),
                    "2027-01-01");
    history.attach("a").track("api", 6_u).at("2027-01-10").attach("b").track("api", 4_u);
    EXPECT_TRUE(history.allowed());
    EXPECT_FALSE(history.track("api", 1_u).allowed());
    history.attach("a");
    EXPECT_FALSE(history.track("api", 1_u).allowed());
    EXPECT_EQ(history.balance("api"), 0);
}

TEST(JudgeOfMoney, AnUnpaidTrialGivesUpNothing) {
    History history(
        selling({Plan("a").costs(1000).trial_days(14).with(Includes("api").limit(10_u)),
                 Plan("b").costs(2000).trial_days(7).with(Includes("api").limit(10_u))}),
        "2027-01-01");
    history.attach("a").at("2027-01-05").attach("b");
    EXPECT_TRUE(history.invoices().empty());
    ASSERT_TRUE(history.answer().scheduled_at);
    EXPECT_EQ(*history.answer().scheduled_at, "2027-01-12"_at);
    history.at("2027-01-13");
    ASSERT_EQ(history.invoices().size(), 1u);
    EXPECT_EQ(history.invoices()[0].total_minor, 2000);
}

TEST(JudgeOfMoney, AnAgreedDowngradeKeepsItsPrice) {
    const auto basic = [](std::int64_t fee) {
        return Plan("basic").costs(fee).with(Includes("api").limit(1_u));
    };
    const Plan pro = Plan("pro").costs(9000).with(Includes("api").limit(9_u));
    History history(selling({pro, basic(1000)}), "2027-01-01");
    history.attach("pro").at("2027-01-10").attach("basic").publish(selling({pro, basic(5000)}));
    history.at("2027-03-02");
    ASSERT_EQ(history.invoices().size(), 3u);
    EXPECT_EQ(history.invoices()[1].total_minor, 1000);
    EXPECT_EQ(history.invoices()[2].total_minor, 1000);
}

// --- voiding ---

TEST(JudgeOfMoney, VoidedUsageIsUnbilledAgain) {
    History history(selling({Plan("go").with(Includes("api").usage_based(1_price))}), "2027-01-01");
    history.attach("go").track("api", 900_u).invoice();
    EXPECT_EQ(history.unbilled(), 0);
    history.withdraw(1);
    EXPECT_EQ(history.unbilled(), 900);
    history.track("api", 200_u).invoice();
    EXPECT_EQ(history.invoices().back().total_minor, 1100);
}

TEST(JudgeOfMoney, AnInvoiceWhoseFeeWasGivenCreditForCannotBeVoidedAlone) {
    History history(selling({Plan("a").costs(3000).with(Includes("api").limit(1_u)),
                             Plan("b").costs(5000).with(Includes("api").limit(1_u))}),
                    "2027-01-01");
    history.attach("a").at("2027-01-16").attach("b");
    EXPECT_FALSE(history.withdraw(1).allowed());
    EXPECT_TRUE(history.withdraw(2).allowed());
    EXPECT_TRUE(history.withdraw(1).allowed());
}

TEST(JudgeOfMoney, VoidingAPackTakesItsUnspentCredits) {
    History history(credits_at(1_u, Includes("ai").limit(0_u)).build(), "2027-01-01");
    history.attach("pro").buy("boost").track("gpt", 0.5_u).withdraw(2);
    EXPECT_TRUE(history.allowed());
    EXPECT_FALSE(history.track("gpt", 0.5_u).allowed());
}

}  // namespace
}  // namespace quipu::judge

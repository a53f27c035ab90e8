// `quipu price` against what five peers' public tests say, where the model is ours, and the rating
// law.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "base/json_body.h"
#include "cli/program.h"

namespace quipu::cli {
namespace {

struct Priced {
    const char* name;
    const char* card;
    const char* quantity;
    const char* billable;
    const char* total;
};

void PrintTo(const Priced& priced, std::ostream* out) {
    *out << priced.name;
}

class Price : public testing::TestWithParam<Priced> {};

TEST_P(Price, IsWhatThePeersTestsSay) {
    const Priced& priced = GetParam();
    const Outcome outcome = run_program({"price", "-", "--quantity", priced.quantity}, priced.card);
    ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
    base::JsonReader reader;
    const auto json = reader.read(outcome.out);
    ASSERT_TRUE(json) << outcome.out;
    EXPECT_EQ((*json)["quantity"].number(), priced.quantity);
    EXPECT_EQ((*json)["billableQuantity"].number(), priced.billable);
    EXPECT_EQ((*json)["total"].number(), priced.total);
}

constexpr char kThreeVolumeTiers[] =
    R"({"usageModel":"usage_based","ratingModel":"volume","tiers":[{"upTo":1000,"unitPrice":100},
        {"upTo":10000,"unitPrice":80},{"upTo":null,"unitPrice":50}]})";
constexpr char kBoundedGraduated[] =
    R"({"usageModel":"usage_based","ratingModel":"graduated",
        "tiers":[{"upTo":30,"unitPrice":100},{"upTo":100,"unitPrice":50}]})";

// Amounts are minor units there.
INSTANTIATE_TEST_SUITE_P(
    Owostack, Price,
    testing::Values(
        Priced{
            "package, two of them",
            R"({"usageModel":"usage_based","ratingModel":"package","pricePerUnit":500,"billingUnits":1000})",
            "1500", "1500", "1000"},
        Priced{"volume: the reached tier prices every unit", kThreeVolumeTiers, "1500", "1500",
               "120000"},
        Priced{"graduated by unit", kBoundedGraduated, "31", "31", "3050"},
        Priced{"graduated flat fees add up",
               R"({"usageModel":"usage_based","ratingModel":"graduated",
                   "tiers":[{"upTo":30,"flatFee":1000},{"upTo":100,"flatFee":5000}]})",
               "31", "31", "6000"},
        Priced{"graduated over two tiers",
               R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[
                   {"upTo":1000,"unitPrice":10},{"upTo":10000,"unitPrice":7},{"upTo":null,"unitPrice":5}]})",
               "1500", "1500", "13500"},
        Priced{"volume tiers after an allowance",
               R"({"usageModel":"included","ratingModel":"volume","included":1000,"tiers":[
                   {"upTo":1000,"unitPrice":12},{"upTo":10000,"unitPrice":9},{"upTo":null,"unitPrice":6}]})",
               "1500", "500", "6000"},
        Priced{
            "one unit over a package of ten",
            R"({"usageModel":"included","ratingModel":"package","included":100,"overagePrice":5,"billingUnits":10})",
            "101", "1", "5"},
        Priced{
            "usage_based prefers pricePerUnit",
            R"({"usageModel":"usage_based","ratingModel":"package","overagePrice":7,"pricePerUnit":3})",
            "2", "2", "6"},
        // Ours, unlike the reference: unlimited is never billable.
        Priced{
            "null included is unlimited",
            R"({"usageModel":"included","ratingModel":"package","included":null,"overagePrice":10})",
            "5", "0", "0"},
        // Ours, unlike the reference: a bounded last tier goes on past its bound.
        Priced{"beyond a bounded last tier", kBoundedGraduated, "150", "150", "9000"},
        Priced{"graduated, nothing used", kBoundedGraduated, "0", "0", "0"},
        Priced{"an unknown rating model is package",
               R"({"usageModel":"usage_based","ratingModel":"bogus","pricePerUnit":4})", "3", "3",
               "12"}));

constexpr char kSlabs[] =
    R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[{"upTo":1,"unitPrice":"10"},
        {"upTo":2,"unitPrice":"20"},{"upTo":null,"unitPrice":"30"}]})";

// Amounts are major units there; the same numbers as minor units here. Rounding a package down and
// pricing buckets apart are not our models.
INSTANTIATE_TEST_SUITE_P(
    Flexprice, Price,
    testing::Values(Priced{"flat", R"({"usageModel":"usage_based","pricePerUnit":"5"})", "100",
                           "100", "500"},
                    Priced{"package of 10",
                           R"({"usageModel":"usage_based","pricePerUnit":"50","billingUnits":10})",
                           "25", "25", "150"},
                    Priced{"package of 100",
                           R"({"usageModel":"usage_based","pricePerUnit":"1","billingUnits":100})",
                           "150", "150", "2"},
                    Priced{"three packages of 100",
                           R"({"usageModel":"usage_based","pricePerUnit":"1","billingUnits":100})",
                           "250", "250", "3"},
                    Priced{"volume",
                           R"({"usageModel":"usage_based","ratingModel":"volume","tiers":[
                   {"upTo":10,"unitPrice":50},{"upTo":20,"unitPrice":40},{"upTo":null,"unitPrice":30}]})",
                           "25", "25", "750"},
                    Priced{"a free first tier",
                           R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[
                   {"upTo":5,"unitPrice":0},{"upTo":10,"unitPrice":2},{"upTo":null,"unitPrice":3}]})",
                           "7", "7", "4"},
                    Priced{"one-wide tiers", kSlabs, "2", "2", "30"},
                    Priced{"one-wide tiers, a fraction", kSlabs, "2.5", "2.5", "45"}));

constexpr char kLagoVolume[] =
    R"({"usageModel":"usage_based","ratingModel":"volume","tiers":[
        {"upTo":100,"unitPrice":2,"flatFee":10},{"upTo":200,"unitPrice":1,"flatFee":0},
        {"upTo":null,"unitPrice":0.5,"flatFee":50}]})";

INSTANTIATE_TEST_SUITE_P(
    Lago, Price,
    testing::Values(
        Priced{"standard", R"({"usageModel":"usage_based","pricePerUnit":10})", "10", "10", "100"},
        Priced{"free units of a package",
               R"({"included":200,"overagePrice":100,"billingUnits":10})", "121", "0", "0"},
        // Ours: what was not used costs nothing, a flat fee neither.
        Priced{"volume, nothing used", kLagoVolume, "0", "0", "0"},
        Priced{"volume, one unit", kLagoVolume, "1", "1", "12"},
        Priced{"volume, inclusive bound", kLagoVolume, "100", "100", "210"},
        Priced{"volume, second range", kLagoVolume, "101", "101", "101"},
        Priced{"volume, its upper bound", kLagoVolume, "200", "200", "200"},
        Priced{"graduated, a flat fee once for each range entered",
               R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[
                   {"upTo":10,"unitPrice":10,"flatFee":2},{"upTo":20,"unitPrice":5,"flatFee":3},
                   {"upTo":null,"unitPrice":5,"flatFee":3}]})",
               "10", "10", "102"},
        Priced{"a price with decimals, rounded once",
               R"({"usageModel":"usage_based","pricePerUnit":512.345})", "10", "10", "5123"},
        Priced{"another, half away from zero", R"({"usageModel":"usage_based","pricePerUnit":0.5})",
               "5", "5", "3"}));

constexpr char kOpenMeterGraduated[] =
    R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[{"upTo":5,"flatFee":100},
        {"upTo":10,"flatFee":50},{"upTo":15,"unitPrice":10},{"upTo":null,"unitPrice":5}]})";
constexpr char kOpenMeterVolume[] =
    R"({"usageModel":"usage_based","ratingModel":"volume","tiers":[{"upTo":5,"flatFee":100},
        {"upTo":10,"flatFee":150},{"upTo":15,"unitPrice":10},{"upTo":null,"unitPrice":5}]})";
constexpr char kOpenMeterPackage[] =
    R"({"usageModel":"usage_based","pricePerUnit":15,"billingUnits":10})";

// Ours: nothing used costs nothing; there is no minimum spend.
INSTANTIATE_TEST_SUITE_P(
    OpenMeter, Price,
    testing::Values(Priced{"unit", R"({"usageModel":"usage_based","pricePerUnit":100})", "10", "10",
                           "1000"},
                    Priced{"graduated 0", kOpenMeterGraduated, "0", "0", "0"},
                    Priced{"graduated 3", kOpenMeterGraduated, "3", "3", "100"},
                    Priced{"graduated 7", kOpenMeterGraduated, "7", "7", "150"},
                    Priced{"graduated 12", kOpenMeterGraduated, "12", "12", "170"},
                    Priced{"volume 0", kOpenMeterVolume, "0", "0", "0"},
                    Priced{"volume 5", kOpenMeterVolume, "5", "5", "100"},
                    Priced{"volume 100", kOpenMeterVolume, "100", "100", "500"},
                    Priced{"one package", kOpenMeterPackage, "10", "10", "15"},
                    Priced{"half a package", kOpenMeterPackage, "5", "5", "15"},
                    Priced{"no package", kOpenMeterPackage, "0", "0", "0"},
                    Priced{"packages of 1000, rounded up",
                           R"({"usageModel":"usage_based","pricePerUnit":1,"billingUnits":1000})",
                           "1400", "1400", "2"}));

constexpr char kAutumnTiers[] =
    R"("tiers":[{"upTo":100,"unitPrice":10},{"upTo":500,"unitPrice":5},{"upTo":null,"unitPrice":2}])";

INSTANTIATE_TEST_SUITE_P(
    Autumn, Price,
    testing::Values(
        Priced{
            "graduated 100",
            R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[{"upTo":100,"unitPrice":10},
                   {"upTo":500,"unitPrice":5},{"upTo":null,"unitPrice":2}]})",
            "100", "100", "1000"},
        Priced{
            "graduated 1000",
            R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[{"upTo":100,"unitPrice":10},
                   {"upTo":500,"unitPrice":5},{"upTo":null,"unitPrice":2}]})",
            "1000", "1000", "4000"},
        Priced{"fractional rates across tiers: 43.75",
               R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[
                   {"upTo":50,"unitPrice":0.75},{"upTo":null,"unitPrice":0.25}]})",
               "75", "75", "44"},
        Priced{"an allowance of 50, all used",
               R"({"ratingModel":"volume","included":50,"tiers":[{"upTo":100,"unitPrice":10},
                   {"upTo":500,"unitPrice":5},{"upTo":null,"unitPrice":2}]})",
               "50", "0", "0"},
        // Ours: an allowance is never billed, so one unit is priced and not 51.
        Priced{"an allowance of 50 and one more",
               R"({"ratingModel":"volume","included":50,"tiers":[{"upTo":100,"unitPrice":10},
                   {"upTo":500,"unitPrice":5},{"upTo":null,"unitPrice":2}]})",
               "51", "1", "10"}));

std::string price_of(const std::string& card, const Arguments& more) {
    Arguments arguments{"price", "-"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const Outcome outcome = run_program(arguments, card);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return outcome.out;
}

TEST(PriceOutput, APackageShowsItsPriceAndSize) {
    EXPECT_EQ(
        price_of(R"({"included":"1000","overagePrice":"0.50","billingUnits":10,"currency":"EUR"})",
                 {"--quantity", "1500"}),
        R"({"usageModel":"included","ratingModel":"package","quantity":1500,"billableQuantity":500,)"
        R"("pricePerUnit":0.5,"billingUnits":10,"tierBreakdown":[],"currency":"EUR","total":25})"
        "\n");
}

TEST(PriceOutput, AGraduatedPriceShowsEachTierThatPricedSomething) {
    EXPECT_EQ(price_of(R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[
                           {"upTo":10,"unitPrice":5},{"upTo":null,"unitPrice":2,"flatFee":50}]})",
                       {"--quantity", "12"}),
              R"({"usageModel":"usage_based","ratingModel":"graduated","quantity":12,)"
              R"("billableQuantity":12,"pricePerUnit":null,"billingUnits":null,"tierBreakdown":[)"
              R"({"tier":0,"units":10,"unitPrice":5,"amount":50},)"
              R"({"tier":1,"units":2,"unitPrice":2,"flatFee":50,"amount":54}],)"
              R"("currency":"USD","total":104})"
              "\n");
}

TEST(PriceOutput, AVolumePriceShowsTheReachedUnitPrice) {
    EXPECT_EQ(price_of(kThreeVolumeTiers, {"--quantity", "1500"}),
              R"({"usageModel":"usage_based","ratingModel":"volume","quantity":1500,)"
              R"("billableQuantity":1500,"pricePerUnit":80,"billingUnits":1,"tierBreakdown":[)"
              R"({"tier":1,"units":1500,"unitPrice":80,"amount":120000}],)"
              R"("currency":"USD","total":120000})"
              "\n");
}

TEST(PriceOutput, AllDigitsOfALargeQuantityAreKept) {
    const std::string out =
        price_of(R"({"usageModel":"usage_based","pricePerUnit":0.000000000001})",
                 {"--quantity", "999999999999999.123456789"});
    EXPECT_NE(out.find(R"("quantity":999999999999999.123456789,)"), std::string::npos) << out;
    EXPECT_NE(out.find(R"("pricePerUnit":0.000000000001,)"), std::string::npos) << out;
}

// What each step of a sequence of totals adds, as OpenMeter's progressive runs and Lago's ranges.
struct Steps {
    const char* card;
    std::vector<std::string> quantities;
    std::vector<std::string> added;
};

std::string added_by(const std::string& card, const std::string& from, const std::string& to) {
    base::JsonReader reader;
    const std::string out = price_of(card, {"--quantity", to, "--previous", from});
    const auto json = reader.read(out);
    if (!json) return "no JSON: " + out;
    return std::string((*json)["added"].number().value_or("none"));
}

TEST(PriceSteps, ChargeTheDifferenceOfTotals) {
    constexpr char kUnits[] = R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[
        {"upTo":5,"unitPrice":1},{"upTo":10,"unitPrice":2},{"upTo":null,"unitPrice":3}]})";
    constexpr char kUnitsAndFees[] =
        R"({"usageModel":"usage_based","ratingModel":"graduated","tiers":[
        {"upTo":5,"unitPrice":1,"flatFee":100},{"upTo":10,"unitPrice":2,"flatFee":200},{"upTo":null,"unitPrice":3}]})";
    constexpr char kVolume[] = R"({"usageModel":"usage_based","ratingModel":"volume","tiers":[
        {"upTo":15,"unitPrice":10},{"upTo":null,"unitPrice":5}]})";
    constexpr char kVolumeWithAllowance[] = R"({"included":5,"ratingModel":"volume","tiers":[
        {"upTo":15,"unitPrice":10},{"upTo":null,"unitPrice":5}]})";
    const std::vector<Steps> all{
        {R"({"usageModel":"usage_based","pricePerUnit":10})", {"5", "0"}, {"50", "-50"}},
        {R"({"usageModel":"usage_based","pricePerUnit":0.1})", {"333", "666"}, {"33", "34"}},
        {kUnits, {"3", "5"}, {"3", "2"}},
        {kUnits, {"5", "3"}, {"5", "-2"}},
        {kUnitsAndFees, {"3", "7"}, {"103", "206"}},
        {kVolume, {"12", "14"}, {"120", "20"}},
        {kVolume, {"15", "16", "16"}, {"150", "-70", "0"}},
        {kVolumeWithAllowance, {"20", "21"}, {"150", "-70"}},
        {kOpenMeterPackage, {"1", "9", "10"}, {"15", "0", "0"}},
        {kOpenMeterPackage, {"9", "1"}, {"15", "0"}},
        {kOpenMeterGraduated, {"3", "7"}, {"100", "50"}},
        {kOpenMeterGraduated, {"6", "7", "7"}, {"150", "0", "0"}},
    };
    for (const Steps& steps : all) {
        std::string before = "0";
        for (std::size_t i = 0; i < steps.quantities.size(); ++i) {
            EXPECT_EQ(added_by(steps.card, before, steps.quantities[i]), steps.added[i])
                << steps.card << " from " << before << " to " << steps.quantities[i];
            before = steps.quantities[i];
        }
    }
}

TEST(PriceSteps, OfRandomTotalsSumToThePriceOfTheLast) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    const std::vector<std::string> cards{
        R"({"usageModel":"usage_based","pricePerUnit":0.1})",
        R"({"included":100,"overagePrice":7.5,"billingUnits":10})", kOpenMeterGraduated,
        kOpenMeterVolume,
        R"({"included":50,"ratingModel":"graduated",)" + std::string(kAutumnTiers) + "}"};
    for (const std::string& card : cards) {
        std::int64_t sum = 0;
        std::string before = "0";
        for (int step = 0; step < 10; ++step) {
            const std::string next = fmt::format("{}.{}", random() % 700, 1 + random() % 9);
            sum += std::stoll(added_by(card, before, next));
            before = next;
        }
        EXPECT_EQ(std::to_string(sum), added_by(card, "0", before)) << card << " at " << before;
    }
}

struct Refused {
    const char* card;
    const char* quantity;
    const char* code;
};

class PriceRefuses : public testing::TestWithParam<Refused> {};

TEST_P(PriceRefuses, WithOneSentenceAndACode) {
    const Refused& refused = GetParam();
    const Outcome outcome =
        run_program({"price", "-", "--quantity", refused.quantity}, refused.card);
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.out, "");
    EXPECT_NE(outcome.err.find(fmt::format("({})\n", refused.code)), std::string::npos)
        << outcome.err;
    EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
}

INSTANTIATE_TEST_SUITE_P(
    Each, PriceRefuses,
    testing::Values(
        Refused{"{}", "-5", "invalid_quantity"}, Refused{"{}", "0.0000000001", "invalid_quantity"},
        Refused{"{}", "1e400", "invalid_quantity"}, Refused{"{}", "five", "invalid_quantity"},
        Refused{"{", "5", "malformed_json"}, Refused{"[]", "5", "invalid_rate_card"},
        Refused{R"({"pricePerUnit":-1})", "5", "invalid_rate_card"},
        Refused{R"({"pricePerUnit":"abc"})", "5", "invalid_rate_card"},
        Refused{R"({"pricePerUnit":true})", "5", "invalid_rate_card"},
        Refused{R"({"pricePerUnit":0.0000000000001})", "5", "invalid_rate_card"},
        Refused{R"({"included":-1})", "5", "invalid_rate_card"},
        Refused{R"({"billingUnits":0})", "5", "invalid_rate_card"},
        Refused{R"({"tiers":{}})", "5", "invalid_rate_card"},
        Refused{R"({"pricePerUnit":1,"bilingUnits":10})", "5", "unknown_field"},
        Refused{R"({"ratingModel":"volume","tiers":[{"unitprice":1}]})", "5", "unknown_field"},
        Refused{R"({"ratingModel":"volume"})", "5", "invalid_rate_card"},
        Refused{R"({"ratingModel":"graduated","tiers":[{"upTo":5}]})", "5", "invalid_rate_card"},
        Refused{R"({"ratingModel":"graduated","tiers":[{"unitPrice":1},{"unitPrice":1}]})", "5",
                "invalid_rate_card"},
        Refused{
            R"({"ratingModel":"graduated","tiers":[{"upTo":5,"unitPrice":1},{"upTo":5,"unitPrice":1}]})",
            "5", "invalid_rate_card"},
        Refused{R"({"usageModel":"usage_based","pricePerUnit":1000000000000000000})", "100000",
                "price_out_of_range"}));

TEST(PriceRefusals, AFileThatIsNotThereIsNamed) {
    const Outcome outcome = run_program({"price", "no-such-card.json", "--quantity", "1"});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_EQ(outcome.err, "quipu: no-such-card.json cannot be read. (file_unreadable)\n");
}

}  // namespace
}  // namespace quipu::cli

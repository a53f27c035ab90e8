#include "base/currency.h"

#include <gtest/gtest.h>

#include <ranges>

namespace quipu::base {
namespace {

TEST(Currency, IsFoundInEitherCase) {
    for (const char* code : {"USD", "usd", "Usd"}) {
        const auto found = Currency::find(code);
        ASSERT_TRUE(found) << code;
        EXPECT_EQ(*found, Currency("USD"));
        EXPECT_EQ(found->code(), "USD");
    }
}

TEST(Currency, OutsideOfTheStandardIsNone) {
    using namespace std::string_view_literals;
    for (const auto code : {""sv, "US"sv, "USDT"sv, "dollars"sv, "U D"sv, "U\0D"sv, "\0\0\0"sv,
                            "€"sv, "[[["sv, "{{{"sv})
        EXPECT_FALSE(Currency::find(code)) << code;
}

// Hand-picked rows of ISO 4217.
TEST(Currency, KnowsTheDigitsOfItsMinorUnit) {
    EXPECT_EQ(Currency("USD").exponent(), 2);
    EXPECT_EQ(Currency("NGN").exponent(), 2);
    EXPECT_EQ(Currency("JPY").exponent(), 0);
    EXPECT_EQ(Currency("ISK").exponent(), 0);
    EXPECT_EQ(Currency("KWD").exponent(), 3);
    EXPECT_EQ(Currency("CLF").exponent(), 4);
}

TEST(Currency, NoneIsOnlyNone) {
    EXPECT_TRUE(Currency().is_none());
    EXPECT_EQ(Currency().code(), "");
    EXPECT_FALSE(Currency("USD").is_none());
    EXPECT_NE(Currency(), Currency("USD"));
}

TEST(Currency, TheTableIsSortedAndEveryRowIsFound) {
    EXPECT_TRUE(std::ranges::is_sorted(kIso4217, std::less_equal<>{}, &Iso4217::code));
    for (const Iso4217& row : kIso4217) {
        const auto found = Currency::find(row.code);
        ASSERT_TRUE(found) << row.code;
        EXPECT_EQ(found->code(), row.code);
        EXPECT_EQ(found->exponent(), row.exponent);
    }
}

TEST(Currency, IsReadFromItsOwnCodeAndNothingElse) {
    EXPECT_EQ(Currency::from_code("USD"), Currency("USD"));
    EXPECT_EQ(Currency::from_code(""), Currency());
    for (const char* code : {"usd", "US", "USDT"}) EXPECT_FALSE(Currency::from_code(code)) << code;
}

TEST(Currency, KnowsWhatWasWithdrawn) {
    for (const char* code : {"BGN", "HRK", "ZWL"}) EXPECT_TRUE(Currency::find(code)) << code;
}

TEST(Currency, SortsByCode) {
    EXPECT_LT(Currency(), Currency("AED"));
    EXPECT_LT(Currency("EUR"), Currency("USD"));
    EXPECT_LT(Currency("JPY"), Currency("USD"));  // whatever their exponents
}

}  // namespace
}  // namespace quipu::base

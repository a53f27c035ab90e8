#include "base/decimal.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace quipu::base {
namespace {

struct Parsed {
    std::string_view text;
    std::string_view printed;
};

TEST(Decimal, ExactTextsArriveAndPrintShortest) {
    const Parsed cases[] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.0", "0"},
        {"0e999", "0"},
        {"1", "1"},
        {"-1", "-1"},
        {"100", "100"},
        {"1.50", "1.5"},
        {"0.1", "0.1"},
        {"-0.1", "-0.1"},
        {"1e-9", "0.000000001"},
        {"-1E-9", "-0.000000001"},
        {"10e-10", "0.000000001"},
        {"1e3", "1000"},
        {"1E+3", "1000"},
        {"1e00003", "1000"},
        {"1e-00009", "0.000000001"},
        {"1000e-3", "1"},
        {"12345678901234567890123456789", "12345678901234567890123456789"},
        {"99999999999999999999999999999.999999999", "99999999999999999999999999999.999999999"},
    };
    for (const Parsed& given : cases) {
        const auto value = Quantity::parse(given.text);
        ASSERT_TRUE(value.has_value()) << given.text;
        EXPECT_EQ(value->to_string(), given.printed) << given.text;
    }
}

struct Refused {
    std::string_view text;
    DecimalError error;
};

TEST(Decimal, WhatItCannotHoldExactlyIsRefusedWithTheReason) {
    const std::string long_text(600, '1');
    const Refused cases[] = {
        {"", DecimalError::Malformed},
        {"-", DecimalError::Malformed},
        {".5", DecimalError::Malformed},
        {"5.", DecimalError::Malformed},
        {"1e", DecimalError::Malformed},
        {"1e+", DecimalError::Malformed},
        {"1 ", DecimalError::Malformed},
        {" 1", DecimalError::Malformed},
        {"0x10", DecimalError::Malformed},
        {"NaN", DecimalError::Malformed},
        {"Infinity", DecimalError::Malformed},
        {"1,5", DecimalError::Malformed},
        {"--1", DecimalError::Malformed},
        {"0.30000000000000000001", DecimalError::TooPrecise},
        {"1e-10", DecimalError::TooPrecise},
        {"1e-99999", DecimalError::TooPrecise},
        {"1e999", DecimalError::OutOfRange},
        {"1e99999999999999999999", DecimalError::OutOfRange},
        {"123456789012345678901234567890", DecimalError::OutOfRange},
        {long_text, DecimalError::OutOfRange},
    };
    for (const Refused& given : cases) {
        EXPECT_EQ(parse_coefficient(given.text, 9).error, given.error) << given.text;
        EXPECT_FALSE(Quantity::parse(given.text).has_value()) << given.text;
    }
}

TEST(Decimal, ThirtyEightDigitsAreTheMostItHolds) {
    const std::string digits(38, '9');
    const auto largest = Decimal<0>::parse(digits);
    ASSERT_TRUE(largest.has_value());
    EXPECT_EQ(largest->to_string(), digits);
    EXPECT_EQ(parse_coefficient(digits + "0", 0).error, DecimalError::OutOfRange);
}

TEST(Decimal, TheMostNegativeCoefficientPrints) {
    const Int128 lowest = static_cast<Int128>(Uint128{1} << 127);
    EXPECT_EQ(format_coefficient(lowest, 0), "-170141183460469231731687303715884105728");
    EXPECT_EQ(format_coefficient(lowest, 9), "-170141183460469231731687303715.884105728");
}

TEST(Decimal, ScalesOtherThanTheQuantitysPrintTheirOwnDigits) {
    EXPECT_EQ(Amount::from_coefficient(1).to_string(), "0.000000000000000000001");
    EXPECT_EQ(UnitPrice::parse("0.000000000001")->to_string(), "0.000000000001");
    EXPECT_EQ(Decimal<0>::from_coefficient(-7).to_string(), "-7");
}

TEST(Decimal, ATextThatWasPrintedParsesToTheSameValue) {
    EXPECT_TRUE(rc::check("parse(print(x)) = x", [](std::int64_t high, std::int64_t low) {
        const Int128 coefficient =
            static_cast<Int128>(high) * 1'000'000'000'000'000'000 + low % 1'000'000'000'000'000'000;
        const auto value = Quantity::from_coefficient(coefficient);
        const auto again = Quantity::parse(value.to_string());
        RC_ASSERT(again.has_value());
        RC_ASSERT(again->coefficient() == coefficient);
    }));
}

TEST(Decimal, SumsThatLeaveTheRangeAreRefused) {
    const Quantity most = Quantity::from_coefficient(static_cast<Int128>(~Uint128{0} >> 1));
    EXPECT_FALSE(most.plus(Quantity::from_coefficient(1)).has_value());
    EXPECT_FALSE(Quantity{}.minus(most)->minus(Quantity::from_coefficient(2)).has_value());
    EXPECT_FALSE(most.times(most).has_value());
    EXPECT_FALSE(most.widen<10>().has_value());
    EXPECT_EQ(Quantity::from_int(2).plus(Quantity::from_int(3)), Quantity::from_int(5));
}

TEST(Decimal, TenthsAddUpExactly) {
    Quantity sum;
    for (int i = 0; i < 3; ++i) sum += *Quantity::parse("0.1");
    EXPECT_EQ(sum, *Quantity::parse("0.3"));
}

TEST(Decimal, ProductsKeepEveryDigit) {
    const auto product = Quantity::parse("0.000000001")->times(*UnitPrice::parse("0.000000000001"));
    ASSERT_TRUE(product.has_value());
    EXPECT_EQ(product->to_string(), "0.000000000000000000001");
}

struct Rounded {
    std::string_view amount;
    std::int64_t minor;
};

TEST(Decimal, MoneyRoundsHalfAwayFromZero) {
    const Rounded cases[] = {
        {"0", 0},     {"0.4", 0},   {"0.5", 1},  {"0.49999999999999999999", 0},
        {"1.5", 2},   {"2.5", 3},   {"-0.4", 0}, {"-0.5", -1},
        {"-1.5", -2}, {"-2.5", -3}, {"2.49", 2},
    };
    for (const Rounded& given : cases) {
        EXPECT_EQ(round_to_minor(*Decimal<20>::parse(given.amount)), given.minor) << given.amount;
    }
    EXPECT_EQ(round_to_minor(*Decimal<1>::parse("9223372036854775807.4")),
              std::numeric_limits<std::int64_t>::max());
    EXPECT_FALSE(round_to_minor(*Decimal<1>::parse("9223372036854775807.5")).has_value());
    EXPECT_EQ(round_to_minor(*Decimal<1>::parse("-9223372036854775808.4")),
              std::numeric_limits<std::int64_t>::min());
}

TEST(Decimal, DivisionRoundsAsLongDivisionDoes) {
    EXPECT_TRUE(rc::check("|n/d - q| <= 1/2, ties away from zero", [] {
        const Int128 numerator = *rc::gen::arbitrary<std::int64_t>();
        const Int128 denominator = *rc::gen::inRange<std::int64_t>(1, 1'000'000);
        const Int128 quotient = divide_rounding(numerator, denominator);
        const Int128 twice = 2 * (numerator - quotient * denominator);
        RC_ASSERT(twice <= denominator && -twice <= denominator);
        if (twice == denominator) RC_ASSERT(numerator < 0);
        if (-twice == denominator) RC_ASSERT(numerator > 0);
    }));
}

TEST(Decimal, AProductIsDividedWithoutLosingItsUpperHalf) {
    EXPECT_TRUE(rc::check("as divide_rounding where that can hold it", [] {
        const Int128 value = *rc::gen::arbitrary<std::int64_t>();
        const Int128 by = *rc::gen::inRange<std::int64_t>(0, 1'000'000'000);
        const Int128 over = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000);
        RC_ASSERT(multiply_divide(value, by, over) == divide_rounding(value * by, over));
    }));
    constexpr Int128 kMost = std::numeric_limits<Int128>::max();
    EXPECT_EQ(multiply_divide(kMost, 7, 7), kMost);
    EXPECT_EQ(multiply_divide(-kMost, kMost, kMost), -kMost);
    EXPECT_EQ(multiply_divide(kMost, 2, 1), std::nullopt);
}

}  // namespace
}  // namespace quipu::base

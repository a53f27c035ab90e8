#include "base/instant.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>

namespace quipu::base {
namespace {

Instant at(std::string_view text) {
    return parse_instant(text).value();
}

TEST(Instant, Rfc3339TextsArrive) {
    struct Case {
        std::string_view text;
        std::string_view printed;
    };
    const Case cases[] = {
        {"1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"},
        {"2026-11-30T23:59:59.999Z", "2026-11-30T23:59:59.999Z"},
        {"2026-11-30", "2026-11-30T00:00:00.000Z"},
        {"2026-11-30T10:37Z", "2026-11-30T10:37:00.000Z"},
        {"2026-11-30t10:37:01z", "2026-11-30T10:37:01.000Z"},
        {"2026-11-30 10:37:01Z", "2026-11-30T10:37:01.000Z"},
        {"2026-01-01T01:30:00+02:00", "2025-12-31T23:30:00.000Z"},
        {"2026-01-01T01:30:00-05:45", "2026-01-01T07:15:00.000Z"},
        {"2026-01-01T00:00:00.1234567891Z", "2026-01-01T00:00:00.123Z"},
        {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"},
        {"2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000Z"},
        {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z"},
        {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
        {"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999Z"},
    };
    for (const Case& given : cases) {
        const auto parsed = parse_instant(given.text);
        ASSERT_TRUE(parsed.has_value()) << given.text;
        EXPECT_EQ(format_instant(*parsed), given.printed) << given.text;
    }
    EXPECT_EQ(at("9999-12-31T23:59:59.999999Z"), kEndOfTime);
    EXPECT_EQ(at("2026-01-01T00:00:00.1234567Z").micros % kMicrosPerSecond, 123456);
}

TEST(Instant, OtherTextsAreRefused) {
    for (const std::string_view text : {"",
                                        "now",
                                        "2026",
                                        "2026-13-01",
                                        "2026-00-01",
                                        "2026-01-32",
                                        "2026-02-29",
                                        "1900-02-29",
                                        "2026-01-01T",
                                        "2026-01-01T24:00:00Z",
                                        "2026-01-01T00:60:00Z",
                                        "2026-01-01T00:00:60Z",
                                        "2026-01-01T00:00:00",
                                        "2026-01-01T00:00:00.Z",
                                        "2026-01-01T00:00:00+2:00",
                                        "2026-01-01T00:00:00+24:00",
                                        "2026-01-01T00:00:00Zx",
                                        "26-01-01",
                                        "+2026-01-01",
                                        "1767225600"}) {
        EXPECT_FALSE(parse_instant(text).has_value()) << text;
    }
}

TEST(Instant, MillisecondsRoundDownBeforeTheEpochToo) {
    EXPECT_EQ(to_millis(Instant{1'999}), 1);
    EXPECT_EQ(to_millis(Instant{-1}), -1);
    EXPECT_EQ(to_millis(from_millis(-7)), -7);
}

TEST(Instant, MonthsAreCountedFromTheAnchorAndClamped) {
    struct Case {
        std::string_view anchor;
        std::int64_t months;
        std::string_view expected;
    };
    const Case cases[] = {
        {"2025-01-31T15:00:00Z", 1, "2025-02-28T15:00:00Z"},
        {"2025-01-31T15:00:00Z", 2, "2025-03-31T15:00:00Z"},
        {"2024-01-31", 1, "2024-02-29"},
        {"2024-02-29", 12, "2025-02-28"},
        {"2024-02-29", 48, "2028-02-29"},
        {"2025-12-31", 2, "2026-02-28"},
        {"2025-03-31", -1, "2025-02-28"},
        {"2025-01-15", -12, "2024-01-15"},
        {"2025-01-15", 0, "2025-01-15"},
        {"1969-12-31T23:59:59Z", 2, "1970-02-28T23:59:59Z"},
    };
    for (const Case& given : cases) {
        EXPECT_EQ(format_instant(add_months(at(given.anchor), given.months)),
                  format_instant(at(given.expected)))
            << given.anchor << " + " << given.months;
    }
}

TEST(Instant, MonthsSinceFindsTheStepThatContainsAMoment) {
    EXPECT_TRUE(rc::check("anchor + n months <= at < anchor + (n+1) months", [] {
        const Instant anchor{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000) * kMicrosPerSecond};
        const Instant moment{*rc::gen::inRange<std::int64_t>(0, 4'000'000'000) * kMicrosPerSecond};
        const std::int64_t months = months_since(anchor, moment);
        RC_ASSERT(add_months(anchor, months) <= moment);
        RC_ASSERT(moment < add_months(anchor, months + 1));
    }));
}

TEST(Instant, APeriodContainsItsStartButNotItsEnd) {
    const Period period{at("2026-01-01"), at("2026-02-01")};
    EXPECT_TRUE(period.contains(period.start));
    EXPECT_TRUE(period.contains(Instant{period.end.micros - 1}));
    EXPECT_FALSE(period.contains(period.end));
}

}  // namespace
}  // namespace quipu::base

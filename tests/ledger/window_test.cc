#include "ledger/window.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "support/literals.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
using base::Instant;
using base::Period;

TEST(Window, NamesAndAliasesAreKnownAndNothingElseIs) {
    struct Case {
        std::string_view name;
        std::string_view canonical;
    };
    const Case cases[] = {{"never", "never"},
                          {"none", "none"},
                          {"5min", "5min"},
                          {"15min", "15min"},
                          {"30min", "30min"},
                          {"hour", "hourly"},
                          {"day", "daily"},
                          {"week", "weekly"},
                          {"month", "monthly"},
                          {"quarter", "quarterly"},
                          {"year", "yearly"},
                          {"annually", "yearly"},
                          {"monthly", "monthly"},
                          {"semi_annual", "semi_annual"},
                          {"biannually", "semi_annual"}};
    for (const Case& given : cases) {
        const auto interval = interval_from(given.name);
        ASSERT_TRUE(interval.has_value()) << given.name;
        EXPECT_EQ(name_of(*interval), given.canonical);
    }
    for (const std::string_view name : {"", "fortnightly", "Monthly", "monthly "}) {
        EXPECT_FALSE(interval_from(name).has_value()) << name;
    }
}

struct Windowed {
    Interval interval;
    Alignment alignment;
    std::string_view anchor;
    std::string_view at;
    std::string_view start;
    std::string_view end;
};

TEST(Window, ContainsItsMomentAndFollowsItsAlignment) {
    using enum Interval;
    constexpr auto kBySubscription = Alignment::Subscription;
    constexpr auto kByCalendar = Alignment::Calendar;
    const Windowed cases[] = {
        {FiveMinutes, kBySubscription, "2026-01-31T10:02:00Z", "2026-03-05T10:09:59Z",
         "2026-03-05T10:05:00Z", "2026-03-05T10:10:00Z"},
        {FifteenMinutes, kBySubscription, "2026-01-31T10:02:00Z", "2026-03-05T10:15:00Z",
         "2026-03-05T10:15:00Z", "2026-03-05T10:30:00Z"},
        {ThirtyMinutes, kBySubscription, "2026-01-31T10:02:00Z", "2026-03-05T10:29:00Z",
         "2026-03-05T10:00:00Z", "2026-03-05T10:30:00Z"},
        {Hourly, kBySubscription, "2026-01-31T10:30:00Z", "2026-03-05T10:20:00Z",
         "2026-03-05T10:00:00Z", "2026-03-05T11:00:00Z"},
        {Daily, kBySubscription, "2026-01-31T10:30:00Z", "2026-03-05T09:00:00Z", "2026-03-05",
         "2026-03-06"},
        // The anchor, a Saturday, begins the week; by calendar Sunday does.
        {Weekly, kBySubscription, "2026-01-31T10:30:00Z", "2026-02-07T10:29:59Z",
         "2026-01-31T10:30:00Z", "2026-02-07T10:30:00Z"},
        {Weekly, kByCalendar, "2026-01-31T10:30:00Z", "2026-02-07T10:29:59Z", "2026-02-01",
         "2026-02-08"},
        {Monthly, kBySubscription, "2026-01-31T10:00:00Z", "2026-02-10", "2026-01-31T10:00:00Z",
         "2026-02-28T10:00:00Z"},
        {Monthly, kBySubscription, "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z",
         "2026-02-28T10:00:00Z", "2026-03-31T10:00:00Z"},
        {Monthly, kByCalendar, "2026-01-31T10:00:00Z", "2026-02-28T10:00:00Z", "2026-02-01",
         "2026-03-01"},
        {Quarterly, kBySubscription, "2025-11-30", "2026-02-28", "2026-02-28", "2026-05-30"},
        {Quarterly, kByCalendar, "2025-11-30", "2026-02-28", "2026-01-01", "2026-04-01"},
        {SemiAnnual, kBySubscription, "2025-08-31", "2026-02-28", "2026-02-28", "2026-08-31"},
        {SemiAnnual, kByCalendar, "2025-08-31", "2026-07-01", "2026-07-01", "2027-01-01"},
        {Yearly, kBySubscription, "2024-02-29", "2025-02-28", "2025-02-28", "2026-02-28"},
        {Yearly, kBySubscription, "2024-02-29", "2028-02-28T23:59:59Z", "2027-02-28", "2028-02-29"},
        {Yearly, kByCalendar, "2024-02-29", "2025-12-31T23:59:59Z", "2025-01-01", "2026-01-01"},
        // Before the anchor too.
        {Monthly, kBySubscription, "2026-01-31", "2026-01-30", "2025-12-31", "2026-01-31"},
    };
    for (const Windowed& given : cases) {
        const Period window =
            window_at(given.interval, given.alignment, moment(given.anchor), moment(given.at));
        EXPECT_EQ(window.start, moment(given.start)) << name_of(given.interval) << " " << given.at;
        EXPECT_EQ(window.end, moment(given.end)) << name_of(given.interval) << " " << given.at;
    }
}

TEST(Window, IntervalsThatNeverResetHaveOneWindow) {
    for (const Interval interval : {Interval::Never, Interval::None}) {
        const Period window =
            window_at(interval, Alignment::Calendar, "2026-01-31"_at, "2031-01-31"_at);
        EXPECT_EQ(window.start, "2026-01-31"_at);
        EXPECT_EQ(window.end, base::kEndOfTime);
        EXPECT_FALSE(resets(interval));
    }
}

TEST(Window, BillingPeriodsCountWholeIntervalsFromTheAnchor) {
    const Instant anchor = "2026-01-31T10:30:00Z"_at;
    const Period day = billing_period_at(Interval::Daily, anchor, "2026-02-01T10:29:00Z"_at);
    EXPECT_EQ(day.start, anchor);
    const Period hour = billing_period_at(Interval::Hourly, anchor, "2026-01-31T11:30:00Z"_at);
    EXPECT_EQ(hour.start, "2026-01-31T11:30:00Z"_at);
    EXPECT_EQ(billing_period_at(Interval::Never, anchor, anchor).end, base::kEndOfTime);
}

TEST(Window, WindowsOfAnyIntervalTileTheTime) {
    EXPECT_TRUE(rc::check("at is in its window; the next window begins where it ends", [] {
        const auto interval = *rc::gen::element(
            Interval::FiveMinutes, Interval::Hourly, Interval::Daily, Interval::Weekly,
            Interval::Monthly, Interval::Quarterly, Interval::SemiAnnual, Interval::Yearly);
        const auto alignment = *rc::gen::element(Alignment::Subscription, Alignment::Calendar);
        const Instant anchor{*rc::gen::inRange<std::int64_t>(1'600'000'000, 1'900'000'000) *
                             base::kMicrosPerSecond};
        const Instant at{*rc::gen::inRange<std::int64_t>(1'500'000'000, 2'000'000'000) *
                         base::kMicrosPerSecond};
        const Period window = window_at(interval, alignment, anchor, at);
        RC_ASSERT(window.contains(at));
        const Period next = window_at(interval, alignment, anchor, window.end);
        RC_ASSERT(next.start == window.end);
        const Period last =
            window_at(interval, alignment, anchor, Instant{window.start.micros - 1});
        RC_ASSERT(last.end == window.start);
    }));
}

}  // namespace
}  // namespace quipu::ledger

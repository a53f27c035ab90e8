// A moment of UTC time, a half-open period of it, and the calendar arithmetic of billing.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/fields.h"

namespace quipu::base {

// Microseconds since 1970-01-01T00:00:00Z, without leap seconds. Range: years 1 to 9999.
struct Instant {
    std::int64_t micros = 0;

    friend auto operator<=>(const Instant&, const Instant&) = default;
};

inline constexpr std::int64_t kMicrosPerMilli = 1'000;
inline constexpr std::int64_t kMicrosPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosPerMinute = 60 * kMicrosPerSecond;
inline constexpr std::int64_t kMicrosPerHour = 60 * kMicrosPerMinute;
inline constexpr std::int64_t kMicrosPerDay = 24 * kMicrosPerHour;

inline constexpr Instant kEndOfTime{253'402'300'799'999'999};  // 9999-12-31T23:59:59.999999Z

[[nodiscard]] constexpr Instant from_millis(std::int64_t millis) {
    return Instant{millis * kMicrosPerMilli};
}
// Rounded down, so that it stays inside the period it came from.
[[nodiscard]] std::int64_t to_millis(Instant at);

// [start, end): the end belongs to the next period.
struct Period {
    Instant start;
    Instant end;

    [[nodiscard]] bool contains(Instant at) const { return start <= at && at < end; }
    friend bool operator==(const Period&, const Period&) = default;
};
QUIPU_FIELDS(Period, start, end)

// RFC 3339 with `Z` or an offset; up to six fraction digits are kept, more are cut. A bare date is
// its midnight.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);
// `2026-11-30T23:59:59.999Z`: milliseconds, as JavaScript prints them.
[[nodiscard]] std::string format_instant(Instant at);

// `anchor` moved by whole months; the day is clamped to the month's length, the time of day stays
// (31 Jan + 1 = 28 Feb).
[[nodiscard]] Instant add_months(Instant anchor, std::int64_t months);
// How many whole months after `anchor` the month-step that contains `at` begins; `at` may lie
// before `anchor`.
[[nodiscard]] std::int64_t months_since(Instant anchor, Instant at);

}  // namespace quipu::base

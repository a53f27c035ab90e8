#include "ledger/window.h"

#include <array>
#include <utility>

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Period;

constexpr Instant kSundayEpoch{-4 * base::kMicrosPerDay};  // 1969-12-28
constexpr Instant kCalendarEpoch{0};  // 1970-01-01, first of a month, quarter and year

struct Name {
    std::string_view text;
    Interval interval;
};

// The first name of an interval is the canonical one.
constexpr std::array<Name, 20> kNames{{{"never", Interval::Never},
                                       {"none", Interval::None},
                                       {"5min", Interval::FiveMinutes},
                                       {"15min", Interval::FifteenMinutes},
                                       {"30min", Interval::ThirtyMinutes},
                                       {"hourly", Interval::Hourly},
                                       {"daily", Interval::Daily},
                                       {"weekly", Interval::Weekly},
                                       {"monthly", Interval::Monthly},
                                       {"quarterly", Interval::Quarterly},
                                       {"semi_annual", Interval::SemiAnnual},
                                       {"yearly", Interval::Yearly},
                                       {"hour", Interval::Hourly},
                                       {"day", Interval::Daily},
                                       {"week", Interval::Weekly},
                                       {"month", Interval::Monthly},
                                       {"quarter", Interval::Quarterly},
                                       {"biannually", Interval::SemiAnnual},
                                       {"year", Interval::Yearly},
                                       {"annually", Interval::Yearly}}};

// Fixed length in microseconds, or 0 for intervals of whole months and for those that never reset.
std::int64_t fixed_length(Interval interval) {
    switch (interval) {
        case Interval::FiveMinutes:
            return 5 * base::kMicrosPerMinute;
        case Interval::FifteenMinutes:
            return 15 * base::kMicrosPerMinute;
        case Interval::ThirtyMinutes:
            return 30 * base::kMicrosPerMinute;
        case Interval::Hourly:
            return base::kMicrosPerHour;
        case Interval::Daily:
            return base::kMicrosPerDay;
        case Interval::Weekly:
            return 7 * base::kMicrosPerDay;
        default:
            return 0;
    }
}

std::int64_t whole_months(Interval interval) {
    switch (interval) {
        case Interval::Monthly:
            return 1;
        case Interval::Quarterly:
            return 3;
        case Interval::SemiAnnual:
            return 6;
        case Interval::Yearly:
            return 12;
        default:
            return 0;
    }
}

std::int64_t floor_to(std::int64_t value, std::int64_t step) {
    const std::int64_t rest = value % step;
    return value - (rest < 0 ? rest + step : rest);
}

Period counted_from(Interval interval, Instant anchor, Instant at) {
    if (const std::int64_t length = fixed_length(interval)) {
        const std::int64_t start = anchor.micros + floor_to(at.micros - anchor.micros, length);
        return {Instant{start}, Instant{start + length}};
    }
    if (const std::int64_t months = whole_months(interval)) {
        const std::int64_t steps = floor_to(base::months_since(anchor, at), months);
        return {base::add_months(anchor, steps), base::add_months(anchor, steps + months)};
    }
    return {anchor, base::kEndOfTime};
}

}  // namespace

std::optional<Interval> interval_from(std::string_view name) {
    for (const Name& known : kNames) {
        if (known.text == name) return known.interval;
    }
    return std::nullopt;
}

std::string_view name_of(Interval interval) {
    for (const Name& known : kNames) {
        if (known.interval == interval) return known.text;
    }
    return "never";
}

Period window_at(Interval interval, Alignment alignment, Instant anchor, Instant at) {
    if (!resets(interval)) return {anchor, base::kEndOfTime};
    const std::int64_t length = fixed_length(interval);
    const bool by_clock = length != 0 && interval != Interval::Weekly;
    if (by_clock) return counted_from(interval, kCalendarEpoch, at);
    if (alignment == Alignment::Calendar) {
        return counted_from(interval, interval == Interval::Weekly ? kSundayEpoch : kCalendarEpoch,
                            at);
    }
    return counted_from(interval, anchor, at);
}

Period billing_period_at(Interval interval, Instant anchor, Instant at) {
    return counted_from(interval, anchor, at);
}

}  // namespace quipu::ledger

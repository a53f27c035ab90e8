#include "judge/windows.h"

namespace quipu::judge {

using base::Instant;
using base::Period;
using ledger::Alignment;
using ledger::Interval;

namespace {

constexpr Instant kFirstOfJanuary{0};                 // 1970-01-01
constexpr Instant kMonday{-3 * base::kMicrosPerDay};  // 1969-12-29

std::int64_t micros_of(Interval interval) {
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

std::int64_t months_of(Interval interval) {
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

Period counted(Interval interval, Instant anchor, Instant at) {
    if (const std::int64_t length = micros_of(interval)) {
        std::int64_t steps = (at.micros - anchor.micros) / length;
        if (anchor.micros + steps * length > at.micros) --steps;
        return {Instant{anchor.micros + steps * length},
                Instant{anchor.micros + (steps + 1) * length}};
    }
    const std::int64_t months = months_of(interval);
    if (months == 0) return {anchor, base::kEndOfTime};
    // A month has at most 31 days, so this many months have gone by at least.
    std::int64_t step = (at.micros - anchor.micros) / (31 * base::kMicrosPerDay * months) - 1;
    while (base::add_months(anchor, (step + 1) * months) <= at) ++step;
    while (base::add_months(anchor, step * months) > at) --step;
    return {base::add_months(anchor, step * months), base::add_months(anchor, (step + 1) * months)};
}

}  // namespace

Period window_around(Interval interval, Alignment alignment, Instant anchor, Instant at) {
    if (interval != Interval::Weekly && micros_of(interval) != 0)
        return counted(interval, kFirstOfJanuary, at);
    if (alignment == Alignment::Calendar && ledger::resets(interval))
        return counted(interval, interval == Interval::Weekly ? kMonday : kFirstOfJanuary, at);
    return counted(interval, anchor, at);
}

Period period_around(Interval interval, Instant anchor, Instant at) {
    return counted(interval, anchor, at);
}

Instant next_closing(Interval interval, Instant anchor, Instant after) {
    const bool long_plan = months_of(interval) > 1;
    return counted(long_plan ? Interval::Monthly : interval, anchor, after).end;
}

}  // namespace quipu::judge

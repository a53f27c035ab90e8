#include "base/instant.h"

#include <charconv>
#include <cstdio>

namespace quipu::base {
namespace {

struct CivilDay {
    std::int64_t year;
    std::int64_t month;  // 1..12
    std::int64_t day;    // 1..31
};

std::int64_t floor_div(std::int64_t a, std::int64_t b) {
    return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0);
}

// Howard Hinnant's days-from-civil: days since 1970-01-01 in the proleptic Gregorian calendar.
std::int64_t days_from_civil(CivilDay civil) {
    const std::int64_t year = civil.year - (civil.month <= 2 ? 1 : 0);
    const std::int64_t era = floor_div(year, 400);
    const std::int64_t year_of_era = year - era * 400;
    const std::int64_t shifted_month = civil.month + (civil.month > 2 ? -3 : 9);
    const std::int64_t day_of_year = (153 * shifted_month + 2) / 5 + civil.day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year -
           719468;
}

CivilDay civil_from_days(std::int64_t days) {
    days += 719468;
    const std::int64_t era = floor_div(days, 146097);
    const std::int64_t day_of_era = days - era * 146097;
    const std::int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const std::int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
    const std::int64_t month = shifted_month + (shifted_month < 10 ? 3 : -9);
    return {year_of_era + era * 400 + (month <= 2 ? 1 : 0), month,
            day_of_year - (153 * shifted_month + 2) / 5 + 1};
}

std::int64_t days_in_month(std::int64_t year, std::int64_t month) {
    static constexpr std::int64_t kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : kDays[month - 1];
}

// Reads exactly `digits` decimal digits at the front of `text` and drops them.
std::optional<std::int64_t> take_number(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    std::int64_t value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool take_char(std::string_view& text, char expected) {
    if (text.empty() || text.front() != expected) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::int64_t> take_fraction_micros(std::string_view& text) {
    std::int64_t micros = 0;
    std::int64_t scale = kMicrosPerSecond / 10;
    std::size_t digits = 0;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        micros += (text.front() - '0') * scale;
        scale /= 10;
        ++digits;
        text.remove_prefix(1);
    }
    if (digits == 0) return std::nullopt;
    return micros;
}

std::optional<std::int64_t> take_offset_minutes(std::string_view& text) {
    if (take_char(text, 'Z') || take_char(text, 'z')) return 0;
    const bool negative = !text.empty() && text.front() == '-';
    if (!take_char(text, '+') && !take_char(text, '-')) return std::nullopt;
    const auto hours = take_number(text, 2);
    if (!hours || !take_char(text, ':')) return std::nullopt;
    const auto minutes = take_number(text, 2);
    if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
    const std::int64_t total = *hours * 60 + *minutes;
    return negative ? -total : total;
}

}  // namespace

std::int64_t to_millis(Instant at) {
    return floor_div(at.micros, kMicrosPerMilli);
}

std::optional<Instant> parse_instant(std::string_view text) {
    const auto year = take_number(text, 4);
    if (!year || !take_char(text, '-')) return std::nullopt;
    const auto month = take_number(text, 2);
    if (!month || !take_char(text, '-')) return std::nullopt;
    const auto day = take_number(text, 2);
    if (!day || *year < 1 || *month < 1 || *month > 12 || *day < 1 ||
        *day > days_in_month(*year, *month)) {
        return std::nullopt;
    }
    std::int64_t micros = days_from_civil({*year, *month, *day}) * kMicrosPerDay;
    if (text.empty()) return Instant{micros};

    if (!take_char(text, 'T') && !take_char(text, 't') && !take_char(text, ' '))
        return std::nullopt;
    const auto hour = take_number(text, 2);
    if (!hour || !take_char(text, ':')) return std::nullopt;
    const auto minute = take_number(text, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    micros += *hour * kMicrosPerHour + *minute * kMicrosPerMinute;
    if (take_char(text, ':')) {
        const auto second = take_number(text, 2);
        if (!second || *second > 59) return std::nullopt;
        micros += *second * kMicrosPerSecond;
        if (take_char(text, '.')) {
            const auto fraction = take_fraction_micros(text);
            if (!fraction) return std::nullopt;
            micros += *fraction;
        }
    }
    const auto offset = take_offset_minutes(text);
    if (!offset || !text.empty()) return std::nullopt;
    return Instant{micros - *offset * kMicrosPerMinute};
}

std::string format_instant(Instant at) {
    const std::int64_t days = floor_div(at.micros, kMicrosPerDay);
    const std::int64_t of_day = at.micros - days * kMicrosPerDay;
    const CivilDay civil = civil_from_days(days);
    char buffer[40];
    const int size = std::snprintf(
        buffer, sizeof buffer, "%04lld-%02lld-%02lldT%02lld:%02lld:%02lld.%03lldZ",
        static_cast<long long>(civil.year), static_cast<long long>(civil.month),
        static_cast<long long>(civil.day), static_cast<long long>(of_day / kMicrosPerHour),
        static_cast<long long>(of_day / kMicrosPerMinute % 60),
        static_cast<long long>(of_day / kMicrosPerSecond % 60),
        static_cast<long long>(of_day / kMicrosPerMilli % 1000));
    return std::string(buffer, static_cast<std::size_t>(size));
}

Instant add_months(Instant anchor, std::int64_t months) {
    const std::int64_t days = floor_div(anchor.micros, kMicrosPerDay);
    const std::int64_t of_day = anchor.micros - days * kMicrosPerDay;
    const CivilDay civil = civil_from_days(days);
    const std::int64_t index = civil.year * 12 + (civil.month - 1) + months;
    const std::int64_t year = floor_div(index, 12);
    const std::int64_t month = index - year * 12 + 1;
    const std::int64_t length = days_in_month(year, month);
    const std::int64_t day = civil.day < length ? civil.day : length;
    return Instant{days_from_civil({year, month, day}) * kMicrosPerDay + of_day};
}

std::int64_t months_since(Instant anchor, Instant at) {
    const CivilDay from = civil_from_days(floor_div(anchor.micros, kMicrosPerDay));
    const CivilDay to = civil_from_days(floor_div(at.micros, kMicrosPerDay));
    std::int64_t months = (to.year - from.year) * 12 + (to.month - from.month);
    if (add_months(anchor, months) > at) --months;
    return months;
}

}  // namespace quipu::base

#include "rating/proration.h"

#include <algorithm>

#include "base/decimal.h"

namespace quipu::rating {
namespace {

// The share of a period to come: left / total, total > 0.
struct Share {
    std::int64_t left;
    std::int64_t total;
};

Share share_of(base::Period period, base::Instant at) {
    const std::int64_t total = period.end.micros - period.start.micros;
    if (total <= 0) return {0, 1};
    return {std::clamp<std::int64_t>(period.end.micros - at.micros, 0, total), total};
}

std::int64_t rounded(base::Int128 exact, std::int64_t denominator) {
    return static_cast<std::int64_t>(base::divide_rounding(exact, denominator));
}

}  // namespace

std::int64_t prorated_difference(std::int64_t old_fee_minor, std::int64_t new_fee_minor,
                                 base::Period period, base::Instant at) {
    if (period.end <= period.start) return new_fee_minor;
    const auto [left, total] = share_of(period, at);
    return rounded((static_cast<base::Int128>(new_fee_minor) - old_fee_minor) * left, total);
}

std::int64_t fee_less_rest(std::int64_t new_fee_minor, std::int64_t old_fee_minor,
                           base::Period period, base::Instant at) {
    const auto [left, total] = share_of(period, at);
    return rounded(static_cast<base::Int128>(new_fee_minor) * total -
                       static_cast<base::Int128>(old_fee_minor) * left,
                   total);
}

}  // namespace quipu::rating

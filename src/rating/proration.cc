#include "rating/proration.h"

#include <algorithm>

#include "base/decimal.h"

namespace quipu::rating {
namespace {

std::int64_t share(std::int64_t fee_minor, std::int64_t left, std::int64_t total) {
    return static_cast<std::int64_t>(
        base::divide_rounding(static_cast<base::Int128>(fee_minor) * left, total));
}

}  // namespace

std::int64_t prorated_difference(std::int64_t old_fee_minor, std::int64_t new_fee_minor,
                                 base::Period period, base::Instant at) {
    const std::int64_t total = period.end.micros - period.start.micros;
    if (total <= 0) return new_fee_minor;
    const std::int64_t left = std::clamp<std::int64_t>(period.end.micros - at.micros, 0, total);
    return share(new_fee_minor, left, total) - share(old_fee_minor, left, total);
}

}  // namespace quipu::rating

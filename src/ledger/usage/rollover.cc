#include "ledger/usage/rollover.h"

#include <algorithm>

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Period;
using base::Quantity;

// Idle windows that are walked one by one; beyond these nothing more is carried on.
constexpr int kMostIdleWindows = 1200;

Instant expiry(const PlanFeature& grant, Instant anchor, Period into) {
    if (grant.rollover->windows == 0) return base::kEndOfTime;
    Period last = into;
    for (std::uint32_t i = 1; i < grant.rollover->windows && last.end < base::kEndOfTime; ++i)
        last = window_at(grant.reset, grant.alignment, anchor, last.end);
    return last.end;
}

// The cap holds for all that is carried; what would expire first gives way.
void keep_within_cap(std::vector<RolloverLot>& lots, const std::optional<Quantity>& cap) {
    if (!cap) return;
    Quantity excess = sum_of(lots) - *cap;
    for (RolloverLot& lot : lots) {
        if (!excess.is_positive()) break;
        const Quantity dropped = std::min(lot.amount, excess);
        lot.amount -= dropped;
        excess -= dropped;
    }
    std::erase_if(lots, [](const RolloverLot& lot) { return !lot.amount.is_positive(); });
}

// From the end of one window into the next.
std::vector<RolloverLot> step(std::vector<RolloverLot> lots, Quantity unused,
                              const PlanFeature& grant, Instant anchor, Period into) {
    std::erase_if(lots, [&](const RolloverLot& lot) {
        return lot.expires_at <= into.start || !lot.amount.is_positive();
    });
    if (unused.is_positive()) lots.push_back({unused, expiry(grant, anchor, into)});
    std::ranges::stable_sort(lots, {}, &RolloverLot::expires_at);
    keep_within_cap(lots, grant.rollover->max);
    // Lots that end together are one.
    std::vector<RolloverLot> merged;
    for (const RolloverLot& lot : lots) {
        if (!merged.empty() && merged.back().expires_at == lot.expires_at) {
            merged.back().amount += lot.amount;
        } else {
            merged.push_back(lot);
        }
    }
    return merged;
}

}  // namespace

Quantity sum_of(const std::vector<RolloverLot>& lots) {
    Quantity sum;
    for (const RolloverLot& lot : lots) sum += lot.amount;
    return sum;
}

std::vector<RolloverLot> carried_into(const Meter* meter, const PlanFeature& grant,
                                      const Quantity& limit, Instant anchor, Instant first,
                                      Period window) {
    if (!grant.rollover || !resets(grant.reset)) return {};
    std::vector<RolloverLot> lots;
    Period at = window_at(grant.reset, grant.alignment, anchor, first);
    Quantity unused = limit;
    if (meter != nullptr) {
        // The last window with usage before this one knows all that came before it.
        auto last = meter->windows.lower_bound(window.start);
        if (last != meter->windows.begin()) {
            --last;
            lots = last->second.rollover;
            unused = std::max(limit - last->second.allowance_used, Quantity{});
            at = last->second.period;
        }
    }
    for (int walked = 0; at.start < window.start && walked < kMostIdleWindows; ++walked) {
        const Period next = window_at(grant.reset, grant.alignment, anchor, at.end);
        std::vector<RolloverLot> after = step(lots, unused, grant, anchor, next);
        const bool settled = after == lots && unused == limit && grant.rollover->windows == 0;
        lots = std::move(after);
        unused = limit;
        at = next;
        if (settled) break;  // at the cap: more idle windows change nothing
    }
    if (lots.size() > 0 && sum_of(lots) > base::kMaxTotal)
        return {{base::kMaxTotal, lots.back().expires_at}};
    return lots;
}

}  // namespace quipu::ledger

#include "ledger/explain/seat_evidence.h"

#include <algorithm>

#include "ledger/command.h"

namespace quipu::ledger {

SeatEvidence::SeatEvidence(const Account& account, const InvoiceLine& line, Offset end,
                           bool bills_all)
    : feature_(line.feature),
      window_(line.period),
      end_(end),
      earliest_(line.period.start),
      bills_all_(bills_all) {
    for (auto each = account.entities.lower_bound(EntityKey{feature_, {}});
         each != account.entities.end() && each->first.feature == feature_; ++each) {
        seats_[each->first.entity] = {each->second.created_at, each->second.remove_at, {}};
    }
    // A removal that was asked for under a plan that this one replaced may take effect in here.
    for (const Subscription& subscription : account.subscriptions) {
        if (subscription.period.contains(line.period.start))
            earliest_ = std::min(earliest_, subscription.period.start);
        const bool replaced = subscription.ended_at && subscription.seq != line.subscription &&
                              subscription.period == line.period;
        const Meter* old =
            replaced ? account.find_meter({subscription.seq, line.feature, {}}) : nullptr;
        if (const MeterWindow* held = old != nullptr ? old->find(line.period.start) : nullptr)
            billed_elsewhere_ = std::max(billed_elsewhere_, held->overage);
    }
    const Meter* meter = account.find_meter({line.subscription, line.feature, {}});
    const MeterWindow* window = meter != nullptr ? meter->find(line.period.start) : nullptr;
    if (window != nullptr) included_ = window->allowance_used;
}

void SeatEvidence::take(const Entry& entry) {
    const auto* answer = std::get_if<EntityAnswer>(&entry.outcome);
    if (answer == nullptr || answer->feature != feature_) return;
    if (entry.kind == kCommandKind<AddEntity>) take_added(entry, *answer);
    if (entry.kind == kCommandKind<RemoveEntity>) take_removed(entry, *answer);
}

void SeatEvidence::take_added(const Entry& entry, const EntityAnswer& answer) {
    const auto seat = seats_.find(answer.entity);
    if (entry.offset >= end_) {
        if (!answer.restored) {
            if (seat != seats_.end()) seats_.erase(seat);
            settled_.erase(answer.entity);
        }
        return;
    }
    const bool within = entry.recorded_at >= window_.start;
    if (within) {
        most_counted_ = std::max<std::int64_t>(most_counted_, answer.count);
        if (!answer.restored) ++added_;
        const base::Quantity count = base::Quantity::from_int(answer.count);
        if (bills_all_ || answer.limit) {
            const base::Quantity over = bills_all_ ? count : count - *answer.limit;
            billable_added_ = std::max(billable_added_, over - billed_elsewhere_);
        }
    }
    settled_[answer.entity] = true;
    if (seat == seats_.end() || answer.restored) return;
    seat->second.added_at = entry.recorded_at;
    if (within) seat->second.event_id = entry.id;
}

void SeatEvidence::take_removed(const Entry& entry, const EntityAnswer& answer) {
    const auto seat = seats_.find(answer.entity);
    if (settled_.contains(answer.entity)) return;
    settled_[answer.entity] = true;
    if (seat != seats_.end()) {
        seat->second.removed_at = answer.remove_at;
        return;
    }
    const base::Instant removed_at = answer.remove_at.value_or(entry.recorded_at);
    if (removed_at > window_.start) seats_[answer.entity] = {std::nullopt, removed_at, {}};
}

std::int64_t SeatEvidence::held_at_start() const {
    return std::ranges::count_if(seats_,
                                 [](const auto& each) { return each.second.event_id.empty(); });
}

std::optional<base::Quantity> SeatEvidence::billable() const {
    const std::int64_t held = held_at_start();
    if (held == 0) return billable_added_;
    if (!included_) return std::nullopt;
    return std::max(billable_added_, base::Quantity::from_int(held) - *included_);
}

std::int64_t SeatEvidence::most_held() const {
    return std::max(held_at_start(), most_counted_);
}

}  // namespace quipu::ledger

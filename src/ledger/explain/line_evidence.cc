#include "ledger/explain/line_evidence.h"

#include <algorithm>

namespace quipu::ledger {

void BucketSums::add(Bucket bucket, base::Quantity amount) {
    switch (bucket) {
        case Bucket::Rollover:
            rollover += amount;
            return;
        case Bucket::Allowance:
            allowance += amount;
            return;
        case Bucket::Credit:
            credit += amount;
            return;
        case Bucket::Prepaid:
            prepaid += amount;
            return;
        case Bucket::Overage:
            overage += amount;
            return;
    }
}

LineEvidence::LineEvidence(const InvoiceLine& line, BilledPart part, std::size_t most_events)
    : meter_{line.subscription, line.feature, line.entity},
      window_start_(line.period.start),
      part_(std::move(part)),
      most_events_(most_events) {}

bool LineEvidence::take(const Entry& entry, bool may_keep) {
    if (entry.offset >= part_.end) return false;
    const auto is_ours = [&](const Posting& posting) {
        return posting.meter == meter_ && posting.window.start == window_start_;
    };
    if (std::ranges::none_of(entry.postings, is_ours)) return false;

    BucketSums sums;
    for (const Posting& posting : entry.postings) {
        if (is_ours(posting)) sums.add(posting.bucket, posting.amount);
    }
    const base::Quantity later = overage_;
    overage_ += sums.overage;
    const bool behind_line = part_.contains(entry.offset);
    for (BucketSums* into : {&window_sums_, behind_line ? &line_sums_ : nullptr}) {
        if (into == nullptr) continue;
        for (const Posting& posting : entry.postings) {
            if (is_ours(posting)) into->add(posting.bucket, posting.amount);
        }
        ++into->events;
    }
    if (!behind_line || next_) return false;
    if (!may_keep || events_.size() == most_events_) {
        next_ = LineCursor{entry.offset, later};
        return false;
    }
    events_.push_back({entry, later});
    std::erase_if(events_.back().entry.postings,
                  [&](const Posting& posting) { return !is_ours(posting); });
    return true;
}

}  // namespace quipu::ledger

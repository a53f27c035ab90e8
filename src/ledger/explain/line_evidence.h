// The ledger entries behind an invoice line, and their sums: collected from the newest entry back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/decimal.h"
#include "ledger/entry.h"
#include "ledger/explain/billed_part.h"

namespace quipu::ledger {

// Meter units by where they went; what corrections took back counts against it.
struct BucketSums {
    base::Quantity allowance;
    base::Quantity rollover;
    base::Quantity credit;
    base::Quantity prepaid;
    base::Quantity overage;
    std::int64_t events = 0;

    void add(Bucket bucket, base::Quantity amount);
    [[nodiscard]] base::Quantity total() const {
        return allowance + rollover + credit + prepaid + overage;
    }

    friend bool operator==(const BucketSums&, const BucketSums&) = default;
};

// One event behind the line, with those of its postings that are of the line's window.
struct LineEvent {
    Entry entry;
    base::Quantity overage_later;  // of the window, by events after this one and before the invoice
};

// Where the next page begins: at this entry.
struct LineCursor {
    Offset offset = 0;
    base::Quantity overage_later;
};

class LineEvidence {
public:
    // At most `most_events` are kept, the newest; the sums are of all.
    LineEvidence(const InvoiceLine& line, BilledPart part, std::size_t most_events);
    // Goes on where an earlier page ended; the sums are then of what follows only.
    void start_at(const LineCursor& cursor) { overage_ = cursor.overage_later; }

    // Entries of the customer, newest first, each once. True when it kept the event.
    bool take(const Entry& entry, bool may_keep = true);
    [[nodiscard]] bool is_full() const { return next_.has_value(); }

    [[nodiscard]] const BilledPart& part() const { return part_; }
    [[nodiscard]] const BucketSums& behind_line() const { return line_sums_; }
    // Of the whole window until the invoice: what earlier invoices billed too.
    [[nodiscard]] const BucketSums& of_window() const { return window_sums_; }
    [[nodiscard]] const std::vector<LineEvent>& events() const { return events_; }
    [[nodiscard]] const std::optional<LineCursor>& next() const { return next_; }

private:
    MeterKey meter_;
    base::Instant window_start_;
    BilledPart part_;
    std::size_t most_events_;
    base::Quantity overage_;  // of all entries taken so far
    BucketSums line_sums_;
    BucketSums window_sums_;
    std::vector<LineEvent> events_;
    std::optional<LineCursor> next_;
};

}  // namespace quipu::ledger

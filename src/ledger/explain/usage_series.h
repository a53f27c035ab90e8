// A customer's usage of one feature over time, as buckets that are filled from ledger entries in
// any order. Pure; sums are exact.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/decimal.h"
#include "base/instant.h"
#include "base/result.h"
#include "ledger/account.h"
#include "ledger/entry.h"
#include "ledger/explain/line_evidence.h"
#include "ledger/terms.h"

namespace quipu::ledger {

enum class SeriesWindow : std::uint8_t { Minute, Hour, Day, Week, Month, Period };
[[nodiscard]] std::optional<SeriesWindow> series_window_from(std::string_view name);
[[nodiscard]] std::string_view name_of(SeriesWindow window);

// In what unit a series counts.
enum class SeriesUnit : std::uint8_t {
    Units,    // of the feature: what was tracked
    Credits,  // of a credit system: what all its features drew
};

struct SeriesQuery {
    std::string feature;
    std::optional<std::string> entity;  // none: the customer and all entities
    SeriesWindow window = SeriesWindow::Day;
    SeriesUnit unit = SeriesUnit::Units;
    base::Period range;  // of what happened; of SeriesWindow::Period, of the windows' starts
};

inline constexpr std::size_t kMostSeriesBuckets = 1000;

// The range made whole: from the start of the bucket that holds its first moment to the end of the
// one that holds its last. Not for SeriesWindow::Period.
[[nodiscard]] base::Period whole_buckets(SeriesWindow window, base::Period range);
// The bucket of a moment. Not for SeriesWindow::Period.
[[nodiscard]] base::Period bucket_at(SeriesWindow window, base::Instant at);
// What a query without `from` asks for, counted back from `to`.
[[nodiscard]] base::Instant usual_start(SeriesWindow window, base::Instant to);

[[nodiscard]] base::Error too_many_buckets();  // `range_too_large`

class UsageSeries {
public:
    // Buckets by start and end: windows of two plans may begin at one moment and differ in length.
    using Buckets = std::map<std::pair<base::Instant, base::Instant>, BucketSums>;

    // Code: `range_too_large`, more than kMostSeriesBuckets. `account` and `book` are read for the
    // windows of SeriesWindow::Period, here only; the range then begins with the window that holds
    // its start.
    [[nodiscard]] static base::Result<UsageSeries> make(SeriesQuery query, const Account& account,
                                                        const CatalogBook& book, base::Instant now);

    // Entries recorded before this moment say nothing of the series.
    [[nodiscard]] base::Instant earliest() const;
    // False when a bucket too many would be needed.
    [[nodiscard]] bool take(const Entry& entry);

    [[nodiscard]] const SeriesQuery& query() const { return query_; }
    [[nodiscard]] const Buckets& buckets() const { return buckets_; }
    [[nodiscard]] BucketSums total() const;

private:
    explicit UsageSeries(SeriesQuery query) : query_(std::move(query)) {}
    [[nodiscard]] bool is_ours(const Entry& entry, const Posting& posting,
                               std::string_view feature) const;

    SeriesQuery query_;
    Buckets buckets_;
};

}  // namespace quipu::ledger

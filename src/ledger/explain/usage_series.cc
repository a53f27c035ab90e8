#include "ledger/explain/usage_series.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "ledger/decision.h"
#include "ledger/usage/sources.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Period;

struct Name {
    std::string_view text;
    SeriesWindow window;
};
constexpr std::array<Name, 6> kNames{{{"minute", SeriesWindow::Minute},
                                      {"hour", SeriesWindow::Hour},
                                      {"day", SeriesWindow::Day},
                                      {"week", SeriesWindow::Week},
                                      {"month", SeriesWindow::Month},
                                      {"period", SeriesWindow::Period}}};

Interval interval_of(SeriesWindow window) {
    switch (window) {
        case SeriesWindow::Minute:
        case SeriesWindow::Hour:
            return Interval::Hourly;
        case SeriesWindow::Day:
            return Interval::Daily;
        case SeriesWindow::Week:
            return Interval::Weekly;
        case SeriesWindow::Month:
        case SeriesWindow::Period:
            return Interval::Monthly;
    }
    return Interval::Daily;
}

// The feature that an entry is about: what was tracked, or what a correction took back.
std::string_view feature_of(const Entry& entry) {
    if (const auto* usage = std::get_if<UsageAnswer>(&entry.outcome)) return usage->feature;
    if (const auto* done = std::get_if<Done>(&entry.outcome)) return done->subject;
    return {};
}

// Every reset window of the meter from the one that holds the range's start on.
bool add_meter_windows(UsageSeries::Buckets& buckets, const Source& source, Period range) {
    const Subscription& owner = *source.subscription;
    if (source.terms == nullptr) return true;
    const PlanFeature& grant = source.terms->grant;
    const auto window_of = [&](Instant at) {
        const Instant anchor = was_trial(owner, at) ? owner.created_at : owner.anchor;
        return window_at(grant.reset, grant.alignment, anchor, at);
    };
    Instant at = std::max(range.start, owner.created_at);
    while (at < range.end) {
        const Period window = window_of(at);
        if (buckets.size() == kMostSeriesBuckets) return false;
        buckets.try_emplace({window.start, window.end});
        if (window.end <= at) break;
        at = window.end;
    }
    return true;
}

}  // namespace

std::optional<SeriesWindow> series_window_from(std::string_view name) {
    const auto* found = std::ranges::find(kNames, name, &Name::text);
    if (found == kNames.end()) return std::nullopt;
    return found->window;
}

std::string_view name_of(SeriesWindow window) {
    return std::ranges::find(kNames, window, &Name::window)->text;
}

Period bucket_at(SeriesWindow window, Instant at) {
    if (window == SeriesWindow::Minute) {
        const std::int64_t into = at.micros % base::kMicrosPerMinute;
        const Instant start{at.micros - (into < 0 ? into + base::kMicrosPerMinute : into)};
        return {start, {start.micros + base::kMicrosPerMinute}};
    }
    return window_at(interval_of(window), Alignment::Calendar, {}, at);
}

Period whole_buckets(SeriesWindow window, Period range) {
    return {bucket_at(window, range.start).start,
            bucket_at(window, Instant{range.end.micros - 1}).end};
}

Instant usual_start(SeriesWindow window, Instant to) {
    switch (window) {
        case SeriesWindow::Minute:
            return {to.micros - base::kMicrosPerHour};
        case SeriesWindow::Hour:
            return {to.micros - base::kMicrosPerDay};
        case SeriesWindow::Day:
            return {to.micros - 30 * base::kMicrosPerDay};
        case SeriesWindow::Week:
            return {to.micros - 84 * base::kMicrosPerDay};
        case SeriesWindow::Month:
        case SeriesWindow::Period:
            return add_months(to, -12);
    }
    return to;
}

base::Error too_many_buckets() {
    return {"range_too_large",
            fmt::format("The range has more than {} buckets; ask for a shorter one, or for longer "
                        "buckets.",
                        kMostSeriesBuckets)};
}

base::Result<UsageSeries> UsageSeries::make(SeriesQuery query, const Account& account,
                                            const CatalogBook& book, Instant now) {
    UsageSeries series(std::move(query));
    SeriesQuery& asked = series.query_;
    if (asked.window == SeriesWindow::Period) {
        const std::string entity = asked.entity.value_or("");
        const Sources sources = find_sources(account, book, asked.feature, entity, now, now);
        if (!sources.empty() &&
            !add_meter_windows(series.buckets_, sources.main().front(), asked.range))
            return tl::unexpected(too_many_buckets());
        if (!series.buckets_.empty()) {
            const Instant first = series.buckets_.begin()->first.first;
            asked.range.start = std::min(asked.range.start, first);
        }
        return series;
    }
    for (Instant at = asked.range.start; at < asked.range.end;) {
        if (series.buckets_.size() == kMostSeriesBuckets) return tl::unexpected(too_many_buckets());
        const Period bucket = bucket_at(asked.window, at);
        series.buckets_.try_emplace({bucket.start, bucket.end});
        at = bucket.end;
    }
    return series;
}

Instant UsageSeries::earliest() const {
    return {query_.range.start.micros - kFutureToleranceMicros};
}

bool UsageSeries::is_ours(const Entry& entry, const Posting& posting,
                          std::string_view feature) const {
    if (query_.entity && posting.meter.entity != *query_.entity) return false;
    const bool wanted = query_.unit == SeriesUnit::Credits ? posting.meter.feature == query_.feature
                                                           : feature == query_.feature;
    if (!wanted) return false;
    return query_.range.contains(query_.window == SeriesWindow::Period ? posting.window.start
                                                                       : entry.occurred_at);
}

bool UsageSeries::take(const Entry& entry) {
    if (entry.postings.empty()) return true;
    const std::string_view feature = feature_of(entry);
    // An event counts once in each bucket that it touches.
    BucketSums* counted = nullptr;
    for (const Posting& posting : entry.postings) {
        if (!is_ours(entry, posting, feature)) continue;
        const Period bucket = query_.window == SeriesWindow::Period
                                  ? posting.window
                                  : bucket_at(query_.window, entry.occurred_at);
        const auto key = std::pair(bucket.start, bucket.end);
        if (buckets_.size() == kMostSeriesBuckets && !buckets_.contains(key)) return false;
        BucketSums& sums = buckets_[key];
        sums.add(posting.bucket,
                 query_.unit == SeriesUnit::Credits ? posting.amount : posting.units);
        if (counted != &sums) ++sums.events;
        counted = &sums;
    }
    return true;
}

BucketSums UsageSeries::total() const {
    BucketSums total;
    for (const auto& [key, sums] : buckets_) {
        total.allowance += sums.allowance;
        total.rollover += sums.rollover;
        total.credit += sums.credit;
        total.prepaid += sums.prepaid;
        total.overage += sums.overage;
        total.events += sums.events;
    }
    return total;
}

}  // namespace quipu::ledger

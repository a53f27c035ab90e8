// Usage over time, by hand: buckets, what fills them, and what does not belong.
#include "ledger/explain/usage_series.h"

#include <gtest/gtest.h>

#include "support/ledger_spec.h"

namespace quipu::ledger {
namespace {

using namespace quipu::testing;
using base::Period;

Period between(std::string_view start, std::string_view end) {
    return {moment(start), moment(end)};
}

Posting posting(Bucket bucket, base::Quantity units, std::string entity = {}) {
    Posting posting;
    posting.bucket = bucket;
    posting.meter = {1, "api", std::move(entity)};
    posting.window = between("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
    posting.units = posting.amount = units;
    return posting;
}
Entry tracked(std::string_view at, std::vector<Posting> postings) {
    Entry entry;
    entry.occurred_at = entry.recorded_at = moment(at);
    UsageAnswer answer;
    answer.feature = "api";
    entry.outcome = answer;
    entry.postings = std::move(postings);
    return entry;
}

SeriesQuery by(SeriesWindow window, Period range) {
    SeriesQuery query;
    query.feature = "api";
    query.window = window;
    query.range = range;
    return query;
}
// Three days of January.
SeriesQuery days() {
    return by(SeriesWindow::Day, between("2026-01-01T00:00:00Z", "2026-01-04T00:00:00Z"));
}
UsageSeries made(SeriesQuery query) {
    return UsageSeries::make(std::move(query), Account{}, CatalogBook{}, {}).value();
}
const BucketSums& on(const UsageSeries& series, std::string_view day) {
    const Period bucket = bucket_at(series.query().window, moment(day));
    return series.buckets().at({bucket.start, bucket.end});
}

TEST(UsageSeries, ABucketIsThatOfTheCalendar) {
    const auto at = "2026-03-11T10:17:42.5Z"_at;  // a Wednesday
    const auto expect = [&](SeriesWindow window, std::string_view start, std::string_view end) {
        EXPECT_EQ(bucket_at(window, at).start, moment(start)) << name_of(window);
        EXPECT_EQ(bucket_at(window, at).end, moment(end)) << name_of(window);
    };
    expect(SeriesWindow::Minute, "2026-03-11T10:17:00Z", "2026-03-11T10:18:00Z");
    expect(SeriesWindow::Hour, "2026-03-11T10:00:00Z", "2026-03-11T11:00:00Z");
    expect(SeriesWindow::Day, "2026-03-11T00:00:00Z", "2026-03-12T00:00:00Z");
    expect(SeriesWindow::Week, "2026-03-08T00:00:00Z", "2026-03-15T00:00:00Z");
    expect(SeriesWindow::Month, "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z");
}

TEST(UsageSeries, AWindowIsNamedAndFoundByItsName) {
    for (const char* name : {"minute", "hour", "day", "week", "month", "period"}) {
        ASSERT_TRUE(series_window_from(name).has_value()) << name;
        EXPECT_EQ(name_of(*series_window_from(name)), name);
    }
    EXPECT_FALSE(series_window_from("year").has_value());
}

TEST(UsageSeries, ARangeIsMadeWhole) {
    const Period whole = whole_buckets(
        SeriesWindow::Day, between("2026-01-01T10:00:00Z", "2026-01-03T00:00:00.000001Z"));
    EXPECT_EQ(whole.start, "2026-01-01T00:00:00Z"_at);
    EXPECT_EQ(whole.end, "2026-01-04T00:00:00Z"_at);
    // The end itself is outside.
    const Period exact =
        whole_buckets(SeriesWindow::Day, between("2026-01-01T00:00:00Z", "2026-01-03T00:00:00Z"));
    EXPECT_EQ(exact.end, "2026-01-03T00:00:00Z"_at);
}

TEST(UsageSeries, TheUsualRangeFollowsFromTheWindow) {
    const auto to = "2026-03-31T00:00:00Z"_at;
    EXPECT_EQ(usual_start(SeriesWindow::Minute, to), "2026-03-30T23:00:00Z"_at);
    EXPECT_EQ(usual_start(SeriesWindow::Hour, to), "2026-03-30T00:00:00Z"_at);
    EXPECT_EQ(usual_start(SeriesWindow::Day, to), "2026-03-01T00:00:00Z"_at);
    EXPECT_EQ(usual_start(SeriesWindow::Week, to), "2026-01-06T00:00:00Z"_at);
    EXPECT_EQ(usual_start(SeriesWindow::Month, to), "2025-03-31T00:00:00Z"_at);
}

TEST(UsageSeries, DaysWithoutUsageAreThereAndEmpty) {
    const UsageSeries series = made(days());
    ASSERT_EQ(series.buckets().size(), 3u);
    for (const auto& [period, sums] : series.buckets()) EXPECT_EQ(sums, BucketSums{});
}

TEST(UsageSeries, EachPostingGoesToItsDayAndItsColumn) {
    UsageSeries series = made(days());
    EXPECT_TRUE(
        series.take(tracked("2026-01-03T23:59:59.999999Z",
                            {posting(Bucket::Credit, 4_u), posting(Bucket::Prepaid, 5_u)})));
    EXPECT_TRUE(series.take(tracked("2026-01-01T00:00:00Z", {posting(Bucket::Rollover, 1_u)})));
    EXPECT_TRUE(series.take(tracked(
        "2026-01-01T12:00:00Z", {posting(Bucket::Allowance, 2_u), posting(Bucket::Overage, 3_u)})));
    const BucketSums& first = on(series, "2026-01-01T00:00:00Z");
    EXPECT_EQ(first.rollover, 1_u);
    EXPECT_EQ(first.allowance, 2_u);
    EXPECT_EQ(first.overage, 3_u);
    EXPECT_EQ(first.events, 2);  // an event counts once, however many postings it has
    EXPECT_EQ(on(series, "2026-01-02T00:00:00Z"), BucketSums{});
    EXPECT_EQ(on(series, "2026-01-03T00:00:00Z").credit, 4_u);
    EXPECT_EQ(on(series, "2026-01-03T00:00:00Z").prepaid, 5_u);
    EXPECT_EQ(series.total().total(), 15_u);
    EXPECT_EQ(series.total().events, 3);
}

TEST(UsageSeries, WhatHappenedOutsideOrToAnotherFeatureDoesNotBelong) {
    UsageSeries series = made(days());
    Entry other = tracked("2026-01-02T00:00:00Z", {posting(Bucket::Allowance, 1_u)});
    std::get<UsageAnswer>(other.outcome).feature = "mail";
    Entry without_postings = tracked("2026-01-02T00:00:00Z", {});
    for (const Entry& entry :
         {other, without_postings,
          tracked("2025-12-31T23:59:59Z", {posting(Bucket::Allowance, 1_u)}),
          tracked("2026-01-04T00:00:00Z", {posting(Bucket::Allowance, 1_u)})}) {
        EXPECT_TRUE(series.take(entry));
    }
    EXPECT_EQ(series.total(), BucketSums{});
    EXPECT_EQ(series.buckets().size(), 3u);
}

TEST(UsageSeries, ACorrectionIsTakenOff) {
    UsageSeries series = made(days());
    Entry correction =
        tracked("2026-01-01T13:00:00Z", {posting(Bucket::Allowance, base::Quantity{} - 3_u)});
    correction.outcome = Done{"api"};
    EXPECT_TRUE(series.take(correction));
    EXPECT_TRUE(series.take(tracked("2026-01-01T12:00:00Z", {posting(Bucket::Allowance, 10_u)})));
    EXPECT_EQ(on(series, "2026-01-01T00:00:00Z").allowance, 7_u);
    EXPECT_EQ(on(series, "2026-01-01T00:00:00Z").events, 2);
}

TEST(UsageSeries, AnEntityIsAskedForOrAll) {
    const auto total = [](std::optional<std::string> entity) {
        SeriesQuery query = days();
        query.entity = std::move(entity);
        UsageSeries series = made(query);
        EXPECT_TRUE(series.take(
            tracked("2026-01-01T12:00:00Z", {posting(Bucket::Allowance, 1_u, "seat_1")})));
        EXPECT_TRUE(series.take(
            tracked("2026-01-01T12:00:00Z", {posting(Bucket::Allowance, 2_u, "seat_2")})));
        EXPECT_TRUE(
            series.take(tracked("2026-01-01T12:00:00Z", {posting(Bucket::Allowance, 4_u)})));
        return series.total().total();
    };
    EXPECT_EQ(total(std::nullopt), 7_u);
    EXPECT_EQ(total("seat_2"), 2_u);
    EXPECT_EQ(total(""), 4_u);  // the customer alone
    EXPECT_EQ(total("seat_3"), 0_u);
}

TEST(UsageSeries, CreditsAreCountedAcrossTheFeaturesThatDrewThem) {
    Posting drawn = posting(Bucket::Allowance, 3_u);
    drawn.meter.feature = "ai";
    drawn.amount = 6_u;
    const Entry entry = tracked("2026-01-01T12:00:00Z", {drawn});
    SeriesQuery credits = days();
    credits.feature = "ai";
    credits.unit = SeriesUnit::Credits;
    UsageSeries of_system = made(credits);
    EXPECT_TRUE(of_system.take(entry));
    EXPECT_EQ(of_system.total().allowance, 6_u);
    UsageSeries of_feature = made(days());
    EXPECT_TRUE(of_feature.take(entry));
    EXPECT_EQ(of_feature.total().allowance, 3_u);
}

TEST(UsageSeries, ARangeOfTooManyBucketsIsRefused) {
    const auto start = "2026-01-01T00:00:00Z"_at;
    const auto minutes = [&](std::int64_t count) {
        return UsageSeries::make(
            by(SeriesWindow::Minute, {start, {start.micros + count * base::kMicrosPerMinute}}),
            Account{}, CatalogBook{}, {});
    };
    EXPECT_EQ(minutes(1000).value().buckets().size(), kMostSeriesBuckets);
    ASSERT_FALSE(minutes(1001).has_value());
    EXPECT_EQ(minutes(1001).error().code, base::ErrorCode("range_too_large"));
}

TEST(UsageSeries, EntriesThatWereRecordedADayBeforeTheRangeMayBelong) {
    EXPECT_EQ(made(days()).earliest(), "2025-12-31T00:00:00Z"_at);
}

TEST(UsageSeries, PeriodsAreTheWindowsOfTheMeter) {
    Given ledger(CatalogBuilder()
                     .metered("api")
                     .plan(testing::Plan("free").with(Includes("api").limit(100_u)))
                     .build(),
                 "2026-01-10T00:00:00Z");
    ledger.attach("free").tick("2026-03-15T00:00:00Z");
    const SeriesQuery query =
        by(SeriesWindow::Period, between("2026-02-15T00:00:00Z", "2026-03-15T00:00:00Z"));
    UsageSeries series =
        UsageSeries::make(query, ledger.account(), ledger.book(), ledger.now()).value();
    using Key = std::pair<base::Instant, base::Instant>;
    const Key february{"2026-02-10T00:00:00Z"_at, "2026-03-10T00:00:00Z"_at};
    const Key march{"2026-03-10T00:00:00Z"_at, "2026-04-10T00:00:00Z"_at};
    ASSERT_EQ(series.buckets().size(), 2u);
    EXPECT_TRUE(series.buckets().contains(february));
    EXPECT_TRUE(series.buckets().contains(march));
    EXPECT_EQ(series.query().range.start, february.first);
    // Usage counts in the window that it was posted to, whenever it happened.
    Posting late = posting(Bucket::Allowance, 5_u);
    late.window = {february.first, february.second};
    EXPECT_TRUE(series.take(tracked("2026-03-12T00:00:00Z", {late})));
    EXPECT_EQ(series.buckets().at(february).allowance, 5_u);
    EXPECT_EQ(series.buckets().at(march), BucketSums{});
}

}  // namespace
}  // namespace quipu::ledger

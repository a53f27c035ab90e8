// What the store of a past account keeps, and what it drops.
#include "projections/past/past_store.h"

#include <gtest/gtest.h>

#include "projections/event_history.h"

namespace quipu::projections {
namespace {

base::Fingerprint id(std::uint8_t n) {
    base::Fingerprint id;
    id.bytes[0] = n;
    id.bytes[15] = static_cast<std::uint8_t>(255 - n);
    return id;
}

WriteSet set_of(std::vector<SeenEvent> seen, std::vector<Row> rows = {}) {
    WriteSet set;
    set.rows = std::move(rows);
    set.seen = std::move(seen);
    set.position.next_offset = 1000;
    set.position.clock = {1000};
    return set;
}

TEST(PastStore, FindsTheNewestMentionOfAnIdWithinTheTimesAsked) {
    PastStore store({});
    ASSERT_TRUE(store.write(set_of({{id(3), 0, {10}}, {id(1), 1, {20}}, {id(3), 2, {30}}})));
    ASSERT_TRUE(store.write(set_of({{id(2), 3, {40}}, {id(3), 4, {50}}})));
    const auto found = [&](std::uint8_t n, std::int64_t first, std::int64_t last) {
        const auto event = store.find_seen(id(n), {first}, {last}).value();
        return event ? event->first_offset : -1;
    };
    EXPECT_EQ(found(3, 0, 100), 4);
    EXPECT_EQ(found(3, 0, 49), 2);
    EXPECT_EQ(found(3, 10, 29), 0);
    EXPECT_EQ(found(3, 11, 29), -1);
    EXPECT_EQ(found(1, 20, 20), 1);
    EXPECT_EQ(found(1, 21, 100), -1);
    EXPECT_EQ(found(2, 0, 100), 3);
    EXPECT_EQ(found(9, 0, 100), -1);

    ASSERT_TRUE(store.forget_seen({31}));
    EXPECT_EQ(found(1, 0, 100), -1);
    EXPECT_EQ(found(3, 0, 100), 4);
    EXPECT_EQ(store.seen_events(), 2U);
}

TEST(PastStore, KeepsInvoicesAndDropsAllOtherRows) {
    PastStore store({});
    ASSERT_TRUE(store.write(set_of({}, {{Table::Invoice, "one", "first"},
                                        {Table::Account, "one", "account"},
                                        {Table::Meta, "one", "meta"}})));
    ASSERT_TRUE(store.write(set_of({}, {{Table::Invoice, "one", "paid"}})));
    EXPECT_EQ(store.get(Table::Invoice, "one").value(), "paid");
    EXPECT_EQ(store.get(Table::Invoice, "two").value(), std::nullopt);
    EXPECT_EQ(store.get(Table::Account, "one").value(), std::nullopt);
    EXPECT_EQ(store.get(Table::Meta, "one").value(), std::nullopt);
}

TEST(PastStore, AnyEntryIsThereAndReadable) {
    PastStore store({});
    const EventHistory history(store, kDefaultDedupeWindowMicros);
    const auto entry = history.read(7);
    ASSERT_TRUE(entry.has_value()) << entry.error().message;
    EXPECT_EQ(entry->entry.offset, 7);
    EXPECT_EQ(entry->previous, kNoEntry);
}

TEST(PastStore, RefusesToGrowBeyondItsLimits) {
    PastStore ids({.seen_events = 2});
    ASSERT_TRUE(ids.write(set_of({{id(1), 0, {10}}, {id(2), 1, {10}}})));
    EXPECT_EQ(ids.write(set_of({{id(3), 2, {20}}})).error().code,
              base::ErrorCode("history_too_long"));

    PastStore invoices({.invoice_bytes = 10});
    ASSERT_TRUE(invoices.write(set_of({}, {{Table::Invoice, "one", "0123456789"}})));
    ASSERT_TRUE(invoices.write(set_of({}, {{Table::Invoice, "one", "9876543210"}})));
    EXPECT_EQ(invoices.write(set_of({}, {{Table::Invoice, "two", "0"}})).error().code,
              base::ErrorCode("history_too_long"));
}

}  // namespace
}  // namespace quipu::projections

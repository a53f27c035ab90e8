#include "projections/store/state_writer.h"

#include <gtest/gtest.h>

#include <semaphore>

#include "projections/store/memory_store.h"
#include "projections/store/state_format.h"
#include "projections/store/write_sets.h"

namespace quipu::projections {
namespace {

constexpr std::int64_t kWindowMicros = 10 * base::kMicrosPerDay;

// A memory store whose writes can be held up and can fail.
class HeldStore final : public StateStore {
public:
    using StateStore::find_seen;

    base::Result<void> write(WriteSet set) override {
        begun_.release();
        go_.acquire();
        if (failing_) return base::fail("state_unavailable", "no disk");
        return inner_.write(std::move(set));
    }
    base::Result<std::optional<Position>> position() override { return inner_.position(); }
    base::Result<std::optional<std::string>> get(Table table, std::string_view key) override {
        return inner_.get(table, key);
    }
    base::Result<void> scan_from(Table table, std::string_view prefix, std::string_view first_key,
                                 const Visit& visit) override {
        return inner_.scan_from(table, prefix, first_key, visit);
    }
    base::Result<void> scan_back(Table table, std::string_view prefix, std::string_view before_key,
                                 const Visit& visit) override {
        return inner_.scan_back(table, prefix, before_key, visit);
    }
    base::Result<std::optional<SeenEvent>> find_seen(const base::Fingerprint& id,
                                                     base::Instant not_before,
                                                     base::Instant not_after) override {
        return inner_.find_seen(id, not_before, not_after);
    }
    base::Result<void> scan_seen(base::Instant not_before, const VisitSeen& visit) override {
        return inner_.scan_seen(not_before, visit);
    }
    base::Result<void> forget_seen(base::Instant before) override {
        return inner_.forget_seen(before);
    }
    base::Result<std::string> digest(base::Instant from) override { return inner_.digest(from); }
    base::Result<void> checkpoint(const std::string& folder) override {
        return inner_.checkpoint(folder);
    }

    // Waits until a write has begun.
    void wait_for_write() {
        begun_.acquire();
        begun_.release();
    }
    // Waits until a write has begun, and holds it no longer.
    void let_one_through(bool failing = false) {
        begun_.acquire();
        failing_ = failing;
        go_.release();
    }

private:
    MemoryStore inner_;
    std::counting_semaphore<> begun_{0};
    std::counting_semaphore<> go_{0};
    bool failing_ = false;
};

}  // namespace

TEST(StateWriter, WritesEverySetInOrder) {
    MemoryStore store;
    MemoryStore reference;
    {
        StateWriter writer(store, kWindowMicros);
        for (std::int64_t n = 0; n < 50; ++n) {
            ASSERT_TRUE(reference.write(series_set(n, 10)));
            WriteSet set = series_set(n, 10);
            if (!writer.offer(set)) {
                EXPECT_EQ(set.position, series_set(n, 10).position) << "a refused set is untouched";
                ASSERT_TRUE(writer.flush_and_wait());
                ASSERT_TRUE(writer.offer(set));
            }
            EXPECT_TRUE(set.rows.empty());
        }
        ASSERT_TRUE(writer.flush_and_wait());
        EXPECT_EQ(writer.written(), series_set(49, 10).position);
        EXPECT_TRUE(writer.has_room());
    }
    EXPECT_EQ(store.digest(kStart).value(), reference.digest(kStart).value());
}

TEST(StateWriter, ItsEndWritesWhatIsQueued) {
    MemoryStore store;
    {
        StateWriter writer(store, kWindowMicros);
        WriteSet set = series_set(0, 10);
        ASSERT_TRUE(writer.offer(set));
    }
    EXPECT_EQ(store.position().value(), series_set(0, 10).position);
}

TEST(StateWriter, ForgetsWhatLeftTheWindowOfTheWrittenPosition) {
    MemoryStore store;
    StateWriter writer(store, kWindowMicros);
    WriteSet first{{}, {{fingerprint(1), 0, kStart}}, position_at(1, kStart)};
    ASSERT_TRUE(writer.offer(first));
    WriteSet day_nine{{}, {}, position_at(2, after_hours(9 * 24))};
    ASSERT_TRUE(writer.flush_and_wait());
    ASSERT_TRUE(writer.offer(day_nine));
    ASSERT_TRUE(writer.flush_and_wait());
    EXPECT_TRUE(store.find_seen(fingerprint(1), kStart).value());
    WriteSet day_eleven{{}, {}, position_at(3, after_hours(11 * 24))};
    ASSERT_TRUE(writer.offer(day_eleven));
    ASSERT_TRUE(writer.flush_and_wait());
    EXPECT_FALSE(store.find_seen(fingerprint(1), kStart).value());
}

TEST(StateWriter, AFullQueueRefusesWithoutWaiting) {
    HeldStore store;
    StateWriter writer(store, kWindowMicros);
    WriteSet set = series_set(0, 1);
    ASSERT_TRUE(writer.offer(set));
    store.wait_for_write();  // so that the queue is empty again
    for (std::int64_t n = 1; n <= 2; ++n) {
        set = series_set(n, 1);
        ASSERT_TRUE(writer.offer(set));
    }
    EXPECT_FALSE(writer.has_room());
    set = series_set(3, 1);
    EXPECT_FALSE(writer.offer(set));
    EXPECT_EQ(set.rows, series_set(3, 1).rows);
    EXPECT_EQ(writer.written(), std::nullopt);
    for (int n = 0; n < 3; ++n) store.let_one_through();
    ASSERT_TRUE(writer.flush_and_wait());
    EXPECT_EQ(writer.written(), series_set(2, 1).position);
    EXPECT_TRUE(writer.has_room());
}

TEST(StateWriter, AFailedWriteStopsEverything) {
    HeldStore store;
    std::vector<std::string> stops;
    StateWriter writer(store, kWindowMicros,
                       [&](const base::Error& error) { stops.emplace_back(error.code.text()); });
    WriteSet set = series_set(0, 1);
    ASSERT_TRUE(writer.offer(set));
    store.wait_for_write();
    set = series_set(1, 1);
    ASSERT_TRUE(writer.offer(set));
    store.let_one_through(true);
    const auto flushed = writer.flush_and_wait();
    ASSERT_FALSE(flushed);
    EXPECT_EQ(flushed.error().code, base::ErrorCode("state_unavailable"));
    EXPECT_EQ(stops, std::vector<std::string>{"state_unavailable"});
    set = series_set(2, 1);
    EXPECT_FALSE(writer.offer(set));
    EXPECT_EQ(store.position().value(), std::nullopt) << "the set behind it was not written either";
}

TEST(StateWriterDeathTest, AFailedWriteEndsTheProcess) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    const auto fail_to_write = [] {
        HeldStore store;
        StateWriter writer(store, kWindowMicros);
        WriteSet set = series_set(0, 1);
        (void)writer.offer(set);
        store.let_one_through(true);
        (void)writer.flush_and_wait();
    };
    EXPECT_EXIT(fail_to_write(), testing::ExitedWithCode(kExitStateFailed), "no disk");
}

}  // namespace quipu::projections

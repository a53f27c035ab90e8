// What only a store on disk can lose: kills, reopening, read-only opening, damage.
#include "projections/store/rocksdb_store.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <random>
#include <thread>

#include "projections/store/memory_store.h"
#include "projections/store/write_sets.h"
#include "support/temporary_folder.h"

namespace quipu::projections {
namespace {

constexpr std::int64_t kSetSize = 200;

std::unique_ptr<StateStore> opened(const std::string& folder, RocksdbStoreOptions options = {}) {
    const RocksdbMemory memory;
    auto store = open_rocksdb_store(folder, memory, std::move(options));
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
}

std::string reference_digest(std::int64_t sets) {
    MemoryStore reference;
    for (std::int64_t n = 0; n < sets; ++n) EXPECT_TRUE(reference.write(series_set(n, kSetSize)));
    return reference.digest(base::Instant{}).value();
}

// How many sets of the series the store shows; fails the test when it is not exactly that many.
std::int64_t whole_sets(StateStore& store) {
    const auto position = store.position().value();
    if (!position) return 0;
    const std::int64_t sets = position->next_offset / kSetSize;
    EXPECT_EQ(*position, series_set(sets - 1, kSetSize).position);
    EXPECT_EQ(store.digest(base::Instant{}).value(), reference_digest(sets));
    std::int64_t seen = 0;
    EXPECT_TRUE(store.scan_seen(base::Instant{}, [&](const SeenEvent& event) {
        EXPECT_LT(event.first_offset, position->next_offset);
        ++seen;
        return true;
    }));
    EXPECT_EQ(seen, position->next_offset);
    return sets;
}

// Runs `body` in a child and returns its process id.
template <typename Body>
pid_t forked(const Body& body) {
    const pid_t child = fork();
    if (child != 0) return child;
    body();
    _exit(0);
}

void write_on_from(const std::string& folder, std::int64_t set,
                   const RocksdbStoreOptions& options) {
    const auto store = opened(folder, options);
    for (;; ++set) {
        if (!store->write(series_set(set, kSetSize))) _exit(3);
    }
}

class KilledStore : public testing::TestWithParam<std::size_t> {};

INSTANTIATE_TEST_SUITE_P(SetsOf200Ids, KilledStore, testing::Values(1, 1'000'000),
                         [](const auto& test) {
                             return test.param == 1 ? "AsFiles" : "InBatches";
                         });

TEST_P(KilledStore, ShowsAWholePrefixOfItsWrites) {
    const TemporaryFolder folder;
    RocksdbStoreOptions options;
    options.ingest_seen_at_least = GetParam();
    const std::uint64_t seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    std::int64_t sets = 0;
    for (int round = 0; round < 12; ++round) {
        const pid_t child = forked([&] { write_on_from(folder.path("state"), sets, options); });
        // Not synchronisation: the moment of the kill is what is random here.
        std::this_thread::sleep_for(std::chrono::milliseconds(20 + random() % 150));
        ASSERT_EQ(kill(child, SIGKILL), 0);
        int status = 0;
        ASSERT_EQ(waitpid(child, &status, 0), child);
        ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;

        const auto store = opened(folder.path("state"), options);
        const std::int64_t now = whole_sets(*store);
        EXPECT_GE(now, sets);
        sets = now;
    }
    EXPECT_GT(sets, 0);
}

// Ends the process between the ingested ids of set 3 and its rows.
void crash_between_ids_and_rows(const std::string& folder) {
    int writes = 0;
    RocksdbStoreOptions options;
    options.ingest_seen_at_least = 1;
    options.after_ingest = [&writes] {
        if (++writes == 4) _exit(42);
    };
    const pid_t child = forked([&] { write_on_from(folder, 0, options); });
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_EQ(WEXITSTATUS(status), 42);
}

TEST(RocksdbStore, IdsWithoutTheirRowsAreNotSeen) {
    const TemporaryFolder folder;
    crash_between_ids_and_rows(folder.path("state"));
    const base::Fingerprint leftover = fingerprint(3 * kSetSize + 5);
    {
        const RocksdbMemory memory;
        const auto store = open_rocksdb_store_read_only(folder.path("state"), memory).value();
        EXPECT_EQ(whole_sets(*store), 3);
        EXPECT_FALSE(store->find_seen(leftover, base::Instant{}).value());
    }
    const auto store = opened(folder.path("state"));
    EXPECT_EQ(whole_sets(*store), 3);
    // The record that came with it may be folded to nothing this time: its id must stay away.
    Position later = *store->position().value();
    later.next_offset += 10 * kSetSize;
    later.clock = after_hours(100);
    ASSERT_TRUE(store->write({{}, {}, later}));
    EXPECT_FALSE(store->find_seen(leftover, base::Instant{}).value());
}

TEST(RocksdbStore, ACrashInTheVeryFirstWriteLeavesAnEmptyStore) {
    const TemporaryFolder folder;
    RocksdbStoreOptions options;
    options.ingest_seen_at_least = 1;
    options.after_ingest = [] { _exit(42); };
    const pid_t child = forked([&] { write_on_from(folder.path("state"), 0, options); });
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    const auto store = opened(folder.path("state"));
    EXPECT_EQ(store->digest(base::Instant{}).value(), reference_digest(0));
    ASSERT_TRUE(store->write({{}, {}, position_at(10 * kSetSize, after_hours(9))}));
    EXPECT_FALSE(store->find_seen(fingerprint(1), base::Instant{}).value());
}

TEST(RocksdbStore, AReadOnlyOpenShowsTheSameAndWritesNothing) {
    const TemporaryFolder folder;
    {
        const auto store = opened(folder.path("state"));
        for (int n = 0; n < 5; ++n) ASSERT_TRUE(store->write(series_set(n, kSetSize)));
    }
    const RocksdbMemory memory;
    const auto store = open_rocksdb_store_read_only(folder.path("state"), memory).value();
    EXPECT_EQ(whole_sets(*store), 5);
    EXPECT_EQ(store->write(series_set(5, kSetSize)).error().code,
              base::ErrorCode("state_unavailable"));
    EXPECT_EQ(store->forget_seen(after_hours(1000)).error().code,
              base::ErrorCode("state_unavailable"));
    EXPECT_EQ(whole_sets(*store), 5);
}

TEST(RocksdbStore, AReadOnlyOpenOfNothingFails) {
    const TemporaryFolder folder;
    const RocksdbMemory memory;
    const auto store = open_rocksdb_store_read_only(folder.path("none"), memory);
    ASSERT_FALSE(store);
    EXPECT_EQ(store.error().code, base::ErrorCode("state_unavailable"));
}

TEST(RocksdbStore, ACheckpointIsTheStateOfItsMoment) {
    const TemporaryFolder folder;
    const auto store = opened(folder.path("state"));
    for (int n = 0; n < 5; ++n) ASSERT_TRUE(store->write(series_set(n, kSetSize)));
    ASSERT_TRUE(store->checkpoint(folder.path("copy")));
    for (int n = 5; n < 8; ++n) ASSERT_TRUE(store->write(series_set(n, kSetSize)));
    EXPECT_FALSE(store->checkpoint(folder.path("copy"))) << "the folder exists";

    const auto copy = opened(folder.path("copy"));
    EXPECT_EQ(whole_sets(*copy), 5);
    ASSERT_TRUE(copy->write(series_set(5, kSetSize)));
    EXPECT_EQ(whole_sets(*copy), 6);
    EXPECT_EQ(whole_sets(*store), 8);
}

TEST(RocksdbStore, AFolderBelongsToOneProcess) {
    const TemporaryFolder folder;
    const auto store = opened(folder.path("state"));
    const RocksdbMemory memory;
    const auto second = open_rocksdb_store(folder.path("state"), memory);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, base::ErrorCode("state_unavailable"));
}

void flip_bit_in_the_middle(const std::filesystem::path& file) {
    std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
    const auto middle = static_cast<std::streamoff>(std::filesystem::file_size(file) / 2);
    bytes.seekg(middle);
    const char byte = static_cast<char>(bytes.get() ^ 1);
    bytes.seekp(middle);
    bytes.put(byte);
}

TEST(RocksdbStore, AFlippedBitInASortedFileIsReportedAsCorrupt) {
    const TemporaryFolder folder;
    RocksdbStoreOptions options;
    options.ingest_seen_at_least = 1;
    {
        const auto store = opened(folder.path("state"), options);
        ASSERT_TRUE(store->write(series_set(0, 20'000)));
    }
    int flipped = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder.path("state"))) {
        if (entry.path().extension() != ".sst") continue;
        flip_bit_in_the_middle(entry.path());
        ++flipped;
    }
    ASSERT_EQ(flipped, 1);
    const RocksdbMemory memory;
    const auto store = open_rocksdb_store_read_only(folder.path("state"), memory);
    const auto digest = store ? (*store)->digest(base::Instant{}) : tl::unexpected(store.error());
    ASSERT_FALSE(digest);
    EXPECT_EQ(digest.error().code, base::ErrorCode("state_corrupt"));
}

TEST(RocksdbStore, ForgottenDaysStayForgottenAfterReopening) {
    const TemporaryFolder folder;
    RocksdbStoreOptions options;
    options.ingest_seen_at_least = 1;
    {
        const auto store = opened(folder.path("state"), options);
        for (int n = 0; n < 100; ++n) ASSERT_TRUE(store->write(series_set(n, kSetSize)));
        ASSERT_TRUE(store->forget_seen(after_hours(60)));
    }
    const auto store = opened(folder.path("state"), options);
    std::int64_t seen = 0;
    ASSERT_TRUE(store->scan_seen(base::Instant{}, [&](const SeenEvent& event) {
        EXPECT_GE(event.first_seen.micros / base::kMicrosPerDay,
                  after_hours(60).micros / base::kMicrosPerDay);
        ++seen;
        return true;
    }));
    // 22:13 + 49 h 47 min is the first midnight of the day that hour 60 lies in.
    EXPECT_EQ(seen, (100 - 50) * kSetSize);
}

}  // namespace
}  // namespace quipu::projections

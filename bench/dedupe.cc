// What a duplicate check and a write of state cost, each beside a ceiling from the same run.
//
// bench_dedupe [folder]: the stores are made in the folder (default: the temporary one) and
// removed.
#include "projections/dedupe/dedupe.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/siphash.h"
#include "projections/store/rocksdb_store.h"

namespace quipu::projections {
namespace {

constexpr base::Instant kStart{1'700'000'000'000'000};
constexpr std::size_t kSaveEvery = 100'000;
constexpr int kLookups = 1'000'000;
constexpr std::size_t kAhead = 8;

using Steady = std::chrono::steady_clock;

std::int64_t nanos_since(Steady::time_point start) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(Steady::now() - start).count();
}

template <typename Body>
void timed(const char* what, std::size_t count, const Body& body) {
    const auto start = Steady::now();
    const std::size_t found = body();
    const std::int64_t nanos = nanos_since(start);
    std::printf("  %-52s %8lld ns each   (%zu of %zu found)\n", what,
                static_cast<long long>(nanos / static_cast<std::int64_t>(count)), found, count);
}

base::Fingerprint id_of(std::uint64_t number) {
    return base::siphash128({}, {reinterpret_cast<const char*>(&number), sizeof number});
}

std::vector<base::Fingerprint> random_ids(std::uint64_t from, std::uint64_t to) {
    std::mt19937_64 random(1);
    std::vector<base::Fingerprint> ids;
    for (int i = 0; i < kLookups; ++i) ids.push_back(id_of(from + random() % (to - from)));
    return ids;
}

void must(const base::Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().message);
}

struct Clock {
    std::size_t ids;
    // Spread evenly over 34 days, so that all stay in the window.
    [[nodiscard]] base::Instant at(std::size_t offset) const {
        return {kStart.micros + static_cast<std::int64_t>(offset * 34 / ids) * base::kMicrosPerDay};
    }
};

Position position_of(std::size_t offset, base::Instant clock) {
    return {static_cast<ledger::Offset>(offset), clock, {}};
}

// As a fold does it: for every record a prefetch some records ahead, a question and an insertion.
void fill(DedupeIndex& index, StateStore& store, std::size_t ids) {
    const Clock clock{ids};
    std::int64_t asking = 0;
    std::int64_t taking = 0;
    std::vector<base::Fingerprint> batch(kSaveEvery + kAhead);
    for (std::size_t offset = 0; offset < ids;) {
        for (std::size_t i = 0; i < batch.size(); ++i) batch[i] = id_of(offset + i);
        auto start = Steady::now();
        for (std::size_t i = 0; i < kSaveEvery; ++i, ++offset) {
            const auto current = static_cast<ledger::Offset>(offset);
            index.prefetch(batch[i + kAhead]);
            if (!index.find(batch[i], current, clock.at(offset)))
                throw std::runtime_error("the store failed");
            index.insert({batch[i], current, clock.at(offset)});
        }
        asking += nanos_since(start);
        start = Steady::now();
        WriteSet set{{}, index.take_unsaved(), position_of(offset, clock.at(offset - 1))};
        taking += nanos_since(start);
        must(store.write(std::move(set)));
        index.mark_saved(static_cast<ledger::Offset>(offset));
    }
    std::printf("  %-52s %8lld ns each\n", "new id: prefetch, miss, insert",
                static_cast<long long>(asking / static_cast<std::int64_t>(ids)));
    std::printf("  %-52s %8lld ns each\n", "take for saving, by 100,000",
                static_cast<long long>(taking / static_cast<std::int64_t>(ids)));
}

std::size_t look_up(DedupeIndex& index, const std::vector<base::Fingerprint>& ids,
                    std::size_t inserted, std::size_t ahead) {
    std::size_t found = 0;
    const base::Instant now = Clock{inserted}.at(inserted - 1);
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (ahead != 0 && i + ahead < ids.size()) index.prefetch(ids[i + ahead]);
        const auto event = index.find(ids[i], static_cast<ledger::Offset>(inserted), now);
        if (!event) throw std::runtime_error(event.error().message);
        found += event->has_value() ? 1U : 0U;
    }
    return found;
}

void bench_lookups(StateStore& store, std::size_t ids) {
    std::printf("%zu ids over 34 days\n", ids);
    DedupeIndex index(store);
    fill(index, store, ids);
    const auto absent = random_ids(ids, ids * 2);
    const auto recent = random_ids(ids - 400'000, ids);
    auto old = random_ids(0, ids / 2);
    const auto first = random_ids(ids * 3, ids * 4);
    timed("miss, the store's caches cold", kLookups, [&] { return look_up(index, first, ids, 0); });
    timed("miss", kLookups, [&] { return look_up(index, absent, ids, 0); });
    timed("miss, prefetched 8 ahead", kLookups,
          [&] { return look_up(index, absent, ids, kAhead); });
    timed("hit in memory (last 400,000)", kLookups, [&] { return look_up(index, recent, ids, 0); });
    old.resize(100'000);
    timed("hit in the store (older half)", old.size(), [&] { return look_up(index, old, ids, 0); });

    std::unordered_set<base::Fingerprint> set;
    set.reserve(ids);
    for (std::size_t i = 0; i < ids; ++i) set.insert(id_of(i));
    timed("ceiling: std::unordered_set, miss", kLookups, [&] {
        std::size_t found = 0;
        for (const base::Fingerprint& id : absent) found += set.count(id);
        return found;
    });

    const auto start = Steady::now();
    DedupeIndex loaded(store);
    must(loaded.load(*store.position().value()));
    std::printf("  %-52s %8lld ms\n", "load at start",
                static_cast<long long>(nanos_since(start) / 1'000'000));
}

std::vector<Row> random_rows(std::size_t count, std::mt19937_64& random) {
    std::vector<Row> rows;
    for (std::size_t i = 0; i < count; ++i) {
        // An organisation, a customer of a million, a feature; about the size of a meter row.
        rows.push_back({Table::Meter,
                        "org-0001/customer-" + std::to_string(random() % 1'000'000) + "/f" +
                            std::to_string(i % 10),
                        std::string(60, static_cast<char>('a' + random() % 26))});
    }
    const auto key_of = [](const Row& row) -> const std::string& { return row.key; };
    std::ranges::sort(rows, {}, key_of);
    const auto equal = std::ranges::unique(rows, {}, key_of);
    rows.erase(equal.begin(), equal.end());
    return rows;
}

// The least that writing the same bytes in order can cost: sort them, append them to a file.
void sort_and_write_file(std::vector<Row> rows, const std::string& path) {
    std::ranges::sort(rows, {}, [](const Row& row) -> const std::string& { return row.key; });
    std::string bytes;
    for (const Row& row : rows) bytes += row.key + *row.value;
    const int file = open(path.c_str(), O_CREAT | O_WRONLY | O_TRUNC, 0644);
    if (file < 0 || write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()))
        throw std::runtime_error("cannot write " + path);
    close(file);
}

void print_rate(const char* what, std::size_t rows, std::int64_t nanos) {
    std::printf("  %-52s %8lld rows/s   %6lld ns each\n", what,
                static_cast<long long>(rows * 1'000'000'000 / static_cast<std::uint64_t>(nanos)),
                static_cast<long long>(nanos / static_cast<std::int64_t>(rows)));
}

void bench_writes(StateStore& store, const std::string& folder, std::size_t rows_per_set,
                  std::size_t ids_per_set, int sets) {
    std::mt19937_64 random(7);
    std::int64_t in_store = 0;
    std::int64_t in_file = 0;
    std::size_t rows = 0;
    std::size_t offset = 0;
    for (int n = 0; n < sets; ++n) {
        WriteSet set;
        if (rows_per_set > 0) set.rows = random_rows(rows_per_set, random);
        for (std::size_t i = 0; i < ids_per_set; ++i, ++offset)
            set.seen.push_back({id_of(offset), static_cast<ledger::Offset>(offset), kStart});
        set.position = position_of(offset + 1, kStart);
        rows += std::max(set.rows.size(), set.seen.size());
        auto start = Steady::now();
        if (rows_per_set > 0) sort_and_write_file(set.rows, folder + "/ceiling");
        in_file += nanos_since(start);
        start = Steady::now();
        must(store.write(std::move(set)));
        in_store += nanos_since(start);
    }
    char what[80];
    std::snprintf(what, sizeof what, "write, sets of %zu rows and %zu ids", rows_per_set,
                  ids_per_set);
    print_rate(what, rows, in_store);
    if (rows_per_set > 0) print_rate("ceiling: sort and append to a file", rows, in_file);
}

std::unique_ptr<StateStore> make_store(const std::string& folder, const RocksdbMemory& memory,
                                       std::size_t ingest_at_least = 20'000) {
    RocksdbStoreOptions options;
    options.ingest_seen_at_least = ingest_at_least;
    auto store = open_rocksdb_store(folder, memory, options);
    if (!store) throw std::runtime_error(store.error().message);
    return std::move(*store);
}

void run(const std::string& folder) {
    const RocksdbMemory memory;
    bench_lookups(*make_store(folder + "/1m", memory), 1'000'000);
    bench_lookups(*make_store(folder + "/10m", memory), 10'000'000);
    std::printf("state writes\n");
    bench_writes(*make_store(folder + "/rows", memory), folder, 100'000, 0, 30);
    bench_writes(*make_store(folder + "/small", memory), folder, 1'000, 0, 1'000);
    bench_writes(*make_store(folder + "/files", memory), folder, 0, 100'000, 30);
    bench_writes(*make_store(folder + "/batches", memory, 1'000'000), folder, 0, 100'000, 30);
    bench_writes(*make_store(folder + "/files20", memory, 1), folder, 0, 20'000, 50);
    bench_writes(*make_store(folder + "/batches20", memory, 1'000'000), folder, 0, 20'000, 50);
    bench_writes(*make_store(folder + "/files5", memory, 1), folder, 0, 5'000, 100);
    bench_writes(*make_store(folder + "/batches5", memory, 1'000'000), folder, 0, 5'000, 100);
}

}  // namespace
}  // namespace quipu::projections

int main(int argc, char** argv) {
    std::string folder = (argc > 1 ? argv[1] : std::filesystem::temp_directory_path().string()) +
                         "/quipu-bench-XXXXXX";
    if (mkdtemp(folder.data()) == nullptr) return 1;
    int status = 0;
    try {
        quipu::projections::run(folder);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        status = 1;
    }
    std::filesystem::remove_all(folder);
    return status;
}

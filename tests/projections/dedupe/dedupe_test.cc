// The index against a naive model: whatever is saved, dropped or lost, every answer is the same.
#include "projections/dedupe/dedupe.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <deque>
#include <map>
#include <memory>

#include "projections/store/memory_store.h"
#include "projections/store/rocksdb_store.h"
#include "projections/store/state_format.h"
#include "projections/store/write_sets.h"
#include "support/temporary_folder.h"

namespace quipu::projections {
namespace {

constexpr std::int64_t kWindowHours = 72;
constexpr std::int64_t kWindowMicros = kWindowHours * base::kMicrosPerHour;
constexpr std::size_t kGenerationSize = 8;

struct Record {
    base::Fingerprint id;
    base::Instant at;
};
using Answers = std::vector<std::optional<SeenEvent>>;

// What the fold must answer for each record of a log, from the definition alone.
Answers model_answers(const std::vector<Record>& log) {
    std::map<base::Fingerprint, SeenEvent> accepted;
    Answers answers;
    for (const Record& record : log) {
        const auto offset = static_cast<ledger::Offset>(answers.size());
        const auto earlier = accepted.find(record.id);
        if (earlier != accepted.end() &&
            earlier->second.first_seen.micros > record.at.micros - kWindowMicros) {
            answers.emplace_back(earlier->second);
        } else {
            answers.emplace_back(std::nullopt);
            accepted[record.id] = {record.id, offset, record.at};
        }
    }
    return answers;
}

// A fold that does nothing but look for duplicates, whose process may end at any moment.
class Fold {
public:
    Fold(StateStore& store, const std::vector<Record>& log) : store_(store), log_(log) { start(); }

    [[nodiscard]] bool at_end() const { return next() == log_.size(); }

    std::optional<SeenEvent> step() {
        const Record& record = log_[next()];
        const ledger::Offset offset = position_.next_offset;
        const auto found = index_->find(record.id, offset, record.at).value();
        if (!found) index_->insert({record.id, offset, record.at});
        position_ = position_at(offset + 1, record.at);
        return found;
    }

    void take() { pending_.push_back({{}, index_->take_unsaved(), position_}); }
    void write() {
        if (pending_.empty()) return;
        ASSERT_TRUE(store_.write(std::exchange(pending_.front(), {})));
        pending_.pop_front();
    }
    void mark() {
        const auto position = store_.position().value();
        if (position) index_->mark_saved(position->next_offset);
    }
    void expire() { index_->expire(position_.clock); }
    void forget() {
        const auto position = store_.position().value();
        if (!position) return;
        ASSERT_TRUE(store_.forget_seen(base::Instant{position->clock.micros - kWindowMicros}));
    }
    void restart() {
        pending_.clear();
        start();
    }

    [[nodiscard]] std::size_t next() const {
        return static_cast<std::size_t>(position_.next_offset);
    }

private:
    void start() {
        position_ = store_.position().value().value_or(Position{});
        index_ = std::make_unique<DedupeIndex>(store_, kWindowMicros, kGenerationSize);
        ASSERT_TRUE(index_->load(position_));
    }

    StateStore& store_;
    const std::vector<Record>& log_;
    Position position_;
    std::unique_ptr<DedupeIndex> index_;
    std::deque<WriteSet> pending_;
};

std::vector<Record> random_log(int records) {
    std::vector<Record> log;
    base::Instant now = kStart;
    for (int i = 0; i < records; ++i) {
        now.micros += *rc::gen::weightedElement<std::int64_t>({{6, 0},
                                                               {6, base::kMicrosPerHour},
                                                               {2, 9 * base::kMicrosPerHour},
                                                               {1, kWindowMicros - 1},
                                                               {1, kWindowMicros}});
        log.push_back({fingerprint(*rc::gen::inRange<std::uint64_t>(0, 60)), now});
    }
    return log;
}

void run_against_model(StateStore& store, int records) {
    const std::vector<Record> log = random_log(records);
    const Answers answers = model_answers(log);
    Fold fold(store, log);
    int steps = 0;
    while (!fold.at_end() && ++steps < records * 3) {
        const std::size_t offset = fold.next();
        RC_ASSERT(fold.step() == answers[offset]);
        switch (*rc::gen::weightedElement<int>(
            {{20, 0}, {4, 1}, {4, 2}, {4, 3}, {2, 4}, {2, 5}, {1, 6}})) {
            case 1:
                fold.take();
                break;
            case 2:
                fold.write();
                break;
            case 3:
                fold.mark();
                break;
            case 4:
                fold.expire();
                break;
            case 5:
                fold.forget();
                break;
            case 6:
                fold.restart();
                break;
            default:
                break;
        }
    }
    RC_CLASSIFY(fold.at_end());
}

RC_GTEST_PROP(DedupeIndex, AgreesWithANaiveModel, ()) {
    MemoryStore store;
    run_against_model(store, 150);
}

RC_GTEST_PROP(DedupeIndex, AgreesWithANaiveModelOverRocksdb, ()) {
    static int runs = 0;
    if (++runs > 25) return;  // a database per run: fewer, but of the real store
    const TemporaryFolder folder;
    const RocksdbMemory memory;
    RocksdbStoreOptions options;
    options.ingest_seen_at_least = 4;
    const auto store = open_rocksdb_store(folder.path("state"), memory, options).value();
    run_against_model(*store, 150);
}

RC_GTEST_PROP(SeenTable, AgreesWithAMap, ()) {
    const auto capacity = *rc::gen::inRange<std::size_t>(1, 3000);
    SeenTable table(capacity);
    std::map<base::Fingerprint, SeenEvent> model;
    for (std::size_t i = 0; i < capacity; ++i) {
        base::Fingerprint id = fingerprint(i % 2000);
        // Few values in the bits that the table places by: long runs and wrap-around.
        if (i % 3 == 0) id.bytes[6] = id.bytes[7] = 0xff;
        const SeenEvent event{id, static_cast<ledger::Offset>(i), kStart};
        table.insert(event);
        model[id] = event;
    }
    RC_ASSERT(table.full());
    for (const auto& [id, event] : model) {
        RC_ASSERT(table.find(id) != nullptr);
        RC_ASSERT(*table.find(id) == event);
    }
    for (std::uint64_t i = 5000; i < 6000; ++i) RC_ASSERT(table.find(fingerprint(i)) == nullptr);
}

TEST(BlockedBloom, KnowsWhatWasAddedAndSeldomMore) {
    constexpr std::uint64_t kIds = 100'000;
    BlockedBloom filter(kIds);
    for (std::uint64_t i = 0; i < kIds; ++i) filter.insert(filter.probe(fingerprint(i)));
    for (std::uint64_t i = 0; i < kIds; ++i)
        ASSERT_TRUE(filter.may_contain(filter.probe(fingerprint(i))));
    std::uint64_t mistaken = 0;
    for (std::uint64_t i = kIds; i < 2 * kIds; ++i) {
        if (filter.may_contain(filter.probe(fingerprint(i)))) ++mistaken;
    }
    EXPECT_LT(mistaken, kIds / 1'500) << "expected about 3 in 10,000";
    EXPECT_GT(mistaken, 0u) << "a filter that is never mistaken is not one of 20 bits per id";
}

TEST(DedupeIndex, SavedGenerationsLeaveMemoryAndUnsavedOnesStay) {
    MemoryStore store;
    DedupeIndex index(store, kWindowMicros, 400);
    ledger::Offset offset = 0;
    const auto insert = [&](int ids) {
        for (int i = 0; i < ids; ++i, ++offset)
            index.insert({fingerprint(static_cast<std::uint64_t>(offset)), offset, kStart});
    };
    insert(2'000);
    index.mark_saved(offset);
    EXPECT_EQ(index.ids_in_memory(), 2'000u) << "none was taken";
    ASSERT_TRUE(store.write({{}, index.take_unsaved(), position_at(offset, kStart)}));
    EXPECT_TRUE(index.take_unsaved().empty());
    EXPECT_EQ(index.ids_in_memory(), 2'000u);
    index.mark_saved(offset);
    EXPECT_EQ(index.ids_in_memory(), 200u);
    EXPECT_EQ(index.generations(), 5u);
    for (ledger::Offset i = 0; i < offset; ++i) {
        const auto found = index.find(fingerprint(static_cast<std::uint64_t>(i)), offset, kStart);
        ASSERT_TRUE(found.value());
        EXPECT_EQ((*found)->first_offset, i);
    }
    index.expire(after_hours(kWindowHours));
    EXPECT_EQ(index.generations(), 1u);
    EXPECT_FALSE(index.find(fingerprint(1), offset, after_hours(kWindowHours)).value());
}

TEST(DedupeIndex, AnIdAtOrAfterTheCurrentOffsetIsNotADuplicate) {
    MemoryStore store;
    ASSERT_TRUE(store.write({{}, {{fingerprint(1), 10, kStart}}, position_at(11, kStart)}));
    DedupeIndex index(store, kWindowMicros, kGenerationSize);
    ASSERT_TRUE(index.load(position_at(11, kStart)));
    EXPECT_TRUE(index.find(fingerprint(1), 11, kStart).value());
    EXPECT_FALSE(index.find(fingerprint(1), 10, kStart).value());
}

}  // namespace
}  // namespace quipu::projections

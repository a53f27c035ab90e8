#include "projections/partition_runner.h"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "base/check.h"
#include "base/siphash.h"
#include "projections/outbox_codec.h"

namespace quipu::projections {
namespace {

// Tells a log that was cut and went on from the one that was folded; it need not resist an
// attacker.
std::array<std::uint8_t, 16> digest_of(const ledger::StoredRecord& record) {
    return base::siphash128({}, record.value).bytes;
}

base::Error truncated(ledger::Partition partition, ledger::Offset offset) {
    return {"log_truncated", fmt::format("Partition {} of the log does not hold the record {} that "
                                         "its state was made from: the log was "
                                         "cut or replaced. The partition is halted; restore the "
                                         "log or rebuild the state from it.",
                                         partition.index, offset)};
}

}  // namespace

PartitionRunner::PartitionRunner(ledger::Partition partition, ledger::Log& log, StateStore& store,
                                 Fold& fold, Outbox* outbox, AnswerSink& answers,
                                 RunnerOptions options)
    : partition_(partition),
      log_(log),
      store_(store),
      fold_(fold),
      outbox_(outbox),
      answers_(answers),
      options_(options),
      writer_(store, options.dedupe_window_micros) {}

PartitionRunner::~PartitionRunner() = default;

base::Result<void> PartitionRunner::start(std::function<void()> wake) {
    const auto stored = store_.position();
    if (!stored) return tl::unexpected(stored.error());
    if (*stored) position_ = **stored;
    written_ = position_;
    if (auto anchored = check_anchor(); !anchored) return anchored;
    auto reader = log_.read(partition_, position_.next_offset);
    if (!reader) return tl::unexpected(reader.error());
    reader_ = std::move(*reader);
    reader_->on_readable(std::move(wake));
    return {};
}

base::Result<void> PartitionRunner::check_anchor() {
    if (position_.next_offset == 0) return {};
    const auto end = log_.end(partition_);
    if (!end) return tl::unexpected(end.error());
    const ledger::Offset last = position_.next_offset - 1;
    if (*end < position_.next_offset) return tl::unexpected(truncated(partition_, last));
    auto reader = log_.read(partition_, last);
    if (!reader) return tl::unexpected(reader.error());
    std::mutex readable_mutex;
    std::condition_variable readable;
    bool woken = false;
    (*reader)->on_readable([&] {
        const std::lock_guard lock(readable_mutex);
        woken = true;
        readable.notify_one();
    });
    std::vector<ledger::StoredRecord> found;
    constexpr int kMaxWaits = 100;
    for (int waits = 0; found.empty() && waits < kMaxWaits; ++waits) {
        const auto polled = (*reader)->poll(1, found);
        if (!polled) return tl::unexpected(polled.error());
        if (!found.empty()) break;
        std::unique_lock lock(readable_mutex);
        readable.wait_for(lock, std::chrono::milliseconds(100), [&] { return woken; });
        woken = false;
    }
    const bool same = !found.empty() && found.front().offset == last &&
                      digest_of(found.front()) == position_.last_record_digest;
    reader->reset();
    if (!same) return tl::unexpected(truncated(partition_, last));
    return {};
}

base::Result<void> PartitionRunner::begin_delivery() {
    delivering_ = true;
    if (outbox_ == nullptr) return {};
    if (auto written = flush(); !written) return written;
    std::vector<std::pair<std::string, Effect>> waiting;
    bool readable = true;
    auto scanned =
        store_.scan(Table::Outbox, {}, [&](std::string_view key, std::string_view value) {
            auto effect = decode_effect(value);
            readable = effect.has_value();
            if (readable) waiting.emplace_back(key, std::move(*effect));
            return readable;
        });
    if (!scanned) return scanned;
    if (!readable)
        return base::fail("state_corrupt", "A stored effect is not readable; rebuild the state.");
    for (auto& [id, effect] : waiting) outbox_->deliver(id, std::move(effect));
    return {};
}

void PartitionRunner::emit(Effect effect) {
    if (!options_.keep_outbox) return;
    std::string id = outbox_key(folding_, effect_of_record_++);
    outbox_rows_[id] = encode_effect(effect);
    if (delivering_) undelivered_.emplace_back(std::move(id), std::move(effect));
}

void PartitionRunner::delivered(const std::string& id) {
    const auto row = outbox_rows_.find(id);
    // A row that was never written need not be deleted.
    if (row != outbox_rows_.end() && row->second) {
        outbox_rows_.erase(row);
    } else {
        outbox_rows_[id] = std::nullopt;
    }
}

void PartitionRunner::advance(const ledger::StoredRecord& record) {
    position_.next_offset = record.offset + 1;
    ++folded_;
    ++since_write_;
}

base::Result<bool> PartitionRunner::drain() {
    if (halted_) {
        return base::fail("partition_halted",
                          "A record could not be folded; the partition goes on after a restart.");
    }
    batch_.clear();
    const auto polled = reader_->poll(options_.slice_records, batch_);
    if (!polled) return tl::unexpected(polled.error());
    for (const ledger::StoredRecord& record : batch_) {
        folding_ = record.offset;
        effect_of_record_ = 0;
        if (auto folded = fold_.fold(record, *this); !folded) {
            halted_ = true;
            return tl::unexpected(folded.error());
        }
        advance(record);
    }
    if (!batch_.empty()) {
        position_.last_record_digest = digest_of(batch_.back());
        position_.clock = std::max(position_.clock, fold_.clock());
    }
    for (auto& [id, effect] : undelivered_) outbox_->deliver(id, std::move(effect));
    undelivered_.clear();
    if (since_write_ >= options_.write_after_records) write_behind();
    // Only a poll that found nothing is followed by a wake.
    return !batch_.empty();
}

void PartitionRunner::write_behind() {
    if (halted_) return;  // what is in memory is no state of any position
    if (const auto shown = writer_.written(); shown && shown->next_offset > written_.next_offset) {
        written_ = *shown;
        fold_.mark_saved(shown->next_offset);
    }
    const bool unchanged = since_write_ == 0 && outbox_rows_.empty();
    if (unchanged || !writer_.has_room()) return;
    WriteSet set;
    fold_.collect(set);
    for (auto& [id, row] : outbox_rows_) set.rows.push_back({Table::Outbox, id, std::move(row)});
    outbox_rows_.clear();
    set.position = position_;
    since_write_ = 0;
    QUIPU_CHECK(writer_.offer(set));
}

base::Result<void> PartitionRunner::flush() {
    if (halted_) return writer_.flush_and_wait();
    // A full writer makes room first; what is collected afterwards is the rest.
    if (auto written = writer_.flush_and_wait(); !written) return written;
    write_behind();
    return writer_.flush_and_wait();
}

}  // namespace quipu::projections

#include "ledger/log/embedded_log.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "ledger/log/append_queue.h"
#include "ledger/log/embedded_reader.h"
#include "ledger/log/embedded_storage.h"
#include "ledger/log/embedded_tail.h"
#include "ledger/log/log_errors.h"
#include "ledger/log/log_frame.h"

namespace quipu::ledger {
namespace {

void refuse(const std::vector<Append>& batch, const base::Error& error) {
    for (const Append& append : batch) {
        if (append.done) append.done(tl::unexpected(error));
    }
}

}  // namespace

// One group commit in the making; kept from group to group for its buffers.
struct EmbeddedLog::Group {
    explicit Group(const std::deque<EmbeddedTail>& tails) : builders(tails.size()) {
        for (const EmbeddedTail& tail : tails) ends.push_back(tail.end());
    }

    std::vector<FrameBuilder> builders;  // by ordinal
    std::vector<Offset> ends;            // by ordinal, with this group
    std::vector<std::size_t> touched;    // ordinals, in order of first use
    std::vector<Offset> offsets;         // of each append
    std::vector<EmbeddedStorage::Frame> frames;
};

EmbeddedLog::EmbeddedLog(std::unique_ptr<EmbeddedStorage> storage) : storage_(std::move(storage)) {}

EmbeddedLog::~EmbeddedLog() {
    if (!queue_) return;
    queue_->close();
    committer_.join();
}

base::Result<std::unique_ptr<EmbeddedLog>> EmbeddedLog::open(const EmbeddedLogOptions& options,
                                                             Clock& clock) {
    auto storage = EmbeddedStorage::open(
        {options.directory, options.event_partitions, options.accept_damaged_tail});
    if (!storage) return tl::unexpected(storage.error());
    std::unique_ptr<EmbeddedLog> log(new EmbeddedLog(std::move(*storage)));
    if (auto loaded = log->load_ends(options.tail_bytes); !loaded) {
        return tl::unexpected(loaded.error());
    }
    log->start_committer(options, clock);
    return log;
}

base::Result<std::unique_ptr<EmbeddedLog>> EmbeddedLog::open_read_only(
    const std::filesystem::path& directory) {
    auto storage = EmbeddedStorage::open_read_only(directory);
    if (!storage) return tl::unexpected(storage.error());
    std::unique_ptr<EmbeddedLog> log(new EmbeddedLog(std::move(*storage)));
    if (auto loaded = log->load_ends(0); !loaded) return tl::unexpected(loaded.error());
    return log;
}

base::Result<void> EmbeddedLog::load_ends(std::size_t tail_bytes) {
    for (const Partition partition : storage_->layout().all()) {
        const auto last = storage_->last_frame(partition);
        if (!last) return tl::unexpected(last.error());
        tails_.emplace_back(last->end, tail_bytes);
        wakes_.emplace_back();
        last_recorded_micros_ = std::max(last_recorded_micros_.load(), last->recorded_at.micros);
    }
    return {};
}

void EmbeddedLog::start_committer(const EmbeddedLogOptions& options, Clock& clock) {
    queue_ = std::make_unique<AppendQueue>(options.queue_records, options.queue_bytes);
    committer_ = std::thread([this, &clock] { run_committer(clock); });
}

std::uint32_t EmbeddedLog::partitions(Topic topic) const {
    return storage_->layout().count(topic);
}

base::Instant EmbeddedLog::last_recorded_at() const {
    return base::Instant{last_recorded_micros_.load()};
}

void EmbeddedLog::append(std::vector<Append> batch) {
    for (const Append& append : batch) {
        static_cast<void>(storage_->layout().ordinal(append.partition));  // checks it
    }
    if (!queue_) {
        refuse(batch, log_error(kLogUnavailable, "the log was opened for reading only"));
    } else if (!queue_->push(batch)) {
        refuse(batch, log_error(kLogOverloaded, "too many records wait to be written"));
    }
}

void EmbeddedLog::run_committer(Clock& clock) {
    Group group(tails_);
    std::vector<Append> appends;
    while (queue_->take_all(appends)) {
        commit(appends, group, clock.now());
        publish(appends, group);
    }
}

void EmbeddedLog::commit(std::vector<Append>& appends, Group& group, base::Instant now) {
    const std::int64_t stamp = std::max(now.micros, last_recorded_micros_.load());
    group.touched.clear();
    group.offsets.clear();
    group.frames.clear();
    for (const Append& append : appends) {
        const std::size_t ordinal = storage_->layout().ordinal(append.partition);
        FrameBuilder& builder = group.builders[ordinal];
        if (builder.count() == 0) {
            group.touched.push_back(ordinal);
            group.frames.push_back({{append.partition, group.ends[ordinal]}, nullptr, 0});
        }
        group.offsets.push_back(group.ends[ordinal]++);
        builder.add(append.record);
    }
    for (std::size_t i = 0; i < group.touched.size(); ++i) {
        FrameBuilder& builder = group.builders[group.touched[i]];
        EmbeddedStorage::Frame& frame = group.frames[i];
        frame.end = group.ends[group.touched[i]];
        frame.bytes = std::make_shared<const std::string>(
            builder.finish(frame.address, base::Instant{stamp}));
    }
    storage_->write(group.frames);
    last_recorded_micros_ = stamp;
}

void EmbeddedLog::publish(std::vector<Append>& appends, Group& group) {
    for (std::size_t i = 0; i < group.touched.size(); ++i) {
        EmbeddedStorage::Frame& frame = group.frames[i];
        tails_[group.touched[i]].publish({frame.address.base, frame.end, std::move(frame.bytes)});
    }
    for (std::size_t i = 0; i < appends.size(); ++i) {
        if (appends[i].done) appends[i].done(group.offsets[i]);
    }
    for (const std::size_t ordinal : group.touched) wakes_[ordinal].wake_all();
}

base::Result<std::unique_ptr<LogReader>> EmbeddedLog::read(Partition partition, Offset from) {
    const std::size_t ordinal = storage_->layout().ordinal(partition);
    if (from < 0 || from > tails_[ordinal].end()) {
        return tl::unexpected(log_error(kLogTruncated, "the log ends before the wanted offset"));
    }
    return std::make_unique<EmbeddedReader>(partition, from, *storage_, tails_[ordinal],
                                            wakes_[ordinal]);
}

base::Result<Offset> EmbeddedLog::end(Partition partition) {
    return tails_[storage_->layout().ordinal(partition)].end();
}

}  // namespace quipu::ledger

#include "ledger/log/log_testing.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <cstdlib>
#include <string_view>
#include <utility>

namespace quipu::ledger {

TempFolder::TempFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "quipu-log-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Appended Answers::slot() {
    const std::lock_guard lock(slots_mutex_);
    const std::size_t index = slots_.size();
    slots_.emplace_back();
    return [this, index](const base::Result<Offset>& answer) {
        const std::lock_guard answering(slots_mutex_);
        if (slots_[index].calls++ == 0) ++answered_;
        slots_[index].answer = answer;
        changed_.notify_all();
    };
}

std::vector<base::Result<Offset>> Answers::wait() {
    std::unique_lock lock(slots_mutex_);
    const bool all = changed_.wait_for(lock, kPatience, [&] { return answered_ == slots_.size(); });
    EXPECT_TRUE(all) << answered_ << " of " << slots_.size() << " appends were answered";
    std::vector<base::Result<Offset>> answers;
    for (const Slot& slot : slots_) {
        answers.push_back(
            slot.answer.value_or(base::Result<Offset>(base::fail("internal_error", "no answer"))));
    }
    return answers;
}

std::size_t Answers::calls(std::size_t slot) {
    const std::lock_guard lock(slots_mutex_);
    return slots_.at(slot).calls;
}

WakingReader::WakingReader(Log& log, Partition partition, Offset from) {
    auto opened = log.read(partition, from);
    if (!opened) throw std::runtime_error("read: " + opened.error().message);
    reader_ = std::move(*opened);
    reader_->on_readable([this] {
        const std::lock_guard lock(woken_mutex_);
        woken_ = true;
        woken_changed_.notify_all();
    });
}

bool WakingReader::wait_for_wake() {
    std::unique_lock lock(woken_mutex_);
    return woken_changed_.wait_for(lock, kPatience, [&] { return std::exchange(woken_, false); });
}

std::vector<StoredRecord> WakingReader::read(std::size_t count) {
    std::vector<StoredRecord> records;
    while (records.size() < count) {
        const auto moved = reader_->poll(count - records.size(), records);
        if (!moved) {
            ADD_FAILURE() << moved.error().code << ": " << moved.error().message;
            break;
        }
        if (*moved == 0 && !wait_for_wake()) {
            ADD_FAILURE() << "no wake-up after " << records.size() << " of " << count;
            break;
        }
    }
    return records;
}

std::vector<StoredRecord> WakingReader::read_available() {
    std::vector<StoredRecord> records;
    while (true) {
        const auto moved = reader_->poll(1'000, records);
        if (!moved) ADD_FAILURE() << moved.error().code << ": " << moved.error().message;
        if (!moved || *moved == 0) return records;
    }
}

bool kafka_is_required() {
    const char* value = std::getenv("QUIPU_REQUIRE_KAFKA");
    return value != nullptr && std::string_view(value) == "1";
}

std::vector<Offset> append_and_wait(Log& log, Partition partition, std::vector<NewRecord> records) {
    Answers answers;
    std::vector<Append> batch;
    for (NewRecord& record : records) {
        batch.push_back({partition, std::move(record), answers.slot()});
    }
    log.append(std::move(batch));
    std::vector<Offset> offsets;
    for (const auto& answer : answers.wait()) {
        if (!answer) ADD_FAILURE() << answer.error().code << ": " << answer.error().message;
        offsets.push_back(answer.value_or(-1));
    }
    return offsets;
}

Offset append_one(Log& log, Partition partition, std::string value) {
    return append_and_wait(log, partition, {{"key", std::move(value), {}}}).front();
}

}  // namespace quipu::ledger

// Small tools of the log tests: collect answers, read with wake-ups, clocks, temporary folders.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "ledger/log/clock.h"
#include "ledger/log/log.h"

namespace quipu::ledger {

inline constexpr std::chrono::seconds kPatience{30};

// One microsecond later at every call; can be set, also back (which a real clock never does).
class StepClock final : public Clock {
public:
    explicit StepClock(std::int64_t micros = 1'000'000) : micros_(micros) {}
    [[nodiscard]] base::Instant now() override { return base::Instant{micros_.fetch_add(1)}; }
    void set(std::int64_t micros) { micros_ = micros; }

private:
    std::atomic<std::int64_t> micros_;
};

// A folder that goes with the object.
class TempFolder {
public:
    TempFolder();
    ~TempFolder();
    TempFolder(const TempFolder&) = delete;
    TempFolder& operator=(const TempFolder&) = delete;
    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

// The answers to a number of appends, by slot; any thread.
class Answers {
public:
    // The callback for one more append; its slot is the number of earlier ones.
    [[nodiscard]] Appended slot();
    // All answers, once each has come; fails the test after kPatience.
    [[nodiscard]] std::vector<base::Result<Offset>> wait();
    [[nodiscard]] std::size_t calls(std::size_t slot);

private:
    struct Slot {
        std::optional<base::Result<Offset>> answer;
        std::size_t calls = 0;
    };

    std::mutex slots_mutex_;
    std::condition_variable changed_;
    std::vector<Slot> slots_;
    std::size_t answered_ = 0;
};

// A reader that sleeps until it is woken.
class WakingReader {
public:
    WakingReader(Log& log, Partition partition, Offset from);

    // The next `count` records; fails the test after kPatience without a wake-up.
    [[nodiscard]] std::vector<StoredRecord> read(std::size_t count);
    // Everything there is now.
    [[nodiscard]] std::vector<StoredRecord> read_available();
    // False after kPatience.
    [[nodiscard]] bool wait_for_wake();
    [[nodiscard]] LogReader& reader() { return *reader_; }

private:
    std::mutex woken_mutex_;
    std::condition_variable woken_changed_;
    bool woken_ = false;
    std::unique_ptr<LogReader> reader_;  // goes first: its wake uses the members above
};

// QUIPU_REQUIRE_KAFKA=1: a test that cannot have a broker fails, instead of being skipped.
[[nodiscard]] bool kafka_is_required();

// Appends in one batch and waits; every answer must be an offset.
std::vector<Offset> append_and_wait(Log& log, Partition partition, std::vector<NewRecord> records);
Offset append_one(Log& log, Partition partition, std::string value);

}  // namespace quipu::ledger

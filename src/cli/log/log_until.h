// A log that ends where it is told to: what a replay up to a known position reads.
#pragma once

#include <map>
#include <utility>

#include "ledger/log/log.h"

namespace quipu::cli {

// Reads `log`, which outlives it, and shows of each partition only the records before its end in
// `ends`; a partition that is not named ends where the log does. Appends are passed on. Threads: as
// the log's.
class LogUntil final : public ledger::Log {
public:
    LogUntil(ledger::Log& log, std::map<ledger::Partition, ledger::Offset> ends)
        : log_(log), ends_(std::move(ends)) {}

    [[nodiscard]] std::uint32_t partitions(ledger::Topic topic) const override {
        return log_.partitions(topic);
    }
    void append(std::vector<ledger::Append> batch) override { log_.append(std::move(batch)); }
    [[nodiscard]] base::Result<std::unique_ptr<ledger::LogReader>> read(
        ledger::Partition partition, ledger::Offset from) override;
    [[nodiscard]] base::Result<ledger::Offset> end(ledger::Partition partition) override;

private:
    ledger::Log& log_;
    const std::map<ledger::Partition, ledger::Offset> ends_;
};

}  // namespace quipu::cli

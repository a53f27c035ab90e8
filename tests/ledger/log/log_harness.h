// What the contract suite needs of a log: make it empty, use it, open it again.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "base/result.h"
#include "ledger/log/log.h"

namespace quipu::ledger {

inline constexpr std::uint32_t kHarnessPartitions = 3;

class LogHarness {
public:
    virtual ~LogHarness() = default;
    [[nodiscard]] virtual Log& log() = 0;
    // Closes and opens the log; false when nothing survives that.
    [[nodiscard]] virtual bool reopen() = 0;
};

struct LogMaker {
    std::string name;
    // An empty log of kHarnessPartitions; an error says why none can be had here.
    std::function<base::Result<std::unique_ptr<LogHarness>>()> make;

    friend std::ostream& operator<<(std::ostream& out, const LogMaker& maker) {
        return out << maker.name;
    }
};

}  // namespace quipu::ledger

// One record of any topic as one line of JSON, for people.
#pragma once

#include <functional>
#include <string>

#include "base/result.h"
#include "ledger/command.h"
#include "ledger/log/log.h"

namespace quipu::cli {

// Where it is, when it was recorded, and what it asks for. A record that cannot be decoded says
// why.
class RecordText {
public:
    RecordText();

    [[nodiscard]] std::string line(ledger::Partition partition, const ledger::StoredRecord& record);

private:
    const std::function<base::Result<ledger::CommandRecord>(const ledger::StoredRecord&)> decode_;
};

}  // namespace quipu::cli

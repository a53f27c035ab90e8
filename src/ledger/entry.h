// One line of a customer's ledger: an event, what was answered, and where each unit went. The row
// that explains a bill.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "ledger/event.h"
#include "ledger/log/log.h"
#include "ledger/outcome.h"

namespace quipu::ledger {

struct Entry {
    Offset offset = 0;
    std::string id;             // event id
    std::uint64_t content = 0;  // content_digest of the command
    std::uint8_t kind = 0;      // index of the command's type in the log schema
    base::Instant recorded_at;
    base::Instant occurred_at;
    Outcome outcome;
    // For usage only:
    base::Quantity value;
    std::string entity;
    std::string metadata_json;
    std::vector<Posting> postings;

    friend bool operator==(const Entry&, const Entry&) = default;
};

}  // namespace quipu::ledger

// Commands and catalogs of the ledger as the requests that a back end would send for them.
#pragma once

#include <optional>
#include <string>

#include "e2e/json_value.h"
#include "ledger/catalog.h"
#include "ledger/command.h"

namespace quipu::e2e {

// The payload of POST /v1/sync that publishes it.
[[nodiscard]] Json payload_of(const ledger::Catalog& catalog);

struct Request {
    std::string path;
    Json body;  // without an event id
};
// Of the commands that the API has; `record.occurred_at` goes along where the API takes it.
[[nodiscard]] Request request_of(const ledger::CommandRecord& record);

}  // namespace quipu::e2e

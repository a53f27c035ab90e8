// The payload of POST /sync: read, brought to its stored form, and checked as a whole.
#pragma once

#include "base/json_body.h"
#include "base/result.h"
#include "ledger/catalog.h"

namespace quipu::api {

// Error code: `validation_error`. `current` tells the types of features that the payload only
// mentions.
[[nodiscard]] base::Result<ledger::Catalog> read_sync(base::JsonValue body,
                                                      const ledger::Catalog& current);

}  // namespace quipu::api

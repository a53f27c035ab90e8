// One call of check or track: what it asks, and how it is carried out.
#pragma once

#include <functional>
#include <string_view>

#include "server/api_ledger.h"
#include "server/api_request.h"
#include "server/api_usage_json.h"

namespace quipu::server {

struct UsageCall {
    CustomerRef customer;
    ledger::CommandRecord record;  // a Track
    UsageWords words = UsageWords::Track;

    [[nodiscard]] ledger::Track& track() { return std::get<ledger::Track>(record.command); }
    [[nodiscard]] const ledger::Track& track() const {
        return std::get<ledger::Track>(record.command);
    }
};

// The fields of a body; `fields` keeps what is wrong with them.
[[nodiscard]] UsageCall read_usage(Fields& fields, UsageWords words);

// Answers once: at once for a check of a known customer.
using UsageDone = std::function<void(HttpResponse)>;
void run_usage(ApiLedger& ledger, std::string_view organisation, UsageCall call, UsageDone done);

}  // namespace quipu::server

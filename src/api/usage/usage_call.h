// One call of check or track: what it asks, and how it is carried out.
#pragma once

#include <functional>
#include <string_view>

#include "api/request/commands.h"
#include "api/request/directory.h"
#include "api/request/request.h"
#include "api/usage/usage_json.h"

namespace quipu::api {

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

// What a check says of `view`: the one decision, nothing recorded.
[[nodiscard]] ledger::UsageAnswer check_usage(const engine::AccountView& view,
                                              const ledger::Track& asked);
// The same as of the past; `view` is null when no account was open by `reference`.
[[nodiscard]] http::HttpResponse check_past_usage(const engine::AccountView* view,
                                                  const ledger::Track& asked,
                                                  std::string_view reference, base::Instant at);

// Answers once: at once for a check of a known customer.
using UsageDone = std::function<void(http::HttpResponse)>;
void run_usage(Directory& directory, Commands& commands, std::string_view organisation,
               UsageCall call, UsageDone done);

}  // namespace quipu::api

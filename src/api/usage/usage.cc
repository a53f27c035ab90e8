// POST and GET /check, POST /track.
#include "api/request/errors.h"
#include "api/usage/handlers.h"
#include "api/usage/usage_call.h"
#include "api/usage/usage_past.h"
#include "http/http_query.h"

namespace quipu::api {
namespace {

void run_and_answer(Directory& directory, Commands& commands, ApiCall& call, UsageCall usage) {
    // Taken apart first: a check answers at once, and the call ends with its answer.
    const std::string organisation = std::move(call.organisation);
    run_usage(directory, commands, organisation, std::move(usage),
              [respond = share(std::move(call.respond))](http::HttpResponse response) {
                  (*respond)(std::move(response));
              });
}

}  // namespace

void post_check(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    const bool records = fields.boolean_or("sendEvent", false);
    UsageCall usage = read_usage(fields, records ? UsageWords::CheckAndRecord : UsageWords::Check);
    if (records) usage.record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    run_and_answer(directory, commands, call, std::move(usage));
}

void get_check(Directory& directory, Commands& commands, engine::LedgerEngine& engine,
               engine::PastAccounts& past, ApiCall call) {
    UsageCall usage;
    usage.words = UsageWords::Check;
    usage.customer.auto_enable = true;
    usage.customer.reference = query_text(call, "customer");
    ledger::Track track;
    track.feature = query_text(call, "feature");
    track.entity = query_text(call, "entity");
    track.value = base::Quantity::from_int(1);
    if (usage.customer.reference.empty() || track.feature.empty()) {
        return call.respond(response_of(
            base::Error{"validation_error", "customer and feature query params required"}));
    }
    if (const std::string value = query_text(call, "value"); !value.empty()) {
        const auto units = usage_value_from("value", value);
        if (!units) return call.respond(response_of(units.error()));
        track.value = *units;
    }
    usage.record.command = std::move(track);
    if (const auto at = http::query_value(call.request.query, "at"))
        return check_past(directory, engine, past, std::move(call), std::move(usage), *at);
    run_and_answer(directory, commands, call, std::move(usage));
}

void post_track(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    UsageCall usage = read_usage(fields, UsageWords::Track);
    usage.record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    run_and_answer(directory, commands, call, std::move(usage));
}

}  // namespace quipu::api

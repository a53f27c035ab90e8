// POST /track/batch: up to 1000 track bodies, one result each.
#include <fmt/format.h>

#include "api/request/errors.h"
#include "api/usage/batch.h"
#include "api/usage/handlers.h"
#include "api/usage/inputs.h"
#include "api/usage/usage_call.h"

namespace quipu::api {
namespace {

// An array of track bodies, or `events` of an object.
base::Result<base::JsonValue> events_of(base::JsonValue body) {
    const base::JsonValue events = body.is_object() ? body["events"] : body;
    if (!events.is_array())
        return tl::unexpected(invalid("events", "Invalid input: expected array"));
    if (events.size() == 0) {
        return tl::unexpected(invalid("events", "Too small: expected array to have >=1 items"));
    }
    if (events.size() > kMaxBatch) {
        return base::fail("batch_too_large",
                          fmt::format("A batch may hold at most {} events.", kMaxBatch));
    }
    return events;
}

base::Result<UsageCall> read_one(base::JsonValue event, const std::string& batch_id,
                                 std::size_t index) {
    // An item is answered on its own, so it is looked at on its own.
    auto looked = base::inspect(event, kTrackInput, fmt::format("events[{}].", index));
    if (looked.unknown) return tl::unexpected(std::move(*looked.unknown));
    Fields fields(event, fmt::format("events.{}.", index));
    UsageCall usage = read_usage(fields, UsageWords::Track);
    for (const std::string_view name : {"id", "eventId", "transactionId"}) {
        if (usage.record.id.empty()) usage.record.id = fields.text_or(name, "");
    }
    // A batch that is sent again under its key counts each of its events once.
    if (usage.record.id.empty() && !batch_id.empty())
        usage.record.id = fmt::format("{}#{}", batch_id, index);
    if (fields.problem()) return tl::unexpected(*fields.problem());
    return usage;
}

}  // namespace

void post_track_batch(Directory& directory, Commands& commands, ApiCall call) {
    const auto events = events_of(call.body);
    if (!events) return call.respond(response_of(events.error()));
    const std::string batch_id(call.request.idempotency_key);
    std::vector<base::Result<UsageCall>> calls;
    calls.reserve(events->size());
    for (const base::JsonValue event : *events)
        calls.push_back(read_one(event, batch_id, calls.size()));

    const std::string organisation = std::move(call.organisation);
    const auto batch = std::make_shared<ApiBatch>(std::move(call.respond), calls.size());
    for (std::size_t i = 0; i < calls.size(); ++i) {
        if (!calls[i]) {
            batch->finish(i, response_of(calls[i].error()));
            continue;
        }
        run_usage(
            directory, commands, organisation, std::move(*calls[i]),
            [batch, i](http::HttpResponse response) { batch->finish(i, std::move(response)); });
    }
}

}  // namespace quipu::api

// POST /events: CloudEvents 1.0, one or a batch, one result each.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/usage/batch.h"
#include "api/usage/handlers.h"
#include "api/usage/usage_call.h"
#include "http/http_error.h"
#include "http/http_query.h"
#include "ingest/json_cloudevents.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::CommandRecord;
using ledger::Customer;

constexpr std::string_view kSingle = "application/cloudevents+json";
constexpr std::string_view kBatch = "application/cloudevents-batch+json";

bool is_media_type(std::string_view header, std::string_view type) {
    return ledger::lower_case(header.substr(0, header.find_first_of("; "))) == type;
}

// What is wrong with an event is the sender's to mend, whatever the decoder calls it.
http::HttpResponse malformed(const Error& error) {
    return http::error_response(400, error.code, error.message);
}

std::optional<Error> problem_of_scope(const CommandRecord& record, std::string_view organisation) {
    if (!record.organisation.empty() && record.organisation != organisation)
        return invalid("organisation", "The key belongs to another organisation");
    if (record.customer.empty()) return invalid("subject", "The event names no customer");
    return std::nullopt;
}

http::HttpResponse logged_response(const Customer& customer, const std::string& id,
                                   ledger::Partition partition,
                                   const Result<ledger::Offset>& offset) {
    if (!offset) return response_of(offset.error());
    static const ledger::Outcome kNone;
    return read_response([&](base::JsonWriter& json) {
        json.key("code").string(base::ErrorCode("logged").text());
        json.key("customerId").string(customer.id);
        write_receipt(json, {kNone, false, id, customer.id, partition, *offset, {}});
    });
}

// Answers as soon as the log has it; the fold decides later.
void run_logged(Directory& directory, Commands& commands, std::string_view organisation,
                UsageCall call, UsageDone done) {
    CustomerRef ref = std::move(call.customer);
    directory.with_customer(
        organisation, std::move(ref),
        [&commands, record = std::move(call.record),
         done = std::move(done)](const Result<const Customer*>& found) {
            if (!found) return done(response_of(found.error()));
            const Customer& customer = **found;
            const ledger::Partition home = commands.home_of(customer);
            commands.submit_logged(
                customer, record,
                [&customer, home, id = record.id, done](const Result<ledger::Offset>& offset) {
                    done(logged_response(customer, id, home, offset));
                });
        });
}

class EventRun {
public:
    EventRun(Directory& directory, Commands& commands, const ApiCall& call)
        : directory_(directory),
          commands_(commands),
          organisation_(call.organisation),
          logged_(http::query_value(call.request.query, "ack") == "logged") {}

    void run(Result<CommandRecord> record, UsageDone done) {
        if (!record) return done(malformed(record.error()));
        if (const auto problem = problem_of_scope(*record, organisation_))
            return done(response_of(*problem));
        UsageCall call;
        call.customer.reference = record->customer;
        call.customer.auto_enable = true;
        call.record = std::move(*record);
        if (logged_) {
            run_logged(directory_, commands_, organisation_, std::move(call), std::move(done));
        } else {
            run_usage(directory_, commands_, organisation_, std::move(call), std::move(done));
        }
    }

private:
    Directory& directory_;
    Commands& commands_;
    const std::string organisation_;
    const bool logged_;
};

void run_batch(Directory& directory, Commands& commands, ingest::CloudEventDecoder& decoder,
               ApiCall& call) {
    auto events = decoder.decode_batch(call.request.body, kMaxBatch);
    if (!events) {
        if (events.error().code != "event_too_large")
            return call.respond(malformed(events.error()));
        return call.respond(response_of(Error{
            "batch_too_large", fmt::format("A batch may hold at most {} events.", kMaxBatch)}));
    }
    if (events->empty())
        return call.respond(
            response_of(invalid("input", "Too small: expected array to have >=1 items")));
    EventRun run(directory, commands, call);
    const auto batch = std::make_shared<ApiBatch>(std::move(call.respond), events->size());
    for (std::size_t i = 0; i < events->size(); ++i) {
        run.run(std::move((*events)[i]),
                [batch, i](http::HttpResponse response) { batch->finish(i, std::move(response)); });
    }
}

}  // namespace

void post_events(Directory& directory, Commands& commands, ingest::CloudEventDecoder& decoder,
                 ApiCall call) {
    const std::string_view type = call.request.content_type;
    if (is_media_type(type, kBatch)) return run_batch(directory, commands, decoder, call);
    if (!is_media_type(type, kSingle)) {
        return call.respond(response_of(
            Error{"unsupported_content_type", fmt::format("Send {} or {}.", kSingle, kBatch)}));
    }
    auto event = decoder.decode(call.request.body);
    EventRun run(directory, commands, call);
    run.run(std::move(event),
            [respond = share(std::move(call.respond))](http::HttpResponse response) {
                (*respond)(std::move(response));
            });
}

}  // namespace quipu::api

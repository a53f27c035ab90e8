// What one customer is given beyond their plans, and usage that is taken back.
#include <fmt/format.h>

#include "api/customers/handlers.h"
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/list.h"
#include "api/request/request.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;

void write_override(base::JsonWriter& json, const ledger::Override& granted) {
    json.begin_object();
    json.key("feature").string(granted.feature);
    write_quantity(json.key("limit"), granted.limit);
    json.key("resetInterval").string(name_of(granted.reset));
    write_instant(json.key("expiresAt"), granted.expires_at);
    json.key("reason").string(granted.reason);
    write_instant(json.key("createdAt"), granted.created_at);
    json.end_object();
}

// Answers with the override as it is now.
void submit_override(Directory& directory, Commands& commands, ApiCall& call,
                     const std::string& reference, std::string feature,
                     ledger::CommandRecord record) {
    with_known_customer(
        directory, call, reference,
        [&directory, &commands, record = std::move(record), feature = std::move(feature)](
            const Customer& customer, const SharedResponder& respond) {
            const WriteAnswer write = [&directory, &customer, feature](base::JsonWriter& json,
                                                                       const ingest::Reply&) {
                const engine::AccountView view = directory.view(customer);
                const ledger::Override* granted = view.account->find_override(feature);
                json.key("customerId").string(customer.id);
                json.key("feature").string(feature);
                if (granted != nullptr) write_override(json.key("data"), *granted);
            };
            commands.submit(customer, record, answer_with(respond, write));
        });
}

}  // namespace

void post_overrides(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    ledger::Override granted;
    granted.feature = fields.text("feature");
    if (!fields.has("limit") && !fields.has("limitValue"))
        fields.refuse("limit", "Invalid input: expected number, received undefined");
    granted.limit = fields.optional_decimal<base::Quantity::kScale>("limit");
    if (!granted.limit)
        granted.limit = fields.optional_decimal<base::Quantity::kScale>("limitValue");
    if (granted.limit && *granted.limit < base::Quantity{})
        fields.refuse("limit", "Too small: expected number to be >=0");
    const std::string_view interval = fields.text_or("resetInterval", "monthly");
    const auto reset = ledger::interval_from(interval);
    if (!reset) fields.refuse("resetInterval", fmt::format("Unknown interval '{}'", interval));
    granted.reset = reset.value_or(ledger::Interval::Monthly);
    granted.expires_at = fields.optional_instant("expiresAt");
    granted.reason = fields.text_or("reason", "");
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    std::string feature = granted.feature;
    record.command = ledger::GrantOverride{std::move(granted)};
    submit_override(directory, commands, call, customer, std::move(feature), std::move(record));
}

void post_remove_override(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    std::string feature(fields.text("feature"));
    record.command = ledger::RevokeOverride{feature};
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    submit_override(directory, commands, call, customer, std::move(feature), std::move(record));
}

void get_overrides(Directory& directory, ApiCall call) {
    with_query_customer(
        directory, call, [&directory](const Customer& customer, const SharedResponder& respond) {
            const engine::AccountView view = directory.view(customer);
            (*respond)(list_response("data", view.account->overrides, write_override));
        });
}

void post_correct_usage(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    ledger::CorrectUsage correct;
    correct.feature = fields.text("feature");
    correct.entity = fields.text_or("entity", "");
    correct.value = fields.usage_value();
    correct.reason = fields.text_or("reason", "");
    record.occurred_at = fields.optional_instant("timestamp");
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    record.command = correct;
    with_known_customer(
        directory, call, customer,
        [&commands, record](const Customer& known, const SharedResponder& respond) {
            commands.submit(
                known, record,
                answer_with(respond, [record](base::JsonWriter& json, const ingest::Reply&) {
                    const auto& asked = std::get<ledger::CorrectUsage>(record.command);
                    json.key("feature").string(asked.feature);
                    write_quantity(json.key("corrected"), asked.value);
                }));
        });
}

}  // namespace quipu::api

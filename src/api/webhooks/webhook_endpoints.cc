// Webhook endpoints: made, changed, shown and removed.
#include <algorithm>

#include "api/request/commands.h"
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/list.h"
#include "api/request/request.h"
#include "api/webhooks/handlers.h"
#include "api/webhooks/webhooks.h"
#include "webhooks/sender.h"
#include "webhooks/target.h"

namespace quipu::api {
namespace {

using ledger::WebhookEndpoint;

bool is_type(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
    });
}

std::vector<std::string> read_types(Fields& fields) {
    std::vector<std::string> types;
    for (const base::JsonValue& each : fields.array("types")) {
        const auto type = each.string();
        if (!type || !is_type(*type)) {
            fields.refuse("types", "Expected names of events, such as customer.created");
            break;
        }
        types.emplace_back(*type);
    }
    return types;
}

std::optional<base::Error> problem_of_url(const webhooks::WebhookSender* sender,
                                          std::string_view url) {
    const bool allow_private = sender != nullptr && sender->options().allow_private;
    auto checked = webhooks::check_webhook_url(url, allow_private);
    if (checked) return std::nullopt;
    return checked.error();
}

void write_endpoint(base::JsonWriter& json, const WebhookEndpoint& endpoint) {
    json.begin_object();
    json.key("id").string(endpoint.id);
    json.key("url").string(endpoint.url);
    json.key("description").string(endpoint.description);
    json.key("types").begin_array();
    for (const std::string& type : endpoint.types) json.string(type);
    json.end_array();
    json.key("enabled").boolean(endpoint.enabled);
    json.key("disabledReason");
    if (endpoint.disabled_reason.empty()) {
        json.null();
    } else {
        json.string(endpoint.disabled_reason);
    }
    write_instant(json.key("createdAt"), endpoint.created_at);
    write_instant(json.key("updatedAt"), endpoint.updated_at);
    json.end_object();
}

// Sends a command about the endpoint of the path and answers with the endpoint as it then is.
void change(Commands& commands, const ledger::ControlState& control, ApiCall call, std::string id,
            ledger::Command command, bool with_secret) {
    ledger::CommandRecord record;
    record.id = std::move(id);
    record.command = std::move(command);
    const std::string organisation = call.organisation;
    commands.submit_control(
        organisation, std::move(record),
        answer_with(share(std::move(call.respond)),
                    [&control, organisation, with_secret](base::JsonWriter& json,
                                                          const ingest::Reply& reply) {
                        const auto* done = std::get_if<ledger::Done>(&reply.outcome);
                        if (done == nullptr) return;
                        const WebhookEndpoint* endpoint =
                            ledger::find_webhook_endpoint(control, organisation, done->subject);
                        if (endpoint == nullptr)
                            return json.key("id").string(done->subject), void();
                        write_endpoint(json.key("endpoint"), *endpoint);
                        if (with_secret) json.key("secret").string(endpoint->secret);
                    }));
}

}  // namespace

base::Result<const WebhookEndpoint*> webhook_endpoint_of(const ledger::ControlState& control,
                                                         const ApiCall& call) {
    const WebhookEndpoint* endpoint =
        ledger::find_webhook_endpoint(control, call.organisation, call.parameter);
    if (endpoint != nullptr) return endpoint;
    return base::fail("webhook_endpoint_not_found",
                      "Webhook endpoint '" + call.parameter + "' not found.");
}

void post_webhook_endpoints(Commands& commands, const ledger::ControlState& control,
                            base::ApiIds& ids, webhooks::WebhookSender* sender, ApiCall call) {
    Fields fields(call.body);
    ledger::CreateWebhookEndpoint create;
    create.url = fields.text("url");
    create.description = fields.text_or("description", "");
    create.types = read_types(fields);
    std::string id = event_id(call, fields, BodyId::IsSomethingElse);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    if (const auto problem = problem_of_url(sender, create.url))
        return call.respond(response_of(*problem));
    create.endpoint = ids.fresh("we_");
    // 48 characters of base32 are base64 too: 36 bytes, 240 bits of them random.
    create.secret = ids.secret("whsec_");
    change(commands, control, std::move(call), std::move(id), std::move(create), true);
}

void get_webhook_endpoints(const ledger::ControlState& control, ApiCall call) {
    call.respond(list_response("endpoints",
                               ledger::webhook_endpoints_of(control, call.organisation),
                               [](base::JsonWriter& json, const WebhookEndpoint* endpoint) {
                                   write_endpoint(json, *endpoint);
                               }));
}

void get_webhook_endpoint(const ledger::ControlState& control, ApiCall call) {
    const auto endpoint = webhook_endpoint_of(control, call);
    if (!endpoint) return call.respond(response_of(endpoint.error()));
    call.respond(read_response(
        [&](base::JsonWriter& json) { write_endpoint(json.key("endpoint"), **endpoint); }));
}

void get_webhook_secret(const ledger::ControlState& control, ApiCall call) {
    const auto endpoint = webhook_endpoint_of(control, call);
    if (!endpoint) return call.respond(response_of(endpoint.error()));
    call.respond(read_response(
        [&](base::JsonWriter& json) { json.key("secret").string((*endpoint)->secret); }));
}

void post_webhook_endpoint(Commands& commands, const ledger::ControlState& control,
                           webhooks::WebhookSender* sender, ApiCall call) {
    Fields fields(call.body);
    ledger::UpdateWebhookEndpoint update;
    update.endpoint = call.parameter;
    if (const auto url = fields.optional_text("url")) update.url = std::string(*url);
    if (const auto text = fields.optional_text("description"))
        update.description = std::string(*text);
    if (fields.array("types").is_present()) update.types = read_types(fields);
    if (fields.has("enabled")) update.enabled = fields.boolean("enabled");
    std::string id = event_id(call, fields, BodyId::IsSomethingElse);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    if (update.url) {
        if (const auto problem = problem_of_url(sender, *update.url))
            return call.respond(response_of(*problem));
    }
    change(commands, control, std::move(call), std::move(id), std::move(update), false);
}

void post_enable_webhook_endpoint(Commands& commands, const ledger::ControlState& control,
                                  ApiCall call) {
    ledger::UpdateWebhookEndpoint update;
    update.endpoint = call.parameter;
    update.enabled = true;
    std::string id(call.request.idempotency_key);
    change(commands, control, std::move(call), std::move(id), std::move(update), false);
}

void post_rotate_webhook_secret(Commands& commands, const ledger::ControlState& control,
                                base::ApiIds& ids, ApiCall call) {
    ledger::RotateWebhookSecret rotate{call.parameter, ids.secret("whsec_")};
    std::string id(call.request.idempotency_key);
    change(commands, control, std::move(call), std::move(id), std::move(rotate), true);
}

void remove_webhook_endpoint(Commands& commands, const ledger::ControlState& control,
                             ApiCall call) {
    ledger::DeleteWebhookEndpoint remove{call.parameter};
    std::string id(call.request.idempotency_key);
    change(commands, control, std::move(call), std::move(id), std::move(remove), false);
}

}  // namespace quipu::api

// What was sent to webhook endpoints, what is being tried, and sending it again.
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/list.h"
#include "api/request/request.h"
#include "api/webhooks/handlers.h"
#include "api/webhooks/webhooks.h"
#include "webhooks/sender.h"

namespace quipu::api {
namespace {

using base::Result;

constexpr std::size_t kUsualPage = 50;
constexpr std::size_t kLargestPage = 100;

base::Error webhooks_off() {
    return {"webhooks_off", "This server does not send webhooks."};
}

void write_moment(base::JsonWriter& json, base::Instant at, bool known) {
    write_instant(json, known ? std::optional(at) : std::nullopt);
}

void write_members(base::JsonWriter& json, const webhooks::WebhookDelivery& delivery) {
    json.key("id").string(delivery.id);
    json.key("endpoint").string(delivery.endpoint);
    json.key("notification").string(delivery.notification);
    json.key("type").string(delivery.type);
    json.key("status").string(name_of(delivery.status));
    json.key("attempts").integer(delivery.attempts);
    json.key("lastStatusCode");
    if (delivery.last_status != 0) {
        json.integer(delivery.last_status);
    } else {
        json.null();
    }
    json.key("lastError");
    if (delivery.last_error.empty()) {
        json.null();
    } else {
        json.string(delivery.last_error);
    }
    write_instant(json.key("createdAt"), delivery.created_at);
    write_moment(json.key("lastAttemptAt"), delivery.last_attempt_at, delivery.attempts > 0);
    write_moment(json.key("nextAttemptAt"), delivery.next_attempt_at,
                 delivery.status == webhooks::DeliveryStatus::Pending);
}

http::HttpResponse response_of_delivery(const webhooks::WebhookDelivery& delivery) {
    return read_response([&](base::JsonWriter& json) {
        json.key("delivery").begin_object();
        write_members(json, delivery);
        json.key("body").raw(delivery.body);
        json.end_object();
    });
}

Result<std::optional<webhooks::DeliveryStatus>> query_status(const ApiCall& call) {
    const std::string text = query_text(call, "status");
    if (text.empty()) return std::nullopt;
    for (const auto status :
         {webhooks::DeliveryStatus::Pending, webhooks::DeliveryStatus::Delivered,
          webhooks::DeliveryStatus::Failed}) {
        if (text == name_of(status)) return status;
    }
    return tl::unexpected(invalid("status", "Expected pending, delivered or failed"));
}

Result<webhooks::DeliveryQuery> read_query(const ApiCall& call) {
    webhooks::DeliveryQuery query;
    query.endpoint = call.parameter;
    const auto status = query_status(call);
    if (!status) return tl::unexpected(status.error());
    query.status = *status;
    const auto limit = query_limit(call, kUsualPage, kLargestPage);
    if (!limit) return tl::unexpected(limit.error());
    query.limit = *limit;
    const auto before = query_cursor(call, query.before);
    if (!before) return tl::unexpected(before.error());
    query.before = *before;
    return query;
}

Result<webhooks::WebhookDelivery> delivery_of(webhooks::WebhookSender& sender,
                                              const ApiCall& call) {
    auto delivery = sender.find(call.organisation, call.parameter);
    if (!delivery) return tl::unexpected(delivery.error());
    if (*delivery) return std::move(**delivery);
    return base::fail("webhook_delivery_not_found",
                      "Webhook delivery '" + call.parameter + "' not found.");
}

tl::unexpected<base::Error> disabled(const std::string& endpoint) {
    return base::fail("webhook_endpoint_disabled",
                      "Webhook endpoint '" + endpoint + "' is disabled; enable it first.");
}

Result<webhooks::WebhookDelivery> replay(const ledger::ControlState& control,
                                         webhooks::WebhookSender* sender, const ApiCall& call) {
    if (sender == nullptr) return tl::unexpected(webhooks_off());
    auto delivery = delivery_of(*sender, call);
    if (!delivery) return delivery;
    const ledger::WebhookEndpoint* endpoint =
        ledger::find_webhook_endpoint(control, call.organisation, delivery->endpoint);
    if (endpoint == nullptr) {
        return base::fail("webhook_endpoint_not_found",
                          "Webhook endpoint '" + delivery->endpoint + "' was removed.");
    }
    if (!endpoint->enabled) return disabled(endpoint->id);
    return sender->replay(std::move(*delivery));
}

Result<webhooks::WebhookDelivery> send_test(const ledger::ControlState& control, base::ApiIds& ids,
                                            webhooks::WebhookSender* sender, const ApiCall& call) {
    const auto endpoint = webhook_endpoint_of(control, call);
    if (!endpoint) return tl::unexpected(endpoint.error());
    if (sender == nullptr) return tl::unexpected(webhooks_off());
    if (!(*endpoint)->enabled) return disabled((*endpoint)->id);
    return sender->send_test(**endpoint, ids.fresh("ntf_"));
}

void answer(ApiCall& call, const Result<webhooks::WebhookDelivery>& delivery) {
    call.respond(delivery ? response_of_delivery(*delivery) : response_of(delivery.error()));
}

}  // namespace

void post_webhook_test(const ledger::ControlState& control, base::ApiIds& ids,
                       webhooks::WebhookSender* sender, ApiCall call) {
    answer(call, send_test(control, ids, sender, call));
}

void post_webhook_replay(const ledger::ControlState& control, webhooks::WebhookSender* sender,
                         ApiCall call) {
    answer(call, replay(control, sender, call));
}

void get_webhook_delivery(webhooks::WebhookSender* sender, ApiCall call) {
    if (sender == nullptr) return call.respond(response_of(webhooks_off()));
    answer(call, delivery_of(*sender, call));
}

void get_webhook_deliveries(const ledger::ControlState& control, webhooks::WebhookSender* sender,
                            ApiCall call) {
    const auto endpoint = webhook_endpoint_of(control, call);
    if (!endpoint) return call.respond(response_of(endpoint.error()));
    if (sender == nullptr) return call.respond(response_of(webhooks_off()));
    const auto query = read_query(call);
    if (!query) return call.respond(response_of(query.error()));
    const auto page = sender->list(*query);
    if (!page) return call.respond(response_of(page.error()));
    const auto write = [](base::JsonWriter& json, const webhooks::WebhookDelivery& delivery) {
        json.begin_object();
        write_members(json, delivery);
        json.end_object();
    };
    call.respond(
        page_response("deliveries", page->deliveries, write,
                      page->next ? std::optional(std::to_string(*page->next)) : std::nullopt));
}

}  // namespace quipu::api

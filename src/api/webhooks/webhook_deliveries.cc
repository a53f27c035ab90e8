// What was sent to webhook endpoints, what is being tried, and sending it again.
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/request.h"
#include "api/webhooks/handlers.h"
#include "api/webhooks/webhooks.h"
#include "webhooks/sender.h"

namespace quipu::api {
namespace {

using base::Result;

constexpr std::size_t kUsualPage = 50;
constexpr std::size_t kLargestPage = 100;

Result<webhooks::WebhookSender*> sender_of(ApiLedger& ledger) {
    if (ledger.webhooks() != nullptr) return ledger.webhooks();
    return base::fail("webhooks_off", "This server does not send webhooks.");
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
    if (const std::string cursor = query_text(call, "cursor"); !cursor.empty()) {
        const base::ParsedCoefficient before = base::parse_coefficient(cursor, 0);
        if (before.error || before.value < 0 || before.value > base::Int128{query.before})
            return tl::unexpected(invalid("cursor", "Not a cursor of this list"));
        query.before = static_cast<std::uint64_t>(before.value);
    }
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

Result<webhooks::WebhookDelivery> replay(ApiLedger& ledger, const ApiCall& call) {
    const auto sender = sender_of(ledger);
    if (!sender) return tl::unexpected(sender.error());
    auto delivery = delivery_of(**sender, call);
    if (!delivery) return delivery;
    const ledger::WebhookEndpoint* endpoint = ledger::find_webhook_endpoint(
        ledger.engine().control(), call.organisation, delivery->endpoint);
    if (endpoint == nullptr) {
        return base::fail("webhook_endpoint_not_found",
                          "Webhook endpoint '" + delivery->endpoint + "' was removed.");
    }
    if (!endpoint->enabled) return disabled(endpoint->id);
    return (*sender)->replay(std::move(*delivery));
}

Result<webhooks::WebhookDelivery> send_test(ApiLedger& ledger, const ApiCall& call) {
    const auto endpoint = webhook_endpoint_of(ledger, call);
    if (!endpoint) return tl::unexpected(endpoint.error());
    const auto sender = sender_of(ledger);
    if (!sender) return tl::unexpected(sender.error());
    if (!(*endpoint)->enabled) return disabled((*endpoint)->id);
    return (*sender)->send_test(**endpoint, ledger.ids().fresh("ntf_"));
}

void answer(ApiCall& call, const Result<webhooks::WebhookDelivery>& delivery) {
    call.respond(delivery ? response_of_delivery(*delivery) : response_of(delivery.error()));
}

}  // namespace

void post_webhook_test(ApiLedger& ledger, ApiCall call) {
    answer(call, send_test(ledger, call));
}

void post_webhook_replay(ApiLedger& ledger, ApiCall call) {
    answer(call, replay(ledger, call));
}

void get_webhook_delivery(ApiLedger& ledger, ApiCall call) {
    const auto sender = sender_of(ledger);
    if (!sender) return call.respond(response_of(sender.error()));
    answer(call, delivery_of(**sender, call));
}

void get_webhook_deliveries(ApiLedger& ledger, ApiCall call) {
    const auto endpoint = webhook_endpoint_of(ledger, call);
    if (!endpoint) return call.respond(response_of(endpoint.error()));
    const auto sender = sender_of(ledger);
    if (!sender) return call.respond(response_of(sender.error()));
    const auto query = read_query(call);
    if (!query) return call.respond(response_of(query.error()));
    const auto page = (*sender)->list(*query);
    if (!page) return call.respond(response_of(page.error()));
    call.respond(read_response([&](base::JsonWriter& json) {
        json.key("deliveries").begin_array();
        for (const webhooks::WebhookDelivery& delivery : page->deliveries) {
            json.begin_object();
            write_members(json, delivery);
            json.end_object();
        }
        json.end_array();
        json.key("nextCursor");
        if (page->next) {
            json.string(std::to_string(*page->next));
        } else {
            json.null();
        }
    }));
}

}  // namespace quipu::api

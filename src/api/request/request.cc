#include "api/request/request.h"

#include <fmt/format.h>

#include <utility>

#include "api/request/errors.h"
#include "api/request/json.h"
#include "http/http_query.h"

namespace quipu::api {

std::string event_id(const ApiCall& call, Fields& fields, BodyId id) {
    if (!call.request.idempotency_key.empty()) return std::string(call.request.idempotency_key);
    if (id == BodyId::IsEventId) {
        if (const auto text = fields.optional_text("id")) return std::string(*text);
    }
    if (const auto text = fields.optional_text("eventId")) return std::string(*text);
    return std::string(fields.text_or("transactionId", ""));
}

CustomerRef customer_ref(Fields& fields, bool auto_enable) {
    CustomerRef ref;
    ref.auto_enable = auto_enable;
    ref.reference = fields.text("customer");
    const base::JsonValue data = fields.object("customerData");
    if (!data.is_present()) return ref;
    Fields known(data, fields.nested("customerData"));
    ref.email = known.text("email");
    if (!looks_like_email(ref.email)) known.refuse("email", "Invalid email address");
    if (const auto name = known.optional_text("name")) ref.name = std::string(*name);
    ref.metadata_json = known.object_text("metadata");
    fields.take(known.problem());
    return ref;
}

std::string callback_url(Fields& fields) {
    return std::string(fields.url_or_empty("callbackUrl"));
}

http::HttpResponse write_response(const base::Result<ingest::Reply>& reply,
                                  const WriteAnswer& write) {
    if (!reply) return response_of(reply.error());
    if (const auto* refused = std::get_if<ledger::Rejection>(&reply->outcome))
        return response_of(*refused);
    http::HttpResponse response;
    base::JsonWriter json(response.body);
    json.begin_object();
    json.key("success").boolean(true);
    write(json, *reply);
    write_receipt(json, *reply);
    json.end_object();
    return response;
}

ingest::Done answer_with(SharedResponder respond, WriteAnswer write) {
    return [respond = std::move(respond),
            write = std::move(write)](const base::Result<ingest::Reply>& reply) {
        (*respond)(write_response(reply, write));
    };
}

http::HttpResponse read_response(const std::function<void(base::JsonWriter&)>& write) {
    http::HttpResponse response;
    base::JsonWriter json(response.body);
    json.begin_object();
    json.key("success").boolean(true);
    write(json);
    json.end_object();
    return response;
}

std::string query_text(const ApiCall& call, std::string_view name) {
    return http::query_value(call.request.query, name).value_or("");
}

base::Result<std::size_t> query_limit(const ApiCall& call, std::size_t fallback, std::size_t most) {
    const std::string text = query_text(call, "limit");
    if (text.empty()) return fallback;
    const base::ParsedCoefficient parsed = base::parse_coefficient(text, 0);
    if (parsed.error || parsed.value < 1 || parsed.value > static_cast<base::Int128>(most)) {
        return tl::unexpected(
            invalid("limit", fmt::format("Expected a whole number between 1 and {}", most)));
    }
    return static_cast<std::size_t>(parsed.value);
}

base::Result<std::string> query_customer(const ApiCall& call) {
    std::string customer = query_text(call, "customer");
    if (!customer.empty()) return customer;
    return base::fail("validation_error", "customer query param required");
}

}  // namespace quipu::api

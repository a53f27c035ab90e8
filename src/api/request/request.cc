#include "api/request/request.h"

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

void with_known_customer(Directory& directory, ApiCall& call, std::string_view reference,
                         ForCustomer then, Unknown unknown) {
    const std::string organisation = std::move(call.organisation);
    directory.with_known(
        organisation, reference,
        [then = std::move(then), unknown, respond = share(std::move(call.respond))](
            const base::Result<const ledger::Customer*>& found) {
            if (found) return then(**found, respond);
            const bool in_short = unknown == Unknown::InShort;
            (*respond)(response_of(in_short ? short_of(found.error()) : found.error()));
        });
}

void with_query_customer(Directory& directory, ApiCall& call, ForCustomer then) {
    const auto reference = query_customer(call);
    if (!reference) return call.respond(response_of(reference.error()));
    with_known_customer(directory, call, *reference, std::move(then));
}

std::string query_text(const ApiCall& call, std::string_view name) {
    return http::query_value(call.request.query, name).value_or("");
}

base::Result<std::string> query_customer(const ApiCall& call) {
    std::string customer = query_text(call, "customer");
    if (!customer.empty()) return customer;
    return base::fail("validation_error", "customer query param required");
}

}  // namespace quipu::api

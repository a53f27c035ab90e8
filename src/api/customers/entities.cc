// Entities: adding, removing and listing seats.
#include <fmt/format.h>

#include "api/customers/handlers.h"
#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/request.h"
#include "http/http_error.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;

std::optional<std::string> owned(const std::optional<std::string_view>& text) {
    if (!text) return std::nullopt;
    return std::string(*text);
}

http::HttpResponse refused(const ledger::EntityRefused& answer) {
    const std::string sentence = fmt::format("Limit exceeded: {}/{} {} used", answer.count,
                                             answer.limit.to_string(), answer.feature);
    http::HttpResponse response{.status = 400};
    base::JsonWriter json(response.body);
    json.begin_object();
    json.key("success").boolean(false);
    json.key("code").string(name_of(ledger::Code::LimitExceeded));
    json.key("error").string(sentence);
    json.key("message").string(sentence);
    json.key("current").integer(answer.count);
    write_quantity(json.key("limit"), answer.limit);
    json.key("feature").string(answer.feature);
    json.end_object();
    return response;
}

void write_slot(base::JsonWriter& json, const ingest::Reply& reply) {
    const auto& answer = std::get<ledger::EntityAnswer>(reply.outcome);
    json.key("entityId").string(answer.entity);
    json.key("featureId").string(answer.feature);
    json.key("count").integer(answer.count);
    if (answer.remove_at) {
        write_instant(json.key("removeAt"), answer.remove_at);
        return;
    }
    write_quantity(json.key("limit"), answer.limit);
    std::optional<base::Quantity> remaining;
    if (answer.limit) {
        remaining =
            std::max(*answer.limit - base::Quantity::from_int(answer.count), base::Quantity{});
    }
    write_quantity(json.key("remaining"), remaining);
    if (answer.restored) json.key("restored").boolean(true);
}

http::HttpResponse slot_response(const Result<ingest::Reply>& reply) {
    if (reply) {
        if (const auto* too_many = std::get_if<ledger::EntityRefused>(&reply->outcome))
            return refused(*too_many);
    }
    return write_response(reply, write_slot);
}

void submit_for(Directory& directory, Commands& commands, ApiCall& call, CustomerRef ref,
                ledger::CommandRecord record) {
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    directory.with_customer(
        organisation, std::move(ref),
        [&commands, respond, record = std::move(record)](const Result<const Customer*>& found) {
            if (!found) return (*respond)(response_of(short_of(found.error())));
            commands.submit(**found, record, [respond](const Result<ingest::Reply>& reply) {
                (*respond)(slot_response(reply));
            });
        });
}

bool is_known_feature(const ledger::Catalog& catalog, std::string_view slug) {
    return find_feature(catalog, slug) != nullptr || find_credit_system(catalog, slug) != nullptr;
}

void write_entity(base::JsonWriter& json, const ledger::EntityKey& key,
                  const ledger::Entity& entity) {
    json.begin_object();
    json.key("id").string(key.entity);
    json.key("featureId").string(key.feature);
    write_text(json.key("name"), entity.name);
    write_text(json.key("email"), entity.email);
    json.key("metadata");
    if (entity.metadata_json.empty()) {
        json.null();
    } else {
        json.raw(entity.metadata_json);
    }
    json.key("status").string(entity.remove_at ? "pending_removal" : "active");
    write_instant(json.key("createdAt"), entity.created_at);
    if (entity.remove_at) write_instant(json.key("removeAt"), entity.remove_at);
    json.end_object();
}

}  // namespace

void post_entities(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    CustomerRef customer = customer_ref(fields, false);
    ledger::AddEntity add;
    add.feature = fields.text("feature");
    add.entity = fields.own_id("entity");
    add.name = owned(fields.optional_text("name"));
    add.email = owned(fields.optional_email("email"));
    add.metadata_json = fields.object_text("metadata");
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    // Before a customer is created for it.
    if (!is_known_feature(directory.catalog(call.organisation), add.feature))
        return call.respond(response_of(Error{"feature_not_found", "Feature not found"}));
    record.command = std::move(add);
    submit_for(directory, commands, call, std::move(customer), std::move(record));
}

void post_remove_entity(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    ledger::RemoveEntity remove;
    remove.feature = fields.text("feature");
    remove.entity = fields.text("entity");
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    if (directory.find(call.organisation, customer) == nullptr)
        return call.respond(response_of(short_of(customer_not_found(customer))));
    record.command = std::move(remove);
    CustomerRef ref;
    ref.reference = customer;
    submit_for(directory, commands, call, std::move(ref), std::move(record));
}

void get_entities(Directory& directory, ApiCall call) {
    const std::string customer = query_text(call, "customer");
    const std::string feature = query_text(call, "feature");
    if (customer.empty())
        return call.respond(response_of(Error{"validation_error", "Customer parameter required"}));
    if (!feature.empty() && !is_known_feature(directory.catalog(call.organisation), feature))
        return call.respond(response_of(Error{"feature_not_found", "Feature not found"}));
    with_known_customer(
        directory, call, customer,
        [&directory, feature](const Customer& known, const SharedResponder& respond) {
            const engine::AccountView view = directory.view(known);
            (*respond)(read_response([&](base::JsonWriter& json) {
                std::int64_t total = 0;
                json.key("entities").begin_array();
                for (const auto& [key, entity] : view.account->entities) {
                    if (!feature.empty() && key.feature != feature) continue;
                    write_entity(json, key, entity);
                    ++total;
                }
                json.end_array();
                json.key("total").integer(total);
            }));
        });
}

}  // namespace quipu::api

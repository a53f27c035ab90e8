#include "api/api.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "api/billing/routes.h"
#include "api/catalog/routes.h"
#include "api/customers/routes.h"
#include "api/operators/routes.h"
#include "api/payments/routes.h"
#include "api/request/errors.h"
#include "api/subscriptions/routes.h"
#include "api/usage/routes.h"
#include "api/webhooks/routes.h"

namespace quipu::api {

using base::Error;

namespace {

http::HttpResponse no_route(const http::HttpRequest& request, std::string_view allowed) {
    const std::string method(request.method);
    const std::string path(request.path);
    if (allowed.empty())
        return response_of(Error{"not_found", "There is no route " + method + " " + path + "."});
    http::HttpResponse response =
        response_of(Error{"method_not_allowed", path + " does not take " + method + ", only " +
                                                    std::string(allowed) + "."});
    response.allow = allowed;
    return response;
}

void add(std::vector<Route>& all, std::vector<Route> rows) {
    std::ranges::move(rows, std::back_inserter(all));
}

// The body as its route wants it; nothing where that reads it itself.
base::Result<base::JsonValue> read_body(base::JsonReader& reader, BodyKind kind,
                                        std::string_view text) {
    if (kind == BodyKind::Raw || (kind == BodyKind::None && text.empty())) return base::JsonValue();
    auto read = reader.read(text);
    // Where no body is needed, only what it names is looked at.
    if (kind == BodyKind::OptionalJson || kind == BodyKind::None)
        return read && read->is_object() ? *read : reader.read("{}");
    if (!read && read.error().code == "malformed_json")
        read.error().message = "Malformed JSON in request body";
    return read;
}

std::vector<std::string> warnings_of(const std::vector<std::string>& unused) {
    std::vector<std::string> warnings;
    for (const std::string& field : unused)
        warnings.push_back("Field '" + field + "' has no meaning here and is not used.");
    return warnings;
}

}  // namespace

Api::Api(const ApiParts& parts)
    : engine_(parts.engine),
      commands_(parts.engine, parts.ids),
      directory_(parts.engine, parts.ids, commands_),
      payment_answers_(directory_, parts.intents),
      walks_(parts.engine.executor()),
      keys_(parts.engine.control()),
      table_(routes(parts)) {
    if (parts.metrics == nullptr) return;
    for (const Route& route : table_.routes()) {
        tags_.push_back(
            parts.metrics->add_route(std::string(route.method) + " " + std::string(route.path)));
    }
}

// The rows that the folders bring, joined.
std::vector<Route> Api::routes(const ApiParts& parts) {
    const ledger::ControlState& control = engine_.control();
    std::vector<Route> all;
    add(all, usage_routes(directory_, commands_, engine_, parts.past, walks_, event_decoder_));
    add(all, customer_routes(directory_, commands_, control, parts.ids));
    add(all, catalog_routes(directory_, commands_));
    add(all, subscription_routes(directory_, commands_, payment_answers_, control));
    add(all, payment_routes(directory_, commands_, parts.intents, payment_answers_, control));
    if (parts.sandbox != nullptr) add(all, sandbox_routes(*parts.sandbox));
    add(all, billing_routes(directory_, commands_, parts.intents, payment_answers_, control,
                            engine_, walks_));
    add(all, webhook_routes(commands_, control, parts.ids, parts.webhooks));
    add(all, operator_routes(engine_, commands_, parts.ids));
    return all;
}

void Api::handle(const http::HttpRequest& request, http::Responder respond) {
    auto matched = table_.match(request.method, request.path);
    const Route* route = matched ? &table_.routes()[matched->index] : nullptr;
    const bool opens_at_once = route != nullptr && route->opens == Opens::AtOnce;
    if (!opens_at_once && !engine_.is_caught_up()) {
        return respond(response_of(
            Error{"not_ready", "The server is still catching up with its log; try again soon."}));
    }
    std::string organisation;
    // Of a path that nobody knows, only who has a key is told.
    if (route == nullptr || route->auth == Auth::Key) {
        const auto key = keys_.find(request.authorization);
        if (!key) return respond(response_of(key.error()));
        organisation = (*key)->organisation;
    }
    if (route == nullptr) return respond(no_route(request, table_.allowed_methods(request.path)));
    run(request, std::move(respond), std::move(*matched), std::move(organisation));
}

void Api::run(const http::HttpRequest& request, http::Responder respond, MatchedRoute matched,
              std::string organisation) {
    const Route& route = table_.routes()[matched.index];
    if (!tags_.empty()) respond.tag(tags_[matched.index]);
    const Input& input = route.input;
    const auto stray =
        input.query() == nullptr ? std::nullopt : unknown_parameter(request.query, *input.query());
    if (stray) return respond(response_of(*stray));
    const auto body = read_body(reader_, input.body(), request.body);
    if (!body) return respond(response_of(body.error()));
    const base::Inspection looked = base::inspect(*body, input.fields());
    if (looked.unknown) return respond(response_of(*looked.unknown));
    route.handler(ApiCall{request, Responder(std::move(respond), warnings_of(looked.unused)),
                          std::move(organisation), std::move(matched.parameter),
                          std::move(matched.second_parameter), *body});
}

}  // namespace quipu::api

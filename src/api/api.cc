#include "api/api.h"

#include <utility>

#include "api/openapi_document.h"
#include "api/payments/provider_webhooks.h"
#include "api/request/errors.h"
#include "api/subscriptions/activation.h"

namespace quipu::api {

using base::Error;

namespace {

bool asks_for_openapi(const http::HttpRequest& request) {
    const std::string_view path = below_mount(request.path).value_or(request.path);
    return request.method == "GET" && path == "/openapi.json";
}

http::HttpResponse no_route(const http::HttpRequest& request, std::string_view path) {
    const std::string method(request.method);
    const std::string whole(request.path);
    const std::string_view allowed = allowed_methods(path);
    if (allowed.empty())
        return response_of(Error{"not_found", "There is no route " + method + " " + whole + "."});
    http::HttpResponse response =
        response_of(Error{"method_not_allowed", whole + " does not take " + method + ", only " +
                                                    std::string(allowed) + "."});
    response.allow = allowed;
    return response;
}

}  // namespace

Api::Api(engine::LedgerEngine& engine, base::ApiIds& ids, http::HttpMetrics* metrics,
         payments::SandboxProvider* sandbox)
    : ledger_(engine, ids), keys_(engine.control()), sandbox_(sandbox) {
    if (metrics == nullptr) return;
    for (const ApiRoute& route : api_routes()) {
        tags_.push_back(
            metrics->add_route(std::string(route.method) + " /v1" + std::string(route.path)));
    }
}

void Api::handle(const http::HttpRequest& request, http::Responder respond) {
    if (request.path == "/" && request.method == "GET")
        return respond(http::HttpResponse{.body = R"({"status":"healthy"})"});
    if (asks_for_openapi(request))
        return respond(http::HttpResponse{.body = std::string(openapi_document())});
    if (sandbox_ != nullptr && request.path.starts_with("/sandbox/"))
        return sandbox_->handle(request, std::move(respond));
    if (!ledger_.engine().is_caught_up()) {
        return respond(response_of(
            Error{"not_ready", "The server is still catching up with its log; try again soon."}));
    }
    if (is_provider_webhook(request))
        return post_provider_webhook(ledger_, request, std::move(respond));
    if (const auto path = below_mount(request.path)) {
        if (const auto subscription = activated_subscription(request, *path))
            return get_activation(ledger_, request, *subscription, std::move(respond));
    }
    route(request, std::move(respond));
}

void Api::route(const http::HttpRequest& request, http::Responder respond) {
    const auto key = keys_.find(request.authorization);
    if (!key) return respond(response_of(key.error()));
    const auto path = below_mount(request.path);
    auto matched = path ? match_route(request.method, *path) : std::nullopt;
    if (!matched) return respond(no_route(request, path.value_or("")));
    if (!tags_.empty()) respond.tag(tags_[matched->index]);
    const ApiRoute& route = api_routes()[matched->index];
    base::JsonValue body;
    if (route.body == BodyKind::Json) {
        auto read = reader_.read(request.body);
        if (!read && read.error().code == "malformed_json")
            read.error().message = "Malformed JSON in request body";
        if (!read) return respond(response_of(read.error()));
        body = *read;
    }
    if (route.body == BodyKind::OptionalJson) {
        auto read = reader_.read(request.body);
        if (!read || !read->is_object()) read = reader_.read("{}");
        body = *read;
    }
    route.handler(ledger_, ApiCall{request, std::move(respond), (*key)->organisation,
                                   std::move(matched->parameter), body});
}

}  // namespace quipu::api

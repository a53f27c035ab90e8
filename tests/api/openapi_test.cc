// The description of the API holds every route, and no other.
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>
#include <ranges>
#include <set>
#include <string>

#include "api/api_fixture.h"
#include "api/openapi_document.h"

namespace quipu::api::testing {
namespace {

const Json& document() {
    static const Json kDocument = Json::parse(openapi_document());
    return kDocument;
}

// "GET /v1/plans/{slug}".
std::string name_of(const Route& route) {
    std::string name = std::string(route.method) + " /";
    for (const auto part : std::views::split(route.path.substr(1), '/')) {
        const std::string_view text(part.begin(), part.end());
        if (!name.ends_with('/')) name += '/';
        name += text.starts_with(':') ? "{" + std::string(text.substr(1)) + "}" : std::string(text);
    }
    return name;
}

// The names of every operation.
std::set<std::string> described() {
    std::set<std::string> operations;
    for (const auto& [path, methods] : document().at("paths").items()) {
        for (const auto& [method, operation] : methods.items()) {
            std::string name = method;
            for (char& c : name) c = static_cast<char>(std::toupper(c));
            operations.insert(name + " " + path);
        }
    }
    return operations;
}

// Every route but the sandbox's pages, which are for browsers; by its name in the document.
std::map<std::string, Route> served() {
    ApiServer server(ApiServer::Clock::Manual, 1, ApiServer::Start::Now,
                     ApiServer::Sandbox::Mounted);
    std::map<std::string, Route> routes;
    for (const Route& route : server.api().table().routes()) {
        if (!route.path.starts_with("/sandbox/")) routes.emplace(name_of(route), route);
    }
    return routes;
}

const Json& operation_of(const std::string& name) {
    const std::size_t space = name.find(' ');
    std::string method = name.substr(0, space);
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    return document().at("paths").at(name.substr(space + 1)).at(method);
}

TEST(OpenApi, DescribesEveryRouteAndInventsNone) {
    std::set<std::string> routes;
    for (const auto& [name, route] : served()) routes.insert(name);
    EXPECT_EQ(described(), routes);
}

TEST(OpenApi, SaysOfEachRouteWhetherItReadsABody) {
    for (const auto& [name, route] : served()) {
        const Json& operation = operation_of(name);
        EXPECT_EQ(operation.contains("requestBody"), route.body != BodyKind::None) << name;
        if (route.body == BodyKind::None) continue;
        EXPECT_EQ(operation["requestBody"]["required"], route.body != BodyKind::OptionalJson)
            << name;
    }
}

TEST(OpenApi, AsksForAKeyExceptWhereNoneIsNeeded) {
    for (const auto& [name, route] : served()) {
        const Json& operation = operation_of(name);
        const bool keyless = route.auth == Auth::None;
        EXPECT_EQ(operation.contains("security"), keyless) << name;
        EXPECT_EQ(operation["responses"].contains("401"),
                  !keyless || name.starts_with("POST /webhooks"))
            << name;
    }
}

TEST(OpenApi, HasAnExampleOfEveryOperation) {
    for (const auto& [path, methods] : document().at("paths").items()) {
        for (const auto& [method, operation] : methods.items())
            EXPECT_FALSE(operation.at("x-examples").empty()) << method << " " << path;
    }
}

TEST(OpenApi, IsServedWithoutAKey) {
    ApiServer server;
    server.use_key("");
    for (const char* path : {"/openapi.json", "/v1/openapi.json", "/api/v1/openapi.json"}) {
        const Answer answer = server.get(path);
        EXPECT_EQ(answer.status, 200) << path;
        EXPECT_EQ(answer.text, openapi_document()) << path;
    }
    EXPECT_EQ(server.post("/openapi.json", Json::object()).status, 401);
}

}  // namespace
}  // namespace quipu::api::testing

// The description of the API holds every route, and no other.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "api/api_fixture.h"
#include "api/openapi_document.h"
#include "api/routes.h"

namespace quipu::api::testing {
namespace {

// Routes that ask for no key: api.cc answers them before it looks at the table.
const std::set<std::string> kKeyless = {"GET /",
                                        "GET /openapi.json",
                                        "GET /v1/openapi.json",
                                        "GET /v1/subscriptions/{id}/activate",
                                        "POST /webhooks/{organisation}",
                                        "POST /webhooks/{organisation}/{provider}"};

const Json& document() {
    static const Json kDocument = Json::parse(openapi_document());
    return kDocument;
}

// "GET /v1/plans/{slug}" of every operation.
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

std::string name_of(const ApiRoute& route) {
    std::string name = std::string(route.method) + " /v1";
    std::string_view rest = route.path;
    while (!rest.empty()) {
        rest.remove_prefix(1);
        const std::string_view part = rest.substr(0, rest.find('/'));
        rest.remove_prefix(part.size());
        name += part.starts_with(':') ? "/{" + std::string(part.substr(1)) + "}"
                                      : "/" + std::string(part);
    }
    return name;
}

TEST(OpenApi, DescribesEveryRouteAndInventsNone) {
    std::set<std::string> routes = kKeyless;
    for (const ApiRoute& route : api_routes()) routes.insert(name_of(route));
    EXPECT_EQ(described(), routes);
}

TEST(OpenApi, SaysOfEachRouteWhetherItReadsABody) {
    const Json& paths = document().at("paths");
    for (const ApiRoute& route : api_routes()) {
        const std::string name = name_of(route);
        const std::string path = name.substr(name.find(' ') + 1);
        std::string method(route.method);
        for (char& c : method) c = static_cast<char>(std::tolower(c));
        const Json& operation = paths.at(path).at(method);
        EXPECT_EQ(operation.contains("requestBody"), route.body != BodyKind::None) << name;
        if (route.body == BodyKind::None) continue;
        EXPECT_EQ(operation["requestBody"]["required"], route.body != BodyKind::OptionalJson)
            << name;
    }
}

TEST(OpenApi, AsksForAKeyExceptWhereNoneIsNeeded) {
    const Json& paths = document().at("paths");
    for (const std::string& name : described()) {
        const std::size_t space = name.find(' ');
        std::string method = name.substr(0, space);
        for (char& c : method) c = static_cast<char>(std::tolower(c));
        const Json& operation = paths.at(name.substr(space + 1)).at(method);
        EXPECT_EQ(operation.contains("security"), kKeyless.contains(name)) << name;
        EXPECT_EQ(operation["responses"].contains("401"),
                  !kKeyless.contains(name) || name.starts_with("POST /webhooks"))
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

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
        EXPECT_EQ(operation.contains("requestBody"), route.input.body() != BodyKind::None) << name;
        if (route.input.body() == BodyKind::None) continue;
        EXPECT_EQ(operation["requestBody"]["required"],
                  route.input.body() != BodyKind::OptionalJson)
            << name;
    }
}

// The paths of the fields that a shape has: "plans[].features[].slug".
void add_paths(const base::JsonShape& shape, const std::string& before,
               std::set<std::string>& paths) {
    for (const base::JsonField& field : shape.fields()) {
        const std::string path = before + std::string(field.name);
        paths.insert(path);
        if (field.inside != nullptr) add_paths(*field.inside, path + ".", paths);
    }
}

// The same of a described schema, through references, lists and alternatives. A closed object
// has fields; one that may hold anything has none to name.
void add_paths(const Json& schema, const std::string& before, std::set<std::string>& paths,
               const std::string& where) {
    if (schema.contains("$ref")) {
        const std::string name = schema["$ref"].get<std::string>();
        return add_paths(document().at(Json::json_pointer(name.substr(1))), before, paths, where);
    }
    if (schema.contains("anyOf")) {
        for (const Json& each : schema["anyOf"]) add_paths(each, before, paths, where);
        return;
    }
    if (schema.contains("items")) return add_paths(schema["items"], before, paths, where);
    if (!schema.contains("properties")) return;
    EXPECT_EQ(schema.value("additionalProperties", Json()), Json(false)) << where << " " << before;
    for (const auto& [name, inner] : schema["properties"].items()) {
        paths.insert(before + name);
        add_paths(inner, before + name + ".", paths, where);
    }
}

TEST(OpenApi, NamesTheFieldsThatEachBodyMayHave) {
    for (const auto& [name, route] : served()) {
        const BodyKind kind = route.input.body();
        if (kind == BodyKind::None || kind == BodyKind::Raw) continue;
        std::set<std::string> known;
        add_paths(route.input.fields(), "", known);
        std::set<std::string> described;
        const Json& content = operation_of(name)["requestBody"]["content"]["application/json"];
        // A batch is described as a list of its items too.
        const Json& schema = content["schema"];
        add_paths(schema.contains("anyOf") ? schema["anyOf"][0] : schema, "", described, name);
        EXPECT_EQ(described, known) << name;
    }
}

TEST(OpenApi, NamesTheParametersThatEachQueryMayHave) {
    for (const auto& [name, route] : served()) {
        if (route.input.query() == nullptr) continue;
        std::set<std::string> known;
        for (const base::JsonField& field : route.input.query()->fields())
            known.emplace(field.name);
        std::set<std::string> described;
        for (const Json& parameter : operation_of(name).value("parameters", Json::array())) {
            if (parameter.value("in", "") == "query") described.insert(parameter["name"]);
        }
        EXPECT_EQ(described, known) << name;
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

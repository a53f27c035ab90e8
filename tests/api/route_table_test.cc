// Which row a request finds, without a server.
#include "api/route_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace quipu::api {
namespace {

Route row(std::string_view method, std::string_view path) {
    return {method, path, [](ApiCall) {}, takes_nothing()};
}

RouteTable some_routes() {
    return RouteTable({row("GET", "/"), row("POST", "/v1/track"), row("POST", "/v1/track/batch"),
                       row("GET", "/v1/plans"), row("GET", "/v1/plans/:slug"),
                       row("POST", "/v1/plans/:slug/close"), row("DELETE", "/v1/plans/:slug"),
                       row("POST", "/webhooks/:organisation"),
                       row("POST", "/webhooks/:organisation/:provider")});
}

// "POST /v1/track" and what the path's parts stand for; "" where no row fits.
std::string found(const RouteTable& table, std::string_view method, std::string_view path) {
    const auto matched = table.match(method, path);
    if (!matched) return {};
    const Route& route = table.routes()[matched->index];
    std::string text = std::string(route.method) + " " + std::string(route.path);
    for (const std::string& each : {matched->parameter, matched->second_parameter})
        if (!each.empty()) text += " " + each;
    return text;
}

TEST(RouteTable, FindsARowByPathAndMethod) {
    const RouteTable table = some_routes();
    EXPECT_EQ(found(table, "POST", "/v1/track"), "POST /v1/track");
    EXPECT_EQ(found(table, "POST", "/v1/track/batch"), "POST /v1/track/batch");
    EXPECT_EQ(found(table, "GET", "/"), "GET /");
    EXPECT_EQ(found(table, "GET", "/v1/track"), "");
    EXPECT_EQ(found(table, "POST", "/v1/track/batch/more"), "");
    EXPECT_EQ(found(table, "POST", "/track"), "");
    EXPECT_EQ(found(table, "GET", "/v1"), "");
    EXPECT_EQ(found(table, "GET", "/v1/trac"), "");
}

TEST(RouteTable, APartWithAColonTakesAnyValueDecoded) {
    const RouteTable table = some_routes();
    EXPECT_EQ(found(table, "GET", "/v1/plans/a%20b"), "GET /v1/plans/:slug a b");
    EXPECT_EQ(found(table, "POST", "/v1/plans/pro/close"), "POST /v1/plans/:slug/close pro");
    EXPECT_EQ(found(table, "POST", "/webhooks/default"), "POST /webhooks/:organisation default");
    EXPECT_EQ(found(table, "POST", "/webhooks/default/sandbox"),
              "POST /webhooks/:organisation/:provider default sandbox");
    EXPECT_EQ(found(table, "POST", "/webhooks"), "");
}

TEST(RouteTable, SeveralSlashesCountAsOne) {
    const RouteTable table = some_routes();
    for (const char* path : {"/v1//plans", "/v1/plans/", "//v1/plans//"})
        EXPECT_EQ(found(table, "GET", path), "GET /v1/plans") << path;
}

TEST(RouteTable, TheLongMountIsAnotherNameOfTheShortOne) {
    const RouteTable table = some_routes();
    EXPECT_EQ(found(table, "GET", "/api/v1/plans"), "GET /v1/plans");
    EXPECT_EQ(table.allowed_methods("/api/v1/track"), "POST");
    for (const char* path : {"/api/plans", "/api/v1x/plans", "/api/v2/plans", "/api/webhooks/a"})
        EXPECT_EQ(found(table, "GET", path), "") << path;
}

TEST(RouteTable, TellsWhichMethodsAPathTakes) {
    const RouteTable table = some_routes();
    EXPECT_EQ(table.allowed_methods("/v1/track"), "POST");
    EXPECT_EQ(table.allowed_methods("/v1/plans"), "GET, HEAD");
    EXPECT_EQ(table.allowed_methods("/v1/plans/pro"), "GET, HEAD, DELETE");
    EXPECT_EQ(table.allowed_methods("/v1/nothing"), "");
}

TEST(RouteTableDeathTest, TwoRowsOfOneNameAreADefect) {
    EXPECT_DEATH(RouteTable({row("GET", "/v1/a"), row("GET", "/v1/a")}), "CHECK failed");
    EXPECT_DEATH(RouteTable({row("PATCH", "/v1/a")}), "CHECK failed");
}

}  // namespace
}  // namespace quipu::api

// What a route does not know is refused (docs/contract/requests-and-errors.md#strict-fields).
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

// A path on which the route answers, as far as its input is concerned.
std::string path_of(const Route& route) {
    std::string path(route.path);
    std::ranges::replace(path, ':', 'x');
    return path;
}

Answer ask_with(ApiServer& server, const Route& route, const std::string& query, const Json& body) {
    const std::string path = path_of(route) + query;
    if (route.method == "POST") return server.post(path, body);
    return server.ask(route.method, path);
}

std::string asked(const Route& route) {
    return std::string(route.method) + " " + std::string(route.path);
}

TEST(ApiStrict, EveryRouteRefusesAParameterThatItDoesNotKnow) {
    ApiServer server(ApiServer::Clock::Manual, 1, ApiServer::Start::Now,
                     ApiServer::Sandbox::Mounted);
    for (const Route& route : server.api().table().routes()) {
        if (route.input.query() == nullptr) continue;
        const Answer answer = ask_with(server, route, "?zzqzz=1", Json::object());
        EXPECT_EQ(answer.status, 400) << asked(route);
        EXPECT_EQ(answer.body["error"], "Unknown query parameter 'zzqzz'.") << asked(route);
    }
}

TEST(ApiStrict, OnlyPagesAndProvidersMaySendAnyParameter) {
    ApiServer server(ApiServer::Clock::Manual, 1, ApiServer::Start::Now,
                     ApiServer::Sandbox::Mounted);
    for (const Route& route : server.api().table().routes()) {
        const bool foreign =
            route.path.starts_with("/sandbox/") || route.path.starts_with("/webhooks/");
        EXPECT_EQ(route.input.query() == nullptr, foreign) << asked(route);
    }
}

TEST(ApiStrict, EveryRouteRefusesAFieldThatItDoesNotKnow) {
    ApiServer server(ApiServer::Clock::Manual, 1, ApiServer::Start::Now,
                     ApiServer::Sandbox::Mounted);
    for (const Route& route : server.api().table().routes()) {
        if (route.method != "POST" || route.input.body() == BodyKind::Raw) continue;
        const Answer answer = ask_with(server, route, "", {{"zzqzz", 1}});
        EXPECT_EQ(answer.status, 400) << asked(route);
        EXPECT_EQ(answer.code(), "unknown_field") << asked(route);
        EXPECT_EQ(answer.body["error"], "Unknown field 'zzqzz'.") << asked(route);
    }
}

Json catalog_with(const Json& plan_feature) {
    return {{"features", {{{"slug", "api-calls"}, {"name", "API"}, {"type", "metered"}}}},
            {"plans",
             {{{"slug", "pro"},
               {"name", "Pro"},
               {"price", 0},
               {"currency", "USD"},
               {"interval", "monthly"},
               {"features", {plan_feature}}}}}};
}

class ApiStrictUsage : public ::testing::Test {
protected:
    void SetUp() override {
        const Json sold = catalog_with({{"slug", "api-calls"}, {"enabled", true}, {"limit", 100}});
        ASSERT_EQ(server_.post("/v1/sync", sold).status, 200);
        ASSERT_EQ(server_.post("/v1/customers", {{"id", "ada"}, {"email", "ada@x.io"}}).status,
                  200);
        ASSERT_EQ(server_.post("/v1/attach", {{"customer", "ada"}, {"product", "pro"}}).status,
                  200);
    }
    Json usage() { return server_.get("/v1/check?customer=ada&feature=api-calls")["usage"]; }

    ApiServer server_;
};

TEST_F(ApiStrictUsage, AMisspeltValueCountsNothing) {
    const Answer answer =
        server_.post("/v1/track", {{"customer", "ada"}, {"feature", "api-calls"}, {"valu", 5}});
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "unknown_field");
    EXPECT_EQ(answer.message(), "Unknown field 'valu'. Did you mean 'value'?");
    EXPECT_EQ(usage(), 0);
}

TEST_F(ApiStrictUsage, FieldsInsideAreKnownToo) {
    const Answer answer =
        server_.post("/v1/check", {{"customer", "bob@x.io"},
                                   {"feature", "api-calls"},
                                   {"customerData", {{"email", "bob@x.io"}, {"nmae", "Bob"}}}});
    EXPECT_EQ(answer.message(), "Unknown field 'customerData.nmae'. Did you mean 'name'?");
    EXPECT_EQ(server_.get("/v1/customers/bob@x.io").status, 404);
}

TEST_F(ApiStrictUsage, MetadataHoldsWhatItLikes) {
    EXPECT_EQ(server_
                  .post("/v1/track", {{"customer", "ada"},
                                      {"feature", "api-calls"},
                                      {"metadata", {{"valu", {{"deep", {1, 2}}}}}}})
                  .status,
              200);
}

TEST_F(ApiStrictUsage, AnItemOfABatchIsRefusedOnItsOwn) {
    const Json good{{"customer", "ada"}, {"feature", "api-calls"}, {"value", 3}};
    const Json bad{{"customer", "ada"}, {"feature", "api-calls"}, {"valu", 5}};
    const Json as_list = Json::array({good, bad});
    const Json as_object{{"events", as_list}};
    for (const Json& body : {as_list, as_object}) {
        const Answer answer = server_.post("/v1/track/batch", body);
        ASSERT_EQ(answer.status, 200);
        EXPECT_EQ(answer["results"][0]["status"], 200);
        EXPECT_EQ(answer["results"][1]["status"], 400);
        EXPECT_EQ(answer["results"][1]["code"], "unknown_field");
        EXPECT_EQ(answer["results"][1]["error"],
                  "Unknown field 'events[1].valu'. Did you mean 'value'?");
    }
    EXPECT_EQ(usage(), 6);
    const Answer misnamed = server_.post("/v1/track/batch", {{"event", as_list}});
    EXPECT_EQ(misnamed.message(), "Unknown field 'event'. Did you mean 'events'?");
}

TEST_F(ApiStrictUsage, AMisspeltFilterListsNothing) {
    const Answer answer = server_.get("/v1/plans?grup=a");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.message(), "Unknown query parameter 'grup'. Did you mean 'group'?");
}

TEST_F(ApiStrictUsage, WhatTheSdkSendsInVainIsToldInWarnings) {
    const Answer attached = server_.post(
        "/v1/attach",
        {{"customer", "ada"}, {"product", "pro"}, {"channels", {"card"}}, {"currency", "USD"}});
    EXPECT_EQ(attached.status, 200);
    EXPECT_EQ(attached["warnings"],
              (Json{"Field 'channels' has no meaning here and is not used.",
                    "Field 'currency' has no meaning here and is not used."}));
    const Answer plain = server_.post("/v1/attach", {{"customer", "ada"}, {"product", "pro"}});
    EXPECT_FALSE(plain.body.contains("warnings"));
}

TEST_F(ApiStrictUsage, TheMetadataOfAnAttachIsShownByItsEntry) {
    const Json sent{{"order", {{"id", 7}}}};
    ASSERT_EQ(server_
                  .post("/v1/attach",
                        {{"customer", "ada"}, {"product", "pro"}, {"id", "a1"}, {"metadata", sent}})
                  .status,
              200);
    const Answer entries = server_.get("/v1/customers/ada/entries?limit=1");
    EXPECT_EQ(entries["entries"][0]["eventId"], "a1");
    EXPECT_EQ(entries["entries"][0]["metadata"], sent);
}

TEST_F(ApiStrictUsage, ARouteWithoutABodyRefusesFieldsToo) {
    const Answer answer = server_.post("/v1/webhook-endpoints/we_1/rotate-secret", {{"after", 60}});
    EXPECT_EQ(answer.message(), "Unknown field 'after'.");
}

TEST(ApiStrict, AMisspeltFieldOfACatalogIsNotPublished) {
    ApiServer server;
    const Answer answer = server.post(
        "/v1/sync", catalog_with({{"slug", "api-calls"}, {"enabled", true}, {"bilingUnits", 10}}));
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.code(), "unknown_field");
    EXPECT_EQ(answer.message(),
              "Unknown field 'plans[0].features[0].bilingUnits'. Did you mean 'billingUnits'?");
    EXPECT_EQ(server.get("/v1/plans")["plans"], Json::array());
}

TEST(ApiStrict, TheWarningsOfACatalogHoldThoseOfItsFields) {
    ApiServer server;
    Json catalog = catalog_with({{"slug", "api-calls"}, {"enabled", true}});
    catalog["defaultProvider"] = "paystack";
    EXPECT_EQ(server.post("/v1/sync", catalog)["warnings"],
              Json{"Field 'defaultProvider' has no meaning here and is not used."});
}

// Kept and shown, and told, since it is not collected as it says.
TEST(ApiStrict, AProviderThatIsNotConfiguredIsAWarning) {
    ApiServer server;
    Json catalog = catalog_with({{"slug", "api-calls"}, {"enabled", true}});
    catalog["plans"][0].update({{"provider", "stripe"}, {"metadata", {{"tier", 1}}}});
    catalog["creditSystems"] = {{{"slug", "ai"}, {"name", "AI"}, {"features", Json::array()}}};
    const auto pack = [](const char* slug, const char* provider) {
        return Json{{"slug", slug},        {"name", slug},      {"credits", 5},
                    {"price", 1},          {"currency", "USD"}, {"creditSystem", "ai"},
                    {"provider", provider}};
    };
    catalog["creditPacks"] = Json::array({pack("small", "manual"), pack("large", "polar")});
    const Answer answer = server.post("/v1/sync", catalog);
    ASSERT_EQ(answer.status, 200) << answer.text;
    EXPECT_EQ(answer["warnings"],
              (Json{"Credit pack 'large' names the provider 'polar', which is not configured: it "
                    "cannot be bought.",
                    "Plan 'pro' names the provider 'stripe', which is not configured: it is "
                    "collected as the organisation's settings say."}));
    EXPECT_EQ(server.get("/v1/plans")["plans"][0]["provider"], "stripe");
    EXPECT_EQ(server.get("/v1/plans/pro")["plan"]["metadata"], (Json{{"tier", 1}}));
    EXPECT_EQ(server.get("/v1/credit-packs")["data"][0]["provider"], "manual");
}

TEST(ApiStrict, ACheckpointKnowsItsFolderOnly) {
    ApiServer server;
    const Answer answer = server.admin("POST", "/admin/checkpoint", R"({"foldr":"/tmp"})");
    EXPECT_EQ(answer.status, 400);
    EXPECT_EQ(answer.message(), "Unknown field 'foldr'. Did you mean 'folder'?");
}

}  // namespace
}  // namespace quipu::api::testing

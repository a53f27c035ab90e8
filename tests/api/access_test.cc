// Who may ask, which routes there are, and what a broken request hears.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <set>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

void expect_error(const Answer& answer, int status, const std::string& code,
                  const std::string& sentence) {
    EXPECT_EQ(answer.status, status) << answer.text;
    const Json shape = {
        {"success", false}, {"code", code}, {"error", sentence}, {"message", sentence}};
    EXPECT_EQ(answer.body, shape);
}

TEST(ApiAccess, TheRootIsHealthyWithoutAKey) {
    ApiServer server;
    server.use_key("");
    const Answer root = server.get("/");
    EXPECT_EQ(root.status, 200);
    EXPECT_EQ(root.body, Json({{"status", "healthy"}}));
}

TEST(ApiAccess, WithoutAKnownKeyNothingIsAnswered) {
    ApiServer server;
    for (const char* path : {"/v1/check", "/v1/nothing", "/api/v1/track"}) {
        server.use_key("");
        expect_error(server.post(path, Json::object()), 401, "missing_api_key", "Missing API Key");
        server.use_key("owo_sk_bad");
        expect_error(server.post(path, Json::object()), 401, "invalid_api_key", "Invalid API Key");
    }
    server.use_key("");
    const Answer basic =
        server.post_text("/v1/check", "{}", "Authorization: Basic c2tfcm9vdDo=\r\n");
    expect_error(basic, 401, "missing_api_key", "Missing API Key");
}

// What a path's parameters stand for is no matter: the key is judged before.
std::string path_of(const Route& route) {
    std::string path(route.path);
    std::ranges::replace(path, ':', '_');
    return path;
}

TEST(ApiAccess, EveryRouteAsksForAKeyUnlessItsRowSaysNone) {
    ApiServer server(ApiServer::Clock::Manual, 1, ApiServer::Start::Now,
                     ApiServer::Sandbox::Mounted);
    server.use_key("");
    for (const Route& route : server.api().table().routes()) {
        const Answer answer = server.ask(route.method, path_of(route));
        const bool refused = answer.status == 401 && answer.code() == "missing_api_key";
        EXPECT_EQ(refused, route.auth == Auth::Key) << route.method << " " << route.path;
    }
}

TEST(ApiAccess, OnlyThePathsThatNeedNoneAreAnsweredWithoutAKey) {
    ApiServer server(ApiServer::Clock::Manual, 1, ApiServer::Start::Now,
                     ApiServer::Sandbox::Mounted);
    std::set<std::string> open;
    for (const Route& route : server.api().table().routes()) {
        if (route.auth == Auth::None)
            open.insert(std::string(route.method) + " " + std::string(route.path));
    }
    EXPECT_EQ(open, (std::set<std::string>{
                        "GET /", "GET /openapi.json", "GET /v1/openapi.json",
                        "GET /v1/subscriptions/:id/activate", "POST /webhooks/:organisation",
                        "POST /webhooks/:organisation/:provider", "GET /sandbox/checkout/:id",
                        "POST /sandbox/checkout/:id"}));
}

TEST(ApiAccess, AnotherMethodOnAnOpenPathAsksForAKeyToo) {
    ApiServer server;
    const Answer with_key = server.get("/webhooks/default");
    expect_error(with_key, 405, "method_not_allowed",
                 "/webhooks/default does not take GET, only POST.");
    server.use_key("");
    EXPECT_EQ(server.get("/webhooks/default").status, 401);
    EXPECT_EQ(server.post("/v1/subscriptions/sub_1/activate", Json::object()).status, 401);
}

TEST(ApiAccess, UnknownRoutesAreErrorsOfTheOneShape) {
    ApiServer server;
    expect_error(server.get("/v1/nothing"), 404, "not_found", "There is no route GET /v1/nothing.");
    expect_error(server.get("/elsewhere"), 404, "not_found", "There is no route GET /elsewhere.");
    EXPECT_EQ(server.get("/v1/plans/a/b").code(), "not_found");
}

TEST(ApiAccess, AnotherMethodOnAKnownPathIsToldWhichOnesItTakes) {
    ApiServer server;
    const Answer wrong = server.get("/v1/track");
    expect_error(wrong, 405, "method_not_allowed", "/v1/track does not take GET, only POST.");
    EXPECT_NE(wrong.head.find("\r\nAllow: POST\r\n"), std::string::npos) << wrong.head;
    expect_error(server.post("/v1/plans/pro", Json::object()), 405, "method_not_allowed",
                 "/v1/plans/pro does not take POST, only GET, HEAD.");
}

TEST(ApiAccess, BothMountsAndADoubledSlashReachTheSameRoute) {
    ApiServer server;
    for (const char* path : {"/v1/plans", "/api/v1/plans", "/v1//plans", "/v1/plans/"}) {
        const Answer plans = server.get(path);
        EXPECT_EQ(plans.status, 200) << path;
        EXPECT_EQ(plans.body, Json({{"success", true}, {"plans", Json::array()}})) << path;
    }
}

TEST(ApiAccess, BodiesThatAreNoJsonObjectAreRefused) {
    ApiServer server;
    expect_error(server.post_text("/v1/track", ""), 400, "malformed_json",
                 "Malformed JSON in request body");
    expect_error(server.post_text("/v1/track", "{\"customer\":"), 400, "malformed_json",
                 "Malformed JSON in request body");
    EXPECT_EQ(server.post_text("/v1/track", R"({"value":1,"value":2})").code(),
              "json_duplicate_key");
    expect_error(server.post_text("/v1/track", "[]"), 400, "validation_error",
                 "Invalid input: Invalid input: expected object, received array");
    expect_error(server.post("/v1/track", {{"feature", "calls"}}), 400, "validation_error",
                 "Invalid customer: Invalid input: expected string, received undefined");
    expect_error(server.post("/v1/check", {{"customer", 5}, {"feature", "calls"}}), 400,
                 "validation_error",
                 "Invalid customer: Invalid input: expected string, received number");
    expect_error(
        server.post("/v1/track",
                    {{"customer", "a"}, {"feature", "f"}, {"customerData", {{"name", "A"}}}}),
        400, "validation_error",
        "Invalid customerData.email: Invalid input: expected string, received undefined");
    EXPECT_EQ(server.post("/v1/customers", {{"email", "no-email"}})["error"],
              "Invalid email: Invalid email address");
}

TEST(ApiAccess, TextsThatTheLogMayNotHoldAreRefused) {
    ApiServer server;
    const std::string nul("\0", 1);
    const Answer answer =
        server.post("/v1/customers", {{"email", "ann@example.com"}, {"id", "a" + nul + "b"}});
    EXPECT_EQ(answer.status, 400) << answer.text;
    EXPECT_EQ(answer.code(), "validation_error");
    EXPECT_EQ(
        server.post("/v1/customers", {{"email", "ann@example.com"}, {"id", std::string(257, 'x')}})
            .code(),
        "validation_error");
    EXPECT_EQ(server
                  .post("/v1/customers", {{"email", "ann@example.com"}},
                        "Idempotency-Key: " + std::string(257, 'k') + "\r\n")
                  .code(),
              "validation_error");
}

TEST(ApiKeys, ASecretIsShownOnceAndWorksUntilItIsRevoked) {
    ApiServer server;
    const Answer made = server.post("/v1/keys", {{"name", "ci"}});
    ASSERT_EQ(made.status, 200) << made.text;
    const std::string secret = made["key"];
    const std::string id = made["id"];
    EXPECT_TRUE(secret.starts_with("sk_"));
    EXPECT_TRUE(id.starts_with("key_"));
    EXPECT_EQ(made["hint"], secret.substr(secret.size() - 4));
    EXPECT_EQ(made["position"]["topic"], "control");

    const Answer listed = server.get("/v1/keys");
    EXPECT_EQ(listed["keys"].size(), 2u);
    EXPECT_EQ(listed.text.find(secret), std::string::npos);

    server.use_key(secret);
    EXPECT_EQ(server.get("/v1/plans").status, 200);
    const Answer revoked = server.post("/v1/keys/revoke", {{"key", id}});
    EXPECT_EQ(revoked.status, 200) << revoked.text;
    EXPECT_NE(revoked["revokedAt"], nullptr);
    EXPECT_EQ(server.get("/v1/plans").status, 401);  // though it was remembered

    server.use_key(kRootKey);
    expect_error(server.post("/v1/keys/revoke", {{"key", "key_none"}}), 404, "key_not_found",
                 "Key 'key_none' not found.");
}

TEST(ApiTenants, TwoOrganisationsShareNothing) {
    ApiServer server;
    server.add_organisation("other", "sk_other");
    ASSERT_EQ(server.post("/v1/sync", catalog_of("pro", "calls", {{"limit", 10}})).status, 200);
    const Answer ann =
        server.post("/v1/customers", {{"email", "ann@example.com"}, {"id", "user_1"}});
    ASSERT_EQ(server.post("/v1/attach", {{"customer", "user_1"}, {"product", "pro"}}).status, 200);
    ASSERT_EQ(server.post("/v1/track", {{"customer", "user_1"}, {"feature", "calls"}}).code(),
              "tracked");
    const std::string root_key_id = server.get("/v1/keys")["keys"][0]["id"];

    server.use_key("sk_other");
    EXPECT_EQ(server.get("/v1/plans")["plans"].size(), 0u);
    EXPECT_EQ(server.get("/v1/customers")["customers"].size(), 0u);
    EXPECT_EQ(server.get("/v1/customers/" + ann["id"].get<std::string>()).status, 404);
    EXPECT_EQ(server.get("/v1/customers/user_1/entries").status, 404);
    EXPECT_EQ(server.get("/v1/billing/invoices?customer=user_1").status, 404);
    EXPECT_EQ(server.post("/v1/track", {{"customer", "user_1"}, {"feature", "calls"}}).code(),
              "customer_not_found");
    EXPECT_EQ(server.post("/v1/attach", {{"customer", "user_1"}, {"product", "pro"}}).code(),
              "plan_not_found");
    EXPECT_EQ(server.post("/v1/keys/revoke", {{"key", root_key_id}}).status, 404);

    // The same names mean other things there.
    ASSERT_EQ(server.post("/v1/sync", catalog_of("pro", "calls", {{"limit", 7}})).status, 200);
    const Answer theirs =
        server.post("/v1/customers", {{"email", "ann@example.com"}, {"id", "user_1"}});
    EXPECT_NE(theirs["id"], ann["id"]);
    ASSERT_EQ(server.post("/v1/attach", {{"customer", "user_1"}, {"product", "pro"}}).status, 200);
    const Answer checked = server.post("/v1/check", {{"customer", "user_1"}, {"feature", "calls"}});
    EXPECT_EQ(checked["usage"], 0);
    EXPECT_EQ(checked["limit"], 7);
    server.use_key(kRootKey);
    EXPECT_EQ(server.post("/v1/check", {{"customer", "user_1"}, {"feature", "calls"}})["usage"], 1);
}

TEST(ApiAdmin, OperatorsNeedNoKey) {
    ApiServer server;
    server.use_key("");
    EXPECT_EQ(server.admin("GET", "/healthz").status, 200);
    EXPECT_EQ(server.admin("GET", "/readyz").body, Json({{"status", "ready"}}));
    EXPECT_EQ(server.admin("GET", "/v1/plans").status, 404);
    server.use_key(kRootKey);
    ASSERT_EQ(server.get("/v1/plans").status, 200);
    server.use_key("");
    const Answer metrics = server.admin("GET", "/metrics");
    EXPECT_EQ(metrics.status, 200);
    EXPECT_NE(metrics.text.find("GET /v1/plans"), std::string::npos) << metrics.text;
    EXPECT_NE(metrics.text.find("quipu_fold_offset{partition=\"control\"}"), std::string::npos);
}

TEST(ApiAdmin, TheDigestHasALineForEachPartition) {
    ApiServer server;
    const Answer before = server.admin("GET", "/admin/digest");
    EXPECT_EQ(std::ranges::count(before.text, '\n'), 4);
    const Json control = Json::parse(before.text.substr(0, before.text.find('\n')));
    EXPECT_EQ(control["partition"], "control");
    EXPECT_EQ(control["digest"].get<std::string>().size(), 64u);
    ASSERT_EQ(server.post("/v1/customers", {{"email", "ann@example.com"}}).status, 200);
    EXPECT_NE(server.admin("GET", "/admin/digest").text, before.text);
}

TEST(ApiAdmin, ACheckpointIsACopyOfEveryPartition) {
    ApiServer server;
    const std::string folder = server.folder("copy");
    const Answer made =
        server.admin("POST", "/admin/checkpoint", Json({{"folder", folder}}).dump());
    EXPECT_EQ(made.status, 200) << made.text;
    for (const char* partition : {"control", "events-0", "events-1", "events-2"})
        EXPECT_TRUE(std::filesystem::exists(folder + "/" + partition)) << partition;
    EXPECT_EQ(server.admin("POST", "/admin/checkpoint", "{}").code(), "validation_error");
    EXPECT_EQ(server.admin("POST", "/admin/checkpoint", Json({{"folder", folder}}).dump()).status,
              503);
}

TEST(ApiAccess, BeforeItHasCaughtUpEverythingIsNotReady) {
    ApiServer server(ApiServer::Clock::Manual, 3, ApiServer::Start::Later);
    const Answer answer = server.get("/v1/plans");
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.code(), "not_ready");
    EXPECT_NE(answer.head.find("Retry-After: 1"), std::string::npos);
    EXPECT_EQ(server.admin("GET", "/readyz").status, 503);
    EXPECT_EQ(server.admin("GET", "/healthz").status, 200);
    server.start();
    EXPECT_EQ(server.get("/v1/plans").status, 200);
}

TEST(ApiOverload, AFullLogIsToldWithWhenToComeBack) {
    ApiServer server;
    server.log().fail_next_append({"log_overloaded", "The log's queue is full."});
    const Answer refused = server.post("/v1/customers", {{"email", "ann@example.com"}});
    EXPECT_EQ(refused.status, 503);
    EXPECT_EQ(refused.code(), "log_overloaded");
    EXPECT_NE(refused.head.find("Retry-After: 1"), std::string::npos) << refused.head;
    EXPECT_EQ(server.get("/v1/customers")["customers"].size(), 0u);
}

TEST(ApiOverload, AnUnknownOutcomeIsRetriedWithTheSameKeyAndCountsOnce) {
    ApiServer server;
    server.log().fail_next_append({"outcome_unknown", "Nobody knows."},
                                  ledger::MemoryLog::Written::Yes);
    const std::string key = "Idempotency-Key: once\r\n";
    const Json body = {{"email", "ann@example.com"}};
    // The fold may answer before the failure is heard; either way the retry is a duplicate.
    const Answer first = server.post("/v1/customers", body, key);
    if (first.status != 200) {
        EXPECT_EQ(first.status, 503);
        EXPECT_EQ(first.code(), "outcome_unknown");
    }
    const Answer again = server.post("/v1/customers", body, key);
    EXPECT_EQ(again.status, 200) << again.text;
    EXPECT_EQ(again["duplicate"], true);
    EXPECT_EQ(server.get("/v1/customers")["customers"].size(), 1u);
}

TEST(ApiAccess, TheSandboxsPagesNeedNoKey) {
    ApiServer server(ApiServer::Clock::Manual, 1, ApiServer::Start::Later,
                     ApiServer::Sandbox::Mounted);
    server.use_key("");
    EXPECT_EQ(server.get("/sandbox/checkout/cs_unknown").status, 404);
    std::promise<std::string> url;
    server.on_engine([&] {
        payments::CheckoutRequest request;
        request.intent = "pi_1";
        request.organisation = "org_1";
        request.customer = "cus_1";
        request.amount_minor = 500;
        request.currency = "EUR";
        request.expires_at = base::kEndOfTime;
        server.sandbox().create_checkout(
            request, [&](const auto& session) { url.set_value(session.value().url); });
    });
    const std::string got = url.get_future().get();
    const Answer page = server.get(got.substr(got.find("/sandbox/")));
    EXPECT_EQ(page.status, 200);  // also while the ledger is not ready
    EXPECT_NE(page.text.find("5.00 EUR"), std::string::npos);
    server.start();
}

TEST(ApiAccess, WithoutASandboxThereAreNoPagesOfOne) {
    ApiServer server;
    expect_error(server.get("/sandbox/checkout/cs_1"), 404, "not_found",
                 "There is no route GET /sandbox/checkout/cs_1.");
}

}  // namespace
}  // namespace quipu::api::testing

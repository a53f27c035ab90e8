// Customers, the catalog and what is sold from it, over HTTP.
#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

TEST(ApiCustomers, CreatingTwiceMergesAndKeepsTheIdentity) {
    ApiServer server;
    const Answer made = server.post("/v1/customers", {{"email", "Ann@Example.com"},
                                                      {"id", "user_1"},
                                                      {"name", "Ann"},
                                                      {"metadata", {{"a", 1}, {"b", 2}}}});
    ASSERT_EQ(made.status, 200) << made.text;
    const std::string id = made["id"];
    EXPECT_TRUE(id.starts_with("cus_"));
    EXPECT_EQ(id.size(), 28u);
    EXPECT_EQ(made["email"], "ann@example.com");
    EXPECT_EQ(made["externalId"], "user_1");
    EXPECT_EQ(made["createdAt"], "2026-03-20T12:00:00.000Z");
    EXPECT_EQ(made["billing"], Json({{"overageLimit", nullptr},
                                     {"featureConfigs", Json::array()},
                                     {"overageBlock", nullptr}}));

    server.set_clock("2026-03-21T12:00:00Z");
    const Answer again = server.post(
        "/v1/customers",
        {{"email", "ann@example.com"}, {"name", "Ann B"}, {"metadata", {{"b", 3}, {"c", 4}}}});
    EXPECT_EQ(again["id"], id);
    EXPECT_EQ(again["name"], "Ann B");
    EXPECT_EQ(again["metadata"], Json({{"a", 1}, {"b", 3}, {"c", 4}}));
    EXPECT_EQ(again["updatedAt"], "2026-03-21T12:00:00.000Z");
    EXPECT_EQ(again["createdAt"], "2026-03-20T12:00:00.000Z");

    for (const std::string& name : {id, std::string("user_1"), std::string("ANN@example.com")})
        EXPECT_EQ(server.get("/v1/customers/" + name)["id"], id) << name;
    EXPECT_EQ(server.get("/v1/customers/nobody").code(), "customer_not_found");
}

TEST(ApiCustomers, AnEMailThatIsTakenIsAConflict) {
    ApiServer server;
    ASSERT_EQ(server.post("/v1/customers", {{"email", "ann@example.com"}, {"id", "user_1"}}).status,
              200);
    const Answer taken =
        server.post("/v1/customers", {{"email", "ann@example.com"}, {"id", "user_2"}});
    EXPECT_EQ(taken.status, 409) << taken.text;
    EXPECT_EQ(taken.code(), "customer_conflict");
}

TEST(ApiCustomers, ANewEMailTakesThePlaceOfTheOldOne) {
    ApiServer server(ApiServer::Clock::Manual, 1);
    const Json first{{"email", "ann@example.com"}, {"id", "user_1"}};
    const Answer made = server.post("/v1/customers", first);
    const Answer changed =
        server.post("/v1/customers", {{"email", "Ann@New.example"}, {"id", "user_1"}});
    EXPECT_EQ(changed.status, 200) << changed.text;
    EXPECT_EQ(changed["id"], made["id"]);
    EXPECT_EQ(changed["email"], "ann@new.example");
    EXPECT_EQ(server.get("/v1/customers/ann@new.example")["id"], made["id"]);
    EXPECT_EQ(server.get("/v1/customers/ann@example.com").status, 404);
    const Answer heir = server.post("/v1/customers", {{"email", "ann@example.com"}});
    EXPECT_EQ(heir.status, 200) << heir.text;
    EXPECT_NE(heir["id"], made["id"]);
    EXPECT_EQ(server.post("/v1/customers", {{"email", "x@x.io"}, {"id", "user_1"}}).status, 200);
    const Answer back =
        server.post("/v1/customers", {{"email", "ann@new.example"}, {"id", "user_1"}});
    EXPECT_EQ(back["email"], "ann@new.example");
    const Answer taken = server.post("/v1/customers", first);
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.message(), "The e-mail 'ann@example.com' belongs to customer '" +
                                   heir["id"].get<std::string>() + "'.");
}

TEST(ApiCustomers, AnIdWithABlankAtAnEndIsRefused) {
    ApiServer server;
    for (const char* id : {" user_1", "user_1 ", "user_1\n"}) {
        const Answer refused = server.post("/v1/customers", {{"email", "a@x.io"}, {"id", id}});
        EXPECT_EQ(refused.status, 400) << refused.text;
        EXPECT_EQ(refused.message(), "Invalid id: An id begins and ends with no blank");
    }
    EXPECT_EQ(server.post("/v1/customers", {{"email", "a@x.io"}, {"id", "user 1"}}).status, 200);
}

TEST(ApiCustomers, AnExternalIdIsLinkedToTheKnownEMail) {
    ApiServer server;
    const Answer made = server.post("/v1/customers", {{"email", "ann@example.com"}});
    const Answer linked =
        server.post("/v1/customers", {{"email", "ann@example.com"}, {"id", "user_1"}});
    EXPECT_EQ(linked["id"], made["id"]);
    EXPECT_EQ(server.get("/v1/customers/user_1")["id"], made["id"]);
}

TEST(ApiCustomers, ListingGoesPageByPage) {
    ApiServer server;
    for (const char* email : {"a@x.io", "b@x.io", "c@x.io", "d@x.io", "e@x.io"})
        ASSERT_EQ(server.post("/v1/customers", {{"email", email}}).status, 200);
    std::set<std::string> seen;
    std::string cursor;
    int pages = 0;
    do {
        const Answer page = server.get("/v1/customers?limit=2&cursor=" + cursor);
        ASSERT_EQ(page.status, 200);
        for (const Json& customer : page["customers"]) seen.insert(customer["email"]);
        cursor = page["nextCursor"].is_null() ? "" : page["nextCursor"].get<std::string>();
        ++pages;
    } while (!cursor.empty());
    EXPECT_EQ(pages, 3);
    EXPECT_EQ(seen.size(), 5u);
    EXPECT_EQ(server.get("/v1/customers?limit=0").code(), "validation_error");
}

TEST(ApiCustomers, ANewOneGetsTheAutoEnabledPlansFreeActiveAndPaidPending) {
    ApiServer server;
    Json catalog = catalog_of("free", "calls", {{"limit", 10}});
    catalog["plans"][0]["autoEnable"] = true;
    Json paid = catalog["plans"][0];
    paid["slug"] = "paid";
    paid["price"] = 1000;
    catalog["plans"].push_back(paid);
    ASSERT_EQ(server.post("/v1/sync", catalog).status, 200);
    const Answer made =
        server.post("/v1/customers", {{"email", "new@example.com"}, {"name", "New Customer"}});
    ASSERT_EQ(made["subscriptions"].size(), 2u) << made.text;
    EXPECT_EQ(made["subscriptions"][0]["plan"], "free");
    EXPECT_EQ(made["subscriptions"][0]["status"], "active");
    EXPECT_EQ(made["subscriptions"][1]["plan"], "paid");
    EXPECT_EQ(made["subscriptions"][1]["status"], "pending");

    // One check of somebody unseen creates them and grants.
    const Answer checked =
        server.post("/v1/check", {{"customer", "unseen@example.com"}, {"feature", "calls"}});
    EXPECT_EQ(checked.code(), "access_granted") << checked.text;
    EXPECT_EQ(server.get("/v1/customers/unseen@example.com")["name"], "unseen");
    const Answer tracked = server.post(
        "/v1/track", {{"customer", "user_9"},
                      {"feature", "calls"},
                      {"customerData", {{"email", "nine@example.com"}, {"name", "Nine"}}}});
    EXPECT_EQ(tracked.code(), "tracked") << tracked.text;
    EXPECT_EQ(server.get("/v1/customers/nine@example.com")["externalId"], "user_9");
    // Attach starts only what it names.
    ASSERT_EQ(
        server.post("/v1/attach", {{"customer", "att@example.com"}, {"product", "paid"}}).status,
        200);
    EXPECT_EQ(server.get("/v1/customers/att@example.com")["subscriptions"].size(), 1u);
}

TEST(ApiCustomers, ConfigurationIsSetShownAndCleared) {
    ApiServer server;
    ASSERT_EQ(server
                  .post("/v1/sync",
                        catalog_of("pro", "calls",
                                   {{"limit", 10}, {"overage", "charge"}, {"overagePrice", 2}}))
                  .status,
              200);
    ASSERT_EQ(
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}).status,
        200);
    const auto track = [&](int value) {
        return server.post(
            "/v1/track", {{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}});
    };
    EXPECT_EQ(track(15).code(), "tracked_overage");
    const Answer set =
        server.post("/v1/customers/feature-config",
                    {{"customer", "ann@example.com"}, {"feature", "calls"}, {"overage", "block"}});
    ASSERT_EQ(set.status, 200) << set.text;
    EXPECT_EQ(track(1).code(), "limit_exceeded");
    EXPECT_EQ(
        server.get("/v1/customers/ann@example.com")["billing"]["featureConfigs"],
        Json::array({{{"feature", "calls"}, {"overage", "block"}, {"maxOverageUnits", nullptr}}}));
    ASSERT_EQ(server
                  .post("/v1/customers/feature-config", {{"customer", "ann@example.com"},
                                                         {"feature", "calls"},
                                                         {"overage", nullptr},
                                                         {"maxOverageUnits", nullptr}})
                  .status,
              200);
    EXPECT_EQ(track(1).code(), "tracked_overage");

    ASSERT_EQ(server
                  .post("/v1/customers/overage-limit",
                        {{"customer", "ann@example.com"}, {"maxOverageAmount", 14}})
                  .status,
              200);
    EXPECT_EQ(server.get("/v1/customers/ann@example.com")["billing"]["overageLimit"],
              Json({{"maxOverageAmount", 14}, {"onLimitReached", "block"}}));
    EXPECT_EQ(track(1).code(), "tracked_overage");
    const Answer capped = track(1);
    EXPECT_EQ(capped.code(), "limit_exceeded");
    EXPECT_EQ(capped.message(), "Overage spending cap reached (14/14 block).");
    ASSERT_EQ(server
                  .post("/v1/customers/overage-limit",
                        {{"customer", "ann@example.com"}, {"maxOverageAmount", nullptr}})
                  .status,
              200);
    EXPECT_EQ(track(1).code(), "tracked_overage");
    EXPECT_EQ(server
                  .post("/v1/customers/feature-config",
                        {{"customer", "ann@example.com"}, {"feature", "nope"}})
                  .code(),
              "feature_not_found");
    EXPECT_EQ(server.post("/v1/customers/overage-limit", {{"customer", "ann@example.com"}}).code(),
              "validation_error");
}

TEST(ApiCatalog, ASecondIdenticalSyncChangesNothing) {
    ApiServer server;
    Json catalog = catalog_of("pro", "calls", {{"limit", 10}});
    catalog["creditSystems"] =
        Json::array({{{"slug", "wallet"},
                      {"name", "Wallet"},
                      {"features", Json::array({{{"feature", "calls"}, {"creditCost", 2}}})}}});
    catalog["creditPacks"] = Json::array({{{"slug", "starter-pack"},
                                           {"name", "Starter Pack"},
                                           {"credits", 100},
                                           {"price", 500},
                                           {"currency", "USD"},
                                           {"creditSystem", "wallet"}},
                                          {{"slug", "lost"},
                                           {"name", "Lost"},
                                           {"credits", 1},
                                           {"price", 1},
                                           {"currency", "USD"},
                                           {"creditSystem", "nothing"}}});
    const Answer first = server.post("/v1/sync", catalog);
    ASSERT_EQ(first.status, 200) << first.text;
    EXPECT_EQ(first["plans"]["created"], Json::array({"pro"}));
    EXPECT_EQ(first["creditSystems"]["created"], Json::array({"wallet"}));
    EXPECT_EQ(first["creditPacks"]["created"], Json::array({"starter-pack"}));
    EXPECT_EQ(first["warnings"][0],
              "Credit pack 'lost' references unknown credit system 'nothing'. Skipping.");
    const Answer second = server.post("/v1/sync", catalog);
    for (const char* group : {"features", "creditSystems", "creditPacks", "plans"}) {
        EXPECT_EQ(second[group]["created"], Json::array()) << group;
        EXPECT_EQ(second[group]["updated"], Json::array()) << group;
        EXPECT_NE(second[group]["unchanged"], Json::array()) << group;
    }
    EXPECT_EQ(server.get("/v1/credit-systems")["creditSystems"][0]["features"],
              Json::array({{{"feature", "calls"}, {"creditCost", 2}}}));
    const Json pack = server.get("/v1/credit-packs")["data"][0];
    EXPECT_EQ(pack["creditSystem"], "wallet");
    EXPECT_EQ(pack["credits"], 100);
    EXPECT_EQ(pack["isActive"], true);
}

TEST(ApiCatalog, PlansAreShownInTheirStoredForm) {
    ApiServer server;
    Json catalog = catalog_of("pro", "calls",
                              {{"limit", 5000},
                               {"reset", "quarter"},
                               {"usageModel", "usage_based"},
                               {"overage", "block"},
                               {"ratingModel", "volume"},
                               {"tiers", Json::array({{{"upTo", nullptr}, {"flatFee", 5000}}})}},
                              900);
    catalog["plans"][0]["planGroup"] = "base";
    ASSERT_EQ(server.post("/v1/sync", catalog).status, 200);
    const Answer one = server.get("/v1/plans/pro");
    ASSERT_EQ(one.status, 200);
    const Json feature = one["plan"]["features"][0];
    EXPECT_EQ(feature["limit"], nullptr);
    EXPECT_EQ(feature["resetInterval"], "quarterly");
    EXPECT_EQ(feature["overage"], "charge");
    EXPECT_EQ(feature["ratingModel"], "volume");
    EXPECT_EQ(feature["tiers"], Json::array({{{"upTo", nullptr}, {"flatFee", 5000}}}));
    EXPECT_EQ(one["plan"]["type"], "paid");
    EXPECT_FALSE(one["plan"].contains("autoEnable"));
    EXPECT_EQ(server.get("/v1/plans/none").code(), "plan_not_found");

    EXPECT_EQ(server.get("/v1/plans?currency=usd&interval=monthly&group=base")["plans"].size(), 1u);
    for (const char* other : {"currency=EUR", "interval=yearly", "group=none"})
        EXPECT_EQ(server.get(std::string("/v1/plans?") + other)["plans"].size(), 0u) << other;

    server.set_clock("2026-03-21T12:00:00Z");
    ASSERT_EQ(server.post("/v1/sync", catalog_of("later", "calls", {{"limit", nullptr}})).status,
              200);
    const Answer all = server.get("/v1/plans");
    EXPECT_EQ(all["plans"][0]["slug"], "later");
    EXPECT_EQ(all["plans"][0]["features"][0]["limit"], nullptr);
    EXPECT_EQ(all["plans"][0]["features"][0]["resetInterval"], "monthly");
    EXPECT_EQ(all["plans"][1]["slug"], "pro");
}

TEST(ApiCatalog, ABrokenCatalogIsRefusedWhole) {
    ApiServer server;
    struct Case {
        Json terms;
        std::string error;
    };
    const std::string pricing = "Invalid pricing config for plan 'pro' feature 'calls': ";
    const Case cases[] = {
        {{{"limit", 10}, {"overage", "charge"}},
         pricing + "Charge overage pricing requires overagePrice or pricePerUnit."},
        {{{"usageModel", "usage_based"}},
         pricing + "Usage-based package pricing requires pricePerUnit."},
        {{{"usageModel", "usage_based"},
          {"ratingModel", "graduated"},
          {"tiers",
           Json::array({{{"upTo", 1000}, {"unitPrice", 5}}, {{"upTo", 500}, {"unitPrice", 4}}})}},
         pricing + "Tier 2 must end above tier 1."},
        {{{"limit", -1}}, pricing + "limitValue must be a non-negative number."},
        {{{"limit", 1}, {"billingUnits", 0}}, pricing + "billingUnits must be greater than 0."},
        {{{"limit", 1}, {"reset", "fortnight"}},
         "Invalid plans.0.features.0.reset: Unknown interval 'fortnight'"},
        {{{"limit", "x"}},
         "Invalid plans.0.features.0.limit: Invalid input: expected number, received string"},
        {{{"limit", 1}, {"slug", std::string(129, 's')}},
         "Invalid plans.0.features.0.slug: Too big: expected string to have <=128 bytes"},
    };
    for (const Case& each : cases) {
        const Answer refused = server.post("/v1/sync", catalog_of("pro", "calls", each.terms));
        EXPECT_EQ(refused.status, 400) << refused.text;
        EXPECT_EQ(refused.code(), "validation_error");
        EXPECT_EQ(refused["error"], each.error);
    }
    Json twice = catalog_of("pro", "calls", {{"limit", 1}});
    twice["plans"].push_back(twice["plans"][0]);
    EXPECT_EQ(server.post("/v1/sync", twice)["error"],
              "Invalid plans.1.slug: 'pro' is listed twice");
    Json odd = catalog_of("pro", "calls", {{"limit", 1}});
    odd["features"][0]["type"] = "liquid";
    EXPECT_EQ(server.post("/v1/sync", odd).code(), "validation_error");
    // A null is not sent, and without these no plan can be sold.
    for (const char* field : {"currency", "interval", "name", "price"}) {
        Json without = catalog_of("pro", "calls", {{"limit", 1}});
        without["plans"][0][field] = nullptr;
        EXPECT_EQ(server.post("/v1/sync", without).code(), "validation_error") << field;
    }
    EXPECT_EQ(server.get("/v1/plans")["plans"].size(), 0u);
}

TEST(ApiAttach, SamePlanUpgradeAndDowngrade) {
    ApiServer server;
    Json catalog = catalog_of("basic", "calls", {{"limit", 10}}, 1000);
    Json max = catalog["plans"][0];
    max["slug"] = "max";
    max["name"] = "Max";
    max["price"] = 3000;
    catalog["plans"].push_back(max);
    ASSERT_EQ(server.post("/v1/sync", catalog).status, 200);
    const auto attach = [&](const char* plan) {
        return server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", plan}});
    };
    const Answer first = attach("basic");
    ASSERT_EQ(first.status, 200) << first.text;
    EXPECT_EQ(first["type"], "new");
    EXPECT_EQ(first["requiresCheckout"], false);
    EXPECT_EQ(first["customerId"], first["customer_id"]);
    EXPECT_EQ(first["subscriptionId"], first["subscription_id"]);
    EXPECT_TRUE(first.body.contains("invoiceId"));

    const Answer same = attach("basic");
    EXPECT_EQ(same["type"], "lateral");
    EXPECT_EQ(same["message"], "Already subscribed to Pro");

    EXPECT_EQ(attach("max")["type"], "upgrade");
    const Answer down = attach("basic");
    EXPECT_EQ(down["type"], "downgrade");
    EXPECT_EQ(down["scheduledAt"], 1776686400000);  // 2026-04-20T12:00:00Z
    EXPECT_EQ(down["message"], "Downgrade to Pro scheduled for 2026-04-20T12:00:00.000Z");

    const Answer unknown = attach("none");
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(unknown["error"], "Plan 'none' not found");
    const Answer nobody = server.post("/v1/attach", {{"customer", "user_7"}, {"product", "max"}});
    EXPECT_EQ(nobody.status, 400);
    EXPECT_EQ(nobody.code(), "customer_not_found");
    EXPECT_EQ(nobody["error"], "Could not resolve or create customer");
    const Answer known = server.post(
        "/v1/attach",
        {{"customer", "user_7"}, {"product", "max"}, {"customerData", {{"email", "s@x.io"}}}});
    EXPECT_EQ(known.status, 200) << known.text;
    EXPECT_EQ(server.get("/v1/customers/user_7")["email"], "s@x.io");
}

TEST(ApiAttach, ATrialBlocksOverageAndHasItsOwnLimit) {
    ApiServer server;
    Json catalog = catalog_of(
        "pro", "calls",
        {{"limit", 10}, {"trialLimit", 3}, {"overage", "charge"}, {"overagePrice", 1}}, 1000);
    catalog["plans"][0]["trialDays"] = 14;
    ASSERT_EQ(server.post("/v1/sync", catalog).status, 200);
    const Answer trial =
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}});
    EXPECT_EQ(trial["trial"], true) << trial.text;
    EXPECT_EQ(trial["message"], "14-day trial activated");
    EXPECT_EQ(trial["trial_ends_at"], "2026-04-03T12:00:00.000Z");
    const auto track = [&](int value) {
        return server.post(
            "/v1/track", {{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}});
    };
    const Answer refused = track(4);
    EXPECT_EQ(refused.code(), "limit_exceeded");
    EXPECT_EQ(refused["limit"], 3);
    EXPECT_EQ(refused["details"]["trial"], true);
    EXPECT_EQ(refused["details"]["trialEndsAt"], "2026-04-03T12:00:00.000Z");
    const Answer taken = track(3);
    EXPECT_EQ(taken["usage"], 3);
    EXPECT_EQ(taken["balance"], 0);
    EXPECT_EQ(
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}).message(),
        "Trial already active");
}

TEST(ApiSubscriptions, CancelingWaitsForThePeriodAndCanBeTakenBack) {
    ApiServer server;
    ASSERT_EQ(server.post("/v1/sync", catalog_of("pro", "calls", {{"limit", 10}}, 1000)).status,
              200);
    ASSERT_EQ(
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}).status,
        200);
    const Json ann = {{"customer", "ann@example.com"}};
    const Answer canceled = server.post("/v1/subscriptions/cancel", ann);
    ASSERT_EQ(canceled.status, 200) << canceled.text;
    EXPECT_EQ(canceled["cancelAt"], "2026-04-20T12:00:00.000Z");
    EXPECT_EQ(canceled["status"], "pending_cancel");
    const Answer back = server.post("/v1/subscriptions/uncancel", ann);
    EXPECT_EQ(back["status"], "active") << back.text;
    EXPECT_EQ(back["cancelAt"], nullptr);
    EXPECT_EQ(server.post("/v1/subscriptions/uncancel", ann).code(), "subscription_not_found");
    const Answer ended =
        server.post("/v1/subscriptions/cancel",
                    {{"customer", "ann@example.com"}, {"product", "pro"}, {"immediate", true}});
    EXPECT_EQ(ended["status"], "canceled") << ended.text;
    const Answer checked =
        server.post("/v1/check", {{"customer", "ann@example.com"}, {"feature", "calls"}});
    EXPECT_EQ(checked.code(), "no_active_subscription");
    EXPECT_EQ(server.post("/v1/subscriptions/cancel", {{"customer", "x"}}).status, 404);
}

TEST(ApiSubscriptions, ACancellationPastItsDateIsDeniedAndMarkedCanceled) {
    ApiServer server;
    ASSERT_EQ(server.post("/v1/sync", catalog_of("pro", "calls", {{"limit", 10}}, 1000)).status,
              200);
    ASSERT_EQ(
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}}).status,
        200);
    ASSERT_EQ(server.post("/v1/subscriptions/cancel", {{"customer", "ann@example.com"}}).status,
              200);
    server.set_clock("2026-04-20T12:00:01Z");
    EXPECT_EQ(
        server.post("/v1/check", {{"customer", "ann@example.com"}, {"feature", "calls"}}).code(),
        "no_active_subscription");
    EXPECT_EQ(server.get("/v1/customers/ann@example.com")["subscriptions"][0]["status"],
              "canceled");
}

}  // namespace
}  // namespace quipu::api::testing

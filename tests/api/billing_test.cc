// Credits, seats, unbilled usage, invoices and a customer's history over HTTP.
#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

class Sold : public ::testing::Test {
protected:
    void sell(const Json& catalog) {
        const Answer synced = server.post("/v1/sync", catalog);
        ASSERT_EQ(synced.status, 200) << synced.text;
        const Answer attached =
            server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "pro"}});
        ASSERT_EQ(attached.status, 200) << attached.text;
    }
    Answer track(const std::string& feature, const Json& value, Json more = Json::object()) {
        more.update({{"customer", "ann@example.com"}, {"feature", feature}, {"value", value}});
        return server.post("/v1/track", more);
    }
    Answer unbilled() { return server.get("/v1/billing/usage?customer=ann@example.com"); }
    Answer invoice() {
        return server.post("/v1/billing/invoice", {{"customer", "ann@example.com"}});
    }

    ApiServer server;
};

Json credits_catalog(const std::string& provider = {}) {
    Json catalog = catalog_of("pro", "support", {{"limit", 100}});
    catalog["plans"][0]["features"][0]["slug"] = "credits";
    catalog["creditSystems"] =
        Json::array({{{"slug", "credits"},
                      {"name", "Credits"},
                      {"features", Json::array({{{"feature", "support"}, {"creditCost", 20}}})}}});
    catalog["creditPacks"] = Json::array({{{"slug", "pack"},
                                           {"name", "Pack"},
                                           {"credits", 100},
                                           {"price", 2500},
                                           {"currency", "USD"},
                                           {"creditSystem", "credits"}}});
    if (!provider.empty()) catalog["creditPacks"][0]["provider"] = provider;
    return catalog;
}

TEST_F(Sold, APackIsCreditedAtOnceAndPaysWhenThePlanHasNoneLeft) {
    sell(credits_catalog());
    EXPECT_EQ(track("support", 5).code(), "tracked");
    const Answer bought = server.post(
        "/v1/addon", {{"customer", "ann@example.com"}, {"pack", "pack"}, {"quantity", 3}});
    ASSERT_EQ(bought.status, 200) << bought.text;
    EXPECT_EQ(bought["requiresCheckout"], false);
    EXPECT_EQ(bought["quantity"], 3);
    EXPECT_EQ(bought["credits"], 300);
    EXPECT_EQ(bought["balance"], 300);
    EXPECT_EQ(bought["creditSystemId"], "credits");

    const Answer looked = server.post(
        "/v1/check", {{"customer", "ann@example.com"}, {"feature", "support"}, {"value", 3}});
    EXPECT_EQ(looked.code(), "addon_credits_used");
    EXPECT_EQ(looked.message(), "Plan credits exhausted. 60 add-on credits will be deducted.");
    EXPECT_EQ(looked["balance"], 300);
    const Answer used = server.post("/v1/check", {{"customer", "ann@example.com"},
                                                  {"feature", "support"},
                                                  {"value", 3},
                                                  {"sendEvent", true}});
    EXPECT_EQ(used["allowed"], true);
    EXPECT_EQ(used.code(), "addon_credits_used");
    const Json pool = {
        {"used", 100}, {"limit", 100}, {"balance", 0}, {"resetsAt", "2026-04-20T12:00:00.000Z"}};
    EXPECT_EQ(used["credits"], Json({{"source", "credit_system"},
                                     {"systemSlug", "credits"},
                                     {"costPerUnit", 20},
                                     {"addonBalance", 240},
                                     {"plan", pool}}));
    EXPECT_EQ(used["details"]["addonCreditsUsed"], 60);
    EXPECT_EQ(used["details"]["addonCreditsRemaining"], 240);
    EXPECT_EQ(used["details"]["creditSystem"], "credits");
    EXPECT_EQ(used["details"]["creditCostPerUnit"], 20);

    // Feature and system are one balance.
    const Answer direct = track("credits", 5);
    EXPECT_EQ(direct["credits"]["addonBalance"], 235);
    EXPECT_EQ(unbilled()["features"], Json::array());

    const Answer balances = server.get("/v1/customers/ann@example.com/balances");
    ASSERT_EQ(balances.status, 200) << balances.text;
    EXPECT_EQ(balances["grants"][0]["remaining"], 235);
    EXPECT_EQ(balances["grants"][0]["granted"], 300);
    ASSERT_EQ(balances["balances"].size(), 2u) << balances.text;
    EXPECT_EQ(balances["balances"][0]["balance"], 235);

    EXPECT_EQ(
        server.post("/v1/addon", {{"customer", "ann@example.com"}, {"pack", "none"}}).message(),
        "Credit pack 'none' not found");
    EXPECT_EQ(
        server
            .post("/v1/addon", {{"customer", "ann@example.com"}, {"pack", "pack"}, {"quantity", 0}})
            .code(),
        "validation_error");
}

TEST_F(Sold, WhatIsNoCursorOfAListIsRefused) {
    sell(credits_catalog());
    const std::string invoices = "/v1/billing/invoices?customer=ann@example.com&cursor=";
    for (const char* cursor : {"1", "inv_1", "sub_x_1", "inv_x_", "inv_x_1a"})
        EXPECT_EQ(server.get(invoices + cursor).message(),
                  "Invalid cursor: Not a cursor of this list")
            << cursor;
    EXPECT_EQ(server.get(invoices + "inv_x_1")["invoices"], Json::array());
    const std::string entries = "/v1/customers/ann@example.com/entries?cursor=";
    for (const char* cursor : {"x", "-1", "9223372036854775808"})
        EXPECT_EQ(server.get(entries + cursor).message(),
                  "Invalid cursor: Not a cursor of this list")
            << cursor;
    EXPECT_EQ(server.get(entries + "0")["entries"], Json::array());
}

TEST_F(Sold, APackOfAProviderThatIsNotThereIsRefused) {
    sell(credits_catalog("paystack"));
    const Answer refused = server.post(
        "/v1/addon", {{"customer", "ann@example.com"}, {"pack", "pack"}, {"quantity", 1}});
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(refused.code(), "provider_not_configured");
    EXPECT_EQ(refused["error"], "Provider 'paystack' not configured");
}

TEST_F(Sold, SeatsAreCountedRefusedRestoredAndListed) {
    Json catalog = catalog_of("pro", "seats", {{"limit", 2}, {"reset", "never"}});
    catalog["features"][0]["meterType"] = "non_consumable";
    sell(catalog);
    const auto add = [&](const char* entity) {
        return server.post("/v1/entities", {{"customer", "ann@example.com"},
                                            {"feature", "seats"},
                                            {"entity", entity},
                                            {"email", "e@x.io"}});
    };
    const Answer first = add("e1");
    ASSERT_EQ(first.status, 200) << first.text;
    EXPECT_EQ(first["count"], 1);
    EXPECT_EQ(first["remaining"], 1);
    EXPECT_EQ(first["featureId"], "seats");
    const Answer again = add("e1");
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again["error"], "Entity already exists");
    EXPECT_EQ(add("e2")["remaining"], 0);
    const Answer full = add("e3");
    EXPECT_EQ(full.status, 400);
    EXPECT_EQ(full.code(), "limit_exceeded");
    EXPECT_EQ(full["error"], "Limit exceeded: 2/2 seats used");
    EXPECT_EQ(full["current"], 2);
    EXPECT_EQ(full["limit"], 2);
    EXPECT_EQ(full["feature"], "seats");
    const Answer checked =
        server.post("/v1/check", {{"customer", "ann@example.com"}, {"feature", "seats"}});
    EXPECT_EQ(checked["allowed"], false);
    EXPECT_EQ(checked["usage"], 2);

    const Json e1 = {{"customer", "ann@example.com"}, {"feature", "seats"}, {"entity", "e1"}};
    const Answer removed = server.post("/v1/entities/remove", e1);
    EXPECT_EQ(removed["count"], 2) << removed.text;
    const Answer gone = server.post("/v1/entities/remove", e1);
    EXPECT_EQ(gone.status, 404);
    EXPECT_EQ(gone["error"], "Entity not found");
    EXPECT_EQ(add("e3").code(), "limit_exceeded");
    const Answer listed = server.get("/v1/entities?customer=ann@example.com&feature=seats");
    EXPECT_EQ(listed["total"], 2) << listed.text;
    EXPECT_EQ(listed["entities"][0]["id"], "e1");
    EXPECT_EQ(listed["entities"][0]["status"], "pending_removal");
    EXPECT_EQ(listed["entities"][1]["status"], "active");
    EXPECT_EQ(listed["entities"][1]["email"], "e@x.io");
    EXPECT_EQ(add("e1")["restored"], true);

    EXPECT_EQ(server.get("/v1/entities").message(), "Customer parameter required");
    EXPECT_EQ(server.get("/v1/entities?customer=nobody").message(), "Customer not found");
    EXPECT_EQ(server.get("/v1/entities?customer=ann@example.com&feature=x").message(),
              "Feature not found");
    EXPECT_EQ(
        server.post("/v1/entities", {{"customer", "nobody"}, {"feature", "seats"}, {"entity", "e"}})
            .message(),
        "Customer not found");
}

TEST_F(Sold, AnEntityHasItsOwnAllowance) {
    sell(catalog_of("pro", "calls", {{"limit", 1000}}));
    for (const char* entity : {"e1", "e2"}) {
        ASSERT_EQ(
            server
                .post("/v1/entities",
                      {{"customer", "ann@example.com"}, {"feature", "calls"}, {"entity", entity}})
                .status,
            200);
        EXPECT_EQ(track("calls", 900, {{"entity", entity}})["balance"], 100);
    }
    EXPECT_EQ(track("calls", 10)["balance"], 990);
    EXPECT_EQ(unbilled()["totalEstimated"], 0);
}

TEST_F(Sold, AnInvoiceInMidPeriodBillsTheDifference) {
    sell(catalog_of("pro", "calls", {{"limit", 1000}, {"overage", "charge"}, {"overagePrice", 5}}));
    const Answer nothing = invoice();
    EXPECT_EQ(nothing.status, 400);
    EXPECT_EQ(nothing["error"], "No unbilled usage to invoice");
    EXPECT_EQ(track("calls", 1500).code(), "tracked_overage");

    const Answer usage = unbilled();
    ASSERT_EQ(usage.status, 200) << usage.text;
    EXPECT_EQ(usage["totalEstimated"], 2500);
    EXPECT_EQ(usage["currency"], "USD");
    const Json feature = usage["features"][0];
    EXPECT_EQ(feature["featureSlug"], "calls");
    EXPECT_EQ(feature["featureName"], "Calls");
    EXPECT_EQ(feature["usage"], 1500);
    EXPECT_EQ(feature["included"], 1000);
    EXPECT_EQ(feature["billableQuantity"], 500);
    EXPECT_EQ(feature["overageUnits"], 500);
    EXPECT_EQ(feature["overagePrice"], 5);
    EXPECT_EQ(feature["estimatedCost"], 2500);
    EXPECT_EQ(feature["estimatedAmount"], 2500);
    EXPECT_EQ(feature["periodEnd"], 1776686400000);
    EXPECT_EQ(feature["pricingSnapshot"]["overagePrice"], 5);

    const Answer made = invoice();
    ASSERT_EQ(made.status, 200) << made.text;
    const Json bill = made["invoice"];
    EXPECT_EQ(bill["total"], 2500);
    EXPECT_EQ(bill["status"], "open");
    EXPECT_EQ(bill["id"], bill["invoiceId"]);
    EXPECT_EQ(bill["lineItems"], bill["items"]);
    EXPECT_EQ(bill["lineItems"][0]["description"], "Calls: 500 units");
    EXPECT_EQ(bill["lineItems"][0]["unitPrice"], 5);
    EXPECT_EQ(bill["createdAt"], 1774008000000);
    EXPECT_EQ(unbilled()["totalEstimated"], 0);
    EXPECT_EQ(track("calls", 600).code(), "tracked_overage");
    EXPECT_EQ(unbilled()["totalEstimated"], 3000);
    const std::string second = invoice()["invoice"]["id"];

    const Answer listed = server.get("/v1/billing/invoices?customer=ann@example.com");
    ASSERT_EQ(listed["invoices"].size(), 2u) << listed.text;
    EXPECT_EQ(listed["invoices"][0]["id"], second);
    EXPECT_EQ(listed["invoices"][1], bill);
    EXPECT_EQ(server.get("/v1/invoices/" + second)["invoice"], listed["invoices"][0]);
    const Answer page = server.get("/v1/billing/invoices?customer=ann@example.com&limit=1");
    EXPECT_EQ(page["nextCursor"], second);
    const Answer rest =
        server.get("/v1/billing/invoices?customer=ann@example.com&cursor=" + second);
    EXPECT_EQ(rest["invoices"], Json::array({bill}));
    EXPECT_EQ(rest["nextCursor"], nullptr);
    EXPECT_EQ(server.get("/v1/invoices/inv_none_1").code(), "invoice_not_found");
    EXPECT_EQ(server.get("/v1/invoices/x").status, 404);

    // The same once they are in the store and no longer only in memory.
    ASSERT_EQ(server.admin("GET", "/admin/digest").status, 200);
    EXPECT_EQ(server.get("/v1/billing/invoices?customer=ann@example.com").body, listed.body);
    EXPECT_EQ(server.get("/v1/invoices/" + second)["invoice"], listed["invoices"][0]);
    EXPECT_EQ(server.get("/v1/billing/usage").message(), "customer query param required");
    EXPECT_EQ(server.get("/v1/billing/usage?customer=nobody").message(), "Customer not found");
}

TEST_F(Sold, TiersDoNotBeginAgainAfterAnInvoice) {
    sell(catalog_of("pro", "calls",
                    {{"usageModel", "usage_based"},
                     {"ratingModel", "graduated"},
                     {"tiers", Json::array({{{"upTo", 1000}, {"unitPrice", 10}},
                                            {{"upTo", nullptr}, {"unitPrice", 1}}})}}));
    EXPECT_EQ(track("calls", 1500).code(), "tracked");
    const Json feature = unbilled()["features"][0];
    EXPECT_EQ(feature["tierBreakdown"],
              Json::array({{{"tier", 0}, {"units", 1000}, {"unitPrice", 10}, {"amount", 10000}},
                           {{"tier", 1}, {"units", 500}, {"unitPrice", 1}, {"amount", 500}}}));
    EXPECT_EQ(feature["pricePerUnit"], nullptr);
    EXPECT_EQ(feature["billingUnits"], nullptr);
    const Json bill = invoice()["invoice"];
    EXPECT_EQ(bill["total"], 10500);
    EXPECT_EQ(bill["lineItems"][0]["unitPrice"], 0);
    EXPECT_EQ(bill["lineItems"][0]["description"], "Calls: 1500 units (graduated pricing)");
    EXPECT_EQ(track("calls", 100).code(), "tracked");
    EXPECT_EQ(unbilled()["totalEstimated"], 100);
}

TEST_F(Sold, ARenameInMidPeriodLosesNothing) {
    Json catalog =
        catalog_of("pro", "calls", {{"limit", 100}, {"overage", "charge"}, {"overagePrice", 1}});
    sell(catalog);
    EXPECT_EQ(track("calls", 150).code(), "tracked_overage");
    catalog["features"][0]["name"] = "API Calls";
    ASSERT_EQ(server.post("/v1/sync", catalog).status, 200);
    EXPECT_EQ(track("calls", 170).code(), "tracked_overage");
    const Json bill = invoice()["invoice"];
    EXPECT_EQ(bill["total"], 220);
    EXPECT_EQ(bill["lineItems"].size(), 1u);
    EXPECT_EQ(bill["lineItems"][0]["featureName"], "API Calls");
}

TEST_F(Sold, ThePeriodsEndMakesItsInvoiceByTheClockAlone) {
    sell(catalog_of("pro", "calls", {{"limit", 10}, {"overage", "charge"}, {"overagePrice", 7}},
                    1000));
    EXPECT_EQ(track("calls", 13).code(), "tracked_overage");
    server.set_clock("2026-04-20T12:00:00Z");
    const Answer listed = server.get("/v1/billing/invoices?customer=ann@example.com");
    ASSERT_EQ(listed["invoices"].size(), 2u) << listed.text;
    EXPECT_EQ(listed["invoices"][0]["total"], 1021);
    EXPECT_EQ(listed["invoices"][0]["trigger"], "period_end");
    EXPECT_EQ(listed["invoices"][1]["total"], 1000);
}

TEST_F(Sold, EntriesShowWhereEachUnitWent) {
    sell(catalog_of("pro", "calls", {{"limit", 10}, {"overage", "charge"}, {"overagePrice", 7}}));
    EXPECT_EQ(track("calls", 8, {{"id", "one"}, {"metadata", {{"job", "a"}}}}).code(), "tracked");
    EXPECT_EQ(track("calls", 5, {{"id", "two"}}).code(), "tracked_overage");
    const auto entries = [&](const std::string& query) {
        return server.get("/v1/customers/ann@example.com/entries?" + query);
    };
    const Answer page = entries("feature=calls&limit=1");
    ASSERT_EQ(page.status, 200) << page.text;
    ASSERT_EQ(page["entries"].size(), 1u);
    const Json two = page["entries"][0];
    EXPECT_EQ(two["eventId"], "two");
    EXPECT_EQ(two["kind"], "track");
    EXPECT_EQ(two["code"], "tracked_overage");
    EXPECT_EQ(two["value"], 5);
    EXPECT_EQ(two["usage"], 13);
    EXPECT_EQ(two["balance"], 0);
    ASSERT_EQ(two["postings"].size(), 2u);
    EXPECT_EQ(two["postings"][0]["bucket"], "included");
    EXPECT_EQ(two["postings"][0]["units"], 2);
    EXPECT_EQ(two["postings"][1]["bucket"], "overage");
    EXPECT_EQ(two["postings"][1]["units"], 3);
    EXPECT_EQ(two["postings"][1]["windowCharge"], 21);

    const std::string cursor = page["nextCursor"];
    const Answer rest = entries("feature=calls&limit=5&cursor=" + cursor);
    ASSERT_EQ(rest["entries"].size(), 1u) << rest.text;
    EXPECT_EQ(rest["entries"][0]["eventId"], "one");
    EXPECT_EQ(rest["entries"][0]["metadata"], Json({{"job", "a"}}));
    EXPECT_EQ(rest["nextCursor"], nullptr);
    const Answer all = entries("");
    EXPECT_EQ(all["entries"].size(), 4u) << all.text;  // two tracks, attach, open
    ASSERT_EQ(server.admin("GET", "/admin/digest").status, 200);
    EXPECT_EQ(entries("").body, all.body);  // from the store now
    EXPECT_EQ(track("calls", 1).code(), "tracked_overage");
    EXPECT_EQ(entries("")["entries"].size(), 5u);  // from both
    EXPECT_EQ(entries("cursor=x").code(), "validation_error");
    EXPECT_EQ(server.get("/v1/customers/nobody/entries").status, 404);
    EXPECT_EQ(server.get("/v1/customers/nobody/balances").status, 404);
}

TEST_F(Sold, CurrenciesAreNeverAddedUp) {
    Json catalog =
        catalog_of("pro", "calls", {{"usageModel", "usage_based"}, {"pricePerUnit", 10}});
    Json other =
        catalog_of("extra", "jobs", {{"usageModel", "usage_based"}, {"pricePerUnit", 1000}});
    other["plans"][0]["currency"] = "NGN";
    other["plans"][0]["planGroup"] = "other";
    catalog["features"].push_back(other["features"][0]);
    catalog["plans"].push_back(other["plans"][0]);
    sell(catalog);
    ASSERT_EQ(
        server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", "extra"}}).status,
        200);
    EXPECT_EQ(track("calls", 1).code(), "tracked");
    EXPECT_EQ(track("jobs", 1).code(), "tracked");
    const Answer usage = unbilled();
    EXPECT_EQ(usage["currency"], "USD");
    EXPECT_EQ(usage["totalEstimated"], 10);
    EXPECT_EQ(usage["totals"], Json::array({{{"currency", "NGN"}, {"totalEstimated", 1000}},
                                            {{"currency", "USD"}, {"totalEstimated", 10}}}));
    EXPECT_EQ(invoice()["invoices"].size(), 2u);
}

}  // namespace
}  // namespace quipu::api::testing

// Why an invoice says what it says: lines, arithmetic and events over HTTP, with numbers worked out
// by hand. The clock stands still unless a test moves it, so all order is the ledger's own.
#include <gtest/gtest.h>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

Json graduated(std::int64_t limit) {
    return {{"limit", limit},
            {"overage", "charge"},
            {"ratingModel", "graduated"},
            {"tiers", Json::array({{{"upTo", 100}, {"unitPrice", 10}},
                                   {{"upTo", 300}, {"unitPrice", 5}},
                                   {{"upTo", nullptr}, {"unitPrice", 2}}})}};
}

class Explained : public ::testing::Test {
protected:
    void sell(const Json& catalog, const std::string& plan = "pro") {
        const Answer synced = server.post("/v1/sync", catalog);
        ASSERT_EQ(synced.status, 200) << synced.text;
        attach(plan);
    }
    void attach(const std::string& plan) {
        const Answer attached =
            server.post("/v1/attach", {{"customer", "ann@example.com"}, {"product", plan}});
        ASSERT_EQ(attached.status, 200) << attached.text;
    }
    void track(const std::string& id, const Json& value, Json more = Json::object()) {
        more.update(
            {{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}, {"id", id}});
        const Answer tracked = server.post("/v1/track", more);
        ASSERT_EQ(tracked.status, 200) << tracked.text;
        ASSERT_EQ(tracked["allowed"], true) << tracked.text;
    }
    void correct(const std::string& id, const Json& value) {
        const Answer answer = server.post(
            "/v1/usage/correct",
            {{"customer", "ann@example.com"}, {"feature", "calls"}, {"value", value}, {"id", id}});
        ASSERT_EQ(answer.status, 200) << answer.text;
    }
    std::string invoice() {
        const Answer made = server.post("/v1/billing/invoice",
                                        {{"customer", "ann@example.com"}, {"id", next_id()}});
        EXPECT_EQ(made.status, 200) << made.text;
        return made["invoice"]["id"];
    }
    std::string newest_invoice() {
        const Answer all = server.get("/v1/billing/invoices?customer=ann@example.com");
        return all["invoices"][0]["id"];
    }
    Answer explain(const std::string& id, const std::string& query = {}) {
        return server.get("/v1/invoices/" + id + "/explain" + (query.empty() ? "" : "?" + query));
    }
    // Of invoices that must add up.
    Json sound(const std::string& id) {
        const Answer answer = explain(id);
        EXPECT_EQ(answer.status, 200) << answer.text;
        EXPECT_EQ(answer["holds"], true) << answer.body.dump(1);
        return answer.body;
    }
    static Json event_ids(const Json& line) {
        Json ids = Json::array();
        for (const Json& event : line["events"]) ids.push_back(event["eventId"]);
        return ids;
    }
    std::string next_id() { return "request_" + std::to_string(++requests); }

    int requests = 0;
    ApiServer server;
};

TEST_F(Explained, AManualInvoiceThenTheOneOfThePeriodThenLateUsage) {
    sell(catalog_of("pro", "calls", graduated(100), 2000));
    track("e1", 80);
    track("e2", 70);  // 20 included, 50 over
    const std::string manual = invoice();
    track("e3", 100);  // at the same instant, after the invoice
    server.set_clock("2026-04-05T00:00:00Z");
    correct("c1", 30);
    track("e4", 200);
    server.set_clock("2026-04-20T12:00:00Z");
    const std::string period_end = newest_invoice();
    ASSERT_NE(manual, period_end);

    const Json first = sound(manual);
    ASSERT_EQ(first["lines"].size(), 1u);
    EXPECT_EQ(first["trigger"], "manual");
    EXPECT_EQ(first["issuedBy"]["eventId"], "request_1");
    EXPECT_EQ(first["issuedBy"]["kind"], "invoice");
    const Json& usage = first["lines"][0];
    EXPECT_EQ(event_ids(usage), Json({"e2", "e1"}));
    EXPECT_EQ(usage["line"]["quantity"], 50);
    EXPECT_EQ(usage["line"]["amount"], 500);
    EXPECT_EQ(usage["price"]["windowTotal"], 500);
    EXPECT_EQ(usage["price"]["billedBefore"],
              Json({{"units", 0}, {"amount", 0}, {"invoices", Json::array()}}));
    EXPECT_EQ(usage["price"]["text"],
              "50 billable units from 2026-03-20T12:00:00.000Z to 2026-04-20T12:00:00.000Z. "
              "Graduated: tier 1: 50 × 10 = 500; in all 500. Nothing was billed before; this line "
              "is 500. Amounts are minor units of USD.");
    EXPECT_EQ(usage["summary"], Json({{"included", 100},
                                      {"rollover", 0},
                                      {"credit", 0},
                                      {"prepaid", 0},
                                      {"overage", 50},
                                      {"total", 150},
                                      {"events", 2}}));
    EXPECT_EQ(usage["events"][0]["overageBefore"], 0);
    EXPECT_EQ(usage["events"][0]["overageAfter"], 50);
    EXPECT_EQ(usage["events"][0]["postings"].size(), 2u);
    EXPECT_EQ(usage["events"][1]["overageAfter"], 0);

    const Json second = sound(period_end);
    EXPECT_EQ(second["issuedBy"], nullptr);
    ASSERT_EQ(second["lines"].size(), 2u);
    const Json& rest = second["lines"][0];
    EXPECT_EQ(event_ids(rest), Json({"e4", "c1", "e3"}));
    EXPECT_EQ(rest["line"]["quantity"], 270);
    // 100 x 10 + 200 x 5 + 20 x 2 for the 320 of the window, less 500.
    EXPECT_EQ(rest["line"]["amount"], 1540);
    EXPECT_EQ(rest["price"]["windowUnits"], 320);
    EXPECT_EQ(rest["price"]["windowTotal"], 2040);
    EXPECT_EQ(rest["price"]["steps"].size(), 3u);
    EXPECT_EQ(rest["price"]["billedBefore"]["units"], 50);
    EXPECT_EQ(rest["price"]["billedBefore"]["amount"], 500);
    EXPECT_EQ(rest["price"]["billedBefore"]["invoices"][0]["id"], manual);
    EXPECT_EQ(rest["summary"]["overage"], 270);
    EXPECT_EQ(rest["windowSummary"]["overage"], 320);
    EXPECT_EQ(rest["windowSummary"]["included"], 100);
    EXPECT_EQ(rest["windowSummary"]["events"], 5);
    EXPECT_EQ(rest["events"][0]["overageBefore"], 120);
    EXPECT_EQ(rest["events"][0]["overageAfter"], 320);
    EXPECT_EQ(rest["events"][1]["kind"], "usage_correction");
    EXPECT_EQ(rest["events"][1]["overageBefore"], 150);
    EXPECT_EQ(rest["events"][1]["overageAfter"], 120);
    EXPECT_EQ(rest["events"][1]["postings"][0]["units"], -30);
    EXPECT_EQ(rest["events"][2]["overageAfter"], 150);
    EXPECT_EQ(rest["checks"], Json::parse(R"([
        {"name":"units_of_window","expected":320,"actual":320,"holds":true},
        {"name":"units_of_line","expected":270,"actual":270,"holds":true},
        {"name":"billed_before","expected":500,"actual":500,"holds":true},
        {"name":"price_of_window","expected":2040,"actual":2040,"holds":true},
        {"name":"sum_of_steps","expected":2040,"actual":2040,"holds":true}])"));
    const Json& fee = second["lines"][1];
    EXPECT_EQ(fee["line"]["kind"], "plan_fee");
    EXPECT_EQ(fee["price"]["amount"], 2000);
    EXPECT_EQ(fee["price"]["text"],
              "Pro (monthly), in advance, from 2026-04-20T12:00:00.000Z to "
              "2026-05-20T12:00:00.000Z: 1 × 2000 = 2000. Amounts are minor units of USD.");
    EXPECT_FALSE(fee.contains("events"));

    track("e5", 50, {{"timestamp", "2026-04-10T00:00:00Z"}});
    const Json late = sound(invoice());
    ASSERT_EQ(late["lines"].size(), 1u);
    EXPECT_EQ(late["lines"][0]["line"]["correction"], true);
    EXPECT_EQ(late["lines"][0]["line"]["amount"], 100);
    EXPECT_EQ(late["lines"][0]["price"]["billedBefore"]["amount"], 2040);
    EXPECT_EQ(late["lines"][0]["price"]["billedBefore"]["invoices"].size(), 2u);
    EXPECT_EQ(event_ids(late["lines"][0]), Json({"e5"}));
    EXPECT_EQ(late["lines"][0]["events"][0]["late"], true);
    EXPECT_EQ(rest["events"][0]["late"], false);

    // What was explained once is explained the same for ever.
    EXPECT_EQ(sound(period_end), second);
    ASSERT_EQ(server.admin("GET", "/admin/digest").status, 200);  // all is in the store now
    EXPECT_EQ(sound(period_end), second);
}

// No tick comes first: the record that is late is the one whose time ends the period.
TEST_F(Explained, TheEventWhoseRecordEndedThePeriodIsNotBehindItsInvoice) {
    sell(catalog_of("pro", "calls", graduated(0), 2000));
    track("e1", 10);
    server.on_engine([this] { server.clock().set(*base::parse_instant("2026-04-21T00:00:00Z")); });
    track("e2", 5, {{"timestamp", "2026-04-19T00:00:00Z"}});
    const Json ended = sound(newest_invoice());
    EXPECT_EQ(ended["trigger"], "period_end");
    EXPECT_EQ(event_ids(ended["lines"][0]), Json({"e1"}));
    const Json next = sound(invoice())["lines"][0];
    EXPECT_EQ(event_ids(next), Json({"e2"}));
    EXPECT_EQ(next["events"][0]["late"], true);
}

TEST_F(Explained, AVoidInvoiceGivesItsEventsToTheNext) {
    sell(catalog_of("pro", "calls", graduated(0)));
    track("e1", 10);
    const std::string withdrawn = invoice();
    track("e2", 5);
    const std::string kept = invoice();
    ASSERT_EQ(server.post("/v1/invoices/" + withdrawn + "/void", Json::object()).status, 200);
    track("e3", 1);
    const std::string again = invoice();

    EXPECT_EQ(event_ids(sound(withdrawn)["lines"][0]), Json({"e1"}));
    EXPECT_EQ(event_ids(sound(kept)["lines"][0]), Json({"e2"}));
    const Json line = sound(again)["lines"][0];
    EXPECT_EQ(event_ids(line), Json({"e3", "e1"}));
    EXPECT_EQ(line["line"]["quantity"], 11);
    EXPECT_EQ(line["line"]["amount"], 110);
    EXPECT_EQ(line["price"]["windowUnits"], 16);
    ASSERT_EQ(line["price"]["billedBefore"]["invoices"].size(), 1u);
    EXPECT_EQ(line["price"]["billedBefore"]["invoices"][0]["id"], kept);
    // Running totals are the window's, also where another invoice's event lies between.
    EXPECT_EQ(line["events"][0]["overageAfter"], 16);
    EXPECT_EQ(line["events"][1]["overageBefore"], 0);
    EXPECT_EQ(line["events"][1]["overageAfter"], 10);
}

TEST_F(Explained, ManyEventsComeInPagesThatContinueEachOther) {
    sell(catalog_of("pro", "calls", graduated(0)));
    constexpr int kEvents = 230;
    for (int i = 1; i <= kEvents; ++i) track("e" + std::to_string(i), 1);
    const std::string id = invoice();
    for (int i = 0; i < 3; ++i) track("later" + std::to_string(i), 1);

    const Answer first = explain(id, "limit=100");
    ASSERT_EQ(first.status, 200) << first.text;
    EXPECT_EQ(first["holds"], true);
    const Json& line = first["lines"][0];
    ASSERT_EQ(line["events"].size(), 100u);
    EXPECT_EQ(line["summary"]["events"], kEvents);
    Json events = line["events"];
    Json cursor = line["nextCursor"];
    const std::string opening = cursor;
    while (!cursor.is_null()) {
        const Answer page = explain(id, "line=0&limit=100&cursor=" + cursor.get<std::string>());
        ASSERT_EQ(page.status, 200) << page.text;
        EXPECT_EQ(page["line"], 0);
        for (const Json& event : page["events"]) events.push_back(event);
        cursor = page["nextCursor"];
    }
    ASSERT_EQ(events.size(), static_cast<std::size_t>(kEvents));
    for (int i = 0; i < kEvents; ++i) {
        const int number = kEvents - i;
        const Json& event = events[static_cast<std::size_t>(i)];
        ASSERT_EQ(event["eventId"], "e" + std::to_string(number));
        ASSERT_EQ(event["overageAfter"], number);
        ASSERT_EQ(event["overageBefore"], number - 1);
    }

    EXPECT_EQ(explain(id, "cursor=" + opening).code(), "validation_error");  // of which line?
    EXPECT_EQ(explain(id, "line=0&cursor=1.0.00").code(), "validation_error");
    std::string forged = opening;
    forged[0] = forged[0] == '1' ? '2' : '1';
    EXPECT_EQ(explain(id, "line=0&cursor=" + forged).code(), "validation_error");
    EXPECT_EQ(explain(invoice(), "line=0&cursor=" + opening).code(), "validation_error");
    EXPECT_EQ(explain(id, "line=1").code(), "validation_error");
    EXPECT_EQ(explain(id, "limit=1001").code(), "validation_error");
    EXPECT_EQ(explain("inv_nobody_1").status, 404);
}

TEST_F(Explained, CreditsAndThePackThatGaveThem) {
    Json catalog =
        catalog_of("pro", "calls", {{"limit", 100}, {"overage", "charge"}, {"overagePrice", 7}});
    catalog["plans"][0]["features"][0]["slug"] = "credits";
    catalog["creditSystems"] =
        Json::array({{{"slug", "credits"},
                      {"name", "Credits"},
                      {"features", Json::array({{{"feature", "calls"}, {"creditCost", 20}}})}}});
    catalog["creditPacks"] = Json::array({{{"slug", "pack"},
                                           {"name", "Pack"},
                                           {"credits", 40},
                                           {"price", 2500},
                                           {"currency", "USD"},
                                           {"creditSystem", "credits"}}});
    sell(catalog);
    const Answer bought = server.post(
        "/v1/addon",
        {{"customer", "ann@example.com"}, {"pack", "pack"}, {"quantity", 2}, {"id", "buy"}});
    ASSERT_EQ(bought.status, 200) << bought.text;
    const Json pack = sound(bought["invoiceId"]);
    EXPECT_EQ(pack["issuedBy"]["eventId"], "buy");
    EXPECT_EQ(pack["lines"][0]["price"]["text"],
              "2 x Pack: 2 × 2500 = 5000. Amounts are minor units of USD.");
    EXPECT_EQ(pack["lines"][0]["checks"][0]["name"], "quantity_times_price");

    track("e1", 12);  // 240 credits: 100 of the plan, 80 bought, 60 over
    const Json line = sound(invoice())["lines"][0];
    EXPECT_EQ(line["summary"]["included"], 100);
    EXPECT_EQ(line["summary"]["credit"], 80);
    EXPECT_EQ(line["summary"]["overage"], 60);
    EXPECT_EQ(line["price"]["packages"], 60);
    EXPECT_EQ(line["price"]["windowTotal"], 420);
    EXPECT_EQ(line["price"]["text"],
              "60 billable units from 2026-03-20T12:00:00.000Z to 2026-04-20T12:00:00.000Z. "
              "60 × 7 = 420. Nothing was billed before; this line is 420. Amounts are minor units "
              "of USD.");
    EXPECT_EQ(line["events"][0]["value"], 12);
    EXPECT_EQ(line["events"][0]["feature"], "calls");
}

TEST_F(Explained, SeatsAreExplainedByWhoHeldThem) {
    Json catalog = catalog_of("pro", "seats",
                              {{"limit", 1}, {"overage", "charge"}, {"overagePrice", 500}}, 1000);
    catalog["features"][0]["meterType"] = "non_consumable";
    sell(catalog);
    const auto entity = [&](const std::string& path, const std::string& id, const char* who) {
        const Answer answer = server.post(path, {{"customer", "ann@example.com"},
                                                 {"feature", "seats"},
                                                 {"entity", who},
                                                 {"eventId", id}});
        ASSERT_EQ(answer.status, 200) << answer.text;
    };
    for (const char* who : {"a", "b", "c"}) entity("/v1/entities", std::string("add_") + who, who);
    const std::string manual = invoice();
    entity("/v1/entities", "add_d", "d");
    entity("/v1/entities/remove", "drop_b", "b");
    server.set_clock("2026-04-20T12:00:00Z");
    const std::string period_end = newest_invoice();
    entity("/v1/entities", "add_e", "e");

    const Json first = sound(manual)["lines"][0];
    EXPECT_EQ(first["line"]["quantity"], 2);
    EXPECT_EQ(first["line"]["amount"], 1000);
    EXPECT_EQ(
        first["seatSummary"],
        Json(
            {{"heldAtStart", 0}, {"added", 3}, {"mostHeld", 3}, {"included", 1}, {"billable", 2}}));
    ASSERT_EQ(first["seats"].size(), 3u);
    EXPECT_EQ(first["seats"][1]["entity"], "b");
    EXPECT_EQ(first["seats"][1]["eventId"], "add_b");

    const Json all = sound(period_end);
    const Json& second = all["lines"][0];
    EXPECT_EQ(second["line"]["quantity"], 1);
    EXPECT_EQ(
        second["seatSummary"],
        Json(
            {{"heldAtStart", 0}, {"added", 4}, {"mostHeld", 4}, {"included", 1}, {"billable", 3}}));
    EXPECT_EQ(second["seats"][1]["removedAt"], "2026-04-20T12:00:00.000Z");
    const Answer page = explain(period_end, "line=0&limit=3");
    EXPECT_EQ(page["lines"][0]["seats"].size(), 3u);
    EXPECT_EQ(page["lines"][0]["nextCursor"], "seat:c");
    const Answer rest = explain(period_end, "line=0&limit=3&cursor=seat:c");
    ASSERT_EQ(rest["seats"].size(), 1u) << rest.text;
    EXPECT_EQ(rest["seats"][0]["entity"], "d");
    EXPECT_EQ(rest["nextCursor"], nullptr);

    // The next period begins with a, c and d; e came later.
    const Json next = sound(invoice())["lines"][0];
    EXPECT_EQ(next["line"]["quantity"], 3);
    EXPECT_EQ(
        next["seatSummary"],
        Json(
            {{"heldAtStart", 3}, {"added", 1}, {"mostHeld", 4}, {"included", 1}, {"billable", 3}}));
}

// A limit that is raised in mid-period gives no seat back, and the next seats are held against it.
TEST_F(Explained, SeatsAddUpWhenTheLimitChangesAndWhenThePlanDoes) {
    Json catalog = catalog_of("pro", "seats",
                              {{"limit", 1}, {"overage", "charge"}, {"overagePrice", 500}}, 1000);
    catalog["features"][0]["meterType"] = "non_consumable";
    Json twin = catalog["plans"][0];
    twin["slug"] = "twin";
    catalog["plans"].push_back(twin);
    sell(catalog);
    const auto add = [&](const char* who) {
        const Answer answer =
            server.post("/v1/entities",
                        {{"customer", "ann@example.com"}, {"feature", "seats"}, {"entity", who}});
        ASSERT_EQ(answer.status, 200) << answer.text;
    };
    for (const char* who : {"a", "b", "c"}) add(who);
    catalog["plans"][0]["features"][0]["limit"] = 2;
    ASSERT_EQ(server.post("/v1/sync", catalog).status, 200);
    add("d");  // 4 held, 2 included: no more than the 2 billable until now
    EXPECT_EQ(sound(invoice())["lines"][0]["line"]["quantity"], 2);
    add("e");
    const Json third = sound(invoice())["lines"][0];
    EXPECT_EQ(third["line"]["quantity"], 1);
    EXPECT_EQ(third["seatSummary"]["billable"], 3);
    server.set_clock("2026-03-25T00:00:00Z");
    attach("twin");  // the same period, 1 included, 3 billed before
    for (const char* who : {"f", "g"}) add(who);
    const Json last = sound(invoice())["lines"][0];
    EXPECT_EQ(last["line"]["quantity"], 3);  // 7 held, less 1, less 3
    EXPECT_EQ(last["line"]["planId"], "twin");
}

TEST_F(Explained, ASwitchSaysWhatBothPlansCost) {
    Json catalog = catalog_of("pro", "calls", graduated(100), 3100);
    Json bigger = catalog["plans"][0];
    bigger["slug"] = "max";
    bigger["name"] = "Max";
    bigger["price"] = 6200;
    catalog["plans"].push_back(bigger);
    sell(catalog);
    track("e1", 104);
    server.set_clock("2026-03-30T12:00:00Z");  // 10 of 31 days
    attach("max");
    const Json switched = sound(newest_invoice());
    const auto proration = std::ranges::find_if(
        switched["lines"], [](const Json& line) { return line["line"]["kind"] == "proration"; });
    ASSERT_NE(proration, switched["lines"].end()) << switched.dump(1);
    const Json& price = (*proration)["price"];
    EXPECT_EQ(price["fromPlan"], "pro");
    EXPECT_EQ(price["returned"], 2100);
    EXPECT_EQ(price["charged"], 4200);
    EXPECT_EQ(price["amount"], 2100);
    EXPECT_EQ((*proration)["checks"][0]["holds"], true);
}

TEST_F(Explained, AnotherOrganisationSeesNothing) {
    sell(catalog_of("pro", "calls", graduated(0)));
    track("e1", 10);
    const std::string id = invoice();
    server.add_organisation("other", "sk_other");
    server.use_key("sk_other");
    EXPECT_EQ(explain(id).status, 404);
}

}  // namespace
}  // namespace quipu::api::testing

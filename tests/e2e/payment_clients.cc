#include "e2e/payment_clients.h"

#include <gtest/gtest.h>

#include "e2e/catalogs.h"
#include "e2e/clients.h"

namespace quipu::e2e {
namespace {

Json all_of(ApiClient& api, const std::string& path, const std::string& list) {
    Json all = Json::array();
    for (std::string cursor;;) {
        const Answer page = api.get(cursor.empty() ? path : path + "&cursor=" + cursor);
        EXPECT_EQ(page.status, 200) << page.body;
        if (!page.ok()) return all;
        for (const Json& each : page.body[list]) all.push_back(each);
        if (page.body["nextCursor"].is_null()) return all;
        cursor = page.body["nextCursor"];
    }
}

}  // namespace

Json payments_catalog() {
    const Json gpt = limited("gpt", 10);
    const auto calls = [](int included) {
        return charged("calls", included, kPackagePrice, kPackageUnits);
    };
    return {{"features", Json::array({metered("calls", "Calls"), metered("gpt", "GPT")})},
            {"plans", Json::array({plan("free", 0, {limited("calls", 20), gpt}),
                                   plan("pro", 2900, {calls(100), gpt}),
                                   plan("max", 9900, {calls(200), gpt})})},
            {"creditSystems",
             Json::array({{{"slug", "ai"},
                           {"name", "AI credits"},
                           {"features", Json::array({{{"feature", "gpt"}, {"creditCost", 2}}})}}})},
            {"creditPacks", Json::array({{{"slug", "pack"},
                                          {"name", "Pack"},
                                          {"credits", kPackCredits},
                                          {"price", kPackPrice},
                                          {"currency", "USD"},
                                          {"creditSystem", "ai"}}})}};
}

ServerSettings with_sandbox(ServerSettings settings) {
    settings.arguments.insert(settings.arguments.end(), {"--payment-provider", "sandbox"});
    return settings;
}

std::string page_of(const std::string& checkout_url) {
    return checkout_url.substr(checkout_url.find("/sandbox/"));
}

int send_form(ApiClient& api, const std::string& page, const std::string& form) {
    const auto reply =
        api.http().call({"POST", page, form, {}, {}, "application/x-www-form-urlencoded"});
    return reply ? reply->status : 0;
}

int pay_page(ApiClient& api, const std::string& page, const std::string& card) {
    return send_form(api, page, "action=pay&card=" + card);
}

void save_card(ApiClient& api, const std::string& customer, const std::string& card) {
    const Answer asked = api.post("/v1/wallet/setup", {{"customer", customer}});
    ASSERT_EQ(asked.status, 200) << asked.body;
    ASSERT_EQ(pay_page(api, page_of(asked.body["url"]), card), 200);
    ASSERT_TRUE(eventually(
        [&] { return api.get("/v1/wallet?customer=" + customer).body["hasCard"] == true; }));
}

std::size_t webhooks_taken(const ServerProcess& server) {
    return static_cast<std::size_t>(server.metric(
        R"(quipu_http_requests_total{route="POST /webhooks/:organisation/:provider",status="2xx"})"));
}

Json all_invoices(ApiClient& api, const std::string& customer) {
    return all_of(api, "/v1/billing/invoices?customer=" + customer, "invoices");
}

Json all_entries(ApiClient& api, const std::string& customer) {
    return all_of(api, "/v1/customers/" + customer + "/entries?limit=1000", "entries");
}

}  // namespace quipu::e2e

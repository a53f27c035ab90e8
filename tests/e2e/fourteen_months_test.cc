// Fourteen months of one customer on a clock that the test moves, against a table made by hand.
#include <fmt/format.h>

#include <algorithm>

#include "base/instant.h"
#include "e2e/catalogs.h"
#include "e2e/ledger_test.h"

namespace quipu::e2e {
namespace {

// Team: 4900 per month in advance, and
//   calls    1000 per month, then 250 per started 100
//   tokens   all billed, graduated: 1000 at 2, up to 5000 at 1, then at 0.5 and 300 once
//   seats    3 held at a time, 800 per month for each more
//   gpt      20 credits each, 100 credits per month, packs of 500 for 1500
Json team_catalog() {
    Json tokens{
        {"slug", "tokens"},
        {"enabled", true},
        {"reset", "monthly"},
        {"usageModel", "usage_based"},
        {"ratingModel", "graduated"},
        {"tiers", Json::array({{{"upTo", 1000}, {"unitPrice", 2}},
                               {{"upTo", 5000}, {"unitPrice", 1}},
                               {{"upTo", nullptr}, {"unitPrice", 0.5}, {"flatFee", 300}}})}};
    Json held = charged("seats", 3, 800, 1);
    held["reset"] = "never";
    return {
        {"features", Json::array({metered("calls", "Calls"), metered("tokens", "Tokens"),
                                  metered("gpt", "GPT"), seats("seats", "Seats")})},
        {"creditSystems",
         Json::array({{{"slug", "ai"},
                       {"name", "AI"},
                       {"features", Json::array({{{"feature", "gpt"}, {"creditCost", 20}}})}}})},
        {"creditPacks", Json::array({{{"slug", "boost"},
                                      {"name", "Boost"},
                                      {"credits", 500},
                                      {"price", 1500},
                                      {"currency", "USD"},
                                      {"creditSystem", "ai"}}})},
        {"plans", Json::array({plan(
                      "Team", 4900,
                      {charged("calls", 1000, 250, 100), tokens, held, limited("ai", 100)})})}};
}

struct Line {
    int invoice;
    const char* description;
    double quantity;
    int amount;
    const char* from;
    const char* to;
};

constexpr const char* kFee = "Team (monthly)";

// Anchored on 31 January 2095, so the periods begin on the last day of shorter months.
const std::vector<Line> kTable{
    {1, kFee, 1, 4900, "2095-01-31", "2095-02-28"},
    // 1250 calls: 250 over the allowance are 3 packages of 100. 1500 tokens: 1000 x 2 + 500 x 1.
    {2, "Calls: 250 units (100 per package)", 250, 750, "2095-01-31", "2095-02-28"},
    {2, "Tokens: 1500 units (graduated pricing)", 1500, 2500, "2095-01-31", "2095-02-28"},
    {2, kFee, 1, 4900, "2095-02-28", "2095-03-31"},
    // Two packs on 10 March, for 30 gpt later: 600 credits, of which the plan has 100.
    {3, "2 x Boost", 2, 3000, "2095-03-10", "2095-03-10"},
    {4, kFee, 1, 4900, "2095-03-31", "2095-04-30"},
    // Five seats: two over the three. 900 calls are within the allowance.
    {5, "Seats: 2 units", 2, 1600, "2095-03-31", "2095-04-30"},
    {5, kFee, 1, 4900, "2095-04-30", "2095-05-31"},
    // A seat removed on 10 May is held until the end of the month's period.
    {6, "Seats: 2 units", 2, 1600, "2095-04-30", "2095-05-31"},
    {6, kFee, 1, 4900, "2095-05-31", "2095-06-30"},
    // Four seats, 1120 calls, billed on request on 10 June: 120 over are 2 packages.
    {7, "Calls: 120 units (100 per package)", 120, 500, "2095-05-31", "2095-06-30"},
    {7, "Seats: 1 units", 1, 800, "2095-05-31", "2095-06-30"},
    // 100 calls more: 220 over are 3 packages, of which 2 are billed.
    {8, "Calls: 100 units (100 per package)", 100, 250, "2095-05-31", "2095-06-30"},
    {8, kFee, 1, 4900, "2095-06-30", "2095-07-31"},
    // The fourth seat is given back on 10 July.
    {9, "Seats: 1 units", 1, 800, "2095-06-30", "2095-07-31"},
    {9, kFee, 1, 4900, "2095-07-31", "2095-08-31"},
    // July had 1000 calls; 150 more of 20 July arrive in August: 2 packages of July's window.
    {10, "Calls: 150 units (100 per package)", 150, 500, "2095-06-30", "2095-07-31"},
    {10, kFee, 1, 4900, "2095-08-31", "2095-09-30"},
    // 10,000 tokens: 1000 x 2 + 4000 x 1 + 5000 x 0.5 + 300.
    {11, "Tokens: 10000 units (graduated pricing)", 10000, 8800, "2095-08-31", "2095-09-30"},
    {11, kFee, 1, 4900, "2095-09-30", "2095-10-31"},
    {12, kFee, 1, 4900, "2095-10-31", "2095-11-30"},
    // Half a call too many starts a package.
    {13, "Calls: 0.5 units (100 per package)", 0.5, 250, "2095-10-31", "2095-11-30"},
    {13, kFee, 1, 4900, "2095-11-30", "2095-12-31"},
    // An overage limit of 500 lets 200 calls over pass, and not one more.
    {14, "Calls: 200 units (100 per package)", 200, 500, "2095-11-30", "2095-12-31"},
    {14, kFee, 1, 4900, "2095-12-31", "2096-01-31"},
    {15, kFee, 1, 4900, "2096-01-31", "2096-02-29"},
    // Overage set to block for calls: nothing over.
    {16, kFee, 1, 4900, "2096-02-29", "2096-03-31"},
    // Canceled in March, at the period's end: the overage is billed, no further fee.
    {17, "Calls: 100 units (100 per package)", 100, 250, "2096-02-29", "2096-03-31"},
};

std::string as_text(int invoice, const std::string& description, double quantity, int amount,
                    const std::string& from, const std::string& to) {
    return fmt::format("{:>2} | {} | {} | {} | {}..{}", invoice, description, quantity, amount,
                       from, to);
}

// Only the day: every period begins at the anchor's hour, which is checked apart.
std::string day_of(const Json& millis) {
    return base::format_instant(base::Instant{millis.get<std::int64_t>() * 1000}).substr(0, 10);
}

std::vector<Json> invoices_by_number(ApiClient& api) {
    const Answer answer = api.get("/v1/billing/invoices?customer=acme");
    EXPECT_EQ(answer.status, 200) << answer.body;
    std::vector<Json> invoices = answer.body["invoices"];
    std::ranges::sort(invoices, {}, [](const Json& i) { return i["number"].get<std::string>(); });
    return invoices;
}

class FourteenMonths : public LedgerTest {
protected:
    void begin() {
        ServerSettings settings;
        settings.manual_clock = true;
        server_ = make_server("ledger", settings);
        server_->start();
        api_ = std::make_unique<ApiClient>(*server_);
        on("2095-01-31");
        api_->publish(team_catalog());
        api_->customer("acme");
        EXPECT_EQ(api_->attach("acme", "Team")["type"], "new");
    }

    void on(const std::string& day) {
        const Answer moved = api_->post("/v1/test/clock", {{"now", day + "T10:00:00Z"}});
        ASSERT_EQ(moved.status, 200) << moved.body;
    }
    Json track(const std::string& feature, double value, const std::string& at = {}) {
        Json body{{"customer", "acme"}, {"feature", feature}, {"value", value}};
        if (!at.empty()) body["timestamp"] = at;
        Answer answer = api_->post("/v1/track", body);
        EXPECT_EQ(answer.status, 200) << answer.body;
        return std::move(answer.body);
    }
    void accepted(const std::string& path, const Json& body) {
        const Answer answer = api_->post(path, body);
        EXPECT_EQ(answer.status, 200) << path << answer.body;
    }
    void seat(const std::string& path, const std::string& entity) {
        accepted(path, {{"customer", "acme"}, {"feature", "seats"}, {"entity", entity}});
    }
    Json seats_held() { return api_->check("acme", "seats")["usage"]; }

    void live_until_summer();
    void live_from_summer_to_the_end();

    std::unique_ptr<ServerProcess> server_;
    std::unique_ptr<ApiClient> api_;
};
INSTANTIATE_TEST_SUITE_P(, FourteenMonths, ::testing::Values(LogKind::Embedded), name_of);

void FourteenMonths::live_until_summer() {
    on("2095-02-10");
    EXPECT_EQ(track("calls", 1250)["code"], "tracked_overage");
    EXPECT_EQ(api_->check("acme", "calls")["resetsAt"], "2095-02-28T10:00:00.000Z");
    track("tokens", 1500);
    on("2095-03-10");
    accepted("/v1/addon", {{"customer", "acme"}, {"pack", "boost"}, {"quantity", 2}});
    on("2095-04-05");
    EXPECT_EQ(track("gpt", 30)["code"], "addon_credits_used");
    EXPECT_EQ(api_->check("acme", "ai")["balance"], 500);
    for (const char* entity : {"ann", "bob", "cid", "dan", "eve"}) seat("/v1/entities", entity);
    EXPECT_EQ(track("calls", 900)["code"], "tracked");
    on("2095-05-10");
    seat("/v1/entities/remove", "eve");
    EXPECT_EQ(seats_held(), 5);
    on("2095-05-31");
    EXPECT_EQ(seats_held(), 4);
    on("2095-06-10");
    track("calls", 1120);
    accepted("/v1/billing/invoice", {{"customer", "acme"}});
    on("2095-06-20");
    track("calls", 100);
    on("2095-07-10");
    track("calls", 1000);
    seat("/v1/entities/remove", "dan");
}

void FourteenMonths::live_from_summer_to_the_end() {
    on("2095-08-05");
    EXPECT_EQ(seats_held(), 3);
    track("calls", 150, "2095-07-20T12:00:00Z");
    EXPECT_EQ(api_->check("acme", "calls")["usage"], 0);  // of August
    on("2095-09-10");
    track("tokens", 10'000);
    on("2095-11-10");
    track("calls", 1000);
    track("calls", 0.5);
    on("2095-12-10");
    const Json limit{{"customer", "acme"}, {"maxOverageAmount", 500}, {"onLimitReached", "block"}};
    accepted("/v1/customers/overage-limit", limit);
    EXPECT_EQ(track("calls", 1200)["success"], true);
    EXPECT_EQ(track("calls", 1)["code"], "limit_exceeded");
    on("2096-01-10");
    accepted("/v1/customers/overage-limit", {{"customer", "acme"}, {"maxOverageAmount", nullptr}});
    on("2096-02-10");
    Json config{{"customer", "acme"}, {"feature", "calls"}, {"overage", "block"}};
    config["maxOverageUnits"] = nullptr;
    accepted("/v1/customers/feature-config", config);
    EXPECT_EQ(track("calls", 1000)["success"], true);
    EXPECT_EQ(track("calls", 1)["code"], "limit_exceeded");
    on("2096-03-10");
    config["overage"] = nullptr;
    accepted("/v1/customers/feature-config", config);
    track("calls", 1100);
    accepted("/v1/subscriptions/cancel", {{"customer", "acme"}});
    on("2096-04-15");
    EXPECT_EQ(api_->check("acme", "calls")["code"], "no_active_subscription");
}

TEST_P(FourteenMonths, EachInvoiceEqualsTheHandComputedTableAndAReplayMakesTheSame) {
    begin();
    live_until_summer();
    server_->restart();  // in the middle, by kill -9
    live_from_summer_to_the_end();

    std::vector<std::string> expected;
    for (const Line& line : kTable) {
        expected.push_back(as_text(line.invoice, line.description, line.quantity, line.amount,
                                   line.from, line.to));
    }
    const std::vector<Json> invoices = invoices_by_number(*api_);
    std::vector<std::string> actual;
    int number = 0;
    for (const Json& invoice : invoices) {
        ++number;
        EXPECT_EQ(invoice["number"].get<std::string>().substr(0, 10),
                  fmt::format("INV-{:05}-", number));
        EXPECT_EQ(invoice["currency"], "USD");
        EXPECT_EQ(invoice["status"], "open");
        int total = 0;
        for (const Json& line : invoice["lineItems"]) {
            total += line["amount"].get<int>();
            actual.push_back(as_text(number, line["description"], line["quantity"], line["amount"],
                                     day_of(line["periodStart"]), day_of(line["periodEnd"])));
            EXPECT_EQ(line["periodStart"].get<std::int64_t>() % 86'400'000, 36'000'000);
            EXPECT_EQ(line["periodEnd"].get<std::int64_t>() % 86'400'000, 36'000'000);
            EXPECT_EQ(line.value("correction", false), actual.back().starts_with("10 | Calls"));
        }
        EXPECT_EQ(invoice["total"], total);
    }
    EXPECT_EQ(actual, expected);

    ASSERT_EQ(server_->stop(), 0);
    const std::string live = digest(*server_);
    EXPECT_EQ(replayed_digest(*server_, folder() / "replayed"), live);
    std::filesystem::remove_all(server_->state());
    server_->start();
    EXPECT_EQ(invoices_by_number(*api_), invoices);
}

}  // namespace
}  // namespace quipu::e2e

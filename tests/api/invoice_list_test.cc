// Invoices of a whole organisation (docs/contract/invoices.md#listing-all).
#include <gtest/gtest.h>

#include <set>

#include "api/api_fixture.h"

namespace quipu::api::testing {
namespace {

// Six customers on three partitions, each invoiced when they come and again after a month.
class InvoiceList : public ::testing::Test {
protected:
    void SetUp() override {
        Json catalog = catalog_of("pro", "calls", {{"limit", 100}});
        catalog["plans"][0]["price"] = 1000;
        ASSERT_EQ(server_.post("/v1/sync", catalog).status, 200);
        for (int n = 0; n < 6; ++n) {
            server_.set_clock("2026-04-0" + std::to_string(n + 1) + "T12:00:00Z");
            ASSERT_EQ(server_.post("/v1/attach", {{"customer", who(n)}, {"product", "pro"}}).status,
                      200);
        }
        server_.set_clock("2026-05-08T12:00:00Z");
        for (int n = 0; n < 6; ++n) static_cast<void>(list("&customer=" + who(n)));
    }
    static std::string who(int n) { return "c" + std::to_string(n) + "@x.io"; }
    Answer list(const std::string& query) { return server_.get("/v1/invoices?limit=1000" + query); }
    // All of them, page by page.
    Json all(const std::string& query) {
        Json invoices = Json::array();
        std::string cursor;
        do {
            const Answer page = server_.get("/v1/invoices?" + query + "&cursor=" + cursor);
            EXPECT_EQ(page.status, 200) << page.text;
            for (const Json& each : page["invoices"]) invoices.push_back(each);
            cursor = page["nextCursor"].is_null() ? "" : page["nextCursor"].get<std::string>();
        } while (!cursor.empty() && !HasFailure());
        return invoices;
    }
    static std::set<std::string> ids(const Json& invoices) {
        std::set<std::string> found;
        for (const Json& each : invoices) found.insert(each["id"]);
        return found;
    }

    ApiServer server_;
};

TEST_F(InvoiceList, IsNewestFirstOverAllPartitions) {
    const Answer listed = list("");
    ASSERT_EQ(listed.status, 200) << listed.text;
    const Json& invoices = listed["invoices"];
    ASSERT_EQ(invoices.size(), 12u);
    EXPECT_TRUE(listed["nextCursor"].is_null());
    for (std::size_t n = 1; n < invoices.size(); ++n)
        EXPECT_GE(invoices[n - 1]["createdAt"], invoices[n]["createdAt"]);
    EXPECT_EQ(server_.get("/v1/invoices/" + invoices[3]["id"].get<std::string>())["invoice"],
              invoices[3]);
}

TEST_F(InvoiceList, PagesShowEachInvoiceOnce) {
    const Json whole = list("")["invoices"];
    for (const char* limit : {"1", "5", "7", "12"})
        EXPECT_EQ(all(std::string("limit=") + limit), whole) << limit;
    const Json own = list("&customer=c2@x.io")["invoices"];
    ASSERT_EQ(own.size(), 2u);
    EXPECT_EQ(all("limit=1&customer=c2@x.io"), own);
}

TEST_F(InvoiceList, FiltersByStatusCustomerCurrencyAndTime) {
    const std::string first = list("&customer=c0@x.io")["invoices"][1]["id"];
    ASSERT_EQ(server_.post("/v1/invoices/" + first + "/void", Json::object()).status, 200);
    EXPECT_EQ(ids(list("&status=void")["invoices"]), std::set<std::string>{first});
    EXPECT_EQ(list("&status=open")["invoices"].size() + list("&status=paid")["invoices"].size(),
              11u);
    EXPECT_EQ(list("&currency=usd")["invoices"].size(), 12u);
    EXPECT_EQ(list("&currency=EUR")["invoices"].size(), 0u);
    EXPECT_EQ(list("&to=2026-05-01T12:00:00Z")["invoices"].size(), 6u);
    EXPECT_EQ(list("&from=2026-05-01T12:00:00Z")["invoices"].size(), 6u);
    EXPECT_EQ(list("&from=2026-04-02T12:00:00Z&to=2026-04-04T12:00:00Z")["invoices"].size(), 2u);
    EXPECT_EQ(all("limit=2&to=2026-05-01T12:00:00Z").size(), 6u);
    EXPECT_EQ(list("&customer=c1@x.io&from=2026-05-01T00:00:00Z")["invoices"].size(), 1u);
}

TEST_F(InvoiceList, RefusesWhatItCannotRead) {
    EXPECT_EQ(list("&status=overdue").message(), "Invalid status: Expected open, paid or void");
    EXPECT_EQ(list("&currency=dollars").status, 400);
    EXPECT_EQ(list("&from=yesterday").status, 400);
    EXPECT_EQ(list("&customer=nobody").status, 404);
    for (const char* cursor :
         {"x", "1", "1.x", ".inv_a_1", "-1.inv_a_1", "99999999999999999999.inv_a_1"})
        EXPECT_EQ(list(std::string("&cursor=") + cursor).message(),
                  "Invalid cursor: Not a cursor of this list")
            << cursor;
}

TEST_F(InvoiceList, BelongsToTheOrganisation) {
    server_.add_organisation("other", "sk_other");
    server_.use_key("sk_other");
    EXPECT_EQ(list("")["invoices"], Json::array());
    EXPECT_EQ(list("&customer=c0@x.io").status, 404);
}

TEST_F(InvoiceList, IsATableForWhoeverAcceptsOne) {
    const Answer table = server_.get("/v1/invoices?limit=2", "Accept: text/csv\r\n");
    EXPECT_NE(table.head.find("text/csv"), std::string::npos) << table.head;
    const Json newest = list("")["invoices"];
    const std::string header =
        "id,number,customerId,status,trigger,currency,total,amountPaid,amountDue,periodStart,"
        "periodEnd,createdAt,dueAt,paidAt,cursor\r\n";
    ASSERT_TRUE(table.text.starts_with(header)) << table.text;
    const std::string row =
        table.text.substr(header.size(), table.text.find("\r\n", header.size()) - header.size());
    EXPECT_TRUE(row.starts_with(newest[0]["id"].get<std::string>() + ",")) << row;
    EXPECT_NE(row.find(",USD,1000,"), std::string::npos) << row;
    // The last row's cursor goes on behind it.
    const std::string cursor =
        table.text.substr(table.text.rfind(',') + 1, table.text.size() - table.text.rfind(',') - 3);
    EXPECT_EQ(list("&cursor=" + cursor)["invoices"][0], newest[2]);
}

TEST(CustomerList, FindsByNameAndByParts) {
    ApiServer server;
    const auto make = [&](const Json& customer) {
        EXPECT_EQ(server.post("/v1/customers", customer).status, 200);
    };
    make({{"id", "acme"}, {"email", "ann@acme.example"}, {"name", "Ann"}});
    make({{"id", "beta"}, {"email", "bob@beta.example"}, {"name", "Bob Acmeson"}});
    make({{"id", "gamma"}, {"email", "cy@gamma.example"}, {"name", "Cy"}});
    const auto found = [&](const std::string& query) {
        const Answer answer = server.get("/v1/customers?" + query);
        EXPECT_EQ(answer.status, 200) << answer.text;
        std::set<std::string> names;
        for (const Json& each : answer["customers"]) names.insert(each["externalId"]);
        return names;
    };
    using Names = std::set<std::string>;
    EXPECT_EQ(found("email=ANN@acme.example"), Names{"acme"});
    EXPECT_EQ(found("email=nobody@acme.example"), Names{});
    EXPECT_EQ(found("email=beta"), Names{});  // an id is no e-mail
    EXPECT_EQ(found("externalId=gamma"), Names{"gamma"});
    EXPECT_EQ(found("externalId=gamma&email=ann@acme.example"), Names{});
    EXPECT_EQ(found("search=ACME"), (Names{"acme", "beta"}));
    EXPECT_EQ(found("search=ACME&externalId=beta"), Names{"beta"});
    EXPECT_EQ(found("").size(), 3u);
    EXPECT_EQ(found("offset=1").size(), 2u);
    EXPECT_EQ(found("search=acme&offset=1").size(), 1u);
    EXPECT_EQ(found("offset=3").size(), 0u);
    EXPECT_EQ(server.get("/v1/customers?offset=-1").status, 400);
    const Answer page = server.get("/v1/customers?limit=2");
    EXPECT_EQ(found("cursor=" + page["nextCursor"].get<std::string>()).size(), 1u);
}

}  // namespace
}  // namespace quipu::api::testing

// An event id counts once, however and however often it is sent.
#include "e2e/catalogs.h"
#include "e2e/ledger_test.h"

namespace quipu::e2e {
namespace {

class Idempotency : public LedgerTest {
protected:
    void SetUp() override {
        LedgerTest::SetUp();
        if (IsSkipped() || HasFatalFailure()) return;
        server_ = make_server();
        server_->start();
        api_ = std::make_unique<ApiClient>(*server_);
        api_->publish(one_limit_catalog(1'000));
        api_->customer("acme");
        api_->attach("acme", "free");
    }

    Json usage() { return api_->check("acme", "calls")["usage"]; }

    std::unique_ptr<ServerProcess> server_;
    std::unique_ptr<ApiClient> api_;
};
QUIPU_ON_BOTH_LOGS(Idempotency);

// The answer to a duplicate is the first one, but for what says that it is one.
Json without_receipt(Json body) {
    for (const char* name : {"duplicate", "position"}) body.erase(name);
    return body;
}

TEST_P(Idempotency, TheSecondAnswerToAnIdInTheBodyIsTheFirstOne) {
    const Json body = track_body("acme", "calls", 7, "event-1");
    const Answer first = api_->post("/v1/track", body);
    static_cast<void>(api_->post("/v1/track", track_body("acme", "calls", 5)));
    const Answer second = api_->post("/v1/track", body);
    EXPECT_EQ(first.status, 200);
    EXPECT_EQ(first.body["eventId"], "event-1");
    EXPECT_FALSE(first.body.contains("duplicate"));
    EXPECT_EQ(second.body["duplicate"], true);
    EXPECT_EQ(without_receipt(second.body), without_receipt(first.body));
    EXPECT_EQ(usage(), 12);
}

TEST_P(Idempotency, AKeyInTheHeaderCountsOnceAndIsTheSameAsAnIdInTheBody) {
    const Json body = track_body("acme", "calls", 7);
    EXPECT_EQ(api_->post("/v1/track", body, "event-1").body["eventId"], "event-1");
    EXPECT_EQ(api_->post("/v1/track", body, "event-1").body["duplicate"], true);
    EXPECT_EQ(api_->post("/v1/track", track_body("acme", "calls", 7, "event-1")).body["duplicate"],
              true);
    EXPECT_EQ(usage(), 7);
}

TEST_P(Idempotency, TheSameIdWithAnotherBodyIsAConflictAndChangesNothing) {
    static_cast<void>(api_->post("/v1/track", track_body("acme", "calls", 7, "event-1")));
    const Answer other = api_->post("/v1/track", track_body("acme", "calls", 8, "event-1"));
    EXPECT_EQ(other.status, 409);
    EXPECT_EQ(other.code(), "idempotency_conflict");
    EXPECT_EQ(other.body["success"], false);
    EXPECT_EQ(usage(), 7);
}

TEST_P(Idempotency, ARefusedEventIsJudgedAgainWhenItIsSentAgain) {
    const Json body = track_body("acme", "calls", 2'000, "event-1");
    const Answer first = api_->post("/v1/track", body);
    EXPECT_EQ(first.code(), "limit_exceeded");
    const Answer second = api_->post("/v1/track", body);
    EXPECT_EQ(second.code(), "limit_exceeded");
    EXPECT_FALSE(second.body.contains("duplicate"));
    EXPECT_EQ(usage(), 0);
    // A mended request may keep the id; from then on it is taken.
    const Json mended = track_body("acme", "calls", 7, "event-1");
    EXPECT_EQ(api_->post("/v1/track", mended).code(), "tracked");
    EXPECT_EQ(api_->post("/v1/track", mended).body["duplicate"], true);
    EXPECT_EQ(api_->post("/v1/track", body).status, 409);
    EXPECT_EQ(usage(), 7);
}

TEST_P(Idempotency, ADuplicateIsKnownAfterARestartAndAfterAKill) {
    const Json body = track_body("acme", "calls", 7, "event-1");
    const Json first = without_receipt(api_->post("/v1/track", body).body);
    ASSERT_EQ(server_->stop(), 0);
    server_->start();
    Answer again = api_->post("/v1/track", body);
    EXPECT_EQ(again.body["duplicate"], true) << again.body;
    EXPECT_EQ(without_receipt(again.body), first);
    server_->restart();
    again = api_->post("/v1/track", body);
    EXPECT_EQ(again.body["duplicate"], true) << again.body;
    EXPECT_EQ(without_receipt(again.body), first);
    EXPECT_EQ(api_->post("/v1/track", track_body("acme", "calls", 8, "event-1")).status, 409);
    EXPECT_EQ(usage(), 7);
}

TEST_P(Idempotency, OneIdMeansDifferentThingsForTwoCustomers) {
    api_->customer("globex");
    api_->attach("globex", "free");
    EXPECT_EQ(api_->post("/v1/track", track_body("acme", "calls", 1, "event-1")).status, 200);
    const Answer other = api_->post("/v1/track", track_body("globex", "calls", 2, "event-1"));
    EXPECT_EQ(other.status, 200);
    EXPECT_FALSE(other.body.contains("duplicate"));
    EXPECT_EQ(api_->check("globex", "calls")["usage"], 2);
}

TEST_P(Idempotency, ABatchSentAgainUnderItsKeyCountsEachEventOnce) {
    const Json batch =
        Json::array({track_body("acme", "calls", 1), track_body("acme", "calls", 2, "own-id"),
                     track_body("nobody", "calls", 1)});
    for (int sent = 0; sent < 2; ++sent) {
        const Answer answer = api_->post("/v1/track/batch", batch, "batch-1");
        ASSERT_EQ(answer.status, 200) << answer.body;
        const Json& results = answer.body["results"];
        ASSERT_EQ(results.size(), 3U);
        EXPECT_EQ(results[0]["status"], 200);
        EXPECT_EQ(results[0].value("duplicate", false), sent == 1);
        EXPECT_EQ(results[1]["eventId"], "own-id");
        EXPECT_EQ(results[1].value("duplicate", false), sent == 1);
        EXPECT_EQ(results[2]["code"], "customer_not_found");
    }
    EXPECT_EQ(usage(), 3);
}

TEST_P(Idempotency, AnAddonOrAnAttachSentTwiceHappensOnce) {
    Json catalog = one_limit_catalog(1'000);
    catalog["creditSystems"] =
        Json::array({{{"slug", "credits"},
                      {"name", "Credits"},
                      {"features", Json::array({{{"feature", "calls"}, {"creditCost", 1}}})}}});
    catalog["creditPacks"] = Json::array({{{"slug", "pack"},
                                           {"name", "Pack"},
                                           {"credits", 500},
                                           {"price", 900},
                                           {"currency", "USD"},
                                           {"creditSystem", "credits"}}});
    catalog["plans"].push_back(plan("pro", 2'000, {limited("calls", 5'000)}));
    api_->publish(catalog);
    const Json purchase{{"customer", "acme"}, {"pack", "pack"}, {"quantity", 3}};
    const Answer bought = api_->post("/v1/addon", purchase, "purchase-1");
    ASSERT_EQ(bought.status, 200) << bought.body;
    EXPECT_EQ(bought.body["credits"], 1'500);
    const Answer again = api_->post("/v1/addon", purchase, "purchase-1");
    EXPECT_EQ(again.body["duplicate"], true);
    EXPECT_EQ(again.body["balance"], 1'500);

    const Json switching{{"customer", "acme"}, {"product", "pro"}};
    EXPECT_EQ(api_->post("/v1/attach", switching, "switch-1").status, 200);
    EXPECT_EQ(api_->post("/v1/attach", switching, "switch-1").body["duplicate"], true);
    const Answer invoices = api_->get("/v1/billing/invoices?customer=acme");
    ASSERT_EQ(invoices.status, 200) << invoices.body;
    EXPECT_EQ(invoices.body["invoices"].size(), 2U) << invoices.body;  // the packs, and the fee
}

}  // namespace
}  // namespace quipu::e2e

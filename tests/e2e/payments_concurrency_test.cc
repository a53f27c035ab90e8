// Many clients who want to pay for the same thing at once: it is charged once.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>

#include "e2e/clients.h"
#include "e2e/ledger_test.h"
#include "e2e/payment_clients.h"
#include "e2e/sandbox_books.h"
#include "payments/sandbox/event.h"

namespace quipu::e2e {
namespace {

constexpr int kClients = 32;
constexpr char kOwner[] = "acme";

base::Instant machine_time() {
    return {std::chrono::duration_cast<std::chrono::microseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
}

class PaymentsConcurrency : public LedgerTest {
protected:
    void begin() {
        server_ = make_server("ledger", with_sandbox());
        server_->start();
        ApiClient api(*server_);
        api.publish(payments_catalog());
        api.customer(kOwner);
    }

    // Overage of 50 calls on pro, invoiced and open; the plan's own fee is paid.
    std::string open_invoice(ApiClient& api) {
        save_card(api, kOwner);
        EXPECT_EQ(api.attach(kOwner, "pro")["requiresCheckout"], false);
        EXPECT_EQ(api.post("/v1/track", track_body(kOwner, "calls", 150)).body["success"], true);
        const Answer made = api.post("/v1/billing/invoice", {{"customer", kOwner}});
        EXPECT_EQ(made.status, 200) << made.body;
        EXPECT_EQ(made.body["invoice"]["total"], 5 * kPackagePrice) << made.body;
        return made.body["invoice"]["id"];
    }

    // Stops the server; each intent was paid at most once.
    SandboxBooks books() {
        EXPECT_EQ(server_->stop(), 0);
        SandboxBooks books = read_books(*server_);
        for (const auto& [intent, times] : books.taken) EXPECT_EQ(times, 1) << intent;
        EXPECT_EQ(books.refunds, 0U);
        return books;
    }

    std::unique_ptr<ServerProcess> server_;
};
QUIPU_ON_BOTH_LOGS(PaymentsConcurrency);

TEST_P(PaymentsConcurrency, ThirtyTwoClientsWhoPayOneInvoicePayItOnce) {
    begin();
    ApiClient api(*server_);
    const std::string invoice = open_invoice(api);
    std::atomic<int> paid = 0;
    in_parallel(kClients, [&](int) {
        ApiClient own(*server_);
        const Answer answer = own.post("/v1/billing/invoice/" + invoice + "/pay", Json::object());
        EXPECT_EQ(answer.status, 200) << answer.body;
        if (answer.body.value("paid", false)) ++paid;
    });
    EXPECT_EQ(paid, kClients);
    const Json shown = api.get("/v1/invoices/" + invoice).body["invoice"];
    EXPECT_EQ(shown["status"], "paid");
    const SandboxBooks money = books();
    EXPECT_EQ(money.charges, 2U);  // the plan, the invoice
    ASSERT_TRUE(money.payments.contains(shown["payment"])) << shown;
    EXPECT_EQ(money.payments.at(shown["payment"]).amount_minor, 5 * kPackagePrice);
}

TEST_P(PaymentsConcurrency, ThirtyTwoClientsWhoAttachOnePlanWithASavedCardPayItOnce) {
    begin();
    ApiClient api(*server_);
    save_card(api, kOwner);
    in_parallel(kClients, [&](int) {
        ApiClient own(*server_);
        EXPECT_EQ(own.attach(kOwner, "pro")["requiresCheckout"], false);
    });
    EXPECT_EQ(all_invoices(api, kOwner).size(), 1U);
    const Json customer = api.get(std::string("/v1/customers/") + kOwner).body;
    int live = 0;
    const Json& shown = customer.contains("customer") ? customer["customer"] : customer;
    for (const Json& each : shown["subscriptions"])
        if (each["plan"] == "pro" && each["status"] == "active") ++live;
    EXPECT_EQ(live, 1) << customer;
    const SandboxBooks money = books();
    EXPECT_EQ(money.charges, 1U);
    ASSERT_EQ(money.payments.size(), 1U);
    EXPECT_EQ(money.payments.begin()->second.amount_minor, 2900);
}

TEST_P(PaymentsConcurrency, ThirtyTwoPurchasesUnderOneIdempotencyKeyAreOne) {
    begin();
    ApiClient api(*server_);
    save_card(api, kOwner);
    std::atomic<int> first = 0;
    in_parallel(kClients, [&](int) {
        ApiClient own(*server_);
        const Answer answer = own.post(
            "/v1/addon", {{"customer", kOwner}, {"pack", "pack"}, {"quantity", 2}}, "purchase-1");
        EXPECT_EQ(answer.status, 200) << answer.body;
        EXPECT_EQ(answer.body["requiresCheckout"], false) << answer.body;
        EXPECT_EQ(answer.body["balance"], 2 * kPackCredits) << answer.body;
        if (!answer.body.value("duplicate", false)) ++first;
    });
    EXPECT_EQ(first, 1);
    EXPECT_EQ(all_invoices(api, kOwner).size(), 1U);
    const SandboxBooks money = books();
    EXPECT_EQ(money.charges, 1U);
    ASSERT_EQ(money.payments.size(), 1U);
    EXPECT_EQ(money.payments.begin()->second.amount_minor, 2 * kPackPrice);
}

TEST_P(PaymentsConcurrency, AWebhookThatSixteenDeliverAtOnceCountsOnce) {
    begin();
    {
        ApiClient api(*server_);
        // What is signed first makes the secret.
        api.customer("neighbour");
        save_card(api, "neighbour");
        // The sandbox's own delivery has to wait for the others.
        ASSERT_EQ(
            api.post("/v1/test/sandbox", {{"webhooks", "late"}, {"delayMs", 3'600'000}}).status,
            200);
        const Answer asked = api.post("/v1/addon", {{"customer", kOwner}, {"pack", "pack"}});
        ASSERT_EQ(asked.body["requiresCheckout"], true) << asked.body;
        ASSERT_EQ(pay_page(api, page_of(asked.body["checkoutUrl"]), kGoodCard), 200);
    }
    const SandboxBooks before = books();
    ASSERT_EQ(before.undelivered.size(), 1U);
    const std::string body = before.undelivered.front().body;
    const std::string signature = payments::sandbox_signature(before.secret, body, machine_time());
    const std::string header =
        std::string(payments::kSandboxSignatureHeader) + ": " + signature + "\r\n";
    const std::string path = "/webhooks/" + before.organisation + "/sandbox";
    server_->start();
    ApiClient api(*server_);
    EXPECT_EQ(all_invoices(api, kOwner).size(), 0U);
    std::atomic<int> taken = 0;
    in_parallel(16, [&](int) {
        ApiClient own(*server_);
        const auto reply =
            own.http().call({"POST", path, body, {}, {}, "application/json", header});
        if (reply && reply->status == 200) ++taken;
    });
    EXPECT_EQ(taken, 16);
    const auto count_once = [&] {
        EXPECT_EQ(all_invoices(api, kOwner).size(), 1U);
        const Json grants =
            api.get(std::string("/v1/customers/") + kOwner + "/balances").body["grants"];
        ASSERT_EQ(grants.size(), 1U);
        EXPECT_EQ(grants[0]["granted"], kPackCredits);
    };
    count_once();
    // And then the sandbox's own comes too.
    const std::size_t taken_before = webhooks_taken(*server_);
    ASSERT_EQ(api.post("/v1/test/sandbox", {{"flush", true}}).status, 200);
    ASSERT_TRUE(eventually([&] { return webhooks_taken(*server_) > taken_before; }));
    count_once();
    const SandboxBooks after = books();
    EXPECT_TRUE(after.undelivered.empty());
    EXPECT_EQ(after.payments.size(), 1U);
}

}  // namespace
}  // namespace quipu::e2e

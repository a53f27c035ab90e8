// A ledger that collects through a provider which the server of today does not have: it starts,
// what is to be charged waits, and a server that has the provider goes on with it.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "e2e/clients.h"
#include "e2e/ledger_test.h"
#include "e2e/payment_clients.h"

namespace quipu::e2e {
namespace {

// Only the embedded log has a clock that can be moved to a renewal.
class ProviderChoice : public LedgerTest {
protected:
    static void set_clock(ApiClient& api, const char* now) {
        const Answer moved = api.post("/v1/test/clock", {{"now", now}});
        ASSERT_EQ(moved.status, 200) << moved.body;
    }
    static ServerSettings manual_clock() {
        ServerSettings settings;
        settings.manual_clock = true;
        return settings;
    }
};
INSTANTIATE_TEST_SUITE_P(, ProviderChoice, ::testing::Values(LogKind::Embedded), name_of);

std::size_t with_status(const Json& invoices, const std::string& status) {
    return static_cast<std::size_t>(std::ranges::count_if(
        invoices, [&](const Json& invoice) { return invoice["status"] == status; }));
}

TEST_P(ProviderChoice, WhatIsToBeChargedWaitsForAServerThatHasTheProvider) {
    // Given a plan that was paid through the sandbox
    const auto with = make_server("ledger", with_sandbox(manual_clock()));
    with->start();
    {
        ApiClient api(*with);
        set_clock(api, "2040-03-20T12:00:00Z");
        api.publish(payments_catalog());
        api.customer("ann");
        save_card(api, "ann");
        static_cast<void>(api.attach("ann", "pro"));
        ASSERT_EQ(with_status(all_invoices(api, "ann"), "paid"), 1U);
    }
    ASSERT_EQ(with->stop(), 0);

    // When it is renewed while the server has no sandbox
    const auto without = make_server("ledger", manual_clock());
    without->start();
    {
        ApiClient api(*without);
        set_clock(api, "2040-04-20T13:00:00Z");
        EXPECT_TRUE(eventually([&] { return with_status(all_invoices(api, "ann"), "open") == 1; }));
        EXPECT_TRUE(eventually([&] {
            return without->messages().find("payment provider sandbox is not there") !=
                   std::string::npos;
        }));
        // Then nobody is asked to pay on a page that cannot be shown
        const Answer page = api.post("/v1/wallet/setup", {{"customer", "ann"}});
        EXPECT_EQ(page.status, 400) << page.body;
        EXPECT_EQ(page.code(), "provider_not_configured");
        // and usage is counted as ever
        EXPECT_EQ(api.check("ann", "calls")["allowed"], true);
    }
    EXPECT_EQ(without->stop(), 0);

    // and a server with the sandbox charges what waited.
    with->start();
    ApiClient api(*with);
    EXPECT_TRUE(eventually([&] { return with_status(all_invoices(api, "ann"), "paid") == 2; }));
    EXPECT_EQ(with->stop(), 0);
}

}  // namespace
}  // namespace quipu::e2e

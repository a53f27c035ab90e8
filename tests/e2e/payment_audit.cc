#include "e2e/payment_audit.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <utility>

#include "e2e/payment_clients.h"

namespace quipu::e2e {
namespace {

bool is_paid(const Json& invoice) {
    return invoice["status"] == "paid";
}

std::int64_t amount_of(const Json& line) {
    return line["amount"].get<std::int64_t>();
}

void audit_invoices(const Json& invoices) {
    std::set<int> numbers;
    for (const Json& invoice : invoices) {
        std::int64_t sum = 0;
        for (const Json& line : invoice["lineItems"]) sum += amount_of(line);
        EXPECT_EQ(sum, invoice["total"].get<std::int64_t>()) << invoice;
        numbers.insert(std::stoi(invoice["number"].get<std::string>().substr(4, 5)));
    }
    EXPECT_EQ(numbers.size(), invoices.size());
    if (!numbers.empty()) {
        EXPECT_EQ(*numbers.begin(), 1);
        EXPECT_EQ(*numbers.rbegin(), static_cast<int>(invoices.size()));
    }
}

std::int64_t price_of(std::int64_t overage_units) {
    return (overage_units + kPackageUnits - 1) / kPackageUnits * kPackagePrice;
}

// Of all windows, from the postings alone.
std::int64_t price_of_windows(const Json& entries) {
    std::map<std::pair<int, std::string>, std::int64_t> overage;  // by subscription and window
    for (const Json& entry : entries) {
        for (const Json& posting : entry["postings"]) {
            if (posting["bucket"] != "overage") continue;
            const std::pair window{posting["subscription"].get<int>(),
                                   posting["windowStart"].dump()};
            overage[window] += posting["units"].get<std::int64_t>();
        }
    }
    std::int64_t price = 0;
    for (const auto& [window, units] : overage) {
        EXPECT_GE(units, 0);
        price += price_of(units);
    }
    return price;
}

// Oldest first, in one line each: what was done, and where its units went.
std::string history_of(const PayerFacts& facts) {
    std::string text = "subscriptions " + facts.subscriptions.dump() + '\n';
    for (auto entry = facts.entries.rbegin(); entry != facts.entries.rend(); ++entry) {
        text += fmt::format("{} {} {} {}", (*entry)["recordedAt"].dump(), (*entry)["kind"].dump(),
                            (*entry)["eventId"].dump(), (*entry)["code"].dump());
        for (const Json& posting : (*entry)["postings"]) {
            text += fmt::format(" [{} {} of {} from {}]", posting["bucket"].dump(),
                                posting["units"].dump(), posting["subscription"].dump(),
                                posting["windowStart"].dump());
        }
        text += '\n';
    }
    for (const Json& invoice : facts.invoices) {
        text += fmt::format("{} {} {} {}:", invoice["number"].dump(), invoice["status"].dump(),
                            invoice["trigger"].dump(), invoice["payment"].dump());
        for (const Json& line : invoice["lineItems"]) {
            text += fmt::format(" [{} {} {}]", line["kind"].dump(), line["featureSlug"].dump(),
                                line["amount"].dump());
        }
        text += '\n';
    }
    return text;
}

}  // namespace

PayerFacts facts_of(ApiClient& api, const std::string& customer) {
    PayerFacts facts;
    facts.name = customer;
    facts.invoices = all_invoices(api, customer);
    facts.entries = all_entries(api, customer);
    Json shown = api.get("/v1/customers/" + customer).body;
    facts.subscriptions = shown["subscriptions"];
    facts.grants = api.get("/v1/customers/" + customer + "/balances").body["grants"];
    const Json usage = api.get("/v1/billing/usage?customer=" + customer).body;
    for (const Json& total : usage["totals"])
        facts.unbilled += total["totalEstimated"].get<std::int64_t>();
    return facts;
}

void audit_customer(const PayerFacts& facts) {
    SCOPED_TRACE(facts.name + '\n' + history_of(facts));
    audit_invoices(facts.invoices);

    int live = 0;
    ASSERT_TRUE(facts.subscriptions.is_array());
    for (const Json& each : facts.subscriptions) {
        const std::string status = each["status"];
        if (status == "active" || status == "trialing" || status == "pending_cancel") ++live;
    }
    EXPECT_LE(live, 1) << facts.subscriptions;

    std::int64_t bought = 0;
    std::int64_t invoiced = 0;
    for (const Json& invoice : facts.invoices) {
        for (const Json& line : invoice["lineItems"]) {
            if (line["kind"] == "credit_pack" && is_paid(invoice))
                bought += line["quantity"].get<std::int64_t>() * kPackCredits;
            if (line["kind"] == "usage" && invoice["status"] != "void") invoiced += amount_of(line);
        }
    }
    std::int64_t granted = 0;
    for (const Json& grant : facts.grants) granted += grant["granted"].get<std::int64_t>();
    EXPECT_EQ(granted, bought) << facts.grants;
    EXPECT_EQ(invoiced + facts.unbilled, price_of_windows(facts.entries))
        << "invoiced " << invoiced << ", unbilled " << facts.unbilled;
}

void audit_money(const std::vector<PayerFacts>& customers, const SandboxBooks& books) {
    for (const auto& [intent, times] : books.taken) EXPECT_EQ(times, 1) << intent;

    std::map<std::string, std::int64_t> kept;
    for (const auto& [intent, payment] : books.payments) {
        const std::int64_t left = payment.amount_minor - payment.refunded_minor;
        EXPECT_TRUE(left == payment.amount_minor || left == 0) << intent;
        if (left > 0) kept[intent] = left;
    }
    std::map<std::string, std::int64_t> paid;
    for (const PayerFacts& facts : customers) {
        for (const Json& invoice : facts.invoices) {
            const std::string payment = invoice["payment"];
            if (!is_paid(invoice) || !payment.starts_with("pi_")) continue;
            EXPECT_TRUE(paid.emplace(payment, invoice["total"].get<std::int64_t>()).second)
                << payment << " pays two invoices";
        }
    }
    EXPECT_EQ(kept, paid);
}

}  // namespace quipu::e2e

// Holds a ledger's answers about money against each other and against the provider's books.
#pragma once

#include <string>
#include <vector>

#include "e2e/api_client.h"
#include "e2e/sandbox_books.h"

namespace quipu::e2e {

// What the API says of one customer.
struct PayerFacts {
    std::string name;
    Json invoices;
    Json entries;
    Json subscriptions;
    Json grants;
    std::int64_t unbilled = 0;  // minor units
};

[[nodiscard]] PayerFacts facts_of(ApiClient& api, const std::string& customer);

// Each is a gtest expectation per broken law.
// Lines sum to totals, numbers have no gaps, no two plans of one group are live, credits are those
// that were paid, and what is invoiced and unbilled together is the price of the windows.
void audit_customer(const PayerFacts& facts);
// The money that the provider kept is that of the paid invoices, one to one.
void audit_money(const std::vector<PayerFacts>& customers, const SandboxBooks& books);

}  // namespace quipu::e2e

#include "api/routes.h"

#include <algorithm>
#include <iterator>

#include "api/billing/routes.h"
#include "api/catalog/routes.h"
#include "api/customers/routes.h"
#include "api/operators/routes.h"
#include "api/payments/routes.h"
#include "api/subscriptions/routes.h"
#include "api/usage/routes.h"
#include "api/webhooks/routes.h"

namespace quipu::api {
namespace {

void add(std::vector<Route>& all, std::vector<Route> rows) {
    std::ranges::move(rows, std::back_inserter(all));
}

}  // namespace

std::vector<Route> api_routes(ApiLedger& ledger, payments::SandboxProvider* sandbox) {
    std::vector<Route> all;
    add(all, usage_routes(ledger));
    add(all, customer_routes(ledger));
    add(all, catalog_routes(ledger));
    add(all, subscription_routes(ledger));
    add(all, payment_routes(ledger));
    if (sandbox != nullptr) add(all, sandbox_routes(*sandbox));
    add(all, billing_routes(ledger));
    add(all, webhook_routes(ledger));
    add(all, operator_routes(ledger));
    return all;
}

}  // namespace quipu::api

#include "api/billing/routes.h"

#include "api/billing/handlers.h"

namespace quipu::api {

std::vector<Route> billing_routes(ApiLedger& ledger) {
    return {
        {"POST", "/v1/billing/invoice/:id/pay", with(post_pay_invoice, ledger),
         BodyKind::OptionalJson},
        {"POST", "/v1/invoices/:id/mark-paid", with(post_mark_paid, ledger),
         BodyKind::OptionalJson},
        {"POST", "/v1/invoices/:id/void", with(post_void_invoice, ledger), BodyKind::OptionalJson},
        {"GET", "/v1/billing/settings", with(get_billing_settings, ledger)},
        {"POST", "/v1/billing/settings", with(post_billing_settings, ledger), BodyKind::Json},
        {"GET", "/v1/billing/usage", with(get_billing_usage, ledger)},
        {"POST", "/v1/billing/invoice", with(post_billing_invoice, ledger), BodyKind::Json},
        {"GET", "/v1/billing/invoices", with(get_billing_invoices, ledger)},
        {"GET", "/v1/invoices/:id", with(get_invoice, ledger)},
        {"GET", "/v1/invoices/:id/explain", with(get_invoice_explanation, ledger)},
    };
}

}  // namespace quipu::api

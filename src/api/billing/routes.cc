#include "api/billing/routes.h"

#include "api/billing/handlers.h"

namespace quipu::api {

std::vector<Route> billing_routes(Directory& directory, Commands& commands,
                                  const payments::PaymentIntents& intents, PaymentAnswers& answers,
                                  const ledger::ControlState& control,
                                  engine::HistoryWalks& walks) {
    return {
        {"POST", "/v1/billing/invoice/:id/pay",
         with(post_pay_invoice, directory, commands, answers), BodyKind::OptionalJson},
        {"POST", "/v1/invoices/:id/mark-paid", with(post_mark_paid, directory, commands),
         BodyKind::OptionalJson},
        {"POST", "/v1/invoices/:id/void", with(post_void_invoice, directory, commands),
         BodyKind::OptionalJson},
        {"GET", "/v1/billing/settings", with(get_billing_settings, control)},
        {"POST", "/v1/billing/settings", with(post_billing_settings, commands, intents, control),
         BodyKind::Json},
        {"GET", "/v1/billing/usage", with(get_billing_usage, directory)},
        {"POST", "/v1/billing/invoice", with(post_billing_invoice, directory, commands),
         BodyKind::Json},
        {"GET", "/v1/billing/invoices", with(get_billing_invoices, directory)},
        {"GET", "/v1/invoices/:id", with(get_invoice, directory)},
        {"GET", "/v1/invoices/:id/explain", with(get_invoice_explanation, directory, walks)},
    };
}

}  // namespace quipu::api

#include "api/billing/routes.h"

#include "api/billing/handlers.h"
#include "api/request/shapes.h"

namespace quipu::api {
namespace {

constexpr base::JsonShape kPayInput = kEventIds + base::JsonShape{"callbackUrl"};
constexpr base::JsonShape kMarkPaidInput = kEventIds + base::JsonShape{"reference"};
constexpr base::JsonShape kVoidInput = kEventIds + base::JsonShape{"reason"};
constexpr base::JsonShape kInvoiceInput = kEventIds + kOfCustomer;
constexpr base::JsonShape kSettingsInput =
    kEventIds + unused::kOfSettings +
    base::JsonShape{"provider",         "requirePaymentMethod", "billingInterval",
                    "thresholdAmount",  "thresholdEnabled",     "autoCollect",
                    "gracePeriodHours", "retryHours",           "pastDueAfterHours"};

constexpr base::JsonShape kInvoicesQuery = kOfCustomer + kPage;
constexpr base::JsonShape kAllInvoicesQuery =
    base::JsonShape{"status", "customer", "currency", "from", "to"} + kPage;
constexpr base::JsonShape kExplainQuery = base::JsonShape{"line"} + kPage;

}  // namespace

std::vector<Route> billing_routes(Directory& directory, Commands& commands,
                                  const payments::PaymentIntents& intents, PaymentAnswers& answers,
                                  const ledger::ControlState& control, engine::LedgerEngine& engine,
                                  engine::HistoryWalks& walks) {
    return {
        {"POST", "/v1/billing/invoice/:id/pay",
         with(post_pay_invoice, directory, commands, answers), may_take(kPayInput)},
        {"POST", "/v1/invoices/:id/mark-paid", with(post_mark_paid, directory, commands),
         may_take(kMarkPaidInput)},
        {"POST", "/v1/invoices/:id/void", with(post_void_invoice, directory, commands),
         may_take(kVoidInput)},
        {"GET", "/v1/billing/settings", with(get_billing_settings, control), takes_nothing()},
        {"POST", "/v1/billing/settings", with(post_billing_settings, commands, intents, control),
         takes(kSettingsInput)},
        {"GET", "/v1/billing/usage", with(get_billing_usage, directory), takes_query(kOfCustomer)},
        {"POST", "/v1/billing/invoice", with(post_billing_invoice, directory, commands),
         takes(kInvoiceInput)},
        {"GET", "/v1/billing/invoices", with(get_billing_invoices, directory),
         takes_query(kInvoicesQuery)},
        {"GET", "/v1/invoices", with(get_invoices, directory, engine),
         takes_query(kAllInvoicesQuery)},
        {"GET", "/v1/invoices/:id", with(get_invoice, directory), takes_nothing()},
        {"GET", "/v1/invoices/:id/explain", with(get_invoice_explanation, directory, walks),
         takes_query(kExplainQuery)},
    };
}

}  // namespace quipu::api

// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"

namespace quipu::api {

class ApiLedger;

// invoices.cc
void post_pay_invoice(ApiLedger& ledger, ApiCall call);
void post_mark_paid(ApiLedger& ledger, ApiCall call);
void post_void_invoice(ApiLedger& ledger, ApiCall call);

// settings.cc
void get_billing_settings(ApiLedger& ledger, ApiCall call);
void post_billing_settings(ApiLedger& ledger, ApiCall call);

// billing.cc
void get_billing_usage(ApiLedger& ledger, ApiCall call);
void post_billing_invoice(ApiLedger& ledger, ApiCall call);
void get_billing_invoices(ApiLedger& ledger, ApiCall call);
void get_invoice(ApiLedger& ledger, ApiCall call);

// explain.cc
void get_invoice_explanation(ApiLedger& ledger, ApiCall call);

}  // namespace quipu::api

// The handlers of the routes of this folder. Each is described by docs/contract under its path.
#pragma once

#include "api/request/call.h"
#include "api/request/forward.h"

namespace quipu::api {

// invoices.cc
void post_pay_invoice(Directory& directory, Commands& commands, PaymentAnswers& answers,
                      ApiCall call);
void post_mark_paid(Directory& directory, Commands& commands, ApiCall call);
void post_void_invoice(Directory& directory, Commands& commands, ApiCall call);

// settings.cc
void get_billing_settings(const ledger::ControlState& control, ApiCall call);
void post_billing_settings(Commands& commands, const payments::PaymentIntents& intents,
                           const ledger::ControlState& control, ApiCall call);

// billing.cc
void get_billing_usage(Directory& directory, ApiCall call);
void post_billing_invoice(Directory& directory, Commands& commands, ApiCall call);
void get_billing_invoices(Directory& directory, ApiCall call);
void get_invoice(Directory& directory, ApiCall call);

// invoice_list.cc
void get_invoices(Directory& directory, engine::LedgerEngine& engine, ApiCall call);

// explain.cc
void get_invoice_explanation(Directory& directory, engine::HistoryWalks& walks, ApiCall call);

}  // namespace quipu::api

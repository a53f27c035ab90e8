// Every handler of the route table; each is described in docs/openapi under its path.
//
// A handler answers `call` once, at once or after the fold has answered.
#pragma once

#include "api/request/call.h"

namespace quipu::api {

// api_usage.cc
void post_check(ApiLedger& ledger, ApiCall call);
void get_check(ApiLedger& ledger, ApiCall call);
void post_track(ApiLedger& ledger, ApiCall call);

// api_reservations.cc
void post_reserve(ApiLedger& ledger, ApiCall call);
void post_confirm_reservation(ApiLedger& ledger, ApiCall call);
void post_release_reservation(ApiLedger& ledger, ApiCall call);
void get_reservations(ApiLedger& ledger, ApiCall call);

// api_usage_batch.cc
void post_track_batch(ApiLedger& ledger, ApiCall call);

// api_events.cc
void post_events(ApiLedger& ledger, ApiCall call);

// api_customers.cc
void post_customers(ApiLedger& ledger, ApiCall call);
void get_customer(ApiLedger& ledger, ApiCall call);
void get_customers(ApiLedger& ledger, ApiCall call);
void post_feature_config(ApiLedger& ledger, ApiCall call);
void post_overage_limit(ApiLedger& ledger, ApiCall call);

// api_catalog.cc
void post_sync(ApiLedger& ledger, ApiCall call);
void get_plans(ApiLedger& ledger, ApiCall call);
void get_plan(ApiLedger& ledger, ApiCall call);
void get_credit_systems(ApiLedger& ledger, ApiCall call);
void get_credit_packs(ApiLedger& ledger, ApiCall call);

// api_subscriptions.cc
void post_attach(ApiLedger& ledger, ApiCall call);
void post_cancel(ApiLedger& ledger, ApiCall call);
void post_uncancel(ApiLedger& ledger, ApiCall call);
void post_addon(ApiLedger& ledger, ApiCall call);

// api_activation.cc
void post_subscription_checkout(ApiLedger& ledger, ApiCall call);

// api_wallet.cc
void get_wallet(ApiLedger& ledger, ApiCall call);
void post_wallet_setup(ApiLedger& ledger, ApiCall call);
void post_wallet_remove(ApiLedger& ledger, ApiCall call);

// api_invoices.cc
void post_pay_invoice(ApiLedger& ledger, ApiCall call);
void post_mark_paid(ApiLedger& ledger, ApiCall call);
void post_void_invoice(ApiLedger& ledger, ApiCall call);

// api_settings.cc
void get_billing_settings(ApiLedger& ledger, ApiCall call);
void post_billing_settings(ApiLedger& ledger, ApiCall call);

// api_overrides.cc
void post_overrides(ApiLedger& ledger, ApiCall call);
void post_remove_override(ApiLedger& ledger, ApiCall call);
void get_overrides(ApiLedger& ledger, ApiCall call);
void post_correct_usage(ApiLedger& ledger, ApiCall call);

// api_sandbox.cc
void post_test_sandbox(ApiLedger& ledger, ApiCall call);

// api_entities.cc
void post_entities(ApiLedger& ledger, ApiCall call);
void post_remove_entity(ApiLedger& ledger, ApiCall call);
void get_entities(ApiLedger& ledger, ApiCall call);

// api_billing.cc
void get_billing_usage(ApiLedger& ledger, ApiCall call);
void post_billing_invoice(ApiLedger& ledger, ApiCall call);
void get_billing_invoices(ApiLedger& ledger, ApiCall call);
void get_invoice(ApiLedger& ledger, ApiCall call);

// api_history.cc
void get_balances(ApiLedger& ledger, ApiCall call);
void get_entries(ApiLedger& ledger, ApiCall call);

// api_usage_series.cc
void get_usage_series(ApiLedger& ledger, ApiCall call);

// api_explain.cc
void get_invoice_explanation(ApiLedger& ledger, ApiCall call);

// api_clock.cc
void get_test_clock(ApiLedger& ledger, ApiCall call);
void post_test_clock(ApiLedger& ledger, ApiCall call);

// api_keys.cc
void post_keys(ApiLedger& ledger, ApiCall call);
void get_keys(ApiLedger& ledger, ApiCall call);
void post_revoke_key(ApiLedger& ledger, ApiCall call);

// api_webhook_endpoints.cc
void post_webhook_endpoints(ApiLedger& ledger, ApiCall call);
void get_webhook_endpoints(ApiLedger& ledger, ApiCall call);
void get_webhook_endpoint(ApiLedger& ledger, ApiCall call);
void get_webhook_secret(ApiLedger& ledger, ApiCall call);
void post_webhook_endpoint(ApiLedger& ledger, ApiCall call);
void post_enable_webhook_endpoint(ApiLedger& ledger, ApiCall call);
void post_rotate_webhook_secret(ApiLedger& ledger, ApiCall call);
void remove_webhook_endpoint(ApiLedger& ledger, ApiCall call);

// api_webhook_deliveries.cc
void post_webhook_test(ApiLedger& ledger, ApiCall call);
void get_webhook_deliveries(ApiLedger& ledger, ApiCall call);
void get_webhook_delivery(ApiLedger& ledger, ApiCall call);
void post_webhook_replay(ApiLedger& ledger, ApiCall call);

}  // namespace quipu::api

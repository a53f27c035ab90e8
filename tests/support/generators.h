// rapidcheck generators of the ledger's values. Every generated record keeps the limits of
// record_limits.h, so it may go on the log.
#pragma once

#include <rapidcheck.h>

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/entry.h"
#include "ledger/identity.h"
#include "ledger/invoice.h"
#include "ledger/notification.h"

namespace quipu::testing {

// UTF-8 without NUL, with some letters of several bytes.
[[nodiscard]] rc::Gen<std::string> text();
// The same, not empty.
[[nodiscard]] rc::Gen<std::string> word();
// 0 to kMaxQuantity, often whole or zero.
[[nodiscard]] rc::Gen<base::Quantity> quantity();
// -kMaxTotal to kMaxTotal.
[[nodiscard]] rc::Gen<base::Quantity> total();
[[nodiscard]] rc::Gen<base::UnitPrice> unit_price();
// None, or one of ISO 4217.
[[nodiscard]] rc::Gen<base::Currency> currency();
// Years 1970 to 9999.
[[nodiscard]] rc::Gen<base::Instant> instant();
[[nodiscard]] rc::Gen<base::Period> period();

[[nodiscard]] rc::Gen<ledger::Catalog> catalog();
// Every alternative is about as likely as every other.
[[nodiscard]] rc::Gen<ledger::Command> command();
[[nodiscard]] rc::Gen<ledger::CommandRecord> command_record();
[[nodiscard]] rc::Gen<ledger::Invoice> invoice();
// Without meters, grants, entities and entity counts, as its row is.
[[nodiscard]] rc::Gen<ledger::Account> account();
[[nodiscard]] rc::Gen<ledger::MeterKey> meter_key();
[[nodiscard]] rc::Gen<ledger::MeterWindow> meter_window();
[[nodiscard]] rc::Gen<ledger::CreditGrant> credit_grant();
[[nodiscard]] rc::Gen<ledger::Entity> entity();
[[nodiscard]] rc::Gen<ledger::Outcome> outcome();
[[nodiscard]] rc::Gen<ledger::Entry> entry();
[[nodiscard]] rc::Gen<ledger::Customer> customer();
[[nodiscard]] rc::Gen<ledger::ApiKey> api_key();
[[nodiscard]] rc::Gen<ledger::WebhookEndpoint> webhook_endpoint();
[[nodiscard]] rc::Gen<ledger::Notification> notification();

}  // namespace quipu::testing

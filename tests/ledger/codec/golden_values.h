// The values behind tests/golden: one record of every command, a catalog, an invoice and the rows.
// They stand for what is on disks out there: values are added, never changed.
#pragma once

#include <string>
#include <vector>

#include "ledger/command.h"
#include "ledger/entry.h"
#include "ledger/identity.h"
#include "ledger/invoice.h"
#include "ledger/notification.h"

namespace quipu::ledger::golden {

struct Record {
    std::string name;
    CommandRecord record;
};

// The command of one event of one customer.
[[nodiscard]] CommandRecord record_of(Command command);
[[nodiscard]] std::vector<Record> records_by_hand();
// And one of each command that has none by hand.
[[nodiscard]] std::vector<Record> records();
[[nodiscard]] Catalog catalog();
[[nodiscard]] Invoice invoice();
[[nodiscard]] Invoice settled_invoice();
[[nodiscard]] Account account();
[[nodiscard]] MeterWindow window();
[[nodiscard]] CreditGrant grant();
[[nodiscard]] Entity entity();
[[nodiscard]] Customer customer();
[[nodiscard]] Organisation organisation();
[[nodiscard]] ApiKey key();
[[nodiscard]] BillingSettings settings();
[[nodiscard]] WebhookEndpoint webhook_endpoint();
[[nodiscard]] Notification notification();
// One for each outcome, the first with every field of a usage answer and its postings.
[[nodiscard]] std::vector<Entry> entries();

}  // namespace quipu::ledger::golden

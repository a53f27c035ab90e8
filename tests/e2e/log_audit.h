// Judges a ledger by its log: feeds every customer's records to the naive reference ledger.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/instant.h"
#include "ledger/command.h"
#include "ledger/log/log.h"
#include "model/naive_ledger.h"

namespace quipu::e2e {

struct Logged {
    ledger::CommandRecord record;
    base::Instant recorded_at;
};

// What the log says of one customer, in its order.
struct CustomerLog {
    std::string external_id;
    base::Instant opened_at;
    std::vector<Logged> commands;
};

struct AccountsLog {
    ledger::Catalog catalog;                       // the newest
    std::map<std::string, CustomerLog> customers;  // by cus_…
};

[[nodiscard]] AccountsLog read_accounts(ledger::Log& log);

// An answer of the reference, in the words of `shown`.
[[nodiscard]] std::string shown(const quipu::testing::NaiveAnswer& answer);

// The first answer to every id of the customer, and the ledger that gave them.
struct Judged {
    quipu::testing::NaiveLedger ledger;
    struct Told {
        const ledger::CommandRecord* record;
        std::string answer;  // in words
    };
    // By event id, each time that it was sent: what was refused is judged again.
    std::map<std::string, std::vector<Told>> answers;
};
[[nodiscard]] Judged judge(const ledger::Catalog& catalog, const CustomerLog& log);

}  // namespace quipu::e2e

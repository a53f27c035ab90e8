#include "e2e/log_audit.h"

#include <fmt/format.h>

#include <stdexcept>

#include "e2e/ledger_test.h"
#include "ledger/codec/command_codec.h"

namespace quipu::e2e {
namespace {

std::string shown(const std::optional<base::Quantity>& value) {
    return value ? value->to_string() : "-";
}

bool is_command(const ledger::CommandRecord& record) {
    return !std::holds_alternative<ledger::Genesis>(record.command) &&
           !std::holds_alternative<ledger::Tick>(record.command);
}

void add(AccountsLog& accounts, ledger::CommandRecord record, base::Instant recorded_at) {
    if (auto* published = std::get_if<ledger::PublishCatalog>(&record.command)) {
        if (published->catalog.version >= accounts.catalog.version) {
            accounts.catalog = std::move(published->catalog);
        }
    } else if (const auto* opened = std::get_if<ledger::OpenAccount>(&record.command)) {
        CustomerLog& customer = accounts.customers[opened->customer];
        if (customer.external_id.empty()) customer.opened_at = recorded_at;
        customer.external_id = opened->external_id;
    } else if (is_command(record)) {
        CustomerLog& customer = accounts.customers[record.customer];
        customer.commands.push_back({std::move(record), recorded_at});
    }
}

}  // namespace

AccountsLog read_accounts(ledger::Log& log) {
    AccountsLog accounts;
    ledger::CommandDecoder decoder;
    for (std::uint32_t index = 0; index < log.partitions(ledger::Topic::Events); ++index) {
        for (const ledger::StoredRecord& stored : read_log(log, {ledger::Topic::Events, index})) {
            auto record = decoder.decode(stored.value);
            if (!record) throw std::runtime_error(record.error().message);
            add(accounts, std::move(*record), stored.recorded_at);
        }
    }
    return accounts;
}

std::string shown(const quipu::testing::NaiveAnswer& answer) {
    std::string text(ledger::name_of(answer.code));
    if (answer.numbers) {
        text += fmt::format(" usage {} limit {} balance {} overage {} addon {}",
                            answer.usage.to_string(), shown(answer.limit), shown(answer.balance),
                            answer.overage.to_string(), answer.addon_used.to_string());
    }
    if (answer.entities) text += fmt::format(" entities {}", *answer.entities);
    if (answer.granted) text += " granted " + shown(answer.granted);
    return text;
}

Judged judge(const ledger::Catalog& catalog, const CustomerLog& log) {
    Judged judged{quipu::testing::NaiveLedger(catalog, log.opened_at), {}};
    std::map<std::string, const ledger::CommandRecord*> happened;  // by event id
    for (const Logged& logged : log.commands) {
        const ledger::CommandRecord& record = logged.record;
        std::vector<Judged::Told>& told = judged.answers[record.id];
        const auto first = happened.find(record.id);
        if (first != happened.end() && first->second->command != record.command) {
            told.push_back({&record, "idempotency_conflict"});
            continue;
        }
        const auto answer = judged.ledger.handle(record, logged.recorded_at);
        told.push_back({&record, shown(answer)});
        if (!is_refusal(answer.code)) happened.emplace(record.id, &record);
    }
    return judged;
}

}  // namespace quipu::e2e

// The ledger under test, driven like the naive one: one customer, opened without a plan.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ledger/fold/handle.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/usage/decide_usage.h"

namespace quipu::testing {

class RealLedger {
public:
    RealLedger(ledger::Catalog payload, base::Instant opened) {
        auto merged = ledger::merge({}, payload, opened);
        book_.publish(std::make_shared<const ledger::Catalog>(std::move(merged.catalog)), opened);
        ledger::Effects effects;
        account_ = ledger::open_account(book_, "org_1", {"cus_0", "customer-0", {}, false}, opened,
                                        changes_, effects);
    }

    ledger::Handled handle(const ledger::CommandRecord& record, base::Instant now) {
        ledger::Handled handled = *ledger::handle(
            account_, book_, record, now,
            [](std::uint32_t) { return std::optional<ledger::Invoice>(); }, changes_);
        keep(handled.effects.invoices);
        return handled;
    }
    void tick(base::Instant now) {
        ledger::Effects effects;
        ledger::fire_timers(account_, book_, now, changes_, effects);
        keep(effects.invoices);
    }
    // Records nothing. `record` asks as a track would, for the numbers and rules of one.
    [[nodiscard]] ledger::UsageDecision check(const std::string& feature, const std::string& entity,
                                              base::Quantity value, base::Instant now,
                                              bool record = false) {
        tick(now);
        return ledger::decide_usage(account_, book_, {feature, entity, value, now, true, record},
                                    now);
    }
    [[nodiscard]] std::map<base::Currency, std::int64_t> unbilled() const {
        std::map<base::Currency, std::int64_t> open;
        for (const auto& [currency, lines] :
             ledger::unbilled_usage(account_, book_, std::nullopt)) {
            for (const ledger::InvoiceLine& line : lines) {
                open[currency] += line.amount_minor;
            }
        }
        return open;
    }

    [[nodiscard]] const ledger::Account& account() const { return account_; }
    [[nodiscard]] const ledger::CatalogBook& book() const { return book_; }
    [[nodiscard]] const std::vector<ledger::Invoice>& invoices() const { return invoices_; }

private:
    void keep(const std::vector<ledger::Invoice>& issued) {
        invoices_.insert(invoices_.end(), issued.begin(), issued.end());
    }

    ledger::CatalogBook book_;
    ledger::Account account_;
    ledger::AccountChanges changes_;
    std::vector<ledger::Invoice> invoices_;
};

}  // namespace quipu::testing

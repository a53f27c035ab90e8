// The ledger under judgement: the real fold, in memory, of one customer.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "judge/judge.h"
#include "ledger/fold/handle.h"

namespace quipu::judge {

// What the card of a customer that has one is charged at least, in every currency of the streams.
inline constexpr std::int64_t kLeastCharge = 50;

class Product {
public:
    // `has_card`: a valid payment method is on file, though nobody charges it.
    Product(const ledger::Catalog& payload, base::Instant opened, bool has_card);

    ledger::Outcome handle(const Fact& fact);
    // As a check hears it; it records nothing. Timers up to `now` fire.
    ledger::UsageAnswer check(const std::string& feature, const std::string& entity,
                              base::Quantity value, base::Instant now);

    // By currency and without zeros: what a listing says, and what the account keeps count of.
    [[nodiscard]] std::map<base::Currency, std::int64_t> unbilled() const;
    [[nodiscard]] std::map<base::Currency, std::int64_t> unbilled_counter() const;
    [[nodiscard]] const std::vector<ledger::Invoice>& invoices() const { return invoices_; }

private:
    void publish(const ledger::Catalog& payload, base::Instant at);
    void fire_timers(base::Instant now);
    void keep(const ledger::Effects& effects);

    ledger::CatalogBook book_;
    ledger::Account account_;
    ledger::AccountChanges changes_;
    std::vector<ledger::Invoice> invoices_;  // in the order of their numbers
};

}  // namespace quipu::judge

#include "judge/product.h"

#include <algorithm>

#include "base/check.h"
#include "ledger/fold/apply.h"
#include "ledger/invoicing/invoices.h"
#include "ledger/usage/decide_usage.h"

namespace quipu::judge {

using base::Instant;

namespace {

using ByCurrency = std::map<base::Currency, std::int64_t>;

ByCurrency without_zeros(ByCurrency sums) {
    std::erase_if(sums, [](const auto& entry) { return entry.second == 0; });
    return sums;
}

}  // namespace

Product::Product(const ledger::Catalog& payload, Instant opened, bool has_card) {
    publish(payload, opened);
    ledger::Effects effects;
    account_ = ledger::open_account(book_, "org_1", {"cus_0", "customer-0", {}, false}, opened,
                                    changes_, effects);
    if (!has_card) return;
    ledger::PaymentMethod card;
    card.id = "pm_1";
    card.is_default = true;
    card.least_charges = {{"EUR", kLeastCharge}, {"USD", kLeastCharge}};
    ledger::apply(account_, ledger::PaymentMethodSaved{card}, changes_);
}

void Product::publish(const ledger::Catalog& payload, Instant at) {
    auto merged = ledger::merge(book_.newest(), payload, at);
    book_.publish(std::make_shared<const ledger::Catalog>(std::move(merged.catalog)), at);
}

void Product::fire_timers(Instant now) {
    ledger::Effects effects;
    ledger::fire_timers(account_, book_, now, changes_, effects);
    keep(effects);
}

void Product::keep(const ledger::Effects& effects) {
    invoices_.insert(invoices_.end(), effects.invoices.begin(), effects.invoices.end());
    for (const ledger::Invoice& settled : effects.settled) {
        const auto known = std::ranges::find(invoices_, settled.id, &ledger::Invoice::id);
        QUIPU_CHECK(known != invoices_.end());
        *known = settled;
    }
}

ledger::Outcome Product::handle(const Fact& fact) {
    // First, so that an invoice of a period that closed meanwhile can be found.
    fire_timers(fact.recorded);
    if (const auto* command = std::get_if<ledger::PublishCatalog>(&fact.record.command)) {
        publish(command->catalog, fact.recorded);
        return ledger::Done{};
    }
    const auto find = [&](std::uint32_t sequence) -> base::Result<std::optional<ledger::Invoice>> {
        const auto found = std::ranges::find(invoices_, sequence, &ledger::Invoice::sequence);
        if (found == invoices_.end()) return std::nullopt;
        return *found;
    };
    auto handled = ledger::handle(account_, book_, fact.record, fact.recorded, find, changes_);
    QUIPU_CHECK(handled.has_value());
    keep(handled->effects);
    return std::move(handled->outcome);
}

ledger::UsageAnswer Product::check(const std::string& feature, const std::string& entity,
                                   base::Quantity value, Instant now) {
    fire_timers(now);
    return ledger::decide_usage(account_, book_, {feature, entity, value, now, true, false}, now)
        .answer;
}

ByCurrency Product::unbilled() const {
    ByCurrency open;
    for (const auto& [currency, lines] : ledger::unbilled_usage(account_, book_, std::nullopt)) {
        for (const ledger::InvoiceLine& line : lines) open[currency] += line.amount_minor;
    }
    return without_zeros(std::move(open));
}

ByCurrency Product::unbilled_counter() const {
    return without_zeros(account_.unbilled_charges);
}

}  // namespace quipu::judge

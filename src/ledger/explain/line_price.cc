#include "ledger/explain/line_price.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/usage/sources.h"
#include "rating/proration.h"

namespace quipu::ledger {
namespace {

using base::Quantity;
using base::UnitPrice;
using rating::RateCard;
using rating::TierStep;

std::string unit_of_money(const Invoice& invoice) {
    return fmt::format("Amounts are minor units of {}.", invoice.currency.code());
}

std::string period_text(base::Period period) {
    if (period.end == base::kEndOfTime)
        return fmt::format("from {} on", base::format_instant(period.start));
    return fmt::format("from {} to {}", base::format_instant(period.start),
                       base::format_instant(period.end));
}

std::string step_text(const TierStep& step) {
    std::string text = fmt::format("tier {}: {} × {}", step.tier + 1, step.units.to_string(),
                                   step.unit_price.value_or(UnitPrice{}).to_string());
    if (step.flat_fee) text += fmt::format(" + {} flat", step.flat_fee->to_string());
    return text + fmt::format(" = {}", step.amount.to_string());
}

std::string packages_text(const UsagePrice& price) {
    const std::string rate = price.package_price->to_string();
    if (price.package_size == Quantity::from_int(1))
        return fmt::format("{} × {}", price.packages.to_string(), rate);
    return fmt::format("{} packages of {}: {} × {}", price.packages.to_string(),
                       price.package_size.to_string(), price.packages.to_string(), rate);
}

std::string rating_text(const InvoiceLine& line, const UsagePrice& price) {
    std::string text;
    for (const TierStep& step : price.steps) {
        if (!text.empty()) text += "; ";
        text += step_text(step);
    }
    if (!text.empty()) {
        const bool volume = line.rating_model == name_of(rating::RatingModel::Volume);
        return fmt::format("{}: {}; in all", volume ? "Volume" : "Graduated", text);
    }
    return (price.package_price ? packages_text(price) : "By package") + " =";
}

void describe_packages(UsagePrice& price, const RateCard& card) {
    if (card.rating_model != rating::RatingModel::Package) return;
    price.package_price = rating::package_price(card).value_or(UnitPrice{});
    price.package_size = rating::package_size(card);
    const base::Int128 size = price.package_size.coefficient();
    const base::Int128 units = std::max(price.units, Quantity{}).coefficient();
    const base::Int128 whole = units / size + (units % size != 0 ? 1 : 0);
    price.packages = Quantity::from_int(static_cast<std::int64_t>(whole));
}

std::string earlier_text(const BilledPart& part) {
    if (part.earlier.empty()) return "Nothing was billed before";
    std::string text = fmt::format("{} of it, for {} units, was billed before",
                                   part.amount_before_minor, part.quantity_before.to_string());
    if (part.earlier.size() == 1) return text + fmt::format(" by {}", part.earlier[0].number);
    return text + fmt::format(" by {} invoices", part.earlier.size());
}

}  // namespace

UsagePrice usage_price(const Invoice& invoice, const InvoiceLine& line, const BilledPart& part,
                       Quantity units, const RateCard* card) {
    UsagePrice price;
    price.units = units;
    price.steps = line.steps;
    if (card != nullptr) {
        price.total_minor = rating::price_minor(*card, units);
        price.steps = rating::tier_steps(*card, units);
        describe_packages(price, *card);
    }
    if (price.total_minor) {
        const std::int64_t difference = *price.total_minor - part.amount_before_minor;
        if (difference < line.amount_minor && line.amount_minor <= 0)
            price.carried_minor = difference - line.amount_minor;
    }
    const std::int64_t total =
        price.total_minor.value_or(line.amount_minor + part.amount_before_minor);
    price.text = fmt::format("{} billable units {}. {} {}. {}; this line is {}.", units.to_string(),
                             period_text(line.period), rating_text(line, price), total,
                             earlier_text(part), line.amount_minor);
    if (price.carried_minor != 0) {
        price.text +=
            fmt::format(" {} more is given back by a later invoice.", -price.carried_minor);
    }
    price.text += " " + unit_of_money(invoice);
    return price;
}

std::optional<ProratedPrice> prorated_price(const Account& account, const CatalogBook& book,
                                            const Invoice& invoice, const InvoiceLine& line) {
    const Subscription* next = account.find_subscription(line.subscription);
    const Plan* to = next != nullptr ? book.plan(line.plan, next->catalog_version) : nullptr;
    if (to == nullptr) return std::nullopt;
    for (const Subscription& old : account.subscriptions) {
        const Plan* from = book.plan(old.plan, old.catalog_version);
        if (old.seq == next->seq || old.ended_at != line.period.start || from == nullptr) continue;
        ProratedPrice price{from->slug, from->price_minor, to->slug, to->price_minor,
                            old.period, line.period.start, 0,        0,
                            {}};
        const bool same_period = old.period.end == line.period.end;
        price.returned_minor =
            rating::prorated_difference(0, from->price_minor, old.period, line.period.start);
        price.charged_minor = same_period ? rating::prorated_difference(
                                                0, to->price_minor, old.period, line.period.start)
                                          : to->price_minor;
        if (price.charged_minor - price.returned_minor != line.amount_minor) continue;
        price.text = fmt::format(
            "{} costs {} and {} costs {}. At {}, of the period from {} to {}, {} of the old fee "
            "was unused and {} of the new one was due: {} − {} = {}. {}",
            from->name, from->price_minor, to->name, to->price_minor,
            base::format_instant(price.switched_at), base::format_instant(old.period.start),
            base::format_instant(old.period.end), price.returned_minor, price.charged_minor,
            price.charged_minor, price.returned_minor, line.amount_minor, unit_of_money(invoice));
        return price;
    }
    return std::nullopt;
}

std::string fee_text(const Invoice& invoice, const InvoiceLine& line) {
    std::string text = line.description;
    if (line.kind == LineKind::PlanFee && line.period.end != base::kEndOfTime)
        text += fmt::format(", in advance, {}", period_text(line.period));
    if (line.kind != LineKind::Proration) {
        text += fmt::format(": {} × {}", line.quantity.to_string(), line.unit_price_minor);
        text += fmt::format(" = {}", line.amount_minor);
    } else {
        text += fmt::format(": {}", line.amount_minor);
    }
    return fmt::format("{}. {}", text, unit_of_money(invoice));
}

const RateCard* card_of(const Account& account, const CatalogBook& book, const InvoiceLine& line) {
    const Terms* terms = terms_of(account, book, {line.subscription, line.feature, line.entity});
    return terms != nullptr ? &terms->grant.card : nullptr;
}

}  // namespace quipu::ledger

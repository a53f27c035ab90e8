#include "judge/story.h"

#include <algorithm>
#include <sstream>

namespace quipu::judge {

using base::Quantity;
using ledger::LineKind;

namespace {

std::string shown_or(const std::optional<Quantity>& value, const char* none) {
    return value ? value->to_string() : none;
}

struct Saying {
    std::ostream& out;

    void operator()(const ledger::Track& c) const {
        out << "track " << c.feature << ' ' << c.value.to_string();
        if (!c.entity.empty()) out << " by " << c.entity;
        if (c.as_check) out << " (check, sendEvent)";
    }
    void operator()(const ledger::CorrectUsage& c) const {
        out << "correct " << c.feature << ' ' << c.value.to_string();
        if (!c.entity.empty()) out << " by " << c.entity;
    }
    void operator()(const ledger::Attach& c) const { out << "attach " << c.plan; }
    void operator()(const ledger::Cancel& c) const {
        out << "cancel " << (c.immediately ? "now" : "at the period's end");
    }
    void operator()(const ledger::Uncancel&) const { out << "uncancel"; }
    void operator()(const ledger::PurchaseAddon& c) const {
        out << "buy " << c.quantity << " of " << c.pack;
    }
    void operator()(const ledger::AddEntity& c) const {
        out << "add " << c.entity << " to " << c.feature;
    }
    void operator()(const ledger::RemoveEntity& c) const {
        out << "remove " << c.entity << " from " << c.feature;
    }
    void operator()(const ledger::SetFeatureConfig& c) const {
        out << "feature-config " << c.config.feature << ": overage "
            << (!c.config.overage                                  ? "as sold"
                : *c.config.overage == ledger::OverageMode::Charge ? "charge"
                                                                   : "block")
            << ", at most " << shown_or(c.config.max_overage_units, "as sold");
    }
    void operator()(const ledger::SetOverageLimit& c) const {
        out << "overage-limit ";
        if (!c.limit) {
            out << "none";
            return;
        }
        out << c.limit->max_minor
            << (c.limit->reaction == ledger::LimitReaction::Block ? " block" : " notify");
    }
    void operator()(const ledger::GenerateInvoice&) const { out << "invoice"; }
    void operator()(const ledger::VoidInvoice& c) const { out << "void " << c.invoice; }
    void operator()(const ledger::PublishCatalog&) const { out << "publish:"; }
    template <typename Other>
    void operator()(const Other&) const {
        out << Other::kKind.name;
    }
};

void say_card(std::ostream& out, const rating::RateCard& card) {
    const bool usage_based = card.usage_model == rating::UsageModel::UsageBased;
    const auto& each = usage_based ? card.price_per_unit : card.overage_price;
    if (usage_based) {
        out << " usage_based";
    } else {
        out << " limit " << shown_or(card.included, "none");
    }
    for (const rating::Tier& tier : card.tiers) {
        out << (&tier == &card.tiers.front()
                    ? std::string(" ") + std::string(name_of(card.rating_model))
                    : std::string(","))
            << " to " << shown_or(tier.up_to, "the end");
        if (tier.unit_price) out << " at " << tier.unit_price->to_string();
        if (tier.flat_fee) out << " flat " << tier.flat_fee->to_string();
    }
    if (each && card.tiers.empty())
        out << " price " << each->to_string() << " per " << card.billing_units.to_string();
}

void say_terms(std::ostream& out, const ledger::PlanFeature& terms) {
    out << "        " << terms.feature << ':';
    say_card(out, terms.card);
    out << ' ' << ledger::name_of(terms.reset);
    if (terms.alignment == ledger::Alignment::Calendar) out << " by the calendar";
    if (terms.overage == ledger::OverageMode::Charge) out << " charge";
    if (terms.max_overage_units) out << " at most " << terms.max_overage_units->to_string();
    if (terms.credit_cost.is_positive()) out << " creditCost " << terms.credit_cost.to_string();
    if (terms.rollover) {
        out << " rollover to " << shown_or(terms.rollover->max, "any");
        if (terms.rollover->windows > 0) out << " for " << terms.rollover->windows << " windows";
    }
    out << '\n';
}

// What an invoice says, brought together.
struct Said {
    std::map<std::string, std::int64_t> amounts;
    std::map<std::string, Quantity> quantities;

    void add(std::string what, std::int64_t amount, Quantity quantity) {
        amounts[what] += amount;
        quantities[what] += quantity;
    }
    void print(std::ostream& out) const {
        for (const auto& [what, amount] : amounts) {
            if (amount != 0)
                out << "\n    " << what << ": " << quantities.at(what).to_string() << " = "
                    << amount;
        }
    }
};

std::string usage_key(std::size_t subscription, const std::string& feature, bool correction) {
    return "subscription " + std::to_string(subscription) + ' ' + feature +
           (correction ? " (correction)" : "");
}

std::string line_key(LineKind kind, std::size_t subscription) {
    return "subscription " + std::to_string(subscription) + ' ' +
           std::string(ledger::name_of(kind));
}

}  // namespace

std::string text(const Fact& fact) {
    std::ostringstream out;
    out << base::format_instant(fact.recorded) << "  ";
    std::visit(Saying{out}, fact.record.command);
    if (fact.record.occurred_at) out << ", of " << base::format_instant(*fact.record.occurred_at);
    return out.str();
}

std::string text(const ledger::Catalog& catalog, const std::vector<Fact>& facts) {
    std::ostringstream out;
    const auto attached = [&](const ledger::Plan& plan) {
        return std::ranges::any_of(facts, [&](const Fact& fact) {
            const auto* attach = std::get_if<ledger::Attach>(&fact.record.command);
            return attach != nullptr && attach->plan == plan.slug;
        });
    };
    for (const ledger::CreditSystem& system : catalog.credit_systems) {
        out << "    system " << system.slug << ':';
        for (const ledger::CreditCost& child : system.features)
            out << ' ' << child.feature << '(' << child.cost.to_string() << ')';
        out << '\n';
    }
    for (const ledger::CreditPack& pack : catalog.credit_packs) {
        out << "    pack " << pack.slug << ": " << pack.credits.to_string() << ' '
            << pack.credit_system << " for " << pack.price_minor << '\n';
    }
    for (const ledger::Plan& plan : catalog.plans) {
        if (!attached(plan)) continue;
        out << "    plan " << plan.slug << ": " << plan.price_minor << ' ' << plan.currency.code()
            << ' ' << ledger::name_of(plan.interval) << (plan.is_addon ? " add-on" : "") << '\n';
        for (const ledger::PlanFeature& terms : plan.features) say_terms(out, terms);
    }
    return out.str();
}

std::string text(const std::vector<Fact>& facts) {
    std::string said;
    for (const Fact& fact : facts) {
        said += "  " + text(fact) + '\n';
        const auto* publish = std::get_if<ledger::PublishCatalog>(&fact.record.command);
        if (publish != nullptr) said += text(publish->catalog, facts);
    }
    return said;
}

std::string text(const Invoice& invoice) {
    std::ostringstream out;
    out << "invoice " << invoice.sequence << " of " << base::format_instant(invoice.issued_at)
        << ": " << invoice.total_minor << ' ' << invoice.currency.code();
    Said said;
    for (const Line& line : invoice.lines) {
        const bool usage = line.kind == LineKind::Usage;
        said.add(usage ? usage_key(line.subscription, line.feature, line.correction)
                       : line_key(line.kind, line.subscription),
                 line.amount_minor, shown(line.quantity));
    }
    said.print(out);
    return out.str();
}

std::string text(const ledger::Invoice& invoice) {
    std::ostringstream out;
    out << "invoice " << invoice.sequence << " of " << base::format_instant(invoice.issued_at)
        << ": " << invoice.total_minor << ' ' << invoice.currency.code();
    Said said;
    for (const ledger::InvoiceLine& line : invoice.lines) {
        const bool usage = line.kind == LineKind::Usage;
        said.add(usage ? usage_key(line.subscription, line.feature, line.correction)
                       : line_key(line.kind, line.subscription),
                 line.amount_minor, line.quantity);
    }
    said.print(out);
    return out.str();
}

std::string text(const std::map<base::Currency, std::int64_t>& amounts) {
    std::ostringstream out;
    for (const auto& [currency, amount] : amounts) out << amount << ' ' << currency.code() << ' ';
    return amounts.empty() ? "nothing" : out.str();
}

}  // namespace quipu::judge

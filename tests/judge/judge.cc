#include "judge/judge.h"

#include <algorithm>

#include "judge/funding.h"
#include "judge/invoicing.h"
#include "judge/selling.h"

namespace quipu::judge {

using base::Instant;
using ledger::Code;

namespace {

Answer grant_override(World& world, const ledger::GrantOverride& command) {
    const std::string& feature = command.granted.feature;
    for (OverrideFact& fact : world.overrides) {
        if (fact.granted.feature == feature && fact.holds_at(world.now)) fact.until = world.now;
    }
    world.overrides.push_back({kFirstOverride + world.overrides.size(), command.granted, world.now,
                               command.granted.expires_at});
    return {};
}

Answer revoke_override(World& world, const ledger::RevokeOverride& command) {
    Answer answer;
    answer.code = Code::OverrideNotFound;
    for (OverrideFact& fact : world.overrides) {
        if (fact.granted.feature != command.feature || !fact.holds_at(world.now)) continue;
        fact.until = world.now;
        answer.code = Code::Ok;
    }
    return answer;
}

Answer generate_invoice(World& world) {
    Answer answer;
    const auto open = unbilled(world);
    if (issue(world, usage_lines(world, {}), world.now) > 0) return answer;
    const bool too_small =
        std::ranges::any_of(open, [](const auto& sum) { return sum.second > 0; });
    answer.code = too_small ? Code::InvoiceBelowMinimum : Code::NothingToInvoice;
    return answer;
}

// One overload per command that the judge knows; it is told no others.
struct Doing {
    World& world;
    const ledger::CommandRecord& record;

    [[nodiscard]] Instant happened() const {
        return std::min(record.occurred_at.value_or(world.now), world.now);
    }

    Answer operator()(const ledger::Track& command) const {
        return use(world, {command.feature, command.entity, of(command.value), happened(),
                           command.as_check, true});
    }
    Answer operator()(const ledger::CorrectUsage& command) const {
        return correct(world, command, happened());
    }
    Answer operator()(const ledger::Attach& command) const { return attach(world, command); }
    Answer operator()(const ledger::Cancel& command) const { return cancel(world, command); }
    Answer operator()(const ledger::Uncancel& command) const { return uncancel(world, command); }
    Answer operator()(const ledger::PurchaseAddon& command) const { return buy(world, command); }
    Answer operator()(const ledger::AddEntity& command) const { return add_entity(world, command); }
    Answer operator()(const ledger::RemoveEntity& command) const {
        return remove_entity(world, command);
    }
    Answer operator()(const ledger::SetFeatureConfig& command) const {
        world.configs[command.config.feature] = command.config;
        return {};
    }
    Answer operator()(const ledger::SetOverageLimit& command) const {
        world.overage_limit = command.limit;
        return {};
    }
    Answer operator()(const ledger::GenerateInvoice&) const { return generate_invoice(world); }
    Answer operator()(const ledger::VoidInvoice& command) const {
        // The text after the last `_` is the invoice's number in its customer's.
        return void_invoice(world,
                            std::stoul(command.invoice.substr(command.invoice.rfind('_') + 1)));
    }
    Answer operator()(const ledger::GrantOverride& command) const {
        return grant_override(world, command);
    }
    Answer operator()(const ledger::RevokeOverride& command) const {
        return revoke_override(world, command);
    }
    Answer operator()(const ledger::PublishCatalog& command) const {
        world.catalogs.publish(command.catalog, world.now);
        return {};
    }
    Answer operator()(const ledger::Tick&) const { return {}; }
    template <typename Other>
    Answer operator()(const Other&) const {
        Answer answer;
        answer.code = Code::InvalidRequest;
        return answer;
    }
};

}  // namespace

Answer check_in(World& world, const std::string& feature, const std::string& entity,
                const Rational& value) {
    return use(world, {feature, entity, value, world.now, true, false});
}

Judge::Judge(const ledger::Catalog& payload, Instant opened, std::int64_t least_usage_invoice_minor)
    : opened_(opened), least_usage_invoice_minor_(least_usage_invoice_minor) {
    ledger::CommandRecord record;
    record.command = ledger::PublishCatalog{payload};
    facts_.push_back({opened, std::move(record)});
}

void Judge::record(Fact fact) {
    facts_.push_back(std::move(fact));
}

Judge::Told Judge::tell(Instant at) const {
    std::vector<const Fact*> in_order;
    for (const Fact& fact : facts_) in_order.push_back(&fact);
    std::ranges::stable_sort(in_order, {}, [](const Fact* fact) { return fact->recorded; });
    Told told;
    told.world.now = opened_;
    told.world.least_usage_invoice_minor = least_usage_invoice_minor_;
    for (const Fact* fact : in_order) {
        if (fact->recorded > at) break;
        advance(told.world, fact->recorded);
        told.last = std::visit(Doing{told.world, fact->record}, fact->record.command);
    }
    advance(told.world, at);
    return told;
}

Answer Judge::would_hear(Fact fact) const {
    Judge other = *this;
    const Instant at = fact.recorded;
    other.record(std::move(fact));
    return other.tell(at).last;
}

Answer Judge::check(const std::string& feature, const std::string& entity, const Rational& value,
                    Instant at) const {
    Told told = tell(at);
    return check_in(told.world, feature, entity, value);
}

std::optional<Rational> Judge::balance(const std::string& feature, const std::string& entity,
                                       Instant at) const {
    return check(feature, entity, 0, at).balance;
}

std::map<base::Currency, std::int64_t> Judge::unbilled(Instant at) const {
    return judge::unbilled(tell(at).world);
}

std::vector<Invoice> Judge::invoices(Instant at) const {
    return tell(at).world.invoices;
}

}  // namespace quipu::judge

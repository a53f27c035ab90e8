#include "judge/catalogs.h"

#include <algorithm>

#include "base/check.h"
#include "judge/windows.h"

namespace quipu::judge {

using base::Instant;
using ledger::PlanFeature;

namespace {

template <typename Item>
void lay_over(std::vector<Item>& items, const std::vector<Item>& published) {
    for (const Item& item : published) {
        const auto known = std::ranges::find(items, item.slug, &Item::slug);
        if (known == items.end()) {
            items.push_back(item);
        } else {
            *known = item;
        }
    }
}

}  // namespace

void Catalogs::publish(const ledger::Catalog& payload, Instant at) {
    ledger::Catalog next = versions_.empty() ? ledger::Catalog{} : versions_.back().catalog;
    lay_over(next.features, payload.features);
    lay_over(next.credit_systems, payload.credit_systems);
    lay_over(next.credit_packs, payload.credit_packs);
    lay_over(next.plans, payload.plans);
    versions_.push_back({std::move(next), at});
}

std::size_t Catalogs::version_at(Instant at) const {
    QUIPU_CHECK(!versions_.empty());
    std::size_t version = 0;
    while (version + 1 < versions_.size() && versions_[version + 1].at <= at) ++version;
    return version;
}

const ledger::Catalog& Catalogs::in_force(Instant at) const {
    return versions_[version_at(at)].catalog;
}

const ledger::Plan& Catalogs::plan(const Sold& sold) const {
    const ledger::Plan* plan = ledger::find_plan(versions_.at(sold.version).catalog, sold.plan);
    QUIPU_CHECK(plan != nullptr);
    return *plan;
}

const PlanFeature* Catalogs::listed(std::size_t version, const Sold& sold,
                                    const std::string& feature) const {
    const ledger::Plan* plan = ledger::find_plan(versions_[version].catalog, sold.plan);
    const PlanFeature* found =
        plan != nullptr ? ledger::find_plan_feature(*plan, feature) : nullptr;
    return found != nullptr && found->enabled ? found : nullptr;
}

const PlanFeature* Catalogs::ever(const Sold& sold, const std::string& feature) const {
    for (std::size_t version = sold.version; version < versions_.size(); ++version) {
        const PlanFeature* terms = listed(version, sold, feature);
        if (terms != nullptr) return terms;
    }
    return nullptr;
}

bool Catalogs::ever_rolls_over(const std::string& plan, const std::string& feature) const {
    for (std::size_t version = 0; version < versions_.size(); ++version) {
        const PlanFeature* terms = listed(version, {plan, version}, feature);
        if (terms != nullptr && terms->rollover) return true;
    }
    return false;
}

std::optional<PlanFeature> Catalogs::terms(const Sold& sold, const std::string& feature,
                                           Instant anchor, Instant at) const {
    const std::size_t now = std::max(version_at(at), sold.version);
    std::size_t last = now;  // the last version that had it
    while (listed(last, sold, feature) == nullptr) {
        if (last == 0) return std::nullopt;
        --last;
    }
    if (last < sold.version) return std::nullopt;
    // Rates are those of the sale, or of the version that gave the feature to the plan.
    PlanFeature terms = *ever(sold, feature);
    const PlanFeature& newest = *listed(last, sold, feature);
    if (terms.card.usage_model == newest.card.usage_model) {
        terms.card.included = newest.card.included;
        terms.trial_limit = newest.trial_limit;
        terms.rollover = newest.rollover;
        terms.max_overage_units = newest.max_overage_units;
    }
    if (last == now) return terms;
    const Instant removed = versions_[last + 1].at;
    const base::Period final_window =
        ledger::resets(terms.reset) ? window_around(terms.reset, terms.alignment, anchor, removed)
                                    : period_around(plan(sold).interval, anchor, removed);
    if (at >= final_window.end) return std::nullopt;
    return terms;
}

}  // namespace quipu::judge

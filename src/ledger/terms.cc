#include "ledger/terms.h"

#include <algorithm>

namespace quipu::ledger {

bool Terms::holds_at(base::Instant anchor, base::Instant at) const {
    if (!removed_at) return true;
    const base::Period last = resets(grant.reset)
                                  ? window_at(grant.reset, grant.alignment, anchor, *removed_at)
                                  : billing_period_at(billing, anchor, *removed_at);
    return at < last.end;
}

const Terms* PlanTerms::find(std::string_view feature) const {
    const auto slug = [](const Terms& terms) { return std::string_view(terms.grant.feature); };
    const auto found = std::ranges::lower_bound(features, feature, {}, slug);
    return found != features.end() && found->grant.feature == feature ? &*found : nullptr;
}

bool CatalogBook::publish(std::shared_ptr<const Catalog> catalog, base::Instant at) {
    if (!versions_.empty() && catalog->version <= versions_.rbegin()->first) return false;
    versions_.emplace(catalog->version, Published{catalog, at});
    newest_ = std::move(catalog);
    terms_.clear();
    return true;
}

bool CatalogBook::publish(BillingSettings settings) {
    if (settings.version <= settings_.version) return false;
    settings_ = std::move(settings);
    return true;
}

const Plan* CatalogBook::plan(std::string_view slug, std::uint64_t version) const {
    const auto found = versions_.find(version);
    return found == versions_.end() ? nullptr : find_plan(*found->second.catalog, slug);
}

const CreditPack* CatalogBook::pack(std::string_view slug, std::uint64_t version) const {
    const auto found = versions_.find(version);
    return found == versions_.end() ? nullptr : find_credit_pack(*found->second.catalog, slug);
}

const PlanTerms* CatalogBook::terms(const Subscription& subscription) const {
    return terms(subscription.plan, subscription.catalog_version);
}

const PlanTerms* CatalogBook::terms(std::string_view plan_slug, std::uint64_t version) const {
    auto& of_version = terms_[version];
    const auto known = of_version.find(plan_slug);
    if (known != of_version.end()) return &known->second;
    const Plan* sold = plan(plan_slug, version);
    if (sold == nullptr) return nullptr;
    return &of_version.emplace(plan_slug, derive(*sold)).first->second;
}

PlanTerms CatalogBook::derive(const Plan& sold) const {
    PlanTerms derived{&sold, {}};
    const Plan* current = find_plan(*newest_, sold.slug);
    const Interval billing =
        sold.billing_type == BillingType::OneTime ? Interval::Never : sold.interval;
    for (const PlanFeature& feature : (current != nullptr ? *current : sold).features) {
        Terms terms{feature, std::nullopt, billing};
        if (const PlanFeature* as_sold = find_plan_feature(sold, feature.feature)) {
            terms.grant = *as_sold;
            terms.grant.removed_in_version = feature.removed_in_version;
            if (as_sold->card.usage_model == feature.card.usage_model) {
                terms.grant.card.included = feature.card.included;
                terms.grant.trial_limit = feature.trial_limit;
                terms.grant.rollover = feature.rollover;
                terms.grant.max_overage_units = feature.max_overage_units;
            }
        }
        const auto removal = versions_.find(feature.removed_in_version);
        if (feature.removed_in_version != 0 && removal != versions_.end()) {
            terms.removed_at = removal->second.at;
        }
        derived.features.push_back(std::move(terms));
    }
    std::ranges::sort(derived.features, {}, [](const Terms& terms) { return terms.grant.feature; });
    return derived;
}

}  // namespace quipu::ledger

// Publishing a catalog: the payload laid over what is there, and what that changed.
#include <fmt/format.h>

#include <algorithm>

#include "ledger/catalog.h"

namespace quipu::ledger {
namespace {

template <typename Item>
Item* find_mutable(std::vector<Item>& items, std::string_view slug) {
    const auto found = std::ranges::find(items, slug, &Item::slug);
    return found == items.end() ? nullptr : &*found;
}

// Puts `item` over the one with its slug. `same` says whether a user would call the two equal.
template <typename Item, typename Same>
void upsert(std::vector<Item>& items, Item item, Changes& changes, Same&& same) {
    Item* existing = find_mutable(items, item.slug);
    if (existing == nullptr) {
        changes.created.push_back(item.slug);
        items.push_back(std::move(item));
        return;
    }
    (same(*existing, item) ? changes.unchanged : changes.updated).push_back(item.slug);
    *existing = std::move(item);
}

bool is_known(const Catalog& catalog, std::string_view feature) {
    return find_feature(catalog, feature) != nullptr ||
           find_credit_system(catalog, feature) != nullptr;
}

// Plan features in the payload replace the plan's; those it leaves out or disables end with their
// window (docs/contract/catalog.md#removed-features).
std::vector<PlanFeature> merged_features(const Plan* existing, const Plan& published,
                                         const Catalog& catalog) {
    std::vector<PlanFeature> features;
    for (const PlanFeature& feature : published.features) {
        if (feature.enabled && is_known(catalog, feature.feature)) features.push_back(feature);
    }
    if (existing == nullptr) return features;
    for (const PlanFeature& old : existing->features) {
        const auto kept = std::ranges::find(features, old.feature, &PlanFeature::feature);
        if (kept != features.end()) continue;
        features.push_back(old);
        if (old.removed_in_version == 0) features.back().removed_in_version = catalog.version;
    }
    return features;
}

// Everything a subscriber sees; metadata, provider and age are not part of it
// (docs/contract/catalog.md#merging).
bool same_terms(Plan a, Plan b) {
    for (Plan* plan : {&a, &b}) {
        plan->metadata_json.clear();
        plan->provider.reset();
        plan->created_at = {};
        std::ranges::sort(plan->features, {}, &PlanFeature::feature);
    }
    return a == b;
}

void merge_plan(Plan published, MergedCatalog& merged, base::Instant now) {
    Plan* existing = find_mutable(merged.catalog.plans, published.slug);
    published.created_at = existing != nullptr ? existing->created_at : now;
    published.features = merged_features(existing, published, merged.catalog);
    if (published.billing_type == BillingType::OneTime) {
        published.trial_days = 0;
        published.auto_enable = false;
    }
    upsert(merged.catalog.plans, std::move(published), merged.report.plans, same_terms);
}

void merge_pack(CreditPack published, MergedCatalog& merged, base::Instant now) {
    if (find_credit_system(merged.catalog, published.credit_system) == nullptr) {
        merged.report.warnings.push_back(
            fmt::format("Credit pack '{}' references unknown credit system '{}'. Skipping.",
                        published.slug, published.credit_system));
        return;
    }
    const CreditPack* existing = find_credit_pack(merged.catalog, published.slug);
    published.created_at = existing != nullptr ? existing->created_at : now;
    const auto same = [](CreditPack a, CreditPack b) {
        a.updated_at = b.updated_at = {};
        return a == b;
    };
    published.updated_at =
        existing != nullptr && same(*existing, published) ? existing->updated_at : now;
    upsert(merged.catalog.credit_packs, std::move(published), merged.report.credit_packs, same);
}

}  // namespace

MergedCatalog merge(const Catalog& current, const Catalog& payload, base::Instant now) {
    MergedCatalog merged{current, {}};
    merged.catalog.version = current.version + 1;
    const auto equal = [](const auto& a, const auto& b) { return a == b; };
    for (const Feature& feature : payload.features) {
        upsert(merged.catalog.features, feature, merged.report.features, equal);
    }
    for (const CreditSystem& system : payload.credit_systems) {
        // Costs follow the payload but do not count as an update.
        upsert(merged.catalog.credit_systems, system, merged.report.credit_systems,
               [](const CreditSystem& a, const CreditSystem& b) {
                   return a.name == b.name && a.description == b.description;
               });
    }
    for (const CreditPack& pack : payload.credit_packs) merge_pack(pack, merged, now);
    for (const Plan& plan : payload.plans) merge_plan(plan, merged, now);
    return merged;
}

}  // namespace quipu::ledger

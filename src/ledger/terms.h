// What a plan grants of a feature to those who were sold it in a given catalog version.
//
// Prices and rates are those of the version that was sold; limits and enabled flags are the newest
// version's (docs/contract/catalog.md#prices-as-sold); a feature that left the plan ends with the
// window in which that was published.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.h"
#include "ledger/account.h"
#include "ledger/catalog.h"
#include "ledger/rules.h"
#include "ledger/settings.h"

namespace quipu::ledger {

struct Terms {
    PlanFeature grant;  // rates as sold, limits as they are now
    std::optional<base::Instant> removed_at;
    Interval billing = Interval::Never;  // of the plan; Never for one-time plans

    // Whether a subscription counted from `anchor` still has it at `at`.
    [[nodiscard]] bool holds_at(base::Instant anchor, base::Instant at) const;
};

struct PlanTerms {
    const Plan* sold = nullptr;   // owned by the book
    std::vector<Terms> features;  // sorted by slug

    [[nodiscard]] const Terms* find(std::string_view feature) const;
};

// Every catalog version one organisation published, and its billing settings, as one partition saw
// them. Owned by a fold; one thread.
class CatalogBook {
public:
    // Versions arrive in order; one that is not newer is ignored: it was delivered twice. True if
    // it was taken.
    bool publish(std::shared_ptr<const Catalog> catalog, base::Instant at);

    // The same for its billing settings.
    bool publish(BillingSettings settings);

    // The version of the rules that its partition is folded under (ledger/rules.h).
    void adopt(RulesVersion rules) { rules_ = rules; }
    [[nodiscard]] RulesVersion rules() const { return rules_; }

    [[nodiscard]] const BillingSettings& settings() const { return settings_; }
    [[nodiscard]] const Catalog& newest() const { return *newest_; }
    [[nodiscard]] bool empty() const { return versions_.empty(); }
    // The plan as it was in `version`; null when it was not there.
    [[nodiscard]] const Plan* plan(std::string_view slug, std::uint64_t version) const;
    [[nodiscard]] const CreditPack* pack(std::string_view slug, std::uint64_t version) const;
    [[nodiscard]] const PlanTerms* terms(const Subscription& subscription) const;
    [[nodiscard]] const PlanTerms* terms(std::string_view plan, std::uint64_t version) const;

    struct Published {
        std::shared_ptr<const Catalog> catalog;
        base::Instant at;
    };
    [[nodiscard]] const std::map<std::uint64_t, Published>& versions() const { return versions_; }

private:
    [[nodiscard]] PlanTerms derive(const Plan& sold) const;

    std::map<std::uint64_t, Published> versions_;
    BillingSettings settings_;
    RulesVersion rules_ = 1;
    std::shared_ptr<const Catalog> newest_ = std::make_shared<const Catalog>();
    // Derived, filled on demand and dropped at each publish.
    mutable std::map<std::uint64_t, std::map<std::string, PlanTerms, std::less<>>> terms_;
};

}  // namespace quipu::ledger

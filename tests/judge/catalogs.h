// The catalog versions as a history, and what a plan said of a feature at a moment of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/instant.h"
#include "judge/rational.h"
#include "ledger/catalog.h"

namespace quipu::judge {

// Whoever was sold `plan` in `version`.
struct Sold {
    std::string plan;
    std::size_t version = 0;

    friend bool operator==(const Sold&, const Sold&) = default;
};

class Catalogs {
public:
    // Laid over what was there: what it does not name stays
    // (docs/contract/catalog.md#merging).
    void publish(const ledger::Catalog& payload, base::Instant at);

    // The version in force at `at`; the first one before there was any.
    [[nodiscard]] std::size_t version_at(base::Instant at) const;
    [[nodiscard]] const ledger::Catalog& in_force(base::Instant at) const;
    [[nodiscard]] const ledger::Plan& plan(const Sold& sold) const;

    // What subscribers have of the feature at `at`, their windows counted from `anchor`: rates as
    // sold, limits as published since (docs/contract/catalog.md#prices-as-sold). None: not in the
    // plan, or not any more (docs/contract/catalog.md#removed-features).
    [[nodiscard]] std::optional<ledger::PlanFeature> terms(const Sold& sold,
                                                           const std::string& feature,
                                                           base::Instant anchor,
                                                           base::Instant at) const;
    // As it was sold to them, or given to them since, whatever became of it.
    [[nodiscard]] const ledger::PlanFeature* ever(const Sold& sold,
                                                  const std::string& feature) const;
    // Whether any version of the plan let it roll over.
    [[nodiscard]] bool ever_rolls_over(const std::string& plan, const std::string& feature) const;

private:
    struct Version {
        ledger::Catalog catalog;
        base::Instant at;
    };
    [[nodiscard]] const ledger::PlanFeature* listed(std::size_t version, const Sold& sold,
                                                    const std::string& feature) const;

    std::vector<Version> versions_;
};

}  // namespace quipu::judge

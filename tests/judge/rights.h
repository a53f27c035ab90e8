// Who grants what, when: the plans and overrides that a feature may draw on at the moment it was
// used, with what is left of them.
#pragma once

#include <string>
#include <vector>

#include "judge/world.h"

namespace quipu::judge {

// One plan's or override's share in one window.
struct Source {
    const Subscription* subscription = nullptr;  // null: an override
    ledger::PlanFeature terms;
    bool terms_known = true;  // false: a pool of packs alone, nothing is included
    std::optional<Rational> limit;
    Rational cost;  // units of the meter per tracked unit
    Window window;
    bool trialing = false;

    [[nodiscard]] bool bills_all_usage() const;
};

// What a feature draws on of one credit system.
struct System {
    std::string slug;
    Rational cost;
    std::vector<Source> pools;
    std::vector<std::size_t> grants;  // with credits left, in spending order
};

struct Rights {
    std::vector<Source> direct;
    std::vector<System> systems;

    [[nodiscard]] bool empty() const { return direct.empty() && systems.empty(); }
    // Those whose numbers an answer shows.
    [[nodiscard]] std::vector<Source> main() const;
    // In funding order: of the feature itself, then of its systems.
    [[nodiscard]] std::vector<Source> all() const;
};

// The subscriptions that were live at `at`, base plans first.
[[nodiscard]] std::vector<const Subscription*> granting(const World& world, base::Instant at);

// Late usage is decided by what was in force when it happened
// (docs/contract/windows.md#late-usage).
// `spent_too`: packs with nothing left of them as well, to which a correction may give back.
[[nodiscard]] Rights rights_at(const World& world, const std::string& feature,
                               const std::string& entity, base::Instant at, bool spent_too = false);
// Whether anything was in force that could grant it.
[[nodiscard]] bool anything_in_force(const World& world, const std::string& feature,
                                     base::Instant at);

// The limit of a window: as of now while it is open, as of its end afterwards
// (docs/contract/decided.md#rollover-is-a-fact); `in_trial`: for what happened in the trial.
[[nodiscard]] std::optional<Rational> limit_of(const World& world, const Subscription& owner,
                                               const std::string& meter, base::Period window,
                                               bool in_trial);

// What a plan that began without a fee goes on with: used of the last window before it, until that
// would have ended (docs/contract/decided.md#no-refill-without-a-fee).
[[nodiscard]] Rational inherited_use(const World& world, const Subscription& owner,
                                     const std::string& meter, const std::string& entity,
                                     base::Instant now);

// Left of the allowance of a window, before what later windows have had of it. Only with a limit.
[[nodiscard]] Rational allowance_left(const World& world, const Source& source);

[[nodiscard]] bool is_seats(const World& world, const std::string& feature);

}  // namespace quipu::judge

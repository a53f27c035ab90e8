#include "ledger/usage/usage_numbers.h"

#include <algorithm>
#include <span>

#include "ledger/usage/rollover.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

Quantity posted(const std::vector<Posting>& postings, const Source& source, Bucket bucket) {
    Quantity sum;
    for (const Posting& posting : postings) {
        if (posting.bucket == bucket && posting.meter.subscription == source.subscription->seq &&
            posting.meter.feature == source.meter_feature) {
            sum += posting.amount;
        }
    }
    return sum;
}

struct Totals {
    Quantity usage;
    Quantity allowance_used;
    Quantity overage;
    Quantity rollover;  // still there
    Quantity held;      // of the allowances
    std::optional<Quantity> limit = Quantity{};
};

// `hold`: the postings are of units that nobody has used yet.
Totals totals_of(std::span<const Source> sources, const std::vector<Posting>& postings, bool hold) {
    Totals totals;
    for (const Source& source : sources) {
        const MeterWindow none;
        const MeterWindow& used = source.used != nullptr ? *source.used : none;
        Quantity allowance = used.allowance_used;
        Quantity overage = used.overage;
        const Quantity carried = posted(postings, source, Bucket::Rollover);
        totals.usage += used.rollover_used + used.credit_used;
        totals.held += source.held;
        if (hold) {
            totals.held += posted(postings, source, Bucket::Allowance);
        } else {
            allowance += posted(postings, source, Bucket::Allowance);
            overage += posted(postings, source, Bucket::Overage);
            totals.usage += carried + posted(postings, source, Bucket::Credit);
        }
        totals.usage += allowance + overage;
        if (!source.rollover.empty()) totals.rollover += sum_of(source.rollover) - carried;
        totals.allowance_used += allowance;
        totals.overage += overage;
        if (!source.limit) totals.limit.reset();
        if (totals.limit) *totals.limit += *source.limit;
    }
    return totals;
}

// The plans that include the credit system of the pool at `from`: they stand together.
std::span<const Source> same_system(const Sources& sources, std::size_t from) {
    std::size_t end = from;
    while (end < sources.pools.size() &&
           sources.pools[end].meter_feature == sources.pools[from].meter_feature) {
        ++end;
    }
    return std::span(sources.pools).subspan(from, end - from);
}

// Bought credits of a system that can still be spent.
Quantity addon_left(const Sources& sources, const std::vector<Posting>& postings,
                    std::string_view system) {
    Quantity left;
    for (const auto& [grant, pool] : sources.grants) {
        if (grant->system == system) left += grant->remaining;
    }
    for (const Posting& posting : postings) {
        if (posting.bucket == Bucket::Credit && posting.meter.feature == system)
            left -= posting.amount;
    }
    return left;
}

// What is left of allowances and of what was carried; none = without a limit.
std::optional<Quantity> spendable(const Totals& totals) {
    if (!totals.limit) return std::nullopt;
    return std::max(*totals.limit - totals.allowance_used - totals.held, Quantity{}) +
           totals.rollover;
}

// Units of a meter at `cost` that pay for as much as `credits` do at theirs; never more.
Quantity worth(Quantity credits, Quantity their_cost, Quantity cost) {
    if (their_cost == cost) return credits;
    const auto units =
        base::multiply_divide(credits.coefficient(), cost.coefficient(), their_cost.coefficient());
    if (!units) return base::kMaxTotal;
    const Quantity rounded = Quantity::from_coefficient(*units);
    const auto back = base::multiply_divide(*units, their_cost.coefficient(), cost.coefficient());
    const bool more = !back || *back > credits.coefficient();
    return more ? rounded - Quantity::from_coefficient(1) : rounded;
}

// The numbers that an answer shows, in the unit of the first meter: what the plans count that
// include the feature itself, else what those of its systems do.
Totals main_totals(const Sources& sources, const std::vector<Posting>& postings, bool hold) {
    if (!sources.direct.empty()) return totals_of(sources.direct, postings, hold);
    Totals sum = totals_of(same_system(sources, 0), postings, hold);
    const Quantity cost = sources.pools.front().cost;
    for (std::size_t at = same_system(sources, 0).size(); at < sources.pools.size();) {
        const auto system = same_system(sources, at);
        const Totals more = totals_of(system, postings, hold);
        const auto add = [&](Quantity& to, Quantity units) {
            to += worth(units, system.front().cost, cost);
        };
        add(sum.usage, more.usage);
        add(sum.allowance_used, more.allowance_used);
        add(sum.overage, more.overage);
        add(sum.rollover, more.rollover);
        add(sum.held, more.held);
        if (!more.limit) sum.limit.reset();
        if (sum.limit) add(*sum.limit, *more.limit);
        at += system.size();
    }
    return sum;
}

CreditsView credits_view(const Sources& sources, const std::vector<Posting>& postings, bool hold) {
    const Totals pool = totals_of(same_system(sources, 0), postings, hold);
    CreditsView view;
    view.system = sources.system;
    view.cost_per_unit = sources.system_cost;
    view.plan_used = pool.allowance_used;
    view.plan_limit = pool.limit;
    view.addon_balance = addon_left(sources, postings, sources.system);
    const Source& first = sources.pools.front();
    if (first.window.end != base::kEndOfTime) view.resets_at = first.window.end;
    return view;
}

void describe_window(UsageAnswer& answer, const std::vector<Source>& sources) {
    const Source& first = sources.front();
    answer.window_start = first.window.start;
    answer.reset = first.terms != nullptr ? first.terms->grant.reset : Interval::Never;
    Instant earliest = base::kEndOfTime;
    for (const Source& source : sources) earliest = std::min(earliest, source.window.end);
    if (earliest != base::kEndOfTime) answer.resets_at = earliest;
}

// What is spendable in all, however the feature draws on its systems
// (docs/contract/credits.md#spendable); none = without a limit.
std::optional<Quantity> balance_of(const Sources& sources, const Totals& main,
                                   const std::vector<Posting>& postings, bool hold) {
    auto balance = spendable(main);
    const Quantity cost = sources.main().front().cost;
    for (std::size_t at = 0; balance && at < sources.pools.size();) {
        const auto system = same_system(sources, at);
        const Source& pool = system.front();
        Quantity credits = addon_left(sources, postings, pool.meter_feature);
        if (!sources.direct.empty()) {
            const auto left = spendable(totals_of(system, postings, hold));
            if (!left) return std::nullopt;
            credits += *left;
        }
        *balance += worth(credits, pool.cost, cost);
        at += system.size();
    }
    return balance;
}

}  // namespace

void describe_plan(UsageAnswer& answer, const Source& source) {
    answer.plan = source.subscription->plan;
    answer.catalog_version = source.subscription->catalog_version;
    if (source.terms != nullptr && source.terms->billing != Interval::None)
        answer.terms_feature = source.terms->grant.feature;
    if (!source.trialing) return;
    const bool still = source.subscription->status == SubscriptionStatus::Trialing;
    answer.trial_ends_at = still ? source.subscription->period.end : source.subscription->anchor;
}

UsageAnswer describe(const Sources& sources, const UsageRequest& request,
                     const std::vector<Posting>& postings) {
    UsageAnswer answer;
    answer.feature = request.feature;
    const Totals totals = main_totals(sources, postings, request.hold);
    answer.usage = totals.usage;
    answer.limit = totals.limit;
    answer.overage_units = totals.overage;
    answer.rollover_balance = totals.rollover;
    if (!sources.system.empty()) answer.credits = credits_view(sources, postings, request.hold);
    answer.balance = balance_of(sources, totals, postings, request.hold);
    describe_window(answer, sources.main());
    describe_plan(answer, sources.main().front());
    for (const Posting& posting : postings) {
        if (posting.bucket == Bucket::Credit) answer.addon_used += posting.amount;
    }
    return answer;
}

bool within_range(const Sources& sources, const std::vector<Posting>& postings) {
    return main_totals(sources, postings, false).usage <= base::kMaxTotal;
}

}  // namespace quipu::ledger

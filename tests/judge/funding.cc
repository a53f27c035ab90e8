#include "judge/funding.h"

#include <algorithm>

#include "judge/invoicing.h"
#include "judge/price.h"
#include "judge/rollover.h"

namespace quipu::judge {

using base::Instant;
using ledger::Bucket;
using ledger::Code;
using ledger::OverageMode;

namespace {

struct Posted {
    Window window;
    Share share;
};

// A quantity being handed out; what is given is in the world at once, so that the next to be asked
// sees it, and is taken out again if the whole is refused.
class Paying {
public:
    Paying(World& world, Rational value) : world_(world), rest_(std::move(value)) {}

    void from(const Source& source, Bucket bucket, const std::optional<Rational>& available,
              std::size_t grant = 0) {
        if (rest_ <= 0) return;
        Rational amount = rest_ * source.cost;
        if (available) amount = std::min(amount, *available);
        if (bucket != Bucket::Overage && bucket != Bucket::Credit && available)
            amount = can_give(world_, source.window, bucket, amount);
        if (amount <= 0) return;
        const Rational units = amount / source.cost;
        posted_.push_back({source.window, {bucket, grant, units, amount}});
        world_.shares[source.window].push_back(posted_.back().share);
        rest_ -= units;
    }
    void undo() {
        for (auto last = posted_.rbegin(); last != posted_.rend(); ++last) {
            std::vector<Share>& shares = world_.shares[last->window];
            shares.pop_back();
            if (shares.empty()) world_.shares.erase(last->window);
        }
    }

    [[nodiscard]] const Rational& rest() const { return rest_; }
    [[nodiscard]] bool used(Bucket bucket) const {
        return std::ranges::any_of(posted_,
                                   [&](const Posted& p) { return p.share.bucket == bucket; });
    }

private:
    World& world_;
    Rational rest_;
    std::vector<Posted> posted_;
};

Rational rollover_left(const World& world, const Source& source) {
    if (source.subscription == nullptr || !source.terms_known || source.trialing) return 0;
    return sum_of(
        carried(world, *source.subscription, source.window.meter, source.window.entity,
                std::clamp(world.now, source.window.start, Instant{source.window.end.micros - 1})));
}

struct PackInOrder {
    std::size_t grant;
    const System* system;
};

std::vector<PackInOrder> packs(const Rights& rights) {
    std::vector<PackInOrder> found;
    for (const System& system : rights.systems) {
        for (const std::size_t grant : system.grants) found.push_back({grant, &system});
    }
    std::ranges::sort(found, {}, &PackInOrder::grant);  // the oldest first
    return found;
}

void pay(const World& world, Paying& paying, const Rights& rights) {
    const std::vector<Source> sources = rights.all();
    for (const Source& source : sources) {
        const Rational left = rollover_left(world, source);
        if (left > 0) paying.from(source, Bucket::Rollover, left);
    }
    for (const Source& source : sources) {
        if (source.bills_all_usage()) continue;
        paying.from(source, Bucket::Allowance,
                    source.limit ? std::optional(allowance_left(world, source)) : std::nullopt);
    }
    for (const PackInOrder& pack : packs(rights))
        paying.from(pack.system->pools.front(), Bucket::Credit, world.credits_left(pack.grant),
                    pack.grant);
}

// What can be spent of it, in units of the first meter (docs/contract/credits.md#spendable).
std::optional<Rational> balance_of(const World& world, const Rights& rights) {
    Rational sum = 0;
    const auto main = rights.main();
    const Rational cost = main.front().cost;
    for (const Source& source : rights.all()) {
        if (source.bills_all_usage()) continue;
        if (!source.limit) return std::nullopt;
        sum += (allowance_left(world, source) + rollover_left(world, source)) * cost / source.cost;
    }
    for (const System& system : rights.systems) {
        for (const std::size_t grant : system.grants)
            sum += world.credits_left(grant) * cost / system.cost;
    }
    return sum;
}

Answer numbers(const World& world, const Rights& rights) {
    Answer answer;
    answer.numbers = true;
    answer.limit = Rational(0);
    for (const Source& source : rights.main()) {
        answer.usage += world.usage(source.window);
        answer.overage += world.overage(source.window);
        if (source.subscription != nullptr)
            answer.carries_on =
                answer.carries_on || inherited_use(world, *source.subscription, source.window.meter,
                                                   source.window.entity, world.now) > 0;
        if (!source.limit || source.bills_all_usage()) {
            answer.limit.reset();
        } else if (answer.limit) {
            *answer.limit += *source.limit;
        }
    }
    if (answer.limit) answer.balance = balance_of(world, rights);
    return answer;
}

Code granted_code(const Rights& rights, const Paying& paying, bool as_check) {
    const bool pay_as_you_go =
        std::ranges::any_of(rights.main(), [](const Source& s) { return s.bills_all_usage(); });
    if (paying.used(Bucket::Overage) && !pay_as_you_go)
        return as_check ? Code::OverageAllowed : Code::TrackedOverage;
    if (paying.used(Bucket::Credit)) return Code::AddonCreditsUsed;
    return as_check ? Code::AccessGranted : Code::Tracked;
}

std::optional<Code> refused_at_once(const World& world, const Use& wanted) {
    const ledger::Catalog& catalog = world.catalogs.in_force(world.now);
    if (ledger::find_feature(catalog, wanted.feature) == nullptr &&
        ledger::find_credit_system(catalog, wanted.feature) == nullptr) {
        return Code::FeatureNotFound;
    }
    if (!wanted.entity.empty() && world.entity(wanted.entity) == nullptr)
        return Code::EntityNotFound;
    if (!anything_in_force(world, wanted.feature, wanted.at)) return Code::NoActiveSubscription;
    return std::nullopt;
}

Answer only(Code code) {
    Answer answer;
    answer.code = code;
    return answer;
}

// What of the window's charges counts towards the customer's limit: all of it while it is open and
// its plan goes on, afterwards what is not billed (docs/contract/overage.md#money-cap).
Rational counted(const World& world, const Subscription& owner, const Window& window) {
    const Rational charge = world.charge(window);
    const bool whole = window.end > world.now && !owner.end;
    return whole ? charge : charge - billed_of(world, window).charge;
}

}  // namespace

const Source* charging(const World& world, const std::vector<Source>& sources) {
    for (const Source& source : sources) {
        if (!source.terms_known || source.subscription == nullptr || source.trialing) continue;
        if (source.terms.card.usage_model == rating::UsageModel::Prepaid) continue;
        const auto config = world.configs.find(source.window.meter);
        const bool chosen = config != world.configs.end() && config->second.overage;
        if ((chosen ? *config->second.overage : source.terms.overage) == OverageMode::Charge)
            return &source;
    }
    return nullptr;
}

bool overage_fits(const World& world, const Source& source, const Rational& amount) {
    auto cap = source.terms.max_overage_units;
    const auto config = world.configs.find(source.window.meter);
    if (config != world.configs.end() && config->second.max_overage_units)
        cap = config->second.max_overage_units;
    if (cap && world.pooled_overage(source.window) + amount > of(*cap)) return false;
    if (!world.overage_limit || world.overage_limit->reaction == ledger::LimitReaction::Notify)
        return true;
    const Rational before = world.overage(source.window);
    Rational total = price(source.terms.card, before + amount) - price(source.terms.card, before);
    std::set<Window> windows = world.windows();
    for (const Window& window : windows) {
        const Subscription* owner = world.subscription(window.holder);
        if (owner != nullptr && owner->currency == source.subscription->currency)
            total += counted(world, *owner, window);
    }
    return total <= world.overage_limit->max_minor;
}

Answer use(World& world, const Use& wanted) {
    if (const auto code = refused_at_once(world, wanted)) return only(*code);
    const Rights rights = rights_at(world, wanted.feature, wanted.entity, wanted.at);
    if (rights.empty()) return only(Code::FeatureNotInPlan);
    if (is_seats(world, wanted.feature)) {
        return wanted.record ? only(Code::UnknownFeatureType)
                             : seats(world, wanted.feature, wanted.value);
    }
    Paying paying(world, wanted.value);
    pay(world, paying, rights);
    const std::vector<Source> sources = rights.all();
    bool allowed = true;
    if (paying.rest() > 0) {
        const Source* source = charging(world, sources);
        allowed = source != nullptr && overage_fits(world, *source, paying.rest() * source->cost);
        if (allowed) paying.from(*source, Bucket::Overage, std::nullopt);
    }
    const Code code = allowed ? granted_code(rights, paying, wanted.as_check) : Code::LimitExceeded;
    if (!allowed || !wanted.record) paying.undo();
    Answer answer = numbers(world, rights);
    answer.code = code;
    return answer;
}

namespace {

// Gives back of one bucket of one source; `rest` is what is still to be taken.
void give_back(World& world, const Source& source, Bucket bucket, std::size_t grant,
               Rational available, Rational& rest) {
    if (rest <= 0 || available <= 0) return;
    const Rational amount = std::min(Rational(rest * source.cost), available);
    const Rational units = amount / source.cost;
    world.shares[source.window].push_back({bucket, grant, -units, -amount});
    rest -= units;
}

Rational spent(const World& world, const Window& window, std::size_t grant) {
    const auto found = world.shares.find(window);
    if (found == world.shares.end()) return 0;
    Rational sum = 0;
    for (const Share& share : found->second) {
        if (share.bucket == Bucket::Credit && share.grant == grant) sum += share.amount;
    }
    return sum;
}

}  // namespace

Answer correct(World& world, const ledger::CorrectUsage& command, Instant at) {
    const ledger::Catalog& catalog = world.catalogs.in_force(world.now);
    if (ledger::find_feature(catalog, command.feature) == nullptr &&
        ledger::find_credit_system(catalog, command.feature) == nullptr) {
        return only(Code::FeatureNotFound);
    }
    const Rights rights = rights_at(world, command.feature, command.entity, at, true);
    std::vector<Source> sources = rights.all();
    std::ranges::reverse(sources);
    const auto before = world.shares;
    Rational rest = of(command.value);
    for (const Bucket bucket :
         {Bucket::Overage, Bucket::Credit, Bucket::Allowance, Bucket::Rollover}) {
        for (const Source& source : sources) {
            if (bucket != Bucket::Credit) {
                give_back(world, source, bucket, 0, world.amount(source.window, bucket), rest);
                continue;
            }
            for (std::size_t grant = world.grants.size(); grant > 0; --grant)
                give_back(world, source, bucket, grant, spent(world, source.window, grant), rest);
        }
    }
    if (rest <= 0) return {};
    world.shares = before;
    return only(Code::InvalidRequest);
}

}  // namespace quipu::judge

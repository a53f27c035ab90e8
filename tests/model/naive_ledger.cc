#include "model/naive_ledger.h"

#include <algorithm>

#include "base/check.h"
#include "support/literals.h"

namespace quipu::testing {
namespace {

using base::Instant;
using base::Int128;
using base::Period;
using base::Quantity;
using ledger::Bucket;
using ledger::Code;
using ledger::Interval;
using rating::RatingModel;
using rating::UsageModel;

// Half away from zero, written out.
Int128 rounded(Int128 numerator, Int128 denominator) {
    const bool negative = numerator < 0;
    const Int128 magnitude = negative ? -numerator : numerator;
    const Int128 doubled = (2 * magnitude + denominator) / (2 * denominator);
    return negative ? -doubled : doubled;
}

// units * cost, in meter units.
Quantity amount_for(Quantity units, Quantity cost) {
    return Quantity::from_coefficient(
        rounded(units.coefficient() * cost.coefficient(), Quantity::kOne));
}

bool bills_everything(const ledger::PlanFeature& terms) {
    return terms.card.usage_model == UsageModel::UsageBased;
}

NaiveAnswer only(Code code) {
    NaiveAnswer answer;
    answer.code = code;
    return answer;
}

}  // namespace

std::int64_t naive_price(const rating::RateCard& card, Quantity billable) {
    if (billable.coefficient() <= 0) {
        return 0;
    }
    // In 10^-21 minor units, so that unit times unit price is exact.
    Int128 total = 0;
    const auto flat = [](const rating::Tier& tier) {
        return tier.flat_fee ? tier.flat_fee->coefficient() * 1'000'000'000 : Int128{0};
    };
    const auto unit = [](const rating::Tier& tier) {
        return tier.unit_price ? tier.unit_price->coefficient() : Int128{0};
    };
    if (card.rating_model == RatingModel::Package) {
        const bool overage_first = card.usage_model == UsageModel::Included;
        const auto& first = overage_first ? card.overage_price : card.price_per_unit;
        const auto& second = overage_first ? card.price_per_unit : card.overage_price;
        const Int128 price = first ? first->coefficient() : second ? second->coefficient() : 0;
        for (Quantity sold; sold < billable; sold += card.billing_units) {
            total += price * 1'000'000'000;
        }
    } else if (card.rating_model == RatingModel::Volume) {
        const rating::Tier* reached = &card.tiers.back();
        for (auto tier = card.tiers.rbegin(); tier != card.tiers.rend(); ++tier) {
            if (tier->up_to && billable <= *tier->up_to) {
                reached = &*tier;
            }
        }
        total = billable.coefficient() * unit(*reached) + flat(*reached);
    } else {
        Int128 priced = 0;
        for (std::size_t i = 0; i < card.tiers.size() && priced < billable.coefficient(); ++i) {
            const bool last = i + 1 == card.tiers.size();
            const Int128 end =
                last ? billable.coefficient()
                     : std::min(billable.coefficient(), card.tiers[i].up_to->coefficient());
            total += (end - priced) * unit(card.tiers[i]) + flat(card.tiers[i]);
            priced = end;
        }
    }
    return static_cast<std::int64_t>(rounded(total, base::power_of_ten(21)));
}

// --- what happened, added up ---

Quantity NaiveLedger::spent(const Window& window, Bucket bucket) const {
    Quantity sum;
    for (const NaiveShare& share : shares_) {
        if (share.bucket == bucket && share.subscription == window.subscription &&
            share.meter == window.meter && share.entity == window.entity &&
            share.window.start == window.start) {
            sum += share.amount;
        }
    }
    return sum;
}

Quantity NaiveLedger::overage_of(const Window& window) const {
    Quantity most;  // seats: the most that were held at once
    for (const SeatCount& seen : seat_counts_) {
        if (seen.subscription == window.subscription && seen.feature == window.meter &&
            seen.window.start == window.start && window.entity.empty()) {
            most = std::max(most, seen.over);
        }
    }
    return most + spent(window, Bucket::Overage);
}

Quantity NaiveLedger::pooled_overage(const Window& window) const {
    Quantity sum;
    for (const Window& other : windows()) {
        if (other.subscription == window.subscription && other.meter == window.meter &&
            other.start == window.start) {
            sum += overage_of(other);
        }
    }
    return sum;
}

Quantity NaiveLedger::grant_left(std::uint32_t grant) const {
    Quantity left = grants_[grant - 1].granted;
    for (const NaiveShare& share : shares_) {
        if (share.bucket == Bucket::Credit && share.grant == grant) {
            left -= share.amount;
        }
    }
    return left;
}

std::set<NaiveLedger::Window> NaiveLedger::windows() const {
    std::set<Window> all;
    for (const NaiveShare& share : shares_) {
        all.insert(
            {share.subscription, share.meter, share.entity, share.window.start, share.window.end});
    }
    for (const SeatCount& seen : seat_counts_) {
        all.insert({seen.subscription, seen.feature, {}, seen.window.start, seen.window.end});
    }
    return all;
}

const ledger::PlanFeature* NaiveLedger::terms_of(const Window& window) const {
    return ledger::find_plan_feature(*subscriptions_[window.subscription - 1].plan, window.meter);
}

const std::string& NaiveLedger::currency_of(std::size_t subscription) const {
    return subscriptions_[subscription - 1].plan->currency;
}

std::int64_t NaiveLedger::charge(const Window& window) const {
    const ledger::PlanFeature* terms = terms_of(window);
    return terms == nullptr ? 0 : naive_price(terms->card, overage_of(window));
}

std::int64_t NaiveLedger::invoiced(const Window& window) const {
    std::int64_t sum = 0;
    for (const NaiveInvoice& invoice : invoices_) {
        for (const NaiveLine& line : invoice.lines) {
            if (line.feature == window.meter && line.subscription == window.subscription &&
                line.entity == window.entity && line.window_start == window.start) {
                sum += line.amount;
            }
        }
    }
    return sum;
}

std::map<std::string, std::int64_t> NaiveLedger::unbilled() const {
    std::map<std::string, std::int64_t> open;
    for (const Window& window : windows()) {
        open[currency_of(window.subscription)] += charge(window) - invoiced(window);
    }
    return open;
}

// --- time ---

Period NaiveLedger::window_at(const ledger::PlanFeature& terms, Instant anchor, Instant at) const {
    const bool calendar = terms.alignment == ledger::Alignment::Calendar;
    const auto fixed = [&](Instant from, std::int64_t length) {
        std::int64_t start = from.micros;
        while (start + length <= at.micros) {
            start += length;
        }
        while (start > at.micros) {
            start -= length;
        }
        return Period{Instant{start}, Instant{start + length}};
    };
    const Instant sunday{1'767'484'800'000'000};    // 2026-01-04
    const Instant new_year{1'767'225'600'000'000};  // 2026-01-01
    switch (terms.reset) {
        case Interval::Daily:
            return fixed(new_year, base::kMicrosPerDay);
        case Interval::Weekly:
            return fixed(calendar ? sunday : anchor, 7 * base::kMicrosPerDay);
        case Interval::Monthly: {
            const Instant from = calendar ? new_year : anchor;
            std::int64_t month = 0;
            while (base::add_months(from, month + 1) <= at) {
                ++month;
            }
            while (base::add_months(from, month) > at) {
                --month;
            }
            return {base::add_months(from, month), base::add_months(from, month + 1)};
        }
        default:
            return {anchor, base::kEndOfTime};
    }
}

void NaiveLedger::advance(Instant to) {
    for (;;) {
        Instant next = base::kEndOfTime;
        for (const Subscription& subscription : subscriptions_) {
            next = std::min(next, subscription.period.end);
        }
        for (const EntityFact& entity : entities_) {
            if (entity.remove_at) {
                next = std::min(next, *entity.remove_at);
            }
        }
        if (next > to) {
            break;
        }
        for (std::size_t seq = 1; seq <= subscriptions_.size(); ++seq) {
            if (subscriptions_[seq - 1].period.end == next) {
                close(seq, next);
            }
        }
        drop_entities(next);
    }
    now_ = to;
}

void NaiveLedger::drop_entities(Instant at) {
    std::erase_if(entities_,
                  [&](const EntityFact& e) { return e.remove_at && *e.remove_at <= at; });
}

void NaiveLedger::close(std::size_t seq, Instant at) {
    Subscription& subscription = subscriptions_[seq - 1];
    auto lines = usage_lines(seq);
    if (subscription.plan->price_minor > 0) {
        lines[subscription.plan->currency].push_back(
            {{}, seq, {}, at, subscription.plan->price_minor, false});
    }
    issue(std::move(lines));
    drop_entities(at);
    ledger::PlanFeature period;
    period.reset = subscription.plan->interval;
    subscription.period = window_at(period, subscription.start, at);
    for (const Window& window : windows()) {
        if (window.subscription == seq && window.end <= at && charge(window) == invoiced(window)) {
            settled_[window] = charge(window);
        }
    }
    count_seats();
}

// --- invoices ---

std::map<std::string, std::vector<NaiveLine>> NaiveLedger::usage_lines(
    std::optional<std::size_t> subscription) const {
    std::map<std::string, std::vector<NaiveLine>> lines;
    for (const Window& window : windows()) {
        if (subscription && window.subscription != *subscription) {
            continue;
        }
        const std::int64_t open = charge(window) - invoiced(window);
        if (open == 0) {
            continue;
        }
        const Instant period_start = subscriptions_[window.subscription - 1].period.start;
        lines[currency_of(window.subscription)].push_back({window.meter, window.subscription,
                                                           window.entity, window.start, open,
                                                           window.end <= period_start});
    }
    return lines;
}

void NaiveLedger::issue(std::map<std::string, std::vector<NaiveLine>> by_currency) {
    for (auto& [currency, lines] : by_currency) {
        std::int64_t total = 0;
        std::int64_t fees = 0;
        for (const NaiveLine& line : lines) {
            total += line.amount;
            if (line.feature.empty()) {
                fees += line.amount;
            }
        }
        if (total <= 0 && fees == 0) {
            continue;
        }
        // What usage gives back may use up the fee, not more.
        for (NaiveLine& line : lines) {
            if (total >= 0 || line.amount >= 0) {
                continue;
            }
            const std::int64_t waits = std::min(-total, -line.amount);
            line.amount += waits;
            total += waits;
        }
        std::erase_if(lines, [](const NaiveLine& line) { return line.amount == 0; });
        invoices_.push_back(
            {static_cast<std::uint32_t>(invoices_.size() + 1), currency, total, lines});
    }
}

// --- who pays ---

std::vector<NaiveLedger::Offer> NaiveLedger::offers(const std::string& meter,
                                                    const std::string& entity, Quantity cost,
                                                    Instant at) const {
    std::vector<Offer> found;
    for (const bool addon : {false, true}) {
        for (std::size_t seq = 1; seq <= subscriptions_.size(); ++seq) {
            const Subscription& subscription = subscriptions_[seq - 1];
            if (subscription.plan->is_addon != addon) {
                continue;
            }
            const ledger::PlanFeature* terms = ledger::find_plan_feature(*subscription.plan, meter);
            if (terms == nullptr) {
                continue;
            }
            // Seats are held for a billing period.
            const Period window = meter == "seats" ? subscription.period
                                                   : window_at(*terms, subscription.start,
                                                               std::max(at, subscription.start));
            found.push_back({seq, terms, {seq, meter, entity, window.start, window.end}, cost});
        }
    }
    return found;
}

std::vector<NaiveLedger::Offer> NaiveLedger::main_offers(const std::string& feature) const {
    auto direct = feature == "ai" ? std::vector<Offer>{} : offers(feature, {}, 1_u, now_);
    if (!direct.empty()) {
        return direct;
    }
    return feature == "ai" || feature == "gpt" || feature == "mini" ? offers("ai", {}, 1_u, now_)
                                                                    : direct;
}

bool NaiveLedger::may_charge(const Offer& offer) const {
    if (offer.terms == nullptr || offer.terms->card.usage_model == UsageModel::Prepaid) {
        return false;
    }
    const auto config = configs_.find(offer.window.meter);
    if (config != configs_.end() && config->second.overage) {
        return *config->second.overage == ledger::OverageMode::Charge;
    }
    return offer.terms->overage == ledger::OverageMode::Charge;
}

bool NaiveLedger::overage_fits(const Offer& offer, Quantity amount) const {
    std::optional<Quantity> cap = offer.terms->max_overage_units;
    const auto config = configs_.find(offer.window.meter);
    if (config != configs_.end() && config->second.max_overage_units) {
        cap = config->second.max_overage_units;
    }
    if (cap && pooled_overage(offer.window) + amount > *cap) {
        return false;
    }
    if (!overage_limit_ || overage_limit_->reaction == ledger::LimitReaction::Notify) {
        return true;
    }
    std::int64_t counted = 0;
    for (const Window& window : windows()) {
        if (currency_of(window.subscription) != currency_of(offer.subscription)) {
            continue;
        }
        const auto settled = settled_.find(window);
        counted += charge(window) - (settled == settled_.end() ? 0 : settled->second);
    }
    const std::int64_t after = naive_price(offer.terms->card, overage_of(offer.window) + amount);
    return counted + after - charge(offer.window) <= overage_limit_->max_minor;
}

NaiveAnswer NaiveLedger::use(const std::string& feature, const std::string& entity, Quantity value,
                             Instant at, bool as_check, bool record) {
    if (ledger::find_feature(catalog_, feature) == nullptr && feature != "ai") {
        return only(Code::FeatureNotFound);
    }
    if (!entity.empty()) {
        const bool usable = std::ranges::any_of(entities_, [&](const EntityFact& known) {
            return known.entity == entity && (!known.remove_at || !record);
        });
        if (!usable) {
            return only(Code::EntityNotFound);
        }
    }
    if (subscriptions_.empty()) {
        return only(Code::NoActiveSubscription);
    }

    Quantity cost = 1_u;
    bool in_system = feature == "ai";
    for (const ledger::CreditCost& child : catalog_.credit_systems.at(0).features) {
        if (child.feature != feature) {
            continue;
        }
        in_system = true;
        cost = child.cost;
    }
    auto direct = feature == "ai" ? std::vector<Offer>{} : offers(feature, entity, 1_u, at);
    auto pools = in_system ? offers("ai", entity, cost, at) : std::vector<Offer>{};
    std::vector<std::uint32_t> grants;
    for (std::uint32_t grant = 1; in_system && grant <= grants_.size(); ++grant) {
        if (grant_left(grant) > 0_u) {
            grants.push_back(grant);
        }
    }
    if (in_system && pools.empty() && !grants.empty()) {
        // Add-on credits alone: they are counted on the first base plan, in one window.
        std::size_t seq = 1;
        for (std::size_t i = subscriptions_.size(); i >= 1; --i) {
            if (!subscriptions_[i - 1].plan->is_addon) {
                seq = i;
            }
        }
        pools.push_back({seq,
                         nullptr,
                         {seq, "ai", entity, subscriptions_[seq - 1].start, base::kEndOfTime},
                         cost});
    }
    const std::vector<Offer>& main = direct.empty() ? pools : direct;
    if (main.empty()) {
        return only(Code::FeatureNotInPlan);
    }
    if (feature == "seats") {
        return record ? only(Code::UnknownFeatureType) : seats(feature, value);
    }

    Quantity rest = value;
    std::vector<NaiveShare> shares;
    const auto give = [&](const Offer& offer, Bucket bucket, Quantity available,
                          std::uint32_t grant) {
        Quantity units = rest;
        Quantity amount = amount_for(rest, offer.cost);
        if (amount > available) {
            units =
                std::min(rest, Quantity::from_coefficient(available.coefficient() * Quantity::kOne /
                                                          offer.cost.coefficient()));
            if (units <= 0_u) {
                return;
            }
            amount = std::min(amount_for(units, offer.cost), available);
        }
        shares.push_back({bucket,
                          offer.subscription,
                          offer.window.meter,
                          entity,
                          {offer.window.start, offer.window.end},
                          grant,
                          units,
                          amount});
        rest -= units;
    };
    for (const std::vector<Offer>* list : {&direct, &pools}) {
        for (const Offer& offer : *list) {
            if (rest <= 0_u) {
                break;
            }
            if (offer.terms != nullptr && bills_everything(*offer.terms)) {
                continue;
            }
            const auto limit = offer.terms != nullptr ? offer.terms->card.included : 0_u;
            if (!limit) {
                give(offer, Bucket::Allowance, amount_for(rest, offer.cost), 0);
            } else {
                give(offer, Bucket::Allowance,
                     std::max(*limit - spent(offer.window, Bucket::Allowance), 0_u), 0);
            }
        }
    }
    for (const std::uint32_t grant : grants) {
        if (rest > 0_u) {
            give(pools.front(), Bucket::Credit, grant_left(grant), grant);
        }
    }
    bool refused = false;
    if (rest > 0_u) {
        const Offer* charging = nullptr;
        for (const std::vector<Offer>* list : {&direct, &pools}) {
            for (const Offer& offer : *list) {
                if (charging == nullptr && may_charge(offer)) {
                    charging = &offer;
                }
            }
        }
        refused = charging == nullptr || !overage_fits(*charging, amount_for(rest, charging->cost));
        if (!refused) {
            shares.push_back({Bucket::Overage,
                              charging->subscription,
                              charging->window.meter,
                              entity,
                              {charging->window.start, charging->window.end},
                              0,
                              rest,
                              amount_for(rest, charging->cost)});
        }
    }

    NaiveAnswer answer;
    if (!refused && record) {
        shares_.insert(shares_.end(), shares.begin(), shares.end());
    }
    answer.numbers = true;
    answer.limit = 0_u;
    Quantity allowance;
    for (const Offer& offer : main) {
        const Quantity own = spent(offer.window, Bucket::Allowance);
        allowance += own;
        answer.overage += spent(offer.window, Bucket::Overage);
        answer.usage +=
            own + spent(offer.window, Bucket::Credit) + spent(offer.window, Bucket::Overage);
        const auto limit = offer.terms != nullptr ? offer.terms->card.included : 0_u;
        if (!limit || (offer.terms != nullptr && bills_everything(*offer.terms))) {
            answer.limit.reset();
        } else if (answer.limit) {
            *answer.limit += *limit;
        }
    }
    if (answer.limit) {
        answer.balance = std::max(*answer.limit - allowance, 0_u);
        for (std::uint32_t grant = 1; direct.empty() && grant <= grants_.size(); ++grant) {
            *answer.balance += grant_left(grant);
        }
    }
    if (refused) {
        answer.code = Code::LimitExceeded;
        return answer;
    }
    bool credit = false;
    bool overage = false;
    for (const NaiveShare& share : shares) {
        credit = credit || share.bucket == Bucket::Credit;
        overage = overage || share.bucket == Bucket::Overage;
        if (share.bucket == Bucket::Credit) {
            answer.addon_used += share.amount;
        }
    }
    const bool sold = std::ranges::any_of(main, [](const Offer& offer) {
        return offer.terms != nullptr && bills_everything(*offer.terms);
    });
    answer.shares = shares;
    answer.code = overage && !sold ? (as_check ? Code::OverageAllowed : Code::TrackedOverage)
                  : credit         ? Code::AddonCreditsUsed
                                   : (as_check ? Code::AccessGranted : Code::Tracked);
    return answer;
}

// --- seats and entities ---

std::uint32_t NaiveLedger::entity_count(const std::string& feature) const {
    return static_cast<std::uint32_t>(std::ranges::count(entities_, feature, &EntityFact::feature));
}

NaiveAnswer NaiveLedger::seats(const std::string& feature, Quantity value) {
    const Quantity count = Quantity::from_int(entity_count(feature));
    const auto offers_of_seats = offers(feature, {}, 1_u, now_);
    NaiveAnswer answer;
    answer.numbers = true;
    answer.usage = count;
    answer.limit = 0_u;
    for (const Offer& offer : offers_of_seats) {
        if (!offer.terms->card.included) {
            answer.limit.reset();
        } else if (answer.limit) {
            *answer.limit += *offer.terms->card.included;
        }
    }
    answer.code = Code::AccessGranted;
    if (!answer.limit) {
        return answer;
    }
    answer.balance = std::max(*answer.limit - count, 0_u);
    answer.overage = std::max(count - *answer.limit, 0_u);
    if (count + value <= *answer.limit) {
        return answer;
    }
    answer.code = Code::LimitExceeded;
    for (const Offer& offer : offers_of_seats) {
        if (!may_charge(offer)) {
            continue;
        }
        const Quantity more =
            std::max(count + value - *answer.limit - overage_of(offer.window), 0_u);
        if (overage_fits(offer, more)) {
            answer.code = Code::OverageAllowed;
        }
        break;
    }
    return answer;
}

void NaiveLedger::count_seats() {
    if (entity_count("seats") == 0) {
        return;
    }
    const NaiveAnswer held = seats("seats", 0_u);
    for (const Offer& offer : offers("seats", {}, 1_u, now_)) {
        if (!may_charge(offer)) {
            continue;
        }
        if (held.limit && held.overage > 0_u) {
            seat_counts_.push_back({offer.subscription,
                                    "seats",
                                    {offer.window.start, offer.window.end},
                                    held.overage});
        }
        break;
    }
}

NaiveAnswer NaiveLedger::add_entity(const ledger::AddEntity& command) {
    for (EntityFact& known : entities_) {
        if (known.feature != command.feature || known.entity != command.entity) {
            continue;
        }
        if (!known.remove_at) {
            return only(Code::EntityExists);
        }
        known.remove_at.reset();
        count_seats();
        NaiveAnswer restored;
        restored.entities = entity_count(command.feature);
        return restored;
    }
    if (subscriptions_.empty()) {
        return only(Code::NoActiveSubscription);
    }
    const auto grants = main_offers(command.feature);
    if (grants.empty()) {
        return only(Code::FeatureNotInPlan);
    }
    if (command.feature == "seats") {
        if (seats("seats", 1_u).code == Code::LimitExceeded) {
            return only(Code::LimitExceeded);
        }
    } else {
        Quantity limit;
        bool unlimited = false;
        for (const Offer& offer : grants) {
            unlimited = unlimited || !offer.terms->card.included;
            if (offer.terms->card.included) {
                limit += *offer.terms->card.included;
            }
        }
        if (!unlimited && Quantity::from_int(entity_count(command.feature)) >= limit) {
            return only(Code::LimitExceeded);
        }
    }
    entities_.push_back({command.feature, command.entity, std::nullopt});
    count_seats();
    NaiveAnswer added;
    added.entities = entity_count(command.feature);
    return added;
}

NaiveAnswer NaiveLedger::remove_entity(const ledger::RemoveEntity& command) {
    for (EntityFact& known : entities_) {
        if (known.feature != command.feature || known.entity != command.entity) {
            continue;
        }
        if (known.remove_at) {
            break;
        }
        const auto grants = main_offers(command.feature);
        const std::size_t seq = grants.empty() ? 1 : grants.front().subscription;
        known.remove_at = subscriptions_[seq - 1].period.end;
        NaiveAnswer removed;
        removed.entities = entity_count(command.feature);
        return removed;
    }
    return only(Code::EntityNotFound);
}

// --- the rest ---

NaiveAnswer NaiveLedger::buy(const ledger::PurchaseAddon& command) {
    const ledger::CreditPack& pack = catalog_.credit_packs.at(0);
    NaiveAnswer answer;
    answer.granted = Quantity::from_coefficient(pack.credits.coefficient() * command.quantity);
    grants_.push_back({pack.credit_system, *answer.granted});
    if (pack.price_minor > 0) {
        issue({{pack.currency, {{{}, 0, {}, now_, pack.price_minor * command.quantity, false}}}});
    }
    return answer;
}

NaiveAnswer NaiveLedger::attach(const std::string& slug) {
    for (const Subscription& subscription : subscriptions_) {
        if (subscription.plan->slug == slug) {
            return {};
        }
    }
    const ledger::Plan* plan = ledger::find_plan(catalog_, slug);
    ledger::PlanFeature period;
    period.reset = plan->interval;
    subscriptions_.push_back({plan, now_, window_at(period, now_, now_)});
    if (plan->price_minor > 0) {
        issue(
            {{plan->currency, {{{}, subscriptions_.size(), {}, now_, plan->price_minor, false}}}});
    }
    count_seats();
    return {};
}

NaiveAnswer NaiveLedger::apply(const ledger::CommandRecord& record) {
    if (const auto* track = std::get_if<ledger::Track>(&record.command)) {
        const Instant at = std::min(record.occurred_at.value_or(now_), now_);
        return use(track->feature, track->entity, track->value, at, track->as_check, true);
    }
    if (const auto* command = std::get_if<ledger::Attach>(&record.command)) {
        return attach(command->plan);
    }
    if (const auto* command = std::get_if<ledger::AddEntity>(&record.command)) {
        return add_entity(*command);
    }
    if (const auto* command = std::get_if<ledger::RemoveEntity>(&record.command)) {
        return remove_entity(*command);
    }
    if (const auto* command = std::get_if<ledger::PurchaseAddon>(&record.command)) {
        return buy(*command);
    }
    if (const auto* command = std::get_if<ledger::SetFeatureConfig>(&record.command)) {
        configs_[command->config.feature] = command->config;
        return {};
    }
    if (const auto* command = std::get_if<ledger::SetOverageLimit>(&record.command)) {
        overage_limit_ = command->limit;
        return {};
    }
    QUIPU_CHECK(std::holds_alternative<ledger::GenerateInvoice>(record.command));
    const std::size_t before = invoices_.size();
    issue(usage_lines(std::nullopt));
    return only(invoices_.size() == before ? Code::NothingToInvoice : Code::Ok);
}

NaiveAnswer NaiveLedger::handle(const ledger::CommandRecord& record, Instant now) {
    const auto known = answered_.find(record.id);
    if (known != answered_.end()) {
        return known->second;
    }
    const std::size_t before = invoices_.size();
    advance(now);
    NaiveAnswer answer = apply(record);
    answer.invoices.assign(invoices_.begin() + static_cast<std::ptrdiff_t>(before),
                           invoices_.end());
    answered_[record.id] = answer;
    return answer;
}

NaiveAnswer NaiveLedger::check(const std::string& feature, const std::string& entity,
                               Quantity value, Instant now) {
    advance(now);
    return use(feature, entity, value, now, true, false);
}

}  // namespace quipu::testing

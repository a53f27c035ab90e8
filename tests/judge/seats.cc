// Entities, and the seats that they hold (docs/contract/entities.md).
#include <algorithm>

#include "judge/funding.h"

namespace quipu::judge {

using base::Instant;
using ledger::Code;

namespace {

Answer only(Code code) {
    Answer answer;
    answer.code = code;
    return answer;
}

std::optional<Rational> limit_of_all(const std::vector<Source>& sources) {
    Rational limit = 0;
    for (const Source& source : sources) {
        if (!source.limit) return std::nullopt;
        limit += *source.limit;
    }
    return limit;
}

Rational over(const World& world, const std::string& feature, const Source& source,
              const std::optional<Rational>& limit) {
    const Rational count(world.entity_count(feature));
    if (source.bills_all_usage()) return count;
    return limit ? not_below_zero(count - *limit) : Rational(0);
}

// Seats of the same period that a plan before a switch was billed for.
Rational billed_before(const World& world, const Window& window) {
    Rational most = 0;
    for (const Subscription& ended : world.subscriptions) {
        if (!ended.end || ended.period.start != window.start || ended.period.end != window.end)
            continue;
        Window old = window;
        old.holder = ended.seq;
        most = std::max(most, world.overage(old));
    }
    return most;
}

Instant leaves_at(const World& world, const std::string& feature) {
    const Rights rights = rights_at(world, feature, {}, world.now);
    const auto main = rights.main();
    if (!main.empty() && main.front().subscription != nullptr)
        return main.front().subscription->period.end;
    for (const Subscription* live : granting(world, world.now)) {
        if (live->period.end != base::kEndOfTime) return live->period.end;
    }
    return base::kEndOfTime;
}

}  // namespace

Answer seats(const World& world, const std::string& feature, const Rational& more) {
    const Rights rights = rights_at(world, feature, {}, world.now);
    const Rational count(world.entity_count(feature));
    const Source* source = charging(world, rights.direct);
    const bool billed = source != nullptr && source->bills_all_usage();
    Answer answer;
    answer.numbers = true;
    answer.usage = count;
    answer.limit = billed ? std::nullopt : limit_of_all(rights.direct);
    if (answer.limit) answer.balance = not_below_zero(*answer.limit - count);
    answer.overage = billed         ? count
                     : answer.limit ? not_below_zero(count - *answer.limit)
                                    : Rational(0);
    answer.code = Code::AccessGranted;
    if (!billed && (!answer.limit || count + more <= *answer.limit)) return answer;
    answer.code = Code::LimitExceeded;
    if (source == nullptr) return answer;
    const Rational after = billed ? Rational(count + more) : Rational(count + more - *answer.limit);
    if (overage_fits(world, *source, not_below_zero(after - world.overage(source->window))))
        answer.code = billed ? Code::AccessGranted : Code::OverageAllowed;
    return answer;
}

void count_seats(World& world) {
    std::set<std::string> features;
    for (const EntityStay& stay : world.entities) features.insert(stay.feature);
    for (const std::string& feature : features) {
        if (!is_seats(world, feature) || world.entity_count(feature) == 0) continue;
        const Rights rights = rights_at(world, feature, {}, world.now);
        const Source* source = charging(world, rights.direct);
        if (source == nullptr) continue;
        const Rational held = over(world, feature, *source, limit_of_all(rights.direct)) -
                              billed_before(world, source->window);
        if (held > 0) world.seats.push_back({source->window, held});
    }
}

Answer add_entity(World& world, const ledger::AddEntity& command) {
    const ledger::Catalog& catalog = world.catalogs.in_force(world.now);
    if (ledger::find_feature(catalog, command.feature) == nullptr)
        return only(Code::FeatureNotFound);
    for (EntityStay& stay : world.entities) {
        if (stay.feature != command.feature || stay.entity != command.entity) continue;
        if (stay.leaves && *stay.leaves <= world.now) continue;
        if (!stay.leaves) return only(Code::EntityExists);
        stay.leaves.reset();
        count_seats(world);
        return {};
    }
    if (granting(world, world.now).empty()) return only(Code::NoActiveSubscription);
    const Rights rights = rights_at(world, command.feature, {}, world.now);
    if (rights.empty()) return only(Code::FeatureNotInPlan);
    if (is_seats(world, command.feature)) {
        if (!seats(world, command.feature, 1).allowed()) return only(Code::LimitExceeded);
    } else {
        const auto limit = limit_of_all(rights.main());
        if (limit && Rational(world.entity_count(command.feature)) >= *limit)
            return only(Code::LimitExceeded);
    }
    world.entities.push_back({command.feature, command.entity, world.now, std::nullopt});
    count_seats(world);
    return {};
}

Answer remove_entity(World& world, const ledger::RemoveEntity& command) {
    const ledger::Catalog& catalog = world.catalogs.in_force(world.now);
    if (ledger::find_feature(catalog, command.feature) == nullptr)
        return only(Code::FeatureNotFound);
    for (EntityStay& stay : world.entities) {
        if (stay.feature != command.feature || stay.entity != command.entity || stay.leaves)
            continue;
        const Instant end = leaves_at(world, command.feature);
        stay.leaves = end == base::kEndOfTime ? world.now : end;
        Answer answer;
        answer.scheduled_at = stay.leaves;
        return answer;
    }
    return only(Code::EntityNotFound);
}

}  // namespace quipu::judge

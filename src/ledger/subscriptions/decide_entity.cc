// Entities: seats and whatever else is counted rather than consumed (docs/contract/entities.md).
#include "ledger/subscriptions/decide_entity.h"

#include <fmt/format.h>

#include <algorithm>

#include "ledger/usage/decide_usage.h"
#include "rating/price.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

Decision unknown_feature() {
    return {{}, Rejection{Code::FeatureNotFound, "Feature not found"}};
}

bool exists(const CatalogBook& book, const std::string& feature) {
    return find_feature(book.newest(), feature) != nullptr ||
           find_credit_system(book.newest(), feature) != nullptr;
}

std::optional<Quantity> limit_of(const Sources& sources) {
    Quantity sum;
    for (const Source& source : sources.main()) {
        if (!source.limit) return std::nullopt;
        sum += *source.limit;
    }
    return sum;
}

Decision restore(const Account& account, const AddEntity& command, const Sources& sources) {
    Decision decision;
    decision.events.emplace_back(EntityRestored{
        {command.feature, command.entity}, command.name, command.email, command.metadata_json});
    EntityAnswer answer{command.feature, command.entity, account.entity_count(command.feature)};
    answer.limit = limit_of(sources);
    answer.restored = true;
    decision.outcome = std::move(answer);
    return decision;
}

// A feature that is consumed may have entities too; their number is held against its limit, but
// never billed.
UsageDecision decide_slot(const Account& account, const CatalogBook& book, const AddEntity& command,
                          const Sources& sources, Instant now) {
    const Feature* feature = find_feature(book.newest(), command.feature);
    if (feature != nullptr && is_seats(*feature)) {
        const UsageRequest request{command.feature, {}, Quantity::from_int(1), now, true, false};
        return decide_usage(account, book, request, now);
    }
    UsageDecision decision;
    const auto limit = limit_of(sources);
    const auto count = Quantity::from_int(account.entity_count(command.feature));
    decision.allowed = !limit || count < *limit;
    decision.answer.code = Code::LimitExceeded;
    decision.answer.limit = limit;
    return decision;
}

const Source* charging_source(const Account& account, const Sources& sources) {
    for (const Source& source : sources.direct) {
        if (overage_mode(account, source) == OverageMode::Charge) return &source;
    }
    return nullptr;
}

// Seats of the same billing period that an ended subscription was billed for.
Quantity billed_before(const Account& account, std::string_view feature, const Source& charging) {
    Quantity most;
    for (const Subscription& ended : account.subscriptions) {
        if (!ended.ended_at || ended.period != charging.window) continue;
        const Meter* meter = account.find_meter({ended.seq, feature, {}});
        const MeterWindow* window = meter != nullptr ? meter->find(charging.window.start) : nullptr;
        if (window != nullptr) most = std::max(most, window->overage);
    }
    return most;
}

// When a removed entity gives its slot back: with the billing period of the plan that grants the
// slot.
Instant slot_end(const Account& account, const CatalogBook& book, const std::string& feature,
                 Instant now) {
    const Sources sources = find_sources(account, book, feature, {}, now, now);
    if (!sources.empty()) {
        const Instant end = sources.main().front().subscription->period.end;
        return end == base::kEndOfTime ? now : end;
    }
    for (const Subscription& subscription : account.subscriptions) {
        if (is_live(subscription) && subscription.period.end != base::kEndOfTime) {
            return subscription.period.end;
        }
    }
    return now;
}

}  // namespace

Decision decide(const Asked& asked, const AddEntity& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant now = asked.now;
    if (!exists(book, command.feature)) return unknown_feature();
    const Sources sources = find_sources(account, book, command.feature, {}, now, now);
    if (const Entity* known = account.find_entity(command.feature, command.entity)) {
        if (!known->remove_at) return {{}, Rejection{Code::EntityExists, "Entity already exists"}};
        return restore(account, command, sources);
    }
    if (!has_subscription(account, now)) {
        return {{},
                Rejection{Code::NoActiveSubscription,
                          "No active or trialing subscription found for this customer."}};
    }
    if (sources.empty()) {
        return {
            {},
            Rejection{Code::FeatureNotInPlan,
                      fmt::format("Feature '{}' is not included in the customer's current plan.",
                                  command.feature)}};
    }
    const std::uint32_t count = account.entity_count(command.feature);
    const UsageDecision slot = decide_slot(account, book, command, sources, now);
    if (!slot.allowed) {
        if (slot.answer.code == Code::AmountOutOfRange) {
            return {{},
                    Rejection{Code::AmountOutOfRange,
                              "The charge would exceed what an invoice can hold."}};
        }
        return {{}, EntityRefused{command.feature, count, slot.answer.limit.value_or(Quantity{})}};
    }
    Decision decision;
    Entity entity{command.name, command.email, command.metadata_json, now, std::nullopt};
    decision.events.emplace_back(EntityAdded{{command.feature, command.entity}, std::move(entity)});
    EntityAnswer answer{command.feature, command.entity, count + 1};
    answer.limit = limit_of(sources);
    decision.outcome = std::move(answer);
    return decision;
}

Decision decide(const Asked& asked, const RemoveEntity& command) {
    const Account& account = asked.account;
    const CatalogBook& book = asked.book;
    const Instant now = asked.now;
    if (!exists(book, command.feature)) return unknown_feature();
    const Entity* entity = account.find_entity(command.feature, command.entity);
    if (entity == nullptr || entity->remove_at) {
        return {{}, Rejection{Code::EntityNotFound, "Entity not found"}};
    }
    const Instant remove_at = slot_end(account, book, command.feature, now);
    const EntityKey key{command.feature, command.entity};
    Decision decision;
    EntityAnswer answer{command.feature, command.entity, account.entity_count(command.feature)};
    answer.remove_at = remove_at;
    if (remove_at <= now) {
        decision.events.emplace_back(EntityRemoved{key});
        --answer.count;
    } else {
        decision.events.emplace_back(EntityRemovalScheduled{key, remove_at});
    }
    decision.outcome = std::move(answer);
    return decision;
}

Events recount_seats(const Account& account, const CatalogBook& book, Instant now) {
    Events events;
    for (const auto& [feature, held] : account.entity_counts) {
        const Feature* known = find_feature(book.newest(), feature);
        if (known == nullptr || !is_seats(*known)) continue;
        const Sources sources = find_sources(account, book, feature, {}, now, now);
        const Source* charging = charging_source(account, sources);
        if (charging == nullptr) continue;
        const Quantity count = Quantity::from_int(held);
        const auto limit = limit_of(sources);
        const Quantity held_over = charging->bills_all_usage() ? count
                                   : limit ? std::max(count - *limit, Quantity{})
                                           : Quantity{};
        // A switch in mid-period goes on with seats that the plan before it was billed for.
        const Quantity over =
            std::max(held_over - billed_before(account, feature, *charging), Quantity{});
        const MeterWindow none;
        const MeterWindow& counted = charging->used != nullptr ? *charging->used : none;
        // Within a period the seats once held stay billable; they are given back when it ends.
        if (over <= counted.overage) continue;
        const auto charge = rating::price_minor(charging->terms->grant.card, over);
        if (!charge) continue;
        events.emplace_back(SeatsCounted{{charging->subscription->seq, feature, {}},
                                         charging->window,
                                         count - over,
                                         over,
                                         *charge,
                                         charging->currency});
    }
    return events;
}

}  // namespace quipu::ledger

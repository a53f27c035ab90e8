#include "e2e/command_requests.h"

#include "base/check.h"

namespace quipu::e2e {
namespace {

template <typename Number>
Json number(const Number& value) {
    return exact_number(value.to_string());
}

template <typename Number>
Json number_or_null(const std::optional<Number>& value) {
    return value ? number(*value) : Json();
}

Json payload_of(const ledger::PlanFeature& grant) {
    const rating::RateCard& card = grant.card;
    Json json{{"slug", grant.feature},
              {"enabled", grant.enabled},
              {"limit", number_or_null(card.included)},
              {"reset", name_of(grant.reset)},
              {"usageModel", name_of(card.usage_model)},
              {"ratingModel", name_of(card.rating_model)},
              {"overage", grant.overage == ledger::OverageMode::Charge ? "charge" : "block"},
              {"pricePerUnit", number_or_null(card.price_per_unit)},
              {"overagePrice", number_or_null(card.overage_price)},
              {"billingUnits", number(card.billing_units)},
              {"maxOverageUnits", number_or_null(grant.max_overage_units)},
              {"creditCost", number(grant.credit_cost)}};
    if (grant.alignment == ledger::Alignment::Calendar) json["anchor"] = "calendar";
    for (const rating::Tier& tier : card.tiers) {
        json["tiers"].push_back({{"upTo", number_or_null(tier.up_to)},
                                 {"unitPrice", number_or_null(tier.unit_price)},
                                 {"flatFee", number_or_null(tier.flat_fee)}});
    }
    return json;
}

Json payload_of(const ledger::Plan& plan) {
    Json json{{"slug", plan.slug},
              {"name", plan.name},
              {"price", plan.price_minor},
              {"currency", plan.currency.code()},
              {"interval", name_of(plan.interval)},
              {"isAddon", plan.is_addon},
              {"features", Json::array()}};
    if (plan.group) json["planGroup"] = *plan.group;
    for (const ledger::PlanFeature& grant : plan.features) {
        json["features"].push_back(payload_of(grant));
    }
    return json;
}

Json payload_of(const ledger::CreditSystem& system) {
    Json json{{"slug", system.slug}, {"name", system.name}, {"features", Json::array()}};
    for (const ledger::CreditCost& child : system.features) {
        json["features"].push_back(
            {{"feature", child.feature}, {"creditCost", number(child.cost)}});
    }
    return json;
}

struct ToRequest {
    const ledger::CommandRecord& record;

    Request operator()(const ledger::Track& track) const {
        Json body{{"feature", track.feature}, {"value", number(track.value)}};
        if (!track.entity.empty()) body["entity"] = track.entity;
        if (record.occurred_at) body["timestamp"] = base::format_instant(*record.occurred_at);
        if (!track.as_check) return {"/v1/track", std::move(body)};
        body["sendEvent"] = true;
        return {"/v1/check", std::move(body)};
    }
    Request operator()(const ledger::Attach& attach) const {
        return {"/v1/attach", {{"product", attach.plan}}};
    }
    Request operator()(const ledger::PurchaseAddon& purchase) const {
        return {"/v1/addon", {{"pack", purchase.pack}, {"quantity", purchase.quantity}}};
    }
    Request operator()(const ledger::AddEntity& add) const {
        return {"/v1/entities", {{"feature", add.feature}, {"entity", add.entity}}};
    }
    Request operator()(const ledger::RemoveEntity& remove) const {
        return {"/v1/entities/remove", {{"feature", remove.feature}, {"entity", remove.entity}}};
    }
    Request operator()(const ledger::GenerateInvoice&) const {
        return {"/v1/billing/invoice", Json::object()};
    }
    Request operator()(const ledger::SetFeatureConfig& set) const {
        Json body{{"feature", set.config.feature},
                  {"overage", nullptr},
                  {"maxOverageUnits", number_or_null(set.config.max_overage_units)}};
        if (set.config.overage) {
            const bool charge = *set.config.overage == ledger::OverageMode::Charge;
            body["overage"] = charge ? "charge" : "block";
        }
        return {"/v1/customers/feature-config", std::move(body)};
    }
    Request operator()(const ledger::SetOverageLimit& set) const {
        Json body{{"maxOverageAmount", nullptr}};
        if (set.limit) {
            const bool notify = set.limit->reaction == ledger::LimitReaction::Notify;
            body["maxOverageAmount"] = set.limit->max_minor;
            body["onLimitReached"] = notify ? "notify" : "block";
        }
        return {"/v1/customers/overage-limit", std::move(body)};
    }
    Request operator()(const ledger::Reserve& reserve) const {
        QUIPU_CHECK(reserve.hold_micros % base::kMicrosPerSecond == 0);
        Json body{{"feature", reserve.feature},
                  {"value", number(reserve.value)},
                  {"expiresIn", reserve.hold_micros / base::kMicrosPerSecond}};
        if (!reserve.entity.empty()) body["entity"] = reserve.entity;
        return {"/v1/reserve", std::move(body)};
    }
    Request operator()(const ledger::ConfirmReservation& confirm) const {
        Json body{{"reservation", confirm.reservation}};
        if (confirm.value) body["value"] = number(*confirm.value);
        return {"/v1/reserve/confirm", std::move(body)};
    }
    Request operator()(const ledger::ReleaseReservation& release) const {
        return {"/v1/reserve/release", {{"reservation", release.reservation}}};
    }
    template <typename Other>
    Request operator()(const Other&) const {
        QUIPU_CHECK(false);  // no request of the API stands for it
        return {};
    }
};

}  // namespace

Json payload_of(const ledger::Catalog& catalog) {
    Json json{{"features", Json::array()}, {"plans", Json::array()}};
    for (const ledger::Feature& feature : catalog.features) {
        const bool seats = is_seats(feature);
        json["features"].push_back({{"slug", feature.slug},
                                    {"name", feature.name},
                                    {"type", "metered"},
                                    {"meterType", seats ? "non_consumable" : "consumable"}});
    }
    for (const ledger::CreditSystem& system : catalog.credit_systems) {
        json["creditSystems"].push_back(payload_of(system));
    }
    for (const ledger::CreditPack& pack : catalog.credit_packs) {
        json["creditPacks"].push_back({{"slug", pack.slug},
                                       {"name", pack.name},
                                       {"credits", number(pack.credits)},
                                       {"price", pack.price_minor},
                                       {"currency", pack.currency.code()},
                                       {"creditSystem", pack.credit_system}});
    }
    for (const ledger::Plan& plan : catalog.plans) json["plans"].push_back(payload_of(plan));
    return json;
}

Request request_of(const ledger::CommandRecord& record) {
    Request request = std::visit(ToRequest{record}, record.command);
    request.body["customer"] = record.customer;
    return request;
}

}  // namespace quipu::e2e

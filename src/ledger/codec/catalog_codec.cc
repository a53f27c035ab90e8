#include "ledger/codec/catalog_codec.h"

#include "ledger/codec/codec_catalog.h"

namespace quipu::ledger {
namespace codec {
namespace {

// Overloads below must not hide those of the parts.
using codec::read;
using codec::write;

void write(const Feature& feature, v1::Feature& out) {
    out.set_slug(feature.slug);
    out.set_name(feature.name);
    out.set_type(write_enum<v1::FeatureType>(feature.type));
    out.set_meter_type(write_enum<v1::MeterType>(feature.meter_type));
}

Feature read(const v1::Feature& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {
        .slug = message.slug(),
        .name = message.name(),
        .type = read_enum<FeatureType>(message.type(), "feature.type", problems),
        .meter_type = read_enum<MeterType>(message.meter_type(), "feature.meter_type", problems)};
}

void write(const CreditSystem& system, v1::CreditSystem& out) {
    out.set_slug(system.slug);
    out.set_name(system.name);
    if (system.description) out.set_description(*system.description);
    for (const CreditCost& cost : system.features) {
        v1::CreditCost& added = *out.add_features();
        added.set_feature(cost.feature);
        write(cost.cost, *added.mutable_cost());
    }
}

CreditSystem read(const v1::CreditSystem& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    CreditSystem system{.slug = message.slug(), .name = message.name()};
    if (message.has_description()) system.description = message.description();
    for (const v1::CreditCost& cost : message.features()) {
        problems.refuse_unknown_fields(cost);
        system.features.push_back({.feature = cost.feature(), .cost = read(cost.cost(), problems)});
    }
    return system;
}

void write(const CreditPack& pack, v1::CreditPack& out) {
    out.set_slug(pack.slug);
    out.set_name(pack.name);
    if (pack.description) out.set_description(*pack.description);
    write(pack.credits, *out.mutable_credits());
    out.set_price_minor(pack.price_minor);
    out.set_currency(write_currency(pack.currency));
    out.set_credit_system(pack.credit_system);
    if (pack.provider) out.set_provider(*pack.provider);
    out.set_metadata_json(pack.metadata_json);
    out.set_created_at_micros(pack.created_at.micros);
    out.set_updated_at_micros(pack.updated_at.micros);
}

CreditPack read(const v1::CreditPack& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    CreditPack pack{.slug = message.slug(),
                    .name = message.name(),
                    .credits = read(message.credits(), problems),
                    .price_minor = message.price_minor(),
                    .currency = read_currency(message.currency(), "credit_pack.currency", problems),
                    .credit_system = message.credit_system(),
                    .metadata_json = message.metadata_json(),
                    .created_at = {message.created_at_micros()},
                    .updated_at = {message.updated_at_micros()}};
    if (message.has_description()) pack.description = message.description();
    if (message.has_provider()) pack.provider = message.provider();
    return pack;
}

void write(const rating::Tier& tier, v1::Tier& out) {
    if (tier.up_to) write(*tier.up_to, *out.mutable_up_to());
    if (tier.unit_price) write(*tier.unit_price, *out.mutable_unit_price());
    if (tier.flat_fee) write(*tier.flat_fee, *out.mutable_flat_fee());
}

rating::Tier read(const v1::Tier& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    rating::Tier tier;
    if (message.has_up_to()) tier.up_to = read(message.up_to(), problems);
    if (message.has_unit_price()) tier.unit_price = read(message.unit_price(), problems);
    if (message.has_flat_fee()) tier.flat_fee = read(message.flat_fee(), problems);
    return tier;
}

void write(const rating::RateCard& card, v1::RateCard& out) {
    out.set_usage_model(write_enum<v1::UsageModel>(card.usage_model));
    out.set_rating_model(write_enum<v1::RatingModel>(card.rating_model));
    if (card.included) write(*card.included, *out.mutable_included());
    if (card.price_per_unit) write(*card.price_per_unit, *out.mutable_price_per_unit());
    if (card.overage_price) write(*card.overage_price, *out.mutable_overage_price());
    write(card.billing_units, *out.mutable_billing_units());
    for (const rating::Tier& tier : card.tiers) write(tier, *out.add_tiers());
}

rating::RateCard read(const v1::RateCard& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    rating::RateCard card{.usage_model = read_enum<rating::UsageModel>(
                              message.usage_model(), "card.usage_model", problems),
                          .rating_model = read_enum<rating::RatingModel>(
                              message.rating_model(), "card.rating_model", problems),
                          .billing_units = read(message.billing_units(), problems)};
    if (message.has_included()) card.included = read(message.included(), problems);
    if (message.has_price_per_unit()) {
        card.price_per_unit = read(message.price_per_unit(), problems);
    }
    if (message.has_overage_price()) card.overage_price = read(message.overage_price(), problems);
    for (const v1::Tier& tier : message.tiers()) card.tiers.push_back(read(tier, problems));
    return card;
}

void write(const PlanFeature& feature, v1::PlanFeature& out) {
    out.set_feature(feature.feature);
    out.set_enabled(feature.enabled);
    write(feature.card, *out.mutable_card());
    if (feature.trial_limit) write(*feature.trial_limit, *out.mutable_trial_limit());
    out.set_reset(write_enum<v1::Interval>(feature.reset));
    out.set_alignment(write_enum<v1::Alignment>(feature.alignment));
    out.set_overage(write_enum<v1::OverageMode>(feature.overage));
    if (feature.max_overage_units) {
        write(*feature.max_overage_units, *out.mutable_max_overage_units());
    }
    write(feature.credit_cost, *out.mutable_credit_cost());
    out.set_removed_in_version(feature.removed_in_version);
    if (feature.rollover) {
        v1::Rollover& rollover = *out.mutable_rollover();
        if (feature.rollover->max) write(*feature.rollover->max, *rollover.mutable_max());
        rollover.set_windows(feature.rollover->windows);
    }
}

PlanFeature read(const v1::PlanFeature& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    PlanFeature feature{
        .feature = message.feature(),
        .enabled = message.enabled(),
        .card = read(message.card(), problems),
        .reset = read_enum<Interval>(message.reset(), "plan_feature.reset", problems),
        .alignment = read_enum<Alignment>(message.alignment(), "plan_feature.alignment", problems),
        .overage = read_enum<OverageMode>(message.overage(), "plan_feature.overage", problems),
        .credit_cost = read(message.credit_cost(), problems),
        .removed_in_version = message.removed_in_version()};
    if (message.has_trial_limit()) feature.trial_limit = read(message.trial_limit(), problems);
    if (message.has_max_overage_units()) {
        feature.max_overage_units = read(message.max_overage_units(), problems);
    }
    if (message.has_rollover()) {
        problems.refuse_unknown_fields(message.rollover());
        Rollover& rollover = feature.rollover.emplace();
        if (message.rollover().has_max()) rollover.max = read(message.rollover().max(), problems);
        rollover.windows = message.rollover().windows();
    }
    return feature;
}

void write(const Plan& plan, v1::Plan& out) {
    out.set_slug(plan.slug);
    out.set_name(plan.name);
    if (plan.description) out.set_description(*plan.description);
    out.set_price_minor(plan.price_minor);
    out.set_currency(write_currency(plan.currency));
    out.set_interval(write_enum<v1::Interval>(plan.interval));
    out.set_billing_type(write_enum<v1::BillingType>(plan.billing_type));
    if (plan.group) out.set_group(*plan.group);
    out.set_trial_days(plan.trial_days);
    out.set_trial_in_minutes(plan.trial_in_minutes);
    out.set_trial_needs_card(plan.trial_needs_card);
    out.set_auto_enable(plan.auto_enable);
    out.set_is_addon(plan.is_addon);
    out.set_active(plan.active);
    if (plan.provider) out.set_provider(*plan.provider);
    out.set_metadata_json(plan.metadata_json);
    out.set_created_at_micros(plan.created_at.micros);
    for (const PlanFeature& feature : plan.features) write(feature, *out.add_features());
}

Plan read(const v1::Plan& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    Plan plan{.slug = message.slug(),
              .name = message.name(),
              .price_minor = message.price_minor(),
              .currency = read_currency(message.currency(), "plan.currency", problems),
              .interval = read_enum<Interval>(message.interval(), "plan.interval", problems),
              .billing_type =
                  read_enum<BillingType>(message.billing_type(), "plan.billing_type", problems),
              .trial_days = message.trial_days(),
              .trial_in_minutes = message.trial_in_minutes(),
              .trial_needs_card = message.trial_needs_card(),
              .auto_enable = message.auto_enable(),
              .is_addon = message.is_addon(),
              .active = message.active(),
              .metadata_json = message.metadata_json(),
              .created_at = {message.created_at_micros()}};
    if (message.has_description()) plan.description = message.description();
    if (message.has_group()) plan.group = message.group();
    if (message.has_provider()) plan.provider = message.provider();
    for (const v1::PlanFeature& feature : message.features()) {
        plan.features.push_back(read(feature, problems));
    }
    return plan;
}

}  // namespace

void write(const Catalog& catalog, v1::Catalog& out) {
    out.set_version(catalog.version);
    for (const Feature& feature : catalog.features) write(feature, *out.add_features());
    for (const CreditSystem& system : catalog.credit_systems) {
        write(system, *out.add_credit_systems());
    }
    for (const CreditPack& pack : catalog.credit_packs) write(pack, *out.add_credit_packs());
    for (const Plan& plan : catalog.plans) write(plan, *out.add_plans());
}

Catalog read(const v1::Catalog& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    Catalog catalog{.version = message.version()};
    for (const auto& feature : message.features()) {
        catalog.features.push_back(read(feature, problems));
    }
    for (const auto& system : message.credit_systems()) {
        catalog.credit_systems.push_back(read(system, problems));
    }
    for (const auto& pack : message.credit_packs()) {
        catalog.credit_packs.push_back(read(pack, problems));
    }
    for (const auto& plan : message.plans()) catalog.plans.push_back(read(plan, problems));
    return catalog;
}

}  // namespace codec

std::string encode_catalog(const Catalog& catalog) {
    v1::Catalog message;
    codec::write(catalog, message);
    return message.SerializeAsString();
}

base::Result<Catalog> decode_catalog(std::string_view bytes) {
    v1::Catalog message;
    return codec::decode<Catalog>(message, bytes,
                                  [](const v1::Catalog& parsed, codec::Problems& problems) {
                                      return codec::read(parsed, problems);
                                  });
}

}  // namespace quipu::ledger

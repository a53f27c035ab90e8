// The fields of every value that rows and digests write, in their order on disk.
//
// `io` is a RowWriter (with a const value) or a RowReader. The order is a disk format: a change of
// it needs a new format byte in row_codec.cc.
#pragma once

#include <concepts>
#include <type_traits>

#include "ledger/account.h"
#include "ledger/catalog.h"
#include "ledger/command.h"
#include "ledger/event.h"
#include "ledger/identity.h"
#include "ledger/outcome.h"

namespace quipu::projections {

// T is Value or const Value.
template <typename T, typename Value>
concept Of = std::same_as<std::remove_const_t<T>, Value>;

}  // namespace quipu::projections

// A list of fields has to be found by the type of its value, in the value's own namespace.
namespace quipu::base {

template <typename Io, typename T>
    requires std::same_as<std::remove_const_t<T>, Period>
void fields(Io& io, T& v) {
    io(v.start, v.end);
}

}  // namespace quipu::base

namespace quipu::rating {

template <typename Io, typename T>
    requires std::same_as<std::remove_const_t<T>, Tier>
void fields(Io& io, T& v) {
    io(v.up_to, v.unit_price, v.flat_fee);
}
template <typename Io, typename T>
    requires std::same_as<std::remove_const_t<T>, RateCard>
void fields(Io& io, T& v) {
    io(v.usage_model, v.rating_model, v.included, v.price_per_unit, v.overage_price,
       v.billing_units, v.tiers);
}

}  // namespace quipu::rating

namespace quipu::projections {

// Catalog.

template <typename Io, Of<ledger::Feature> T>
void fields(Io& io, T& v) {
    io(v.slug, v.name, v.type, v.meter_type);
}
template <typename Io, Of<ledger::Rollover> T>
void fields(Io& io, T& v) {
    io(v.max, v.windows);
}
template <typename Io, Of<ledger::PlanFeature> T>
void fields(Io& io, T& v) {
    io(v.feature, v.enabled, v.card, v.trial_limit, v.reset, v.alignment, v.overage,
       v.max_overage_units, v.credit_cost, v.removed_in_version, v.rollover);
}
template <typename Io, Of<ledger::Plan> T>
void fields(Io& io, T& v) {
    io(v.slug, v.name, v.description, v.price_minor, v.currency, v.interval, v.billing_type,
       v.group, v.trial_days, v.trial_in_minutes, v.trial_needs_card, v.auto_enable, v.is_addon,
       v.active, v.provider, v.metadata_json, v.created_at, v.features);
}
template <typename Io, Of<ledger::CreditCost> T>
void fields(Io& io, T& v) {
    io(v.feature, v.cost);
}
template <typename Io, Of<ledger::CreditSystem> T>
void fields(Io& io, T& v) {
    io(v.slug, v.name, v.description, v.features);
}
template <typename Io, Of<ledger::CreditPack> T>
void fields(Io& io, T& v) {
    io(v.slug, v.name, v.description, v.credits, v.price_minor, v.currency, v.credit_system,
       v.provider, v.metadata_json, v.created_at, v.updated_at);
}
template <typename Io, Of<ledger::Catalog> T>
void fields(Io& io, T& v) {
    io(v.version, v.features, v.credit_systems, v.credit_packs, v.plans);
}

// Account. What has rows of its own (meters, grants, entities and their counts) is left out.

template <typename Io, Of<ledger::Subscription> T>
void fields(Io& io, T& v) {
    io(v.seq, v.id, v.plan, v.catalog_version, v.status, v.is_addon, v.created_at, v.anchor,
       v.period, v.cancel_at, v.scheduled_plan, v.ended_at, v.fee_invoice, v.past_due_at);
}
template <typename Io, Of<ledger::FeatureConfig> T>
void fields(Io& io, T& v) {
    io(v.feature, v.overage, v.max_overage_units);
}
template <typename Io, Of<ledger::Override> T>
void fields(Io& io, T& v) {
    io(v.feature, v.limit, v.reset, v.expires_at, v.reason, v.created_at);
}
template <typename Io, Of<ledger::Posting> T>
void fields(Io& io, T& v) {
    io(v.bucket, v.meter, v.window, v.grant, v.units, v.amount, v.charge_minor, v.currency);
}
template <typename Io, Of<ledger::Reservation> T>
void fields(Io& io, T& v) {
    io(v.id, v.feature, v.entity, v.value, v.at, v.expires_at, v.postings);
}
template <typename Io, Of<ledger::PaymentMethod> T>
void fields(Io& io, T& v) {
    io(v.id, v.provider, v.type, v.brand, v.last4, v.exp_month, v.exp_year, v.is_default,
       v.is_valid, v.added_at);
}
template <typename Io, Of<ledger::PaymentIntent> T>
void fields(Io& io, T& v) {
    io(v.seq, v.id, v.purpose, v.mode, v.status, v.provider, v.amount_minor, v.currency,
       v.description, v.method, v.collecting, v.plan, v.catalog_version, v.pack, v.quantity,
       v.subscription, v.invoice, v.grant, v.refunded_minor, v.refunds, v.callback_url,
       v.created_at, v.expires_at);
}
template <typename Io, Of<ledger::Collection> T>
void fields(Io& io, T& v) {
    io(v.invoice, v.currency, v.amount_minor, v.subscription, v.blocks_overage, v.failures,
       v.next_attempt_at);
}
template <typename Io, Of<ledger::OverageBlock> T>
void fields(Io& io, T& v) {
    io(v.reason, v.invoice, v.since);
}
template <typename Io, Of<ledger::BillingSettings> T>
void fields(Io& io, T& v) {
    io(v.version, v.provider, v.require_payment_method, v.threshold_enabled, v.threshold_minor,
       v.auto_collect, v.grace_hours, v.retry_hours, v.past_due_after_hours);
}
template <typename Io, Of<ledger::SettingsPatch> T>
void fields(Io& io, T& v) {
    io(v.provider, v.require_payment_method, v.threshold_enabled, v.threshold_minor, v.auto_collect,
       v.grace_hours, v.retry_hours, v.past_due_after_hours);
}
template <typename Io, Of<ledger::OverageLimit> T>
void fields(Io& io, T& v) {
    io(v.max_minor, v.reaction);
}
template <typename Io, Of<ledger::Account> T>
void fields(Io& io, T& v) {
    io(v.organisation, v.id, v.external_id, v.email, v.created_at, v.subscriptions,
       v.feature_configs, v.overage_limit, v.capped_charges, v.unbilled_charges, v.trialed_plans,
       v.overrides, v.reservations, v.payment_methods, v.intents, v.collections, v.overage_block,
       v.threshold_due, v.next_intent, v.next_invoice, v.next_grant, v.next_due);
}
template <typename Io, Of<ledger::RolloverLot> T>
void fields(Io& io, T& v) {
    io(v.amount, v.expires_at);
}
// `unsaved` says nothing about the value.
template <typename Io, Of<ledger::MeterWindow> T>
void fields(Io& io, T& v) {
    io(v.period, v.allowance_used, v.rollover_used, v.credit_used, v.overage, v.pooled_overage,
       v.charge_minor, v.invoiced_minor, v.invoiced_overage, v.capped_minor, v.rollover,
       v.notified);
}
template <typename Io, Of<ledger::CreditGrant> T>
void fields(Io& io, T& v) {
    io(v.seq, v.system, v.source, v.granted, v.remaining, v.priority, v.expires_at, v.created_at);
}
template <typename Io, Of<ledger::Entity> T>
void fields(Io& io, T& v) {
    io(v.name, v.email, v.metadata_json, v.created_at, v.remove_at);
}
template <typename Io, Of<ledger::MeterKey> T>
void fields(Io& io, T& v) {
    io(v.subscription, v.feature, v.entity);
}

// Identity.

template <typename Io, Of<ledger::ApiKey> T>
void fields(Io& io, T& v) {
    io(v.id, v.organisation, v.name, v.hint, v.secret_sha256, v.created_at, v.revoked_at);
}
template <typename Io, Of<ledger::Customer> T>
void fields(Io& io, T& v) {
    io(v.id, v.organisation, v.external_id, v.email, v.name, v.metadata_json, v.home_key,
       v.created_at, v.updated_at);
}
template <typename Io, Of<ledger::WebhookEndpoint> T>
void fields(Io& io, T& v) {
    io(v.id, v.organisation, v.url, v.description, v.secret, v.previous_secret, v.types, v.enabled,
       v.disabled_reason, v.created_at, v.updated_at, v.rotated_at);
}
// The catalog has rows of its own.
template <typename Io, Of<ledger::Organisation> T>
void fields(Io& io, T& v) {
    io(v.id, v.name, v.created_at, v.provider, v.settings);
}

// Answers. UsageAnswer is written by row_entry.cc, which is written for every event.

template <typename Io, Of<ledger::CreditsView> T>
void fields(Io& io, T& v) {
    io(v.system, v.cost_per_unit, v.addon_balance, v.plan_used, v.plan_limit, v.resets_at);
}
template <typename Io, Of<ledger::AttachAnswer> T>
void fields(Io& io, T& v) {
    io(v.type, v.subscription, v.message, v.scheduled_at, v.trial_ends_at, v.invoice, v.intent);
}
template <typename Io, Of<ledger::AddonAnswer> T>
void fields(Io& io, T& v) {
    io(v.pack, v.pack_name, v.system, v.quantity, v.credits, v.balance, v.invoice, v.intent);
}
template <typename Io, Of<ledger::EntityAnswer> T>
void fields(Io& io, T& v) {
    io(v.feature, v.entity, v.count, v.limit, v.restored, v.remove_at);
}
template <typename Io, Of<ledger::EntityRefused> T>
void fields(Io& io, T& v) {
    io(v.feature, v.count, v.limit);
}
template <typename Io, Of<ledger::InvoiceAnswer> T>
void fields(Io& io, T& v) {
    io(v.invoices);
}
template <typename Io, Of<ledger::Done> T>
void fields(Io& io, T& v) {
    io(v.subject);
}
template <typename Io, Of<ledger::PaymentAnswer> T>
void fields(Io& io, T& v) {
    io(v.intent, v.subscription, v.invoice, v.message);
}
template <typename Io, Of<ledger::CustomerAnswer> T>
void fields(Io& io, T& v) {
    io(v.customer, v.created);
}
template <typename Io, Of<ledger::Changes> T>
void fields(Io& io, T& v) {
    io(v.created, v.updated, v.unchanged);
}
template <typename Io, Of<ledger::SyncReport> T>
void fields(Io& io, T& v) {
    io(v.features, v.credit_systems, v.credit_packs, v.plans, v.warnings);
}
template <typename Io, Of<ledger::SyncAnswer> T>
void fields(Io& io, T& v) {
    io(v.report, v.version);
}
template <typename Io, Of<ledger::Rejection> T>
void fields(Io& io, T& v) {
    io(v.code, v.message);
}

}  // namespace quipu::projections

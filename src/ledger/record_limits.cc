#include "ledger/record_limits.h"

#include <string>
#include <variant>

#include "base/json_text.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

constexpr Quantity kZero;

// Looks at one field after the other and keeps the first problem.
class Inspector {
public:
    void text(const char* field, std::string_view value, std::size_t limit) {
        if (value.size() > limit) [[unlikely]] {
            report("field_too_long", field, " is longer than " + std::to_string(limit) + " bytes.");
        } else if (!is_clean_text(value)) [[unlikely]] {
            report("text_malformed", field, " is not UTF-8 without NUL.");
        }
    }
    void optional_text(const char* field, const std::optional<std::string>& value,
                       std::size_t limit) {
        if (value) text(field, *value, limit);
    }
    void required(const char* field, std::string_view value) {
        if (value.empty()) [[unlikely]]
            report("field_missing", field, " is missing.");
    }
    void slug(const char* field, std::string_view value) { text(field, value, kMaxSlugBytes); }
    void url(const char* field, std::string_view value) { text(field, value, kMaxUrlBytes); }
    void metadata(const char* field, std::string_view value) {
        if (value.empty()) return;
        // An object is UTF-8 without NUL.
        if (value.size() <= kMaxMetadataBytes && base::is_json_object(value)) [[likely]]
            return;
        text(field, value, kMaxMetadataBytes);
        report("metadata_malformed", field, " is not a JSON object.");
    }
    void quantity(const char* field, Quantity value, Quantity least, Quantity most) {
        if (value < least || value > most) [[unlikely]] {
            report("value_out_of_range", field,
                   " must lie between " + least.to_string() + " and " + most.to_string() + ".");
        }
    }
    void total(const char* field, const std::optional<Quantity>& value) {
        if (value) quantity(field, *value, kZero - base::kMaxTotal, base::kMaxTotal);
    }
    void price(const char* field, const std::optional<base::UnitPrice>& value) {
        if (value && (*value > kMaxPrice || *value < base::UnitPrice() - kMaxPrice)) [[unlikely]] {
            report("value_out_of_range", field,
                   " must be at most " + kMaxPrice.to_string() + " minor units either way.");
        }
    }
    void whole(const char* field, std::int64_t value, std::int64_t most) {
        if (value < 0 || value > most) [[unlikely]] {
            report("value_out_of_range", field,
                   " must lie between 0 and " + std::to_string(most) + ".");
        }
    }
    void instant(const char* field, Instant value) {
        if (value.micros < 0 || value > base::kEndOfTime) [[unlikely]]
            report("value_out_of_range", field, " must lie in the years 1970 to 9999.");
    }
    void report(const char* code, const char* field, const std::string& what) {
        if (!problem_) problem_ = base::Error{code, field + what};
    }
    [[nodiscard]] std::optional<base::Error> take() { return std::move(problem_); }

private:
    std::optional<base::Error> problem_;
};

void inspect(Inspector& in, const Feature& feature) {
    in.slug("feature.slug", feature.slug);
    in.text("feature.name", feature.name, kMaxNameBytes);
}

void inspect(Inspector& in, const CreditSystem& system) {
    in.slug("credit_system.slug", system.slug);
    in.text("credit_system.name", system.name, kMaxNameBytes);
    in.optional_text("credit_system.description", system.description, kMaxDescriptionBytes);
    for (const CreditCost& cost : system.features) {
        in.slug("credit_cost.feature", cost.feature);
        in.total("credit_cost.cost", cost.cost);
    }
}

void inspect(Inspector& in, const CreditPack& pack) {
    in.slug("credit_pack.slug", pack.slug);
    in.text("credit_pack.name", pack.name, kMaxNameBytes);
    in.optional_text("credit_pack.description", pack.description, kMaxDescriptionBytes);
    in.total("credit_pack.credits", pack.credits);
    in.whole("credit_pack.price_minor", pack.price_minor, kMaxFeeMinor);
    in.slug("credit_pack.currency", pack.currency);
    in.slug("credit_pack.credit_system", pack.credit_system);
    in.optional_text("credit_pack.provider", pack.provider, kMaxNameBytes);
    in.metadata("credit_pack.metadata_json", pack.metadata_json);
    in.instant("credit_pack.created_at", pack.created_at);
    in.instant("credit_pack.updated_at", pack.updated_at);
}

void inspect(Inspector& in, const PlanFeature& feature) {
    in.slug("plan_feature.feature", feature.feature);
    in.total("plan_feature.included", feature.card.included);
    in.total("plan_feature.billing_units", feature.card.billing_units);
    in.price("plan_feature.price_per_unit", feature.card.price_per_unit);
    in.price("plan_feature.overage_price", feature.card.overage_price);
    for (const rating::Tier& tier : feature.card.tiers) {
        in.total("tier.up_to", tier.up_to);
        in.price("tier.unit_price", tier.unit_price);
        in.price("tier.flat_fee", tier.flat_fee);
    }
    in.total("plan_feature.trial_limit", feature.trial_limit);
    in.total("plan_feature.max_overage_units", feature.max_overage_units);
    in.total("plan_feature.credit_cost", feature.credit_cost);
    if (feature.rollover) {
        if (feature.rollover->max)
            in.quantity("rollover.max", *feature.rollover->max, kZero, base::kMaxTotal);
        in.whole("rollover.windows", feature.rollover->windows, kMaxRolloverWindows);
    }
}

void inspect(Inspector& in, const Plan& plan) {
    in.slug("plan.slug", plan.slug);
    in.text("plan.name", plan.name, kMaxNameBytes);
    in.optional_text("plan.description", plan.description, kMaxDescriptionBytes);
    in.whole("plan.price_minor", plan.price_minor, kMaxFeeMinor);
    in.whole("plan.trial_days", plan.trial_days, kMaxTrialDays);
    in.slug("plan.currency", plan.currency);
    in.optional_text("plan.group", plan.group, kMaxSlugBytes);
    in.optional_text("plan.provider", plan.provider, kMaxNameBytes);
    in.metadata("plan.metadata_json", plan.metadata_json);
    in.instant("plan.created_at", plan.created_at);
    for (const PlanFeature& feature : plan.features) inspect(in, feature);
}

void inspect(Inspector& in, const Catalog& catalog) {
    for (const Feature& feature : catalog.features) inspect(in, feature);
    for (const CreditSystem& system : catalog.credit_systems) inspect(in, system);
    for (const CreditPack& pack : catalog.credit_packs) inspect(in, pack);
    for (const Plan& plan : catalog.plans) inspect(in, plan);
}

void inspect(Inspector& in, const Track& track) {
    in.required("track.feature", track.feature);
    in.slug("track.feature", track.feature);
    in.quantity("track.value", track.value, kZero, base::kMaxQuantity);
    in.text("track.entity", track.entity, kMaxEntityBytes);
    in.metadata("track.metadata_json", track.metadata_json);
}

void inspect(Inspector&, const Genesis&) {}
void inspect(Inspector&, const Tick&) {}
void inspect(Inspector&, const GenerateInvoice&) {}
void inspect(Inspector& in, const PublishCatalog& publish) {
    inspect(in, publish.catalog);
}
void inspect(Inspector& in, const PublishPayload& publish) {
    inspect(in, publish.payload);
}

void inspect(Inspector& in, const OpenAccount& open) {
    in.text("open_account.customer", open.customer, kMaxCustomerBytes);
    in.text("open_account.external_id", open.external_id, kMaxCustomerBytes);
    in.text("open_account.email", open.email, kMaxEmailBytes);
}

void inspect(Inspector& in, const Attach& attach) {
    in.slug("attach.plan", attach.plan);
    in.metadata("attach.metadata_json", attach.metadata_json);
    in.url("attach.callback_url", attach.callback_url);
}

void inspect(Inspector& in, const Cancel& cancel) {
    in.slug("cancel.plan", cancel.plan);
}
void inspect(Inspector& in, const Uncancel& uncancel) {
    in.slug("uncancel.plan", uncancel.plan);
}
void inspect(Inspector& in, const PurchaseAddon& addon) {
    in.slug("purchase_addon.pack", addon.pack);
    in.url("purchase_addon.callback_url", addon.callback_url);
}

void inspect(Inspector& in, const AddEntity& add) {
    in.slug("add_entity.feature", add.feature);
    in.text("add_entity.entity", add.entity, kMaxEntityBytes);
    in.optional_text("add_entity.name", add.name, kMaxNameBytes);
    in.optional_text("add_entity.email", add.email, kMaxEmailBytes);
    in.metadata("add_entity.metadata_json", add.metadata_json);
}

void inspect(Inspector& in, const RemoveEntity& remove) {
    in.slug("remove_entity.feature", remove.feature);
    in.text("remove_entity.entity", remove.entity, kMaxEntityBytes);
}

void inspect(Inspector& in, const SetFeatureConfig& set) {
    in.slug("set_feature_config.feature", set.config.feature);
    if (set.config.max_overage_units) {
        in.quantity("set_feature_config.max_overage_units", *set.config.max_overage_units, kZero,
                    base::kMaxTotal);
    }
}

void inspect(Inspector& in, const SetOverageLimit& set) {
    if (set.limit && set.limit->max_minor < 0)
        in.report("value_out_of_range", "set_overage_limit.max_minor", " must not be negative.");
}

void inspect(Inspector& in, const CreateOrganisation& create) {
    in.text("create_organisation.organisation", create.organisation, kMaxOrganisationBytes);
    in.text("create_organisation.name", create.name, kMaxNameBytes);
}

void inspect(Inspector& in, const CreateKey& create) {
    in.text("create_key.key", create.key, kMaxIdBytes);
    in.text("create_key.name", create.name, kMaxNameBytes);
    in.text("create_key.hint", create.hint, kMaxNameBytes);
}

void inspect(Inspector& in, const RevokeKey& revoke) {
    in.text("revoke_key.key", revoke.key, kMaxIdBytes);
}

void inspect(Inspector& in, const UpsertCustomer& upsert) {
    in.text("upsert_customer.candidate", upsert.candidate, kMaxCustomerBytes);
    in.text("upsert_customer.external_id", upsert.external_id, kMaxCustomerBytes);
    in.text("upsert_customer.email", upsert.email, kMaxEmailBytes);
    in.optional_text("upsert_customer.name", upsert.name, kMaxNameBytes);
    in.metadata("upsert_customer.metadata_json", upsert.metadata_json);
}

void inspect(Inspector& in, const BillingSettings& settings) {
    in.text("settings.provider", settings.provider, kMaxNameBytes);
    in.whole("settings.threshold_minor", settings.threshold_minor, kMaxThresholdMinor);
    in.whole("settings.grace_hours", settings.grace_hours, kMaxSettingsHours);
    in.whole("settings.past_due_after_hours", settings.past_due_after_hours, kMaxSettingsHours);
    in.whole("settings.retry_hours", static_cast<std::int64_t>(settings.retry_hours.size()),
             kMaxRetries);
    for (const std::uint32_t hours : settings.retry_hours)
        in.whole("settings.retry_hours", hours, kMaxSettingsHours);
}

void inspect(Inspector& in, const PublishSettings& publish) {
    inspect(in, publish.settings);
}

void inspect(Inspector& in, const UpdateSettings& update) {
    BillingSettings changed = patched(BillingSettings{}, update.patch);
    changed.threshold_minor = update.patch.threshold_minor.value_or(0);
    changed.provider = update.patch.provider.value_or("");
    inspect(in, changed);
}

void inspect(Inspector& in, const SetDefaultProvider& set) {
    in.required("set_default_provider.provider", set.provider);
    in.text("set_default_provider.provider", set.provider, kMaxNameBytes);
}

void inspect(Inspector& in, const ActivateSubscription& activate) {
    in.text("activate_subscription.subscription", activate.subscription, kMaxIdBytes);
    in.url("activate_subscription.callback_url", activate.callback_url);
}

void inspect(Inspector& in, const SetUpPaymentMethod& set_up) {
    in.url("set_up_payment_method.callback_url", set_up.callback_url);
}

void inspect(Inspector& in, const RemovePaymentMethod& remove) {
    in.text("remove_payment_method.method", remove.method, kMaxIdBytes);
}

void inspect(Inspector& in, const PayInvoice& pay) {
    in.text("pay_invoice.invoice", pay.invoice, kMaxIdBytes);
    in.url("pay_invoice.callback_url", pay.callback_url);
}

void inspect(Inspector& in, const MarkInvoicePaid& mark) {
    in.text("mark_invoice_paid.invoice", mark.invoice, kMaxIdBytes);
    in.text("mark_invoice_paid.reference", mark.reference, kMaxNameBytes);
}

void inspect(Inspector& in, const VoidInvoice& withdraw) {
    in.text("void_invoice.invoice", withdraw.invoice, kMaxIdBytes);
    in.text("void_invoice.reason", withdraw.reason, kMaxDescriptionBytes);
}

void inspect(Inspector& in, const RecordPayment& payment) {
    in.required("record_payment.intent", payment.intent);
    in.text("record_payment.intent", payment.intent, kMaxIdBytes);
    in.whole("record_payment.amount_minor", payment.amount_minor, kMaxFeeMinor * 1000);
    in.slug("record_payment.currency", payment.currency);
    in.text("record_payment.reference", payment.reference, kMaxNameBytes);
    in.text("record_payment.failure", payment.failure, kMaxNameBytes);
    in.text("record_payment.message", payment.message, kMaxDescriptionBytes);
    if (!payment.method) return;
    in.required("method.id", payment.method->id);
    in.text("method.id", payment.method->id, kMaxIdBytes);
    in.text("method.provider", payment.method->provider, kMaxNameBytes);
    in.text("method.brand", payment.method->brand, kMaxNameBytes);
    in.text("method.last4", payment.method->last4, 4);
}

void inspect(Inspector& in, const RecordRefund& refund) {
    in.required("record_refund.intent", refund.intent);
    in.text("record_refund.intent", refund.intent, kMaxIdBytes);
    in.whole("record_refund.amount_minor", refund.amount_minor, kMaxFeeMinor * 1000);
    in.slug("record_refund.currency", refund.currency);
    in.text("record_refund.reference", refund.reference, kMaxNameBytes);
    in.text("record_refund.failure", refund.failure, kMaxNameBytes);
    in.text("record_refund.message", refund.message, kMaxDescriptionBytes);
}

void inspect(Inspector& in, const GrantOverride& grant) {
    in.required("override.feature", grant.granted.feature);
    in.slug("override.feature", grant.granted.feature);
    if (grant.granted.limit)
        in.quantity("override.limit", *grant.granted.limit, kZero, base::kMaxTotal);
    if (grant.granted.expires_at) in.instant("override.expires_at", *grant.granted.expires_at);
    in.text("override.reason", grant.granted.reason, kMaxDescriptionBytes);
}

void inspect(Inspector& in, const RevokeOverride& revoke) {
    in.slug("revoke_override.feature", revoke.feature);
}

void inspect(Inspector& in, const CorrectUsage& correct) {
    in.required("correct_usage.feature", correct.feature);
    in.slug("correct_usage.feature", correct.feature);
    in.text("correct_usage.entity", correct.entity, kMaxEntityBytes);
    in.quantity("correct_usage.value", correct.value, base::Quantity::from_coefficient(1),
                base::kMaxQuantity);
    in.text("correct_usage.reason", correct.reason, kMaxDescriptionBytes);
}

void inspect(Inspector& in, const Reserve& reserve) {
    in.required("reserve.feature", reserve.feature);
    in.slug("reserve.feature", reserve.feature);
    in.text("reserve.entity", reserve.entity, kMaxEntityBytes);
    in.quantity("reserve.value", reserve.value, base::Quantity::from_coefficient(1),
                base::kMaxQuantity);
    if (reserve.hold_micros < 1) {
        in.report("value_out_of_range", "reserve.hold_micros", " must be greater than 0.");
    }
    in.whole("reserve.hold_micros", reserve.hold_micros, kMaxHoldMicros);
}

void inspect(Inspector& in, const ConfirmReservation& confirm) {
    in.required("confirm_reservation.reservation", confirm.reservation);
    in.text("confirm_reservation.reservation", confirm.reservation, kMaxIdBytes);
    if (confirm.value)
        in.quantity("confirm_reservation.value", *confirm.value, kZero, base::kMaxQuantity);
    in.metadata("confirm_reservation.metadata_json", confirm.metadata_json);
}

void inspect(Inspector& in, const ReleaseReservation& release) {
    in.required("release_reservation.reservation", release.reservation);
    in.text("release_reservation.reservation", release.reservation, kMaxIdBytes);
}

void inspect_types(Inspector& in, const std::vector<std::string>& types) {
    if (types.size() > kMaxWebhookTypes) {
        in.report("value_out_of_range", "webhook_endpoint.types",
                  " must be " + std::to_string(kMaxWebhookTypes) + " at most.");
    }
    for (const std::string& type : types) in.slug("webhook_endpoint.types", type);
}

void inspect(Inspector& in, const CreateWebhookEndpoint& create) {
    in.required("webhook_endpoint.endpoint", create.endpoint);
    in.text("webhook_endpoint.endpoint", create.endpoint, kMaxIdBytes);
    in.text("webhook_endpoint.url", create.url, kMaxUrlBytes);
    in.text("webhook_endpoint.description", create.description, kMaxNameBytes);
    in.text("webhook_endpoint.secret", create.secret, kMaxWebhookSecretBytes);
    inspect_types(in, create.types);
}

void inspect(Inspector& in, const UpdateWebhookEndpoint& update) {
    in.text("webhook_endpoint.endpoint", update.endpoint, kMaxIdBytes);
    in.optional_text("webhook_endpoint.url", update.url, kMaxUrlBytes);
    in.optional_text("webhook_endpoint.description", update.description, kMaxNameBytes);
    if (update.types) inspect_types(in, *update.types);
}

void inspect(Inspector& in, const DeleteWebhookEndpoint& remove) {
    in.text("webhook_endpoint.endpoint", remove.endpoint, kMaxIdBytes);
}

void inspect(Inspector& in, const DisableWebhookEndpoint& disable) {
    in.text("webhook_endpoint.endpoint", disable.endpoint, kMaxIdBytes);
    in.text("webhook_endpoint.reason", disable.reason, kMaxNameBytes);
}

void inspect(Inspector& in, const RotateWebhookSecret& rotate) {
    in.text("webhook_endpoint.endpoint", rotate.endpoint, kMaxIdBytes);
    in.text("webhook_endpoint.secret", rotate.secret, kMaxWebhookSecretBytes);
}

bool needs_id(const Command& command) {
    return !std::holds_alternative<Genesis>(command) && !std::holds_alternative<Tick>(command) &&
           !std::holds_alternative<PublishCatalog>(command) &&
           !std::holds_alternative<PublishSettings>(command);
}

}  // namespace

std::optional<base::Error> problem_of(const CommandRecord& record) {
    Inspector in;
    if (needs_id(record.command)) in.required("id", record.id);
    in.text("id", record.id, kMaxIdBytes);
    in.text("organisation", record.organisation, kMaxOrganisationBytes);
    in.text("customer", record.customer, kMaxCustomerBytes);
    if (record.occurred_at) in.instant("occurred_at", *record.occurred_at);
    std::visit([&](const auto& command) { inspect(in, command); }, record.command);
    return in.take();
}

}  // namespace quipu::ledger

#include "ledger/record_limits.h"

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/fields.h"
#include "base/one_of.h"
#include "ledger/catalog_limits.h"
#include "ledger/field_inspector.h"

namespace quipu::ledger {
namespace {

using base::Instant;
using base::Quantity;

constexpr Quantity kZero;

// How long a text may be follows from what its field is called, the same in every command.
constexpr std::size_t limit_of(std::string_view field) {
    constexpr std::pair<std::string_view, std::size_t> kLimits[] = {
        {"feature", kMaxSlugBytes},
        {"plan", kMaxSlugBytes},
        {"pack", kMaxSlugBytes},
        {"entity", kMaxEntityBytes},
        {"customer", kMaxCustomerBytes},
        {"email", kMaxEmailBytes},
        {"organisation", kMaxOrganisationBytes},
        {"url", kMaxUrlBytes},
        {"callback_url", kMaxUrlBytes},
        {"reason", kMaxDescriptionBytes},
        {"description", kMaxDescriptionBytes},
        {"message", kMaxDescriptionBytes}};
    for (const auto& [name, limit] : kLimits) {
        if (name == field) return limit;
    }
    return kMaxIdBytes;
}

// A command that asks for no more than that its fields keep within what fields may hold.
template <typename C>
void inspect(FieldInspector& in, const C& command) {
    base::for_each_field(command, [&](std::string_view name, const auto& value) {
        using Value = std::remove_cvref_t<decltype(value)>;
        const std::string field = std::string(C::kKind.name) + "." + std::string(name);
        if constexpr (std::is_same_v<Value, std::string>) {
            if (name == "metadata_json") return in.metadata(field.c_str(), value);
            in.text(field.c_str(), value, limit_of(name));
        } else if constexpr (std::is_same_v<Value, std::optional<std::string>>) {
            in.optional_text(field.c_str(), value, limit_of(name));
        } else if constexpr (std::is_same_v<Value, Quantity>) {
            in.quantity(field.c_str(), value, kZero, base::kMaxQuantity);
        } else if constexpr (std::is_same_v<Value, Instant>) {
            in.instant(field.c_str(), value);
        } else {
            static_assert(std::is_arithmetic_v<Value>, "says its limits in an inspect of its own");
        }
    });
}

void inspect(FieldInspector& in, const Track& track) {
    in.required("track.feature", track.feature);
    in.slug("track.feature", track.feature);
    in.quantity("track.value", track.value, kZero, base::kMaxQuantity);
    in.text("track.entity", track.entity, kMaxEntityBytes);
    in.metadata("track.metadata_json", track.metadata_json);
}

void inspect(FieldInspector&, const Genesis&) {}
void inspect(FieldInspector& in, const PublishCatalog& publish) {
    inspect(in, publish.catalog);
}
void inspect(FieldInspector& in, const PublishPayload& publish) {
    inspect(in, publish.payload);
}

void inspect(FieldInspector& in, const OpenAccount& open) {
    in.text("open_account.customer", open.customer, kMaxCustomerBytes);
    in.text("open_account.external_id", open.external_id, kMaxCustomerBytes);
    in.text("open_account.email", open.email, kMaxEmailBytes);
}

void inspect(FieldInspector& in, const Attach& attach) {
    in.slug("attach.plan", attach.plan);
    in.metadata("attach.metadata_json", attach.metadata_json);
    in.url("attach.callback_url", attach.callback_url);
}

void inspect(FieldInspector& in, const PurchaseAddon& addon) {
    in.slug("purchase_addon.pack", addon.pack);
    in.url("purchase_addon.callback_url", addon.callback_url);
}

void inspect(FieldInspector& in, const AddEntity& add) {
    in.slug("add_entity.feature", add.feature);
    in.text("add_entity.entity", add.entity, kMaxEntityBytes);
    in.optional_text("add_entity.name", add.name, kMaxNameBytes);
    in.optional_text("add_entity.email", add.email, kMaxEmailBytes);
    in.metadata("add_entity.metadata_json", add.metadata_json);
}

void inspect(FieldInspector& in, const RemoveEntity& remove) {
    in.slug("remove_entity.feature", remove.feature);
    in.text("remove_entity.entity", remove.entity, kMaxEntityBytes);
}

void inspect(FieldInspector& in, const SetFeatureConfig& set) {
    in.slug("set_feature_config.feature", set.config.feature);
    if (set.config.max_overage_units) {
        in.quantity("set_feature_config.max_overage_units", *set.config.max_overage_units, kZero,
                    base::kMaxTotal);
    }
}

void inspect(FieldInspector& in, const SetOverageLimit& set) {
    if (set.limit && set.limit->max_minor < 0)
        in.report("value_out_of_range", "set_overage_limit.max_minor", " must not be negative.");
}

void inspect(FieldInspector& in, const CreateOrganisation& create) {
    in.text("create_organisation.organisation", create.organisation, kMaxOrganisationBytes);
    in.text("create_organisation.name", create.name, kMaxNameBytes);
}

void inspect(FieldInspector& in, const CreateKey& create) {
    in.text("create_key.key", create.key, kMaxIdBytes);
    in.text("create_key.name", create.name, kMaxNameBytes);
    in.text("create_key.hint", create.hint, kMaxNameBytes);
}

void inspect(FieldInspector& in, const UpsertCustomer& upsert) {
    in.text("upsert_customer.candidate", upsert.candidate, kMaxCustomerBytes);
    in.text("upsert_customer.external_id", upsert.external_id, kMaxCustomerBytes);
    in.text("upsert_customer.email", upsert.email, kMaxEmailBytes);
    in.optional_text("upsert_customer.name", upsert.name, kMaxNameBytes);
    in.metadata("upsert_customer.metadata_json", upsert.metadata_json);
}

void inspect(FieldInspector& in, const BillingSettings& settings) {
    in.text("settings.provider", settings.provider, kMaxNameBytes);
    in.whole("settings.threshold_minor", settings.threshold_minor, kMaxThresholdMinor);
    in.whole("settings.grace_hours", settings.grace_hours, kMaxSettingsHours);
    in.whole("settings.past_due_after_hours", settings.past_due_after_hours, kMaxSettingsHours);
    in.whole("settings.retry_hours", static_cast<std::int64_t>(settings.retry_hours.size()),
             kMaxRetries);
    for (const std::uint32_t hours : settings.retry_hours)
        in.whole("settings.retry_hours", hours, kMaxSettingsHours);
}

void inspect(FieldInspector& in, const PublishSettings& publish) {
    inspect(in, publish.settings);
}

void inspect(FieldInspector& in, const UpdateSettings& update) {
    BillingSettings changed = patched(BillingSettings{}, update.patch);
    changed.threshold_minor = update.patch.threshold_minor.value_or(0);
    changed.provider = update.patch.provider.value_or("");
    inspect(in, changed);
}

void inspect(FieldInspector& in, const SetDefaultProvider& set) {
    in.required("set_default_provider.provider", set.provider);
    in.text("set_default_provider.provider", set.provider, kMaxNameBytes);
}

void inspect(FieldInspector& in, const ActivateSubscription& activate) {
    in.text("activate_subscription.subscription", activate.subscription, kMaxIdBytes);
    in.url("activate_subscription.callback_url", activate.callback_url);
}

void inspect(FieldInspector& in, const SetUpPaymentMethod& set_up) {
    in.url("set_up_payment_method.callback_url", set_up.callback_url);
}

void inspect(FieldInspector& in, const PayInvoice& pay) {
    in.text("pay_invoice.invoice", pay.invoice, kMaxIdBytes);
    in.url("pay_invoice.callback_url", pay.callback_url);
}

void inspect(FieldInspector& in, const MarkInvoicePaid& mark) {
    in.text("mark_invoice_paid.invoice", mark.invoice, kMaxIdBytes);
    in.text("mark_invoice_paid.reference", mark.reference, kMaxNameBytes);
}

void inspect(FieldInspector& in, const VoidInvoice& withdraw) {
    in.text("void_invoice.invoice", withdraw.invoice, kMaxIdBytes);
    in.text("void_invoice.reason", withdraw.reason, kMaxDescriptionBytes);
}

bool names_one_twice(const std::vector<LeastCharge>& charges) {
    for (auto at = charges.begin(); at != charges.end(); ++at) {
        if (std::ranges::find(at + 1, charges.end(), at->currency, &LeastCharge::currency) !=
            charges.end()) {
            return true;
        }
    }
    return false;
}

void inspect(FieldInspector& in, const RecordPayment& payment) {
    in.required("record_payment.intent", payment.intent);
    in.text("record_payment.intent", payment.intent, kMaxIdBytes);
    in.whole("record_payment.amount_minor", payment.amount_minor, kMaxFeeMinor * 1000);
    in.text("record_payment.reference", payment.reference, kMaxNameBytes);
    in.text("record_payment.failure", payment.failure, kMaxNameBytes);
    in.text("record_payment.message", payment.message, kMaxDescriptionBytes);
    if (!payment.method) return;
    in.required("method.id", payment.method->id);
    in.text("method.id", payment.method->id, kMaxIdBytes);
    in.text("method.provider", payment.method->provider, kMaxNameBytes);
    in.text("method.brand", payment.method->brand, kMaxNameBytes);
    in.text("method.last4", payment.method->last4, 4);
    in.whole("method.least_charges",
             static_cast<std::int64_t>(payment.method->least_charges.size()), kMaxLeastCharges);
    for (const LeastCharge& least : payment.method->least_charges)
        in.whole("method.least_charges.minor", least.minor, kMaxFeeMinor);
    if (names_one_twice(payment.method->least_charges))
        in.report("value_malformed", "method.least_charges", " has a currency twice.");
}

void inspect(FieldInspector& in, const RecordRefund& refund) {
    in.required("record_refund.intent", refund.intent);
    in.text("record_refund.intent", refund.intent, kMaxIdBytes);
    in.whole("record_refund.amount_minor", refund.amount_minor, kMaxFeeMinor * 1000);
    in.text("record_refund.reference", refund.reference, kMaxNameBytes);
    in.text("record_refund.failure", refund.failure, kMaxNameBytes);
    in.text("record_refund.message", refund.message, kMaxDescriptionBytes);
}

void inspect(FieldInspector& in, const GrantOverride& grant) {
    in.required("override.feature", grant.granted.feature);
    in.slug("override.feature", grant.granted.feature);
    if (grant.granted.limit)
        in.quantity("override.limit", *grant.granted.limit, kZero, base::kMaxTotal);
    if (grant.granted.expires_at) in.instant("override.expires_at", *grant.granted.expires_at);
    in.text("override.reason", grant.granted.reason, kMaxDescriptionBytes);
}

void inspect(FieldInspector& in, const CorrectUsage& correct) {
    in.required("correct_usage.feature", correct.feature);
    in.slug("correct_usage.feature", correct.feature);
    in.text("correct_usage.entity", correct.entity, kMaxEntityBytes);
    in.quantity("correct_usage.value", correct.value, base::Quantity::from_coefficient(1),
                base::kMaxQuantity);
    in.text("correct_usage.reason", correct.reason, kMaxDescriptionBytes);
}

void inspect(FieldInspector& in, const Reserve& reserve) {
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

void inspect(FieldInspector& in, const ConfirmReservation& confirm) {
    in.required("confirm_reservation.reservation", confirm.reservation);
    in.text("confirm_reservation.reservation", confirm.reservation, kMaxIdBytes);
    if (confirm.value)
        in.quantity("confirm_reservation.value", *confirm.value, kZero, base::kMaxQuantity);
    in.metadata("confirm_reservation.metadata_json", confirm.metadata_json);
}

void inspect(FieldInspector& in, const ReleaseReservation& release) {
    in.required("release_reservation.reservation", release.reservation);
    in.text("release_reservation.reservation", release.reservation, kMaxIdBytes);
}

void inspect_types(FieldInspector& in, const std::vector<std::string>& types) {
    if (types.size() > kMaxWebhookTypes) {
        in.report("value_out_of_range", "webhook_endpoint.types",
                  " must be " + std::to_string(kMaxWebhookTypes) + " at most.");
    }
    for (const std::string& type : types) in.slug("webhook_endpoint.types", type);
}

void inspect(FieldInspector& in, const CreateWebhookEndpoint& create) {
    in.required("webhook_endpoint.endpoint", create.endpoint);
    in.text("webhook_endpoint.endpoint", create.endpoint, kMaxIdBytes);
    in.text("webhook_endpoint.url", create.url, kMaxUrlBytes);
    in.text("webhook_endpoint.description", create.description, kMaxNameBytes);
    in.text("webhook_endpoint.secret", create.secret, kMaxWebhookSecretBytes);
    inspect_types(in, create.types);
}

void inspect(FieldInspector& in, const UpdateWebhookEndpoint& update) {
    in.text("webhook_endpoint.endpoint", update.endpoint, kMaxIdBytes);
    in.optional_text("webhook_endpoint.url", update.url, kMaxUrlBytes);
    in.optional_text("webhook_endpoint.description", update.description, kMaxNameBytes);
    if (update.types) inspect_types(in, *update.types);
}

void inspect(FieldInspector& in, const DeleteWebhookEndpoint& remove) {
    in.text("webhook_endpoint.endpoint", remove.endpoint, kMaxIdBytes);
}

void inspect(FieldInspector& in, const DisableWebhookEndpoint& disable) {
    in.text("webhook_endpoint.endpoint", disable.endpoint, kMaxIdBytes);
    in.text("webhook_endpoint.reason", disable.reason, kMaxNameBytes);
}

void inspect(FieldInspector& in, const RotateWebhookSecret& rotate) {
    in.text("webhook_endpoint.endpoint", rotate.endpoint, kMaxIdBytes);
    in.text("webhook_endpoint.secret", rotate.secret, kMaxWebhookSecretBytes);
}

// What a partition is told by the ledger itself has no sender who could send it again.
bool needs_id(const Command& command) {
    return std::visit(
        []<typename C>(const C&) {
            return !base::OneOf<C, PartitionCommand> && !base::OneOf<C, PublishedCommand>;
        },
        command);
}

}  // namespace

std::optional<base::Error> problem_of(const CommandRecord& record) {
    FieldInspector in;
    if (needs_id(record.command)) in.required("id", record.id);
    in.text("id", record.id, kMaxIdBytes);
    in.text("organisation", record.organisation, kMaxOrganisationBytes);
    in.text("customer", record.customer, kMaxCustomerBytes);
    if (record.occurred_at) in.instant("occurred_at", *record.occurred_at);
    std::visit([&](const auto& command) { inspect(in, command); }, record.command);
    return in.take();
}

}  // namespace quipu::ledger

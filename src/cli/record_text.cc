#include "cli/record_text.h"

#include <variant>

#include "base/instant.h"
#include "base/json_writer.h"
#include "cli/partition_name.h"
#include "ingest/record_decoder.h"
#include "ledger/codec/invoice_codec.h"
#include "ledger/codec/notification_codec.h"

namespace quipu::cli {
namespace {

using base::JsonWriter;
using ledger::Topic;

// The name of a command and the members that say what it asks for.
class CommandText {
public:
    explicit CommandText(JsonWriter& json) : json_(json) {}

    void operator()(const ledger::Genesis& genesis) {
        begin("genesis");
        number("partitions", genesis.partitions);
        number("rulesVersion", genesis.rules_version);
    }
    void operator()(const ledger::Tick&) { begin("tick"); }
    void operator()(const ledger::PublishCatalog& publish) {
        begin("publish_catalog");
        number("version", static_cast<std::int64_t>(publish.catalog.version));
        catalog(publish.catalog);
    }
    void operator()(const ledger::OpenAccount& open) {
        begin("open_account");
        text("customerId", open.customer);
        text("externalId", open.external_id);
        text("email", open.email);
        truth("autoEnable", open.auto_enable);
    }
    void operator()(const ledger::Track& track) {
        begin("track");
        text("feature", track.feature);
        json_.key("value").number(track.value.to_string());
        text("entity", track.entity);
        raw("metadata", track.metadata_json);
        if (track.as_check) truth("asCheck", true);
    }
    void operator()(const ledger::Attach& attach) {
        begin("attach");
        text("plan", attach.plan);
        raw("metadata", attach.metadata_json);
    }
    void operator()(const ledger::Cancel& cancel) {
        begin("cancel");
        text("plan", cancel.plan);
        truth("immediately", cancel.immediately);
    }
    void operator()(const ledger::Uncancel& uncancel) {
        begin("uncancel");
        text("plan", uncancel.plan);
    }
    void operator()(const ledger::PurchaseAddon& purchase) {
        begin("purchase_addon");
        text("pack", purchase.pack);
        number("quantity", purchase.quantity);
    }
    void operator()(const ledger::AddEntity& add) {
        begin("add_entity");
        text("feature", add.feature);
        text("entity", add.entity);
        text("name", add.name.value_or(""));
        text("email", add.email.value_or(""));
        raw("metadata", add.metadata_json);
    }
    void operator()(const ledger::RemoveEntity& remove) {
        begin("remove_entity");
        text("feature", remove.feature);
        text("entity", remove.entity);
    }
    void operator()(const ledger::SetFeatureConfig& set) {
        begin("set_feature_config");
        text("feature", set.config.feature);
        if (set.config.overage) {
            const bool charge = *set.config.overage == ledger::OverageMode::Charge;
            text("overage", charge ? "charge" : "block");
        }
        if (set.config.max_overage_units)
            json_.key("maxOverageUnits").number(set.config.max_overage_units->to_string());
    }
    void operator()(const ledger::SetOverageLimit& set) {
        begin("set_overage_limit");
        if (set.limit) {
            number("maxOverageAmount", set.limit->max_minor);
        } else {
            json_.key("maxOverageAmount").null();
        }
    }
    void operator()(const ledger::GenerateInvoice&) { begin("generate_invoice"); }
    void operator()(const ledger::CreateOrganisation& create) {
        begin("create_organisation");
        text("organisationId", create.organisation);
        text("name", create.name);
    }
    void operator()(const ledger::CreateKey& create) {
        begin("create_key");
        text("key", create.key);
        text("name", create.name);
        text("hint", create.hint);
    }
    void operator()(const ledger::RevokeKey& revoke) {
        begin("revoke_key");
        text("key", revoke.key);
    }
    void operator()(const ledger::UpsertCustomer& upsert) {
        begin("upsert_customer");
        text("candidate", upsert.candidate);
        text("externalId", upsert.external_id);
        text("email", upsert.email);
        text("name", upsert.name.value_or(""));
        raw("metadata", upsert.metadata_json);
    }
    void operator()(const ledger::PublishPayload& publish) {
        begin("publish_payload");
        catalog(publish.payload);
    }
    void operator()(const ledger::PublishSettings& publish) {
        const ledger::BillingSettings& settings = publish.settings;
        begin("publish_settings");
        number("version", static_cast<std::int64_t>(settings.version));
        text("provider", settings.provider);
        truth("requirePaymentMethod", settings.require_payment_method);
        number("thresholdAmount", settings.threshold_minor);
        truth("autoCollect", settings.auto_collect);
        number("gracePeriodHours", settings.grace_hours);
    }
    void operator()(const ledger::ActivateSubscription& activate) {
        begin("activate_subscription");
        text("subscription", activate.subscription);
    }
    void operator()(const ledger::SetUpPaymentMethod&) { begin("set_up_payment_method"); }
    void operator()(const ledger::RemovePaymentMethod& remove) {
        begin("remove_payment_method");
        text("method", remove.method);
    }
    void operator()(const ledger::PayInvoice& pay) {
        begin("pay_invoice");
        text("invoice", pay.invoice);
    }
    void operator()(const ledger::MarkInvoicePaid& mark) {
        begin("mark_invoice_paid");
        text("invoice", mark.invoice);
        text("reference", mark.reference);
    }
    void operator()(const ledger::VoidInvoice& withdraw) {
        begin("void_invoice");
        text("invoice", withdraw.invoice);
        text("reason", withdraw.reason);
    }
    void operator()(const ledger::RecordPayment& payment) {
        begin("record_payment");
        text("intent", payment.intent);
        text("result", payment.result == ledger::PaymentResult::Succeeded ? "succeeded"
                       : payment.result == ledger::PaymentResult::Failed  ? "failed"
                                                                          : "abandoned");
        number("amount", payment.amount_minor);
        text("currency", payment.currency);
        text("reference", payment.reference);
        text("failure", payment.failure);
    }
    void operator()(const ledger::RecordRefund& refund) {
        begin("record_refund");
        text("intent", refund.intent);
        number("amount", refund.amount_minor);
        text("currency", refund.currency);
        text("reference", refund.reference);
    }
    void operator()(const ledger::GrantOverride& grant) {
        begin("grant_override");
        text("feature", grant.granted.feature);
        if (grant.granted.limit) json_.key("limit").number(grant.granted.limit->to_string());
        text("reset", name_of(grant.granted.reset));
        text("reason", grant.granted.reason);
    }
    void operator()(const ledger::RevokeOverride& revoke) {
        begin("revoke_override");
        text("feature", revoke.feature);
    }
    void operator()(const ledger::CorrectUsage& correct) {
        begin("correct_usage");
        text("feature", correct.feature);
        text("entity", correct.entity);
        json_.key("value").number(correct.value.to_string());
        text("reason", correct.reason);
    }
    void operator()(const ledger::Reserve& reserve) {
        begin("reserve");
        text("feature", reserve.feature);
        text("entity", reserve.entity);
        json_.key("value").number(reserve.value.to_string());
        number("holdMicros", reserve.hold_micros);
    }
    void operator()(const ledger::ConfirmReservation& confirm) {
        begin("confirm_reservation");
        text("reservation", confirm.reservation);
        if (confirm.value) json_.key("value").number(confirm.value->to_string());
    }
    void operator()(const ledger::ReleaseReservation& release) {
        begin("release_reservation");
        text("reservation", release.reservation);
    }
    void operator()(const ledger::SetDefaultProvider& set) {
        begin("set_default_provider");
        text("provider", set.provider);
    }
    void operator()(const ledger::UpdateSettings& update) {
        begin("update_settings");
        if (update.patch.provider) text("provider", *update.patch.provider);
        if (update.patch.threshold_minor) number("thresholdAmount", *update.patch.threshold_minor);
        if (update.patch.auto_collect) truth("autoCollect", *update.patch.auto_collect);
    }
    // Secrets are on the log, but not on a screen.
    void operator()(const ledger::CreateWebhookEndpoint& create) {
        begin("create_webhook_endpoint");
        text("endpoint", create.endpoint);
        text("url", create.url);
        text("description", create.description);
        list("types", create.types);
    }
    void operator()(const ledger::UpdateWebhookEndpoint& update) {
        begin("update_webhook_endpoint");
        text("endpoint", update.endpoint);
        text("url", update.url.value_or(""));
        text("description", update.description.value_or(""));
        if (update.types) list("types", *update.types);
        if (update.enabled) truth("enabled", *update.enabled);
    }
    void operator()(const ledger::DeleteWebhookEndpoint& remove) {
        begin("delete_webhook_endpoint");
        text("endpoint", remove.endpoint);
    }
    void operator()(const ledger::DisableWebhookEndpoint& disable) {
        begin("disable_webhook_endpoint");
        text("endpoint", disable.endpoint);
        text("reason", disable.reason);
    }
    void operator()(const ledger::RotateWebhookSecret& rotate) {
        begin("rotate_webhook_secret");
        text("endpoint", rotate.endpoint);
    }

private:
    void begin(std::string_view name) { json_.key("command").string(name); }
    void text(std::string_view name, std::string_view value) {
        if (!value.empty()) json_.key(name).string(value);
    }
    void list(std::string_view name, const std::vector<std::string>& texts) {
        json_.key(name).begin_array();
        for (const std::string& each : texts) json_.string(each);
        json_.end_array();
    }
    void raw(std::string_view name, std::string_view json) {
        if (!json.empty()) json_.key(name).raw(json);
    }
    void number(std::string_view name, std::int64_t value) { json_.key(name).integer(value); }
    void truth(std::string_view name, bool value) { json_.key(name).boolean(value); }
    void catalog(const ledger::Catalog& catalog) {
        number("features", static_cast<std::int64_t>(catalog.features.size()));
        number("plans", static_cast<std::int64_t>(catalog.plans.size()));
    }

    JsonWriter& json_;
};

void write_command(JsonWriter& json, const ledger::CommandRecord& record) {
    if (!record.id.empty()) json.key("id").string(record.id);
    if (!record.organisation.empty()) json.key("organisation").string(record.organisation);
    if (!record.customer.empty()) json.key("customer").string(record.customer);
    if (record.occurred_at)
        json.key("occurredAt").string(base::format_instant(*record.occurred_at));
    if (record.routed) json.key("routed").boolean(true);
    std::visit(CommandText(json), record.command);
}

void write_invoice(JsonWriter& json, const ledger::Invoice& invoice) {
    json.key("id").string(invoice.id);
    json.key("number").string(invoice.number);
    json.key("organisation").string(invoice.organisation);
    json.key("customer").string(invoice.customer);
    json.key("status").string(name_of(invoice.status));
    json.key("currency").string(invoice.currency);
    json.key("total").integer(invoice.total_minor);
    json.key("lines").integer(static_cast<std::int64_t>(invoice.lines.size()));
}

void write_notification(JsonWriter& json, const ledger::Notification& notification) {
    json.key("id").string(notification.id);
    json.key("type").string(notification.type);
    json.key("organisation").string(notification.organisation);
    json.key("customer").string(notification.customer);
    json.key("at").string(base::format_instant(notification.at));
    json.key("facts").integer(static_cast<std::int64_t>(notification.facts.size()));
}

void write_headers(JsonWriter& json, const std::vector<ledger::Header>& headers) {
    if (headers.empty()) return;
    json.key("headers").begin_object();
    for (const ledger::Header& header : headers) json.key(header.name).string(header.value);
    json.end_object();
}

void write_error(JsonWriter& json, const base::Error& error) {
    json.key("notDecoded").string(error.code);
    json.key("reason").string(error.message);
}

}  // namespace

RecordText::RecordText() : decode_(ingest::record_decoder()) {}

std::string RecordText::line(ledger::Partition partition, const ledger::StoredRecord& record) {
    std::string text;
    JsonWriter json(text);
    json.begin_object();
    json.key("partition").string(partition_name(partition));
    json.key("offset").integer(record.offset);
    json.key("recordedAt").string(base::format_instant(record.recorded_at));
    json.key("key").string(record.key);
    write_headers(json, record.headers);
    if (partition.topic == Topic::Invoices) {
        const auto invoice = ledger::decode_invoice(record.value);
        if (invoice) write_invoice(json, *invoice);
        if (!invoice) write_error(json, invoice.error());
    } else if (partition.topic == Topic::Notifications) {
        const auto notification = ledger::decode_notification(record.value);
        if (notification) write_notification(json, *notification);
        if (!notification) write_error(json, notification.error());
    } else {
        const auto command = decode_(record);
        if (command) write_command(json, *command);
        if (!command) write_error(json, command.error());
    }
    json.end_object();
    return text;
}

}  // namespace quipu::cli

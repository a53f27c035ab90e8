#include "api/customers/customer_json.h"

#include "api/request/json.h"
#include "ledger/invoice.h"

namespace quipu::api {
namespace {

void write_or_null(base::JsonWriter& json, const std::string& text) {
    if (text.empty()) {
        json.null();
    } else {
        json.string(text);
    }
}

void write_feature_config(base::JsonWriter& json, const ledger::FeatureConfig& config) {
    json.begin_object();
    json.key("feature").string(config.feature);
    json.key("overage");
    if (config.overage) {
        json.string(*config.overage == ledger::OverageMode::Charge ? "charge" : "block");
    } else {
        json.null();
    }
    write_quantity(json.key("maxOverageUnits"), config.max_overage_units);
    json.end_object();
}

void write_subscription(base::JsonWriter& json, const ledger::Subscription& subscription) {
    json.begin_object();
    json.key("id").string(subscription.id);
    json.key("plan").string(subscription.plan);
    json.key("status").string(name_of(subscription.status));
    json.key("isAddon").boolean(subscription.is_addon);
    write_instant(json.key("currentPeriodStart"), subscription.period.start);
    std::optional<base::Instant> end;
    if (subscription.period.end != base::kEndOfTime) end = subscription.period.end;
    write_instant(json.key("currentPeriodEnd"), end);
    write_instant(json.key("cancelAt"), subscription.cancel_at);
    write_text(json.key("scheduledPlan"), subscription.scheduled_plan);
    write_instant(json.key("endedAt"), subscription.ended_at);
    write_instant(json.key("createdAt"), subscription.created_at);
    json.end_object();
}

}  // namespace

void write_billing_config(base::JsonWriter& json, const ledger::Account& account) {
    json.begin_object();
    json.key("overageLimit");
    if (account.overage_limit) {
        json.begin_object();
        json.key("maxOverageAmount").integer(account.overage_limit->max_minor);
        json.key("onLimitReached")
            .string(account.overage_limit->reaction == ledger::LimitReaction::Notify ? "notify"
                                                                                     : "block");
        json.end_object();
    } else {
        json.null();
    }
    json.key("featureConfigs").begin_array();
    for (const ledger::FeatureConfig& config : account.feature_configs)
        write_feature_config(json, config);
    json.end_array();
    json.key("overageBlock");
    if (account.overage_block) {
        json.begin_object();
        json.key("reason").string(account.overage_block->reason.text());
        json.key("invoiceId")
            .string(ledger::invoice_id(account.id, account.overage_block->invoice));
        write_instant(json.key("since"), account.overage_block->since);
        json.end_object();
    } else {
        json.null();
    }
    json.end_object();
}

void write_customer(base::JsonWriter& json, const ledger::Customer& customer,
                    const ledger::Account& account) {
    json.key("id").string(customer.id);
    write_or_null(json.key("externalId"), customer.external_id);
    write_or_null(json.key("email"), customer.email);
    write_text(json.key("name"), customer.name);
    json.key("metadata");
    if (customer.metadata_json.empty()) {
        json.null();
    } else {
        json.raw(customer.metadata_json);
    }
    write_instant(json.key("createdAt"), customer.created_at);
    write_instant(json.key("updatedAt"), customer.updated_at);
    write_billing_config(json.key("billing"), account);
    json.key("subscriptions").begin_array();
    for (const ledger::Subscription& subscription : account.subscriptions)
        write_subscription(json, subscription);
    json.end_array();
}

}  // namespace quipu::api

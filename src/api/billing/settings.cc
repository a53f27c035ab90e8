// How an organisation collects (docs/contract/billing-settings.md#settings).
#include <fmt/format.h>

#include "api/billing/handlers.h"
#include "api/request/errors.h"
#include "api/request/request.h"
#include "api/usage/usage_json.h"
#include "payments/payment_intents.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;

void write_settings(base::JsonWriter& json, const ledger::Organisation& organisation) {
    const ledger::BillingSettings& settings = organisation.settings;
    const std::string& provider =
        settings.version == 0 ? std::string(ledger::kManualProvider) : settings.provider;
    json.begin_object();
    json.key("billingMode").string("end_of_period");
    json.key("billingInterval").string("end_of_period");
    json.key("provider").string(provider);
    json.key("requirePaymentMethod").boolean(settings.require_payment_method);
    json.key("thresholdEnabled").boolean(settings.threshold_enabled);
    json.key("thresholdAmount");
    if (settings.threshold_enabled) {
        json.integer(settings.threshold_minor);
    } else {
        json.null();
    }
    json.key("autoCollect").boolean(settings.auto_collect);
    json.key("gracePeriodHours").integer(settings.grace_hours);
    json.key("retryHours").begin_array();
    for (const std::uint32_t hours : settings.retry_hours) json.integer(hours);
    json.end_array();
    json.key("pastDueAfterHours").integer(settings.past_due_after_hours);
    json.end_object();
}

std::optional<std::uint32_t> hours_of(Fields& fields, std::string_view name) {
    const auto hours = fields.optional_integer(name, 0);
    if (!hours) return std::nullopt;
    if (*hours > ledger::kMaxSettingsHours)
        fields.refuse(
            name, fmt::format("Too big: expected number to be <={}", ledger::kMaxSettingsHours));
    return static_cast<std::uint32_t>(std::min<std::int64_t>(*hours, ledger::kMaxSettingsHours));
}

std::optional<bool> optional_boolean(Fields& fields, std::string_view name) {
    if (!fields.has(name) || fields.is_null(name)) return std::nullopt;
    return fields.boolean(name);
}

void read_retries(Fields& fields, ledger::SettingsPatch& patch) {
    const base::JsonValue sent = fields.array("retryHours");
    if (!sent.is_present()) return;
    patch.retry_hours.emplace();
    std::size_t index = 0;
    for (const base::JsonValue each : sent) {
        const auto parsed = base::parse_coefficient(each.number().value_or(""), 0);
        const bool sound = !parsed.error && parsed.value >= 0 &&
                           parsed.value <= ledger::kMaxSettingsHours && index < ledger::kMaxRetries;
        if (!sound) {
            fields.refuse("retryHours",
                          fmt::format("Expected at most {} whole numbers of hours, "
                                      "each at most {}",
                                      ledger::kMaxRetries, ledger::kMaxSettingsHours));
            return;
        }
        patch.retry_hours->push_back(static_cast<std::uint32_t>(parsed.value));
        ++index;
    }
}

// The legacy interval `threshold` and a positive amount switch the threshold on
// (docs/contract/billing-settings.md#forms-that-are-read).
ledger::SettingsPatch read_patch(Fields& fields) {
    ledger::SettingsPatch patch;
    if (fields.is_null("provider")) patch.provider.emplace();
    if (const auto provider = fields.optional_text("provider")) patch.provider = *provider;
    patch.require_payment_method = optional_boolean(fields, "requirePaymentMethod");
    patch.threshold_minor = fields.optional_integer("thresholdAmount", 0);
    if (fields.text_or("billingInterval", "") == "threshold") patch.threshold_enabled = true;
    if (const auto enabled = optional_boolean(fields, "thresholdEnabled"))
        patch.threshold_enabled = enabled;
    patch.auto_collect = optional_boolean(fields, "autoCollect");
    // A grace below nothing is none.
    const auto grace = fields.optional_integer("gracePeriodHours", -ledger::kMaxThresholdMinor);
    if (grace && *grace <= 0) patch.grace_hours = 0;
    if (grace && *grace > 0) patch.grace_hours = hours_of(fields, "gracePeriodHours");
    patch.past_due_after_hours = hours_of(fields, "pastDueAfterHours");
    read_retries(fields, patch);
    return patch;
}

}  // namespace

void get_billing_settings(const ledger::ControlState& control, ApiCall call) {
    const auto known = control.organisations.find(call.organisation);
    call.respond(read_response([&](base::JsonWriter& json) {
        json.key("data");
        write_settings(json, known->second);
    }));
}

void post_billing_settings(Commands& commands, const payments::PaymentIntents& intents,
                           const ledger::ControlState& control, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    ledger::SettingsPatch patch = read_patch(fields);
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const std::string provider = patch.provider.value_or("");
    const bool known = provider.empty() || provider == ledger::kManualProvider ||
                       intents.find(provider) != nullptr;
    if (!known) {
        return call.respond(response_of(Error{
            "provider_not_configured", fmt::format("Provider '{}' not configured", provider)}));
    }
    record.command = ledger::UpdateSettings{std::move(patch)};
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    commands.submit_control(
        organisation, std::move(record),
        [&commands, &control, organisation, respond](const Result<ingest::Reply>& reply) {
            http::HttpResponse response =
                write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
                    json.key("data");
                    write_settings(json, control.organisations.find(organisation)->second);
                });
            if (response.status != 200) return (*respond)(std::move(response));
            // It holds everywhere once this is answered.
            commands.when_everywhere(
                [respond, response = std::move(response)](const Result<void>& passed) {
                    (*respond)(passed ? response : response_of(passed.error()));
                });
        });
}

}  // namespace quipu::api

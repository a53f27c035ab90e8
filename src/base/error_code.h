// The closed set of error codes: what callers may branch on, and the HTTP status that each answers
// with (docs/contract/requests-and-errors.md#codes).
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string_view>

namespace quipu::base {

struct ErrorCodeRow {
    std::string_view text;
    // 500: never meant for an HTTP client; one who gets it has met a defect or a broken machine.
    int status;
};

// By text. A code never changes its meaning; one that is gone is not used again.
inline constexpr auto kErrorCodes = std::to_array<ErrorCodeRow>({
    {"access_granted", 200},
    {"account_conflict", 409},
    {"addon_credits_used", 200},
    {"address_forbidden", 500},
    {"already_exists", 409},
    {"amount_out_of_range", 400},
    {"answer_not_understood", 500},
    {"at_in_future", 400},
    {"batch_too_large", 413},
    {"body_too_large", 413},
    {"checkout_closed", 409},
    {"checkout_unavailable", 500},
    {"clock_backwards", 400},
    {"connection_failed", 500},
    {"content_type_unsupported", 400},
    {"currency_unknown", 400},
    {"customer_conflict", 409},
    {"customer_missing", 400},
    {"customer_not_found", 404},
    {"data_unavailable", 500},
    {"endpoint_deleted", 500},
    {"endpoint_disabled", 500},
    {"endpoint_invalid", 500},
    {"entity_exists", 409},
    {"entity_not_found", 404},
    {"event_attribute_malformed", 400},
    {"event_attribute_missing", 400},
    {"event_data_malformed", 400},
    {"event_data_unsupported", 400},
    {"event_malformed", 400},
    {"event_too_large", 400},
    {"event_version_unsupported", 400},
    {"expectation_failed", 417},
    {"feature_not_found", 404},
    {"feature_not_in_plan", 400},
    {"feature_without_usage", 400},
    {"field_missing", 400},
    {"field_too_long", 400},
    {"file_too_large", 500},
    {"file_unreadable", 500},
    {"gone", 500},
    {"headers_too_large", 431},
    {"history_busy", 503},
    {"history_not_available", 410},
    {"history_too_long", 422},
    {"http_error", 500},
    {"idempotency_conflict", 409},
    {"internal_error", 500},
    {"invalid_api_key", 401},
    {"invalid_config", 400},
    {"invalid_quantity", 400},
    {"invalid_rate_card", 400},
    {"invalid_request", 400},
    {"invoice_below_provider_minimum", 400},
    {"invoice_credited", 409},
    {"invoice_not_found", 404},
    {"invoice_not_open", 400},
    {"json_duplicate_key", 400},
    {"json_too_deep", 400},
    {"key_not_found", 404},
    {"ledger_in_use", 500},
    {"ledger_not_open", 503},
    {"limit_exceeded", 400},
    {"listen_failed", 500},
    {"log_damaged", 500},
    {"log_locked", 500},
    {"log_misconfigured", 500},
    {"log_missing", 500},
    {"log_overloaded", 503},
    {"log_partitions_differ", 500},
    {"log_truncated", 500},
    {"log_unavailable", 503},
    {"logged", 200},
    {"malformed_json", 400},
    {"malformed_request", 400},
    {"manual_clock_off", 404},
    {"metadata_malformed", 400},
    {"method_not_allowed", 405},
    {"method_not_implemented", 501},
    {"missing_api_key", 401},
    {"name_not_resolved", 500},
    {"never_paid", 500},
    {"no_active_subscription", 400},
    {"no_answer", 500},
    {"no_payment_method_on_file", 500},
    {"not_found", 404},
    {"not_ready", 503},
    {"nothing_to_invoice", 400},
    {"occurred_at_out_of_range", 400},
    {"ok", 200},
    {"organisation_missing", 400},
    {"organisation_not_found", 404},
    {"origin_malformed", 400},
    {"outcome_unknown", 503},
    {"overage_allowed", 200},
    {"overage_price_required", 400},
    {"overloaded", 503},
    {"override_not_found", 404},
    {"pack_not_found", 404},
    {"partition_halted", 500},
    {"payload_malformed", 400},
    {"payment_method_not_found", 404},
    {"payment_mismatch", 409},
    {"payment_not_found", 404},
    {"payment_pending", 503},
    {"plan_not_found", 404},
    {"position_unknown", 409},
    {"price_out_of_range", 400},
    {"provider_not_configured", 400},
    {"provider_refused", 500},
    {"provider_unavailable", 500},
    {"quantity_out_of_range", 400},
    {"range_too_large", 400},
    {"record_malformed", 400},
    {"record_too_large", 400},
    {"record_unknown_command", 400},
    {"record_unknown_field", 400},
    {"record_without_command", 400},
    {"redirected", 500},
    {"refused", 500},
    {"request_invalid", 500},
    {"request_timeout", 408},
    {"reservation_not_found", 404},
    {"row_corrupt", 500},
    {"rules_unknown", 500},
    {"sandbox_unavailable", 500},
    {"server_starting", 500},
    {"server_unreachable", 500},
    {"shutting_down", 503},
    {"signature_invalid", 401},
    {"signature_missing", 401},
    {"state_corrupt", 500},
    {"state_differs", 500},
    {"state_exists", 500},
    {"state_incompatible", 500},
    {"state_missing", 500},
    {"state_unavailable", 503},
    {"subscription_not_found", 404},
    {"subscription_not_pending", 400},
    {"text_malformed", 400},
    {"threshold_charge_failed", 500},
    {"timed_out", 500},
    {"tls_failed", 500},
    {"too_many_connections", 503},
    {"too_many_requests", 500},
    {"too_many_reservations", 409},
    {"tracked", 200},
    {"tracked_overage", 200},
    {"unknown_feature_type", 400},
    {"unknown_field", 400},
    {"unsupported", 500},
    {"unsupported_content_type", 415},
    {"url_invalid", 400},
    {"usage", 400},
    {"validation_error", 400},
    {"value_malformed", 400},
    {"value_out_of_range", 400},
    {"value_too_precise", 400},
    {"value_unspecified", 400},
    {"webhook_delivery_not_found", 404},
    {"webhook_endpoint_disabled", 409},
    {"webhook_endpoint_not_found", 404},
    {"webhook_url_forbidden", 400},
    {"webhook_url_invalid", 400},
    {"webhooks_off", 503},
});
static_assert(std::ranges::is_sorted(kErrorCodes, {}, &ErrorCodeRow::text));

// A row of the table above.
class ErrorCode {
public:
    // A literal that is not in the table does not compile.
    template <std::size_t Size>
    consteval ErrorCode(const char (&text)[Size]) : row_(row_of({text, Size - 1})) {}

    [[nodiscard]] static constexpr std::optional<ErrorCode> find(std::string_view text) {
        const auto row = std::ranges::lower_bound(kErrorCodes, text, {}, &ErrorCodeRow::text);
        if (row == kErrorCodes.end() || row->text != text) return std::nullopt;
        return ErrorCode(static_cast<std::uint16_t>(row - kErrorCodes.begin()));
    }

    // Stable snake_case.
    [[nodiscard]] constexpr std::string_view text() const { return kErrorCodes[row_].text; }
    [[nodiscard]] constexpr int status() const { return kErrorCodes[row_].status; }

    friend constexpr bool operator==(ErrorCode, ErrorCode) = default;
    friend std::ostream& operator<<(std::ostream& out, ErrorCode code) {
        return out << code.text();
    }

private:
    static void this_code_is_not_in_the_table();  // what the compiler says of a literal
    static consteval std::uint16_t row_of(std::string_view text) {
        const auto known = find(text);
        if (!known) this_code_is_not_in_the_table();
        return known->row_;
    }
    constexpr explicit ErrorCode(std::uint16_t row) : row_(row) {}

    std::uint16_t row_;
};

}  // namespace quipu::base

#include "projections/rows/row_codec.h"

#include "projections/rows/row_io.h"

namespace quipu::projections {
namespace {

template <typename Value>
inline constexpr std::uint8_t kFormat = 2;
template <>
inline constexpr std::uint8_t kFormat<ledger::AccountHead> = 4;
template <>
inline constexpr std::uint8_t kFormat<ledger::MeterWindow> = 3;

template <typename Value>
std::string encode_row(const Value& value) {
    base::ByteWriter out;
    out.byte(kFormat<Value>);
    RowWriter{out}(value);
    return out.take();
}

template <typename Value>
base::Result<Value> decode_row(std::string_view bytes, const char* what) {
    base::ByteReader in(bytes);
    const std::uint8_t format = in.byte();
    Value value{};
    RowReader io(in);
    io(value);
    if (format != kFormat<Value> || !io.done()) {
        return base::fail("row_corrupt", std::string("The row is not a stored ") + what + ".");
    }
    return value;
}

}  // namespace

std::string encode_account(const ledger::AccountHead& account) {
    return encode_row(account);
}
base::Result<ledger::AccountHead> decode_account(std::string_view bytes) {
    return decode_row<ledger::AccountHead>(bytes, "account");
}

std::string encode_window(const ledger::MeterWindow& window) {
    return encode_row(window);
}
base::Result<ledger::MeterWindow> decode_window(std::string_view bytes) {
    return decode_row<ledger::MeterWindow>(bytes, "meter window");
}

std::string encode_grant(const ledger::CreditGrant& grant) {
    return encode_row(grant);
}
base::Result<ledger::CreditGrant> decode_grant(std::string_view bytes) {
    return decode_row<ledger::CreditGrant>(bytes, "grant");
}

std::string encode_entity(const ledger::Entity& entity) {
    return encode_row(entity);
}
base::Result<ledger::Entity> decode_entity(std::string_view bytes) {
    return decode_row<ledger::Entity>(bytes, "entity");
}

std::string encode_customer(const ledger::Customer& customer) {
    return encode_row(customer);
}
base::Result<ledger::Customer> decode_customer(std::string_view bytes) {
    return decode_row<ledger::Customer>(bytes, "customer");
}

std::string encode_organisation(const ledger::Organisation& organisation) {
    return encode_row(organisation);
}
base::Result<ledger::Organisation> decode_organisation(std::string_view bytes) {
    return decode_row<ledger::Organisation>(bytes, "organisation");
}

std::string encode_settings(const ledger::BillingSettings& settings) {
    return encode_row(settings);
}
base::Result<ledger::BillingSettings> decode_settings(std::string_view bytes) {
    return decode_row<ledger::BillingSettings>(bytes, "settings");
}

std::string encode_key(const ledger::ApiKey& key) {
    return encode_row(key);
}
base::Result<ledger::ApiKey> decode_key(std::string_view bytes) {
    return decode_row<ledger::ApiKey>(bytes, "API key");
}

std::string encode_webhook_endpoint(const ledger::WebhookEndpoint& endpoint) {
    return encode_row(endpoint);
}
base::Result<ledger::WebhookEndpoint> decode_webhook_endpoint(std::string_view bytes) {
    return decode_row<ledger::WebhookEndpoint>(bytes, "webhook endpoint");
}

}  // namespace quipu::projections

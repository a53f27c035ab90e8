#include "projections/rows/row_codec.h"

#include "projections/rows/row_fields.h"
#include "projections/rows/row_io.h"

namespace quipu::projections {
namespace {

template <typename Value>
inline constexpr std::uint8_t kFormat = 2;
template <>
inline constexpr std::uint8_t kFormat<Account> = 3;

template <typename Value>
std::string encode_row(const Value& value) {
    base::ByteWriter out;
    out.byte(kFormat<Value>);
    RowWriter io(out);
    fields(io, value);
    return out.take();
}

template <typename Value>
base::Result<Value> decode_row(std::string_view bytes, const char* what) {
    base::ByteReader in(bytes);
    const std::uint8_t format = in.byte();
    Value value{};
    RowReader io(in);
    fields(io, value);
    if (format != kFormat<Value> || !io.done()) {
        return base::fail("row_corrupt", std::string("The row is not a stored ") + what + ".");
    }
    return value;
}

}  // namespace

std::string encode_account(const Account& account) {
    return encode_row(account);
}
base::Result<Account> decode_account(std::string_view bytes) {
    return decode_row<Account>(bytes, "account");
}

std::string encode_window(const MeterWindow& window) {
    return encode_row(window);
}
base::Result<MeterWindow> decode_window(std::string_view bytes) {
    return decode_row<MeterWindow>(bytes, "meter window");
}

std::string encode_grant(const CreditGrant& grant) {
    return encode_row(grant);
}
base::Result<CreditGrant> decode_grant(std::string_view bytes) {
    return decode_row<CreditGrant>(bytes, "grant");
}

std::string encode_entity(const Entity& entity) {
    return encode_row(entity);
}
base::Result<Entity> decode_entity(std::string_view bytes) {
    return decode_row<Entity>(bytes, "entity");
}

std::string encode_customer(const Customer& customer) {
    return encode_row(customer);
}
base::Result<Customer> decode_customer(std::string_view bytes) {
    return decode_row<Customer>(bytes, "customer");
}

std::string encode_organisation(const Organisation& organisation) {
    return encode_row(organisation);
}
base::Result<Organisation> decode_organisation(std::string_view bytes) {
    return decode_row<Organisation>(bytes, "organisation");
}

std::string encode_settings(const BillingSettings& settings) {
    return encode_row(settings);
}
base::Result<BillingSettings> decode_settings(std::string_view bytes) {
    return decode_row<BillingSettings>(bytes, "settings");
}

std::string encode_key(const ApiKey& key) {
    return encode_row(key);
}
base::Result<ApiKey> decode_key(std::string_view bytes) {
    return decode_row<ApiKey>(bytes, "API key");
}

std::string encode_webhook_endpoint(const WebhookEndpoint& endpoint) {
    return encode_row(endpoint);
}
base::Result<WebhookEndpoint> decode_webhook_endpoint(std::string_view bytes) {
    return decode_row<WebhookEndpoint>(bytes, "webhook endpoint");
}

}  // namespace quipu::projections

// Any bytes as a state row or a row's key: reading never crashes, what is read writes a row that
// reads the same, and a key that is read is the key that its name makes.
#include "base/check.h"
#include "projections/rows/row_codec.h"
#include "projections/rows/row_keys.h"

using namespace quipu;

namespace {

template <typename Encode, typename DecodeRow>
void check_row(std::string_view bytes, Encode encode, DecodeRow decode) {
    const auto row = decode(bytes);
    if (!row) return;
    const std::string written = encode(*row);
    const auto again = decode(written);
    QUIPU_CHECK(again.has_value());
    QUIPU_CHECK(encode(*again) == written);
}

std::string prefix_of(const projections::AccountName& account) {
    return projections::account_prefix(account.organisation, account.customer);
}

void check_keys(std::string_view key) {
    if (const auto name = projections::parse_account_key(key)) {
        QUIPU_CHECK(projections::account_key(name->organisation, name->customer) == key);
    }
    if (const auto name = projections::parse_window_key(key)) {
        QUIPU_CHECK(projections::window_key(prefix_of(name->account), name->meter, name->start) ==
                    key);
    }
    if (const auto name = projections::parse_grant_key(key)) {
        QUIPU_CHECK(projections::grant_key(prefix_of(name->account), name->seq) == key);
    }
    if (const auto name = projections::parse_entity_key(key)) {
        QUIPU_CHECK(projections::entity_key(prefix_of(name->account), name->entity) == key);
    }
    if (const auto offset = projections::parse_entry_key(key)) {
        QUIPU_CHECK(projections::entry_key(*offset) == key);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_keys(bytes);
    check_row(bytes, projections::encode_account, projections::decode_account);
    check_row(bytes, projections::encode_window, projections::decode_window);
    check_row(bytes, projections::encode_grant, projections::decode_grant);
    check_row(bytes, projections::encode_entity, projections::decode_entity);
    check_row(bytes, projections::encode_customer, projections::decode_customer);
    check_row(bytes, projections::encode_organisation, projections::decode_organisation);
    check_row(bytes, projections::encode_key, projections::decode_key);
    check_row(bytes, projections::encode_webhook_endpoint, projections::decode_webhook_endpoint);
    check_row(bytes, projections::encode_entry,
              [](std::string_view row) { return projections::decode_entry(7, row); });
    return 0;
}

// The bytes of state rows. Each begins with a format byte; what a later version writes differently
// gets a new one. Equal values have equal bytes, so a replay rebuilds the same rows.
//
// What a row's key (row_keys.h) already says is left out where a parameter brings it back.
// `unsaved` is not stored. The one error code is `row_corrupt`: the bytes are not what an encoder
// wrote; the state has to be rebuilt from the log.
#pragma once

#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "ledger/account.h"
#include "ledger/entry.h"
#include "ledger/identity.h"

namespace quipu::projections {

// Without meters, grants, entities and entity counts: those have rows of their own.
[[nodiscard]] std::string encode_account(const ledger::AccountHead& account);
[[nodiscard]] base::Result<ledger::AccountHead> decode_account(std::string_view bytes);

[[nodiscard]] std::string encode_window(const ledger::MeterWindow& window);
[[nodiscard]] base::Result<ledger::MeterWindow> decode_window(std::string_view bytes);

[[nodiscard]] std::string encode_grant(const ledger::CreditGrant& grant);
[[nodiscard]] base::Result<ledger::CreditGrant> decode_grant(std::string_view bytes);

[[nodiscard]] std::string encode_entity(const ledger::Entity& entity);
[[nodiscard]] base::Result<ledger::Entity> decode_entity(std::string_view bytes);

// Without the offset, which is in the key. Written for every event (row_entry.cc).
void append_entry(const ledger::Entry& entry, base::ByteWriter& out);
[[nodiscard]] std::string encode_entry(const ledger::Entry& entry);
[[nodiscard]] base::Result<ledger::Entry> decode_entry(ledger::Offset offset,
                                                       std::string_view bytes);

[[nodiscard]] std::string encode_customer(const ledger::Customer& customer);
[[nodiscard]] base::Result<ledger::Customer> decode_customer(std::string_view bytes);

// Without the catalog: its versions are rows of their own (catalog_codec.h).
[[nodiscard]] std::string encode_organisation(const ledger::Organisation& organisation);
[[nodiscard]] base::Result<ledger::Organisation> decode_organisation(std::string_view bytes);

[[nodiscard]] std::string encode_settings(const ledger::BillingSettings& settings);
[[nodiscard]] base::Result<ledger::BillingSettings> decode_settings(std::string_view bytes);

[[nodiscard]] std::string encode_key(const ledger::ApiKey& key);
[[nodiscard]] base::Result<ledger::ApiKey> decode_key(std::string_view bytes);

[[nodiscard]] std::string encode_webhook_endpoint(const ledger::WebhookEndpoint& endpoint);
[[nodiscard]] base::Result<ledger::WebhookEndpoint> decode_webhook_endpoint(std::string_view bytes);

}  // namespace quipu::projections

// The sandbox's webhook: its JSON body and its signature, for the sender and for the reader.
//
// The body: {"id","type","created" (epoch ms),"organisation","data":{"intent","customer","attempt",
// "amount" (minor units),"currency","reference","refund"|null,"method":{"id","brand","last4",
// "expMonth","expYear"}|null,"failure","message","permanent"}}. Types: payment.succeeded,
// payment.failed, method.added, payment.refunded, checkout.abandoned.
//
// The header x-sandbox-signature: t=<unix seconds>,v1=<hex of HMAC-SHA256(secret, "<t>.<body>")>.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/json_body.h"
#include "base/result.h"
#include "payments/payment_provider.h"

namespace quipu::payments {

inline constexpr std::string_view kSandboxSignatureHeader = "x-sandbox-signature";
inline constexpr std::int64_t kSandboxSignatureToleranceSeconds = 300;  // either way

// `refund`: the ledger's id of the refund that caused it; "" = none. `created` is the ledger's
// time.
[[nodiscard]] std::string sandbox_event_body(const ProviderEvent& event,
                                             std::string_view organisation, std::string_view refund,
                                             base::Instant created);

// A type that it does not know gives ProviderEventType::Unknown with only the id. Code:
// `payload_malformed` (also an event of another organisation).
[[nodiscard]] base::Result<ProviderEvent> read_sandbox_event(base::JsonReader& reader,
                                                             std::string_view organisation,
                                                             std::string_view body);

// `now` is the machine's time.
[[nodiscard]] std::string sandbox_signature(std::string_view secret, std::string_view body,
                                            base::Instant now);

// Codes: `signature_missing` (an empty header), `signature_invalid` (wrong, too old, too new).
[[nodiscard]] base::Result<void> verify_sandbox_signature(std::string_view header,
                                                          std::string_view secret,
                                                          std::string_view body, base::Instant now);

}  // namespace quipu::payments

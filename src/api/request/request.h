// What many routes read from a request, and how they answer when the fold has.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "api/request/call.h"
#include "api/request/directory.h"
#include "api/request/fields.h"
#include "base/json_writer.h"
#include "ingest/gateway.h"

namespace quipu::api {

// The event id that the caller chose: the Idempotency-Key header, else `id` (where it may stand for
// nothing else), `eventId` or `transactionId` of the body; "" when there is none.
enum class BodyId : std::uint8_t { IsEventId, IsSomethingElse };
[[nodiscard]] std::string event_id(const ApiCall& call, Fields& fields,
                                   BodyId id = BodyId::IsEventId);

// `callbackUrl`; "" when not sent.
[[nodiscard]] std::string callback_url(Fields& fields);
// `customer` and `customerData`.
[[nodiscard]] CustomerRef customer_ref(Fields& fields, bool auto_enable);

// The answer of a write that succeeded: `write` adds to {"success":true, … the receipt}.
using WriteAnswer = std::function<void(base::JsonWriter&, const ingest::Reply&)>;
[[nodiscard]] ingest::Done answer_with(SharedResponder respond, WriteAnswer write);
// The same for one reply; failures and rejections get their own status.
[[nodiscard]] http::HttpResponse write_response(const base::Result<ingest::Reply>& reply,
                                                const WriteAnswer& write);

// {"success":true, … }
[[nodiscard]] http::HttpResponse read_response(const std::function<void(base::JsonWriter&)>& write);

// Of a query string; absent and empty are the same.
[[nodiscard]] std::string query_text(const ApiCall& call, std::string_view name);
// A whole number within [1, most]; `fallback` when not sent.
[[nodiscard]] base::Result<std::size_t> query_limit(const ApiCall& call, std::size_t fallback,
                                                    std::size_t most);
// The `customer` parameter, or a validation error.
[[nodiscard]] base::Result<std::string> query_customer(const ApiCall& call);

}  // namespace quipu::api

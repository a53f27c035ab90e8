// What many routes read from a request, and how they answer when the fold has.
#pragma once

#include <cstdint>
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

// `then` for the customer of that name, once their account is open, with what answers the request;
// an unknown one is answered: `Customer not found`, or with a sentence that names them.
enum class Unknown : std::uint8_t { InShort, ByName };
using ForCustomer = std::function<void(const ledger::Customer&, const SharedResponder&)>;
void with_known_customer(Directory& directory, ApiCall& call, std::string_view reference,
                         ForCustomer then, Unknown unknown = Unknown::InShort);
// The same for the `customer` of the query, which must be sent.
void with_query_customer(Directory& directory, ApiCall& call, ForCustomer then);

// Of a query string; absent and empty are the same.
[[nodiscard]] std::string query_text(const ApiCall& call, std::string_view name);
// The `customer` parameter, or a validation error.
[[nodiscard]] base::Result<std::string> query_customer(const ApiCall& call);

}  // namespace quipu::api

// The fields that bodies of several subjects have, and the list of those that mean nothing here.
#pragma once

#include "base/json_shape.h"

namespace quipu::api {

// As read by `event_id`; of a body whose `id` is something else, the last two.
inline constexpr base::JsonShape kOtherEventIds{"eventId", "transactionId"};
inline constexpr base::JsonShape kEventIds = base::JsonShape{"id"} + kOtherEventIds;

// As read by `customer_ref`.
inline constexpr base::JsonShape kCustomerData{"email", "name", "metadata"};
inline constexpr base::JsonShape kCustomerRef{"customer", {"customerData", kCustomerData}};

inline constexpr base::JsonShape kOfCustomer{"customer"};
inline constexpr base::JsonShape kPage{"limit", "cursor"};

// What the reference's SDK and dashboard send and what means nothing here: accepted, and named in
// the answer's `warnings` (docs/contract/requests-and-errors.md#fields-without-meaning). Nowhere
// else is a field accepted that has no meaning.
namespace unused {
inline constexpr base::JsonShape kOfAttach{{"currency", base::FieldUse::Unused},
                                           {"channels", base::FieldUse::Unused}};
// `metadata` until the ledger keeps it (docs/contract/decided.md#accepted-is-shown).
inline constexpr base::JsonShape kOfAddon{{"currency", base::FieldUse::Unused},
                                          {"metadata", base::FieldUse::Unused}};
inline constexpr base::JsonShape kOfSync{{"defaultProvider", base::FieldUse::Unused}};
inline constexpr base::JsonShape kOfSettings{{"billingMode", base::FieldUse::Unused}};
}  // namespace unused

}  // namespace quipu::api

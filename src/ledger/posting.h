// Where the units of an event went.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/currency.h"
#include "base/decimal.h"
#include "base/fields.h"
#include "base/instant.h"

namespace quipu::ledger {

// Whose usage of what, under which subscription. `feature` is the slug of a feature or of a credit
// system; an empty entity is the customer.
struct MeterKey {
    std::uint32_t subscription = 0;
    std::string feature;
    std::string entity;

    friend auto operator<=>(const MeterKey&, const MeterKey&) = default;
};
QUIPU_FIELDS(MeterKey, subscription, feature, entity)

// Where a unit went. Numbers are on disk: never reuse one.
enum class Bucket : std::uint8_t {
    Rollover = 1,
    Allowance = 2,
    Credit = 3,
    Prepaid = 4,
    Overage = 5,
};
[[nodiscard]] std::string_view name_of(Bucket bucket);

// `units` of the tracked feature went to one bucket of one meter window as `amount` of the meter's
// units. The units of an event's postings always sum to its value.
struct Posting {
    Bucket bucket = Bucket::Allowance;
    MeterKey meter;
    base::Period window;
    std::uint32_t grant = 0;  // for Credit
    base::Quantity units;
    base::Quantity amount;
    std::int64_t charge_minor = 0;  // for Overage: the window's charge afterwards
    base::Currency currency;        // for Overage

    friend bool operator==(const Posting&, const Posting&) = default;
};
QUIPU_FIELDS(Posting, bucket, meter, window, grant, units, amount, charge_minor, currency)

}  // namespace quipu::ledger

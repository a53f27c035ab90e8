// A card, or whatever else a provider may charge, as the ledger knows it. Never a card number.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/currency.h"
#include "base/fields.h"
#include "base/instant.h"

namespace quipu::ledger {

enum class PaymentMethodType : std::uint8_t { Card = 1, ProviderManaged = 2 };
[[nodiscard]] std::string_view name_of(PaymentMethodType type);

// The smallest amount that a method is charged for in a currency.
struct LeastCharge {
    base::Currency currency;
    std::int64_t minor = 0;  // >= 0

    friend bool operator==(const LeastCharge&, const LeastCharge&) = default;
};
QUIPU_FIELDS(LeastCharge, currency, minor)

inline constexpr std::size_t kMaxLeastCharges = 200;  // more than there are currencies in use

struct PaymentMethod {
    std::string id;  // pm_…, the provider's: what it is charged by
    std::string provider;
    PaymentMethodType type = PaymentMethodType::Card;
    std::string brand;            // "" = unknown
    std::string last4;            // "" unless a card
    std::uint32_t exp_month = 0;  // 1 to 12; 0 = unknown
    std::uint32_t exp_year = 0;   // four digits; 0 = unknown
    bool is_default = false;
    bool is_valid = true;
    base::Instant added_at;
    // As the provider said when the method was saved; in other currencies there is none.
    std::vector<LeastCharge> least_charges;

    friend bool operator==(const PaymentMethod&, const PaymentMethod&) = default;
};
QUIPU_FIELDS(PaymentMethod, id, provider, type, brand, last4, exp_month, exp_year, is_default,
             is_valid, added_at, least_charges)

}  // namespace quipu::ledger

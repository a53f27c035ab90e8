// A card, or whatever else a provider may charge, as the ledger knows it. Never a card number.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/fields.h"
#include "base/instant.h"

namespace quipu::ledger {

enum class PaymentMethodType : std::uint8_t { Card = 1, ProviderManaged = 2 };
[[nodiscard]] std::string_view name_of(PaymentMethodType type);

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

    friend bool operator==(const PaymentMethod&, const PaymentMethod&) = default;
};
QUIPU_FIELDS(PaymentMethod, id, provider, type, brand, last4, exp_month, exp_year, is_default,
             is_valid, added_at)

}  // namespace quipu::ledger

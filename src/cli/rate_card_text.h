// Reads a rate card from JSON: the catalog's names, every number from its text.
#pragma once

#include <string>
#include <string_view>

#include "base/currency.h"
#include "base/result.h"
#include "rating/rate_card.h"

namespace quipu::cli {

struct PricedCard {
    rating::RateCard card;
    base::Currency currency;  // USD when not sent
};

// An absent `included` is 0, a null one unlimited; unknown models fall back as in the catalog.
// Error codes: those of base::JsonReader, `unknown_field` and `invalid_rate_card`.
[[nodiscard]] base::Result<PricedCard> read_rate_card(std::string_view json);

// A number's text. Error code: `invalid_quantity`.
[[nodiscard]] base::Result<base::Quantity> read_quantity(std::string_view name,
                                                         std::string_view text);

}  // namespace quipu::cli

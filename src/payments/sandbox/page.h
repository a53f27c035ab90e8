// The HTML of the sandbox's checkout: plain pages that need no script. All text is escaped.
//
// The form has the fields `card` and `action` (pay, decline, abandon). A card that asks for a
// confirmation leads to a second form on the same path: a hidden field `confirmation`, and `action`
// confirm, decline or abandon.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/currency.h"
#include "payments/sandbox/records.h"

namespace quipu::payments {

// "29.00 USD", "2900 JPY": minor units by ISO 4217.
[[nodiscard]] std::string money_text(std::int64_t amount_minor, base::Currency currency);

[[nodiscard]] std::string escape_html(std::string_view text);

// `notice`: what went wrong with the last button; "" = nothing.
[[nodiscard]] std::string checkout_page(const SandboxSession& session, bool expired,
                                        std::string_view notice);

// A page that only says something.
[[nodiscard]] std::string message_page(std::string_view title, std::string_view sentence);

}  // namespace quipu::payments

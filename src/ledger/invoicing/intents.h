// Making payment intents and the calls they need. Pure: reads an account, makes values.
#pragma once

#include <cstdint>
#include <string>

#include "base/currency.h"
#include "ledger/account.h"
#include "ledger/event.h"
#include "ledger/outcome.h"
#include "ledger/settings.h"

namespace quipu::ledger {

// How long a checkout page may be used.
inline constexpr std::int64_t kCheckoutMicros = base::kMicrosPerDay;

// A pending intent with the account's next number; a page, unless `charge_saved` and there is a
// method to charge.
[[nodiscard]] PaymentIntent new_intent(const Account& account, const BillingSettings& settings,
                                       IntentPurpose purpose, bool charge_saved, base::Instant now);

// The pending intent that asks for the very same, so that asking twice opens one page; null: none.
[[nodiscard]] const PaymentIntent* same_pending(const Account& account,
                                                const PaymentIntent& wanted);

// Opens the intent, in place of pending ones for the same plan or invoice that ask for another
// amount. The id of the intent that is to be paid: this one, or the same one opened before.
std::string open_intent(Events& events, const Account& account, PaymentIntent intent);

[[nodiscard]] ProviderCall charge_of(const Account& account, const PaymentIntent& intent);
// The one refund that an intent can get from us.
[[nodiscard]] std::string refund_id(std::string_view intent);
[[nodiscard]] ProviderCall refund_of(const Account& account, const PaymentIntent& intent,
                                     std::int64_t amount_minor);

// What became of an intent.
[[nodiscard]] PaymentAnswer answer_of(const Account& account, const PaymentIntent& intent,
                                      std::string message);

// The smallest invoice of usage that the customer's saved method can pay; 0 = any.
[[nodiscard]] std::int64_t minimum_invoice(const Account& account, base::Currency currency);
// The sentence of an invoice below it (docs/contract/invoices.md#below-minimum).
[[nodiscard]] std::string below_minimum_message(const Account& account, std::int64_t total_minor,
                                                base::Currency currency);

}  // namespace quipu::ledger

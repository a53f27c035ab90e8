// Payments: what a provider said, and what a caller asks to be paid, marked, withdrawn or stored.
#pragma once

#include <optional>

#include "ledger/account.h"
#include "ledger/command.h"
#include "ledger/decision.h"
#include "ledger/terms.h"

namespace quipu::ledger {

// The sequence of the invoice that the command is about: whoever calls decide has to bring that
// invoice along. None: it is about no invoice, or names one that this customer cannot have.
[[nodiscard]] std::optional<std::uint32_t> subject_invoice(const Account& account,
                                                           const Command& command);

// `invoice` is the command's subject, null where there is none such.
[[nodiscard]] Decision decide(const Asked& asked, const RecordPayment& command);
// In decide_refund.cc. A refund of all that a payment was takes back what it bought, and only that
// (docs/contract/payments.md#refunds).
[[nodiscard]] Decision decide(const Asked& asked, const RecordRefund& command);
[[nodiscard]] Decision decide(const Asked& asked, const PayInvoice& command);
[[nodiscard]] Decision decide(const Asked& asked, const MarkInvoicePaid& command);
[[nodiscard]] Decision decide(const Asked& asked, const VoidInvoice& command);
[[nodiscard]] Decision decide(const Asked& asked, const SetUpPaymentMethod& command);
[[nodiscard]] Decision decide(const Asked& asked, const RemovePaymentMethod& command);
[[nodiscard]] Decision decide(const Asked& asked, const ActivateSubscription& command);

}  // namespace quipu::ledger

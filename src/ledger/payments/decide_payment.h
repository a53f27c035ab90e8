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
[[nodiscard]] Decision decide_record_payment(const Account& account, const CatalogBook& book,
                                             const RecordPayment& command, const Invoice* invoice,
                                             base::Instant now);
// In decide_refund.cc. A refund of all that a payment was takes back what it bought, and only that
// (docs/contract/payments.md#refunds).
[[nodiscard]] Decision decide_record_refund(const Account& account, const CatalogBook& book,
                                            const RecordRefund& command, const Invoice* invoice,
                                            base::Instant now);
[[nodiscard]] Decision decide_pay_invoice(const Account& account, const CatalogBook& book,
                                          const PayInvoice& command, const Invoice* invoice,
                                          base::Instant now);
[[nodiscard]] Decision decide_mark_paid(const MarkInvoicePaid& command, const Invoice* invoice,
                                        base::Instant now);
[[nodiscard]] Decision decide_void(const Account& account, const VoidInvoice& command,
                                   const Invoice* invoice, base::Instant now);
[[nodiscard]] Decision decide_set_up_method(const Account& account, const CatalogBook& book,
                                            const SetUpPaymentMethod& command, base::Instant now);
[[nodiscard]] Decision decide_remove_method(const Account& account,
                                            const RemovePaymentMethod& command);
[[nodiscard]] Decision decide_activate(const Account& account, const CatalogBook& book,
                                       const ActivateSubscription& command, base::Instant now);

}  // namespace quipu::ledger

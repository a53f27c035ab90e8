#include "ledger/invoice.h"

#include <charconv>

namespace quipu::ledger {

std::string_view name_of(InvoiceStatus status) {
    switch (status) {
        case InvoiceStatus::Open:
            return "open";
        case InvoiceStatus::Paid:
            return "paid";
        case InvoiceStatus::Void:
            return "void";
    }
    return "open";
}

std::string_view name_of(InvoiceTrigger trigger) {
    switch (trigger) {
        case InvoiceTrigger::Subscription:
            return "subscription";
        case InvoiceTrigger::PeriodEnd:
            return "period_end";
        case InvoiceTrigger::Manual:
            return "manual";
        case InvoiceTrigger::Purchase:
            return "purchase";
        case InvoiceTrigger::Threshold:
            return "threshold";
    }
    return "manual";
}

std::string_view name_of(LineKind kind) {
    switch (kind) {
        case LineKind::PlanFee:
            return "plan_fee";
        case LineKind::Usage:
            return "usage";
        case LineKind::CreditPack:
            return "credit_pack";
        case LineKind::Proration:
            return "proration";
    }
    return "usage";
}

std::string invoice_id(std::string_view customer, std::uint32_t sequence) {
    const std::string_view bare = customer.substr(customer.find('_') + 1);
    return std::string("inv_").append(bare).append("_").append(std::to_string(sequence));
}

std::optional<std::uint32_t> invoice_sequence(std::string_view customer, std::string_view id) {
    const std::size_t last = id.rfind('_');
    if (last == std::string_view::npos) return std::nullopt;
    std::uint32_t sequence = 0;
    const std::string_view digits = id.substr(last + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    if (!whole || id != invoice_id(customer, sequence)) return std::nullopt;
    return sequence;
}

}  // namespace quipu::ledger

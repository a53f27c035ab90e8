#include "ledger/invoice.h"

namespace quipu::ledger {

std::string_view name_of(InvoiceStatus status) {
    switch (status) {
        case InvoiceStatus::Draft:
            return "draft";
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

}  // namespace quipu::ledger

#include "api/billing/invoice_lookup.h"

#include <charconv>

#include "api/payments/payment_answers.h"

namespace quipu::api {

using base::Error;
using base::Result;
using ledger::Customer;
using ledger::Invoice;

namespace {

tl::unexpected<Error> missing() {
    return base::fail("invoice_not_found", "Invoice not found");
}

}  // namespace

std::optional<InvoiceName> parse_invoice_id(std::string_view id) {
    InvoiceName name;
    name.customer = customer_of_id(id, "inv_");
    if (name.customer.empty()) return std::nullopt;
    const std::string_view digits = id.substr(id.rfind('_') + 1);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), name.sequence);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return name;
}

Result<const Customer*> customer_of_invoice(ApiLedger& ledger, std::string_view organisation,
                                            std::string_view id) {
    const auto name = parse_invoice_id(id);
    const Customer* customer = name ? ledger.find(organisation, name->customer) : nullptr;
    if (customer == nullptr || customer->id != name->customer || !ledger.is_open(*customer))
        return missing();
    return customer;
}

Result<Invoice> find_invoice(ApiLedger& ledger, std::string_view organisation,
                             std::string_view id) {
    const auto customer = customer_of_invoice(ledger, organisation, id);
    if (!customer) return tl::unexpected(customer.error());
    projections::AccountFold& home = ledger.engine().home_of(**customer);
    auto invoice = home.find_invoice(*home.find((*customer)->organisation, (*customer)->id),
                                     parse_invoice_id(id)->sequence);
    if (!invoice) return tl::unexpected(invoice.error());
    if (!*invoice) return missing();
    return std::move(**invoice);
}

}  // namespace quipu::api

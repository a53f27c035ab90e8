#include "api/billing/invoice_lookup.h"

#include <charconv>

namespace quipu::api {

using base::Error;
using base::Result;
using ledger::Customer;
using ledger::Invoice;

namespace {

constexpr std::string_view kPrefix = "inv_";

tl::unexpected<Error> missing() {
    return base::fail("invoice_not_found", "Invoice not found");
}

}  // namespace

std::optional<std::uint32_t> invoice_sequence(std::string_view id) {
    const std::size_t last = id.rfind('_');
    if (!id.starts_with(kPrefix) || last < kPrefix.size()) return std::nullopt;
    const std::string_view digits = id.substr(last + 1);
    std::uint32_t sequence = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return sequence;
}

Result<const Customer*> customer_of_invoice(Directory& directory, std::string_view organisation,
                                            std::string_view id) {
    if (!invoice_sequence(id)) return missing();
    const Customer* customer = directory.owner_of(organisation, id, kPrefix);
    if (customer == nullptr) return missing();
    return customer;
}

Result<Invoice> find_invoice(Directory& directory, std::string_view organisation,
                             std::string_view id) {
    const auto customer = customer_of_invoice(directory, organisation, id);
    if (!customer) return tl::unexpected(customer.error());
    projections::AccountFold& home = directory.home_of(**customer);
    auto invoice = home.find_invoice(*home.find((*customer)->organisation, (*customer)->id),
                                     *invoice_sequence(id));
    if (!invoice) return tl::unexpected(invoice.error());
    if (!*invoice) return missing();
    return std::move(**invoice);
}

}  // namespace quipu::api

#include "api/request/directory.h"

#include <utility>

#include "api/request/errors.h"
#include "api/request/fields.h"
#include "base/check.h"

namespace quipu::api {
namespace {

using base::Result;
using ledger::Customer;

bool is_email(std::string_view reference) {
    return reference.find('@') != std::string_view::npos && looks_like_email(reference);
}

std::string local_part(std::string_view email) {
    return std::string(email.substr(0, email.find('@')));
}

// `cus_<middle>` of `<prefix><middle>_<number>`; "" when it is none.
std::string owner_in(std::string_view id, std::string_view prefix) {
    const std::size_t last = id.rfind('_');
    if (!id.starts_with(prefix) || last < prefix.size() || last == std::string_view::npos)
        return {};
    return "cus_" + std::string(id.substr(prefix.size(), last - prefix.size()));
}

}  // namespace

bool CustomerRef::is_creatable() const {
    return !email.empty() || is_email(reference);
}

const ledger::Catalog& Directory::catalog(std::string_view organisation) const {
    static const ledger::Catalog kEmpty;
    const auto& organisations = engine_.control().organisations;
    const auto found = organisations.find(organisation);
    return found == organisations.end() ? kEmpty : *found->second.catalog;
}

bool Directory::sells_through(std::string_view organisation, std::string_view provider) const {
    if (provider == ledger::kManualProvider) return true;
    const auto& organisations = engine_.control().organisations;
    const auto known = organisations.find(organisation);
    return known != organisations.end() && known->second.settings.provider == provider;
}

const Customer* Directory::find(std::string_view organisation, std::string_view reference) const {
    return ledger::find_customer(engine_.control(), organisation, reference);
}

const Customer* Directory::owner_of(std::string_view organisation, std::string_view id,
                                    std::string_view prefix) {
    const std::string owner = owner_in(id, prefix);
    const Customer* customer = owner.empty() ? nullptr : find(organisation, owner);
    if (customer == nullptr || customer->id != owner || !is_open(*customer)) return nullptr;
    return customer;
}

bool Directory::is_open(const Customer& customer) {
    return home_of(customer).find(customer.organisation, customer.id) != nullptr;
}

projections::AccountFold& Directory::home_of(const Customer& customer) {
    return engine_.home_of(customer);
}

engine::AccountView Directory::view(const Customer& customer) {
    projections::AccountFold& home = home_of(customer);
    auto view = engine::view_account(home, customer.organisation, customer.id, engine_.now(home));
    QUIPU_CHECK(view.has_value());
    return std::move(*view);
}

void Directory::when_open(const Customer& customer, const Found& found) {
    if (is_open(customer)) return found(&customer);
    engine_.gateway().barrier(
        {commands_.home_of(customer)}, [this, &customer, found](const Result<void>& passed) {
            if (!passed) return found(tl::unexpected(passed.error()));
            if (is_open(customer)) return found(&customer);
            found(base::fail("outcome_unknown",
                             "The customer's account is still being opened. Retry with the same "
                             "Idempotency-Key."));
        });
}

void Directory::with_known(std::string_view organisation, std::string_view reference,
                           const Found& found) {
    const Customer* customer = find(organisation, reference);
    if (customer == nullptr) return found(tl::unexpected(customer_not_found(reference)));
    when_open(*customer, found);
}

void Directory::with_customer(std::string_view organisation, CustomerRef ref, const Found& found) {
    if (const Customer* customer = find(organisation, ref.reference)) {
        return when_open(*customer, found);
    }
    if (!ref.is_creatable()) return found(tl::unexpected(customer_not_found(ref.reference)));
    create(organisation, ref, found);
}

void Directory::create(std::string_view organisation, const CustomerRef& ref, const Found& found) {
    if (has_blank_at_an_end(ref.reference))
        return found(tl::unexpected(invalid("customer", kBlankAtAnEnd)));
    ledger::UpsertCustomer upsert;
    upsert.candidate = ids_.fresh("cus_");
    if (is_email(ref.reference)) {
        upsert.email = ref.reference;
    } else {
        upsert.external_id = ref.reference;
        upsert.email = ref.email;
    }
    upsert.name = ref.name ? ref.name : local_part(upsert.email);
    upsert.metadata_json = ref.metadata_json;
    upsert.auto_enable = ref.auto_enable;
    ledger::CommandRecord record;
    record.command = std::move(upsert);
    commands_.submit_control(
        organisation, std::move(record),
        [this, organisation = std::string(organisation),
         found](const Result<ingest::Reply>& reply) {
            if (!reply) return found(tl::unexpected(reply.error()));
            if (const auto* refused = std::get_if<ledger::Rejection>(&reply->outcome)) {
                return found(base::fail(error_code(refused->code), refused->message));
            }
            with_known(organisation, reply->customer, found);
        });
}

}  // namespace quipu::api

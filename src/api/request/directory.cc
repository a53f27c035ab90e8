#include "api/request/directory.h"

#include <utility>

#include "api/request/errors.h"
#include "api/request/fields.h"
#include "base/check.h"
#include "ledger/record_limits.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;

constexpr ledger::Partition kControl{ledger::Topic::Control, 0};

bool is_email(std::string_view reference) {
    return reference.find('@') != std::string_view::npos && looks_like_email(reference);
}

std::string local_part(std::string_view email) {
    return std::string(email.substr(0, email.find('@')));
}

}  // namespace

bool CustomerRef::is_creatable() const {
    return !email.empty() || is_email(reference);
}

const ledger::Catalog& ApiLedger::catalog(std::string_view organisation) const {
    static const ledger::Catalog kEmpty;
    const auto& organisations = engine_.control().organisations;
    const auto found = organisations.find(organisation);
    return found == organisations.end() ? kEmpty : *found->second.catalog;
}

const Customer* ApiLedger::find(std::string_view organisation, std::string_view reference) const {
    return ledger::find_customer(engine_.control(), organisation, reference);
}

bool ApiLedger::is_open(const Customer& customer) {
    return engine_.home_of(customer).find(customer.organisation, customer.id) != nullptr;
}

engine::AccountView ApiLedger::view(const Customer& customer) {
    projections::AccountFold& home = engine_.home_of(customer);
    auto view = engine::view_account(home, customer.organisation, customer.id, engine_.now(home));
    QUIPU_CHECK(view.has_value());
    return std::move(*view);
}

void ApiLedger::when_open(const Customer& customer, const Found& found) {
    if (is_open(customer)) return found(&customer);
    const ledger::Partition home = engine_.gateway().home_of(customer.home_key);
    engine_.gateway().barrier({home}, [this, &customer, found](const Result<void>& passed) {
        if (!passed) return found(tl::unexpected(passed.error()));
        if (is_open(customer)) return found(&customer);
        found(base::fail("outcome_unknown",
                         "The customer's account is still being opened. Retry with the same "
                         "Idempotency-Key."));
    });
}

void ApiLedger::with_known(std::string_view organisation, std::string_view reference,
                           const Found& found) {
    const Customer* customer = find(organisation, reference);
    if (customer == nullptr) return found(tl::unexpected(customer_not_found(reference)));
    when_open(*customer, found);
}

void ApiLedger::with_customer(std::string_view organisation, CustomerRef ref, const Found& found) {
    if (const Customer* customer = find(organisation, ref.reference)) {
        return when_open(*customer, found);
    }
    if (!ref.is_creatable()) return found(tl::unexpected(customer_not_found(ref.reference)));
    create(organisation, ref, found);
}

void ApiLedger::create(std::string_view organisation, const CustomerRef& ref, const Found& found) {
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
    submit_control(
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

Result<void> ApiLedger::prepare(ledger::CommandRecord& record) {
    if (record.id.empty()) record.id = ids_.fresh("evt_");
    const auto problem = ledger::problem_of(record);
    if (!problem) return {};
    return base::fail("validation_error", problem->message);
}

void ApiLedger::submit(const Customer& customer, ledger::CommandRecord record, ingest::Done done) {
    record.organisation = customer.organisation;
    record.customer = customer.id;
    if (auto prepared = prepare(record); !prepared) return done(tl::unexpected(prepared.error()));
    ingest::Gateway& gateway = engine_.gateway();
    gateway.submit(gateway.home_of(customer.home_key), customer.home_key, std::move(record),
                   std::move(done));
}

void ApiLedger::submit_logged(const Customer& customer, ledger::CommandRecord record,
                              const ingest::Gateway::Logged& done) {
    record.organisation = customer.organisation;
    record.customer = customer.id;
    if (auto prepared = prepare(record); !prepared) return done(tl::unexpected(prepared.error()));
    ingest::Gateway& gateway = engine_.gateway();
    gateway.submit_logged(gateway.home_of(customer.home_key), customer.home_key, std::move(record),
                          done);
}

void ApiLedger::submit_control(std::string_view organisation, ledger::CommandRecord record,
                               ingest::Done done) {
    record.organisation = organisation;
    if (auto prepared = prepare(record); !prepared) return done(tl::unexpected(prepared.error()));
    engine_.gateway().submit(kControl, {}, std::move(record), std::move(done));
}

}  // namespace quipu::api

#include "api/request/commands.h"

#include <utility>

#include "ledger/record_limits.h"

namespace quipu::api {
namespace {

using base::Result;
using ledger::Customer;

constexpr ledger::Partition kControl{ledger::Topic::Control, 0};

}  // namespace

ledger::Partition Commands::home_of(const Customer& customer) const {
    return engine_.gateway().home_of(customer.home_key);
}

Result<void> Commands::prepare(ledger::CommandRecord& record) {
    if (record.id.empty()) record.id = ids_.fresh("evt_");
    const auto problem = ledger::problem_of(record);
    if (!problem) return {};
    return base::fail("validation_error", problem->message);
}

void Commands::submit(const Customer& customer, ledger::CommandRecord record, ingest::Done done) {
    record.organisation = customer.organisation;
    record.customer = customer.id;
    if (auto prepared = prepare(record); !prepared) return done(tl::unexpected(prepared.error()));
    engine_.gateway().submit(home_of(customer), customer.home_key, std::move(record),
                             std::move(done));
}

void Commands::submit_logged(const Customer& customer, ledger::CommandRecord record,
                             const ingest::Gateway::Logged& done) {
    record.organisation = customer.organisation;
    record.customer = customer.id;
    if (auto prepared = prepare(record); !prepared) return done(tl::unexpected(prepared.error()));
    engine_.gateway().submit_logged(home_of(customer), customer.home_key, std::move(record), done);
}

void Commands::submit_control(std::string_view organisation, ledger::CommandRecord record,
                              ingest::Done done) {
    record.organisation = organisation;
    if (auto prepared = prepare(record); !prepared) return done(tl::unexpected(prepared.error()));
    engine_.gateway().submit(kControl, {}, std::move(record), std::move(done));
}

void Commands::when_everywhere(std::function<void(const Result<void>&)> done) {
    engine_.gateway().barrier(engine_.account_partitions(), std::move(done));
}

}  // namespace quipu::api

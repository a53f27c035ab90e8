#include "api/usage/usage_past.h"

#include <utility>

#include "api/request/errors.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;

// Of a customer that nobody knows: any partition, they all have one clock.
ledger::Customer nobody(const std::string& reference) {
    ledger::Customer customer;
    customer.home_key = reference;
    return customer;
}

ledger::Offset folded_until(engine::LedgerEngine& engine, ledger::Partition partition) {
    for (const engine::LedgerEngine::Progress& each : engine.progress()) {
        if (each.partition == partition) return each.next_offset;
    }
    return 0;
}

// By the names that it has; those it had, its own records tell.
projections::PastSubject subject_of(const ledger::Account& account) {
    projections::PastSubject subject;
    subject.organisation = account.organisation;
    for (const std::string* name : {&account.id, &account.external_id, &account.email}) {
        if (!name->empty()) subject.names.push_back(*name);
    }
    return subject;
}

}  // namespace

void check_past(Directory& directory, engine::LedgerEngine& engine, engine::PastAccounts& past,
                ApiCall call, UsageCall usage, std::string_view at_text) {
    const auto at = base::parse_instant(at_text);
    if (!at) {
        return call.respond(response_of(invalid("at", "Invalid input: expected an ISO datetime")));
    }
    const std::string reference = usage.customer.reference;
    const ledger::Customer* known = directory.find(call.organisation, reference);
    const ledger::Customer customer = known != nullptr ? *known : nobody(reference);
    projections::AccountFold& home = engine.home_of(customer);
    if (*at > engine.now(home)) {
        return call.respond(response_of(
            Error{"at_in_future", "Invalid at: the ledger's clock has not reached this instant"}));
    }
    const ledger::Account* account = home.find(call.organisation, customer.id);
    if (account == nullptr)
        return call.respond(check_past_usage(nullptr, usage.track(), reference, *at));
    engine::PastQuestion question;
    question.home = engine.gateway().home_of(customer.home_key);
    question.until = folded_until(engine, question.home);
    question.at = *at;
    question.subject = subject_of(*account);
    question.customer = account->id;
    question.look = [asked = std::move(usage.track()), reference,
                     at = *at](const engine::AccountView* view) {
        return check_past_usage(view, asked, reference, at);
    };
    past.ask(std::move(question),
             [respond = share(std::move(call.respond))](Result<http::HttpResponse> response) {
                 (*respond)(response ? std::move(*response) : response_of(response.error()));
             });
}

}  // namespace quipu::api

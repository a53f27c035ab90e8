#include "api/usage/usage_call.h"

#include <utility>

#include "api/request/errors.h"
#include "ledger/usage/decide_usage.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Code;
using ledger::Customer;

const ledger::CatalogBook kNoBook;

http::HttpResponse failure(const Error& error, UsageWords words) {
    if (error.code != error_code(Code::CustomerNotFound)) return response_of(error);
    return usage_response(denial(Code::CustomerNotFound, error.message), kNoBook, words, nullptr);
}

http::HttpResponse recorded(Directory& directory, const Customer& customer, UsageWords words,
                            const Result<ingest::Reply>& reply) {
    if (!reply) return response_of(reply.error());
    if (const auto* refused = std::get_if<ledger::Rejection>(&reply->outcome))
        return response_of(*refused);
    const ledger::CatalogBook& book = directory.home_of(customer).book(customer.organisation);
    return usage_response(std::get<ledger::UsageAnswer>(reply->outcome), book, words, &*reply);
}

http::HttpResponse checked(Directory& directory, const Customer& customer, const UsageCall& call) {
    const engine::AccountView view = directory.view(customer);
    return usage_response(check_usage(view, call.track()), *view.book, UsageWords::Check, nullptr);
}

void run_for(Directory& directory, Commands& commands, const Customer& customer, UsageCall call,
             UsageDone done) {
    if (call.words == UsageWords::Check) return done(checked(directory, customer, call));
    const UsageWords words = call.words;
    commands.submit(
        customer, std::move(call.record),
        [&directory, &customer, words, done = std::move(done)](const Result<ingest::Reply>& reply) {
            done(recorded(directory, customer, words, reply));
        });
}

}  // namespace

ledger::UsageAnswer check_usage(const engine::AccountView& view, const ledger::Track& asked) {
    ledger::UsageRequest request;
    request.feature = asked.feature;
    request.entity = asked.entity;
    request.value = asked.value;
    request.at = view.now;
    request.check = true;
    request.record = false;
    return ledger::decide_usage(*view.account, *view.book, request, view.now).answer;
}

http::HttpResponse check_past_usage(const engine::AccountView* view, const ledger::Track& asked,
                                    std::string_view reference, base::Instant at) {
    if (view != nullptr) return past_usage_response(check_usage(*view, asked), *view->book, at);
    const Error unknown = customer_not_found(reference);
    return past_usage_response(denial(Code::CustomerNotFound, unknown.message), kNoBook, at);
}

UsageCall read_usage(Fields& fields, UsageWords words) {
    UsageCall call;
    call.words = words;
    call.customer = customer_ref(fields, true);
    ledger::Track track;
    track.feature = fields.text("feature");
    track.value = fields.usage_value();
    track.entity = fields.text_or("entity", "");
    track.metadata_json = fields.object_text("metadata");
    track.as_check = words != UsageWords::Track;
    call.record.command = std::move(track);
    call.record.occurred_at = fields.optional_instant("timestamp");
    if (!call.record.occurred_at) call.record.occurred_at = fields.optional_instant("occurredAt");
    return call;
}

void run_usage(Directory& directory, Commands& commands, std::string_view organisation,
               UsageCall call, UsageDone done) {
    const Customer* known = directory.find(organisation, call.customer.reference);
    if (known != nullptr && directory.is_open(*known))
        return run_for(directory, commands, *known, std::move(call), std::move(done));
    CustomerRef ref = std::move(call.customer);
    directory.with_customer(organisation, std::move(ref),
                            [&directory, &commands, call = std::move(call),
                             done = std::move(done)](const Result<const Customer*>& found) {
                                if (!found) return done(failure(found.error(), call.words));
                                run_for(directory, commands, **found, call, done);
                            });
}

}  // namespace quipu::api

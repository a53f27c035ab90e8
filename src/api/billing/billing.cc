// Unbilled usage, and invoices: made, listed and shown.
#include <algorithm>
#include <charconv>
#include <functional>

#include "api/billing/handlers.h"
#include "api/billing/invoice_json.h"
#include "api/billing/invoice_lookup.h"
#include "api/request/errors.h"
#include "api/request/request.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;
using ledger::Invoice;

constexpr std::size_t kMostInvoices = 1000;

// Calls `then` for the customer of the query, or answers.
void with_query_customer(ApiLedger& ledger, ApiCall& call,
                         const std::function<void(const Customer&, const SharedResponder&)>& then) {
    const auto reference = query_customer(call);
    if (!reference) return call.respond(response_of(reference.error()));
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    ledger.with_known(organisation, *reference,
                      [then, respond](const Result<const Customer*>& found) {
                          if (!found) return (*respond)(response_of(short_of(found.error())));
                          then(**found, respond);
                      });
}

http::HttpResponse made_invoices(ApiLedger& ledger, const std::string& organisation,
                                 const Result<ingest::Reply>& reply) {
    std::vector<Invoice> invoices;
    if (reply) {
        if (const auto* made = std::get_if<ledger::InvoiceAnswer>(&reply->outcome)) {
            for (const std::string& id : made->invoices) {
                auto invoice = find_invoice(ledger, organisation, id);
                if (!invoice) return response_of(invoice.error());
                invoices.push_back(std::move(*invoice));
            }
        }
    }
    return write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
        write_invoice(json.key("invoice"), invoices.front());
        json.key("invoices").begin_array();
        for (const Invoice& invoice : invoices) write_invoice(json, invoice);
        json.end_array();
    });
}

}  // namespace

void get_billing_usage(ApiLedger& ledger, ApiCall call) {
    with_query_customer(ledger, call,
                        [&ledger](const Customer& customer, const SharedResponder& respond) {
                            const engine::AccountView view = ledger.view(customer);
                            (*respond)(read_response([&](base::JsonWriter& json) {
                                write_unbilled(json, *view.account, *view.book, view.now);
                            }));
                        });
}

void post_billing_invoice(ApiLedger& ledger, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    record.id = event_id(call, fields);
    record.command = ledger::GenerateInvoice{};
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const std::string organisation = std::move(call.organisation);
    const SharedResponder respond = share(std::move(call.respond));
    ledger.with_known(
        organisation, customer,
        [&ledger, organisation, respond, record](const Result<const Customer*>& found) {
            if (!found) return (*respond)(response_of(short_of(found.error())));
            ledger.submit(**found, record,
                          [&ledger, organisation, respond](const Result<ingest::Reply>& reply) {
                              (*respond)(made_invoices(ledger, organisation, reply));
                          });
        });
}

void get_billing_invoices(ApiLedger& ledger, ApiCall call) {
    const auto limit = query_limit(call, kMostInvoices, kMostInvoices);
    if (!limit) return call.respond(response_of(limit.error()));
    // The cursor is the id of the last invoice of the page before.
    const std::string cursor = query_text(call, "cursor");
    const auto after = parse_invoice_id(cursor);
    if (!cursor.empty() && !after)
        return call.respond(response_of(invalid("cursor", "Not a cursor of this list")));
    with_query_customer(
        ledger, call,
        [&ledger, limit = *limit, after](const Customer& customer, const SharedResponder& respond) {
            projections::AccountFold& home = ledger.engine().home_of(customer);
            std::vector<Invoice> invoices;
            bool more = false;
            const auto visited = home.visit_invoices(
                *home.find(customer.organisation, customer.id), [&](const Invoice& invoice) {
                    if (after && invoice.sequence >= after->sequence) return true;
                    more = invoices.size() == limit;
                    if (!more) invoices.push_back(invoice);
                    return !more;
                });
            if (!visited) return (*respond)(response_of(visited.error()));
            (*respond)(read_response([&](base::JsonWriter& json) {
                json.key("invoices").begin_array();
                for (const Invoice& invoice : invoices) write_invoice(json, invoice);
                json.end_array();
                json.key("nextCursor");
                if (more) {
                    json.string(invoices.back().id);
                } else {
                    json.null();
                }
            }));
        });
}

void get_invoice(ApiLedger& ledger, ApiCall call) {
    const auto invoice = find_invoice(ledger, call.organisation, call.parameter);
    if (!invoice) return call.respond(response_of(invoice.error()));
    call.respond(read_response(
        [&](base::JsonWriter& json) { write_invoice(json.key("invoice"), *invoice); }));
}

}  // namespace quipu::api

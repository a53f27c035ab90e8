// Unbilled usage, and invoices: made, listed and shown.
#include <algorithm>
#include <charconv>
#include <functional>

#include "api/billing/handlers.h"
#include "api/billing/invoice_json.h"
#include "api/billing/invoice_lookup.h"
#include "api/request/errors.h"
#include "api/request/list.h"
#include "api/request/request.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;
using ledger::Invoice;

constexpr std::size_t kMostInvoices = 1000;

http::HttpResponse made_invoices(Directory& directory, const std::string& organisation,
                                 const Result<ingest::Reply>& reply) {
    std::vector<Invoice> invoices;
    if (reply) {
        if (const auto* made = std::get_if<ledger::InvoiceAnswer>(&reply->outcome)) {
            for (const std::string& id : made->invoices) {
                auto invoice = find_invoice(directory, organisation, id);
                if (!invoice) return response_of(invoice.error());
                invoices.push_back(std::move(*invoice));
            }
        }
    }
    return write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
        write_invoice(json.key("invoice"), invoices.front());
        write_list(json, "invoices", invoices, write_invoice);
    });
}

}  // namespace

void get_billing_usage(Directory& directory, ApiCall call) {
    with_query_customer(directory, call,
                        [&directory](const Customer& customer, const SharedResponder& respond) {
                            const engine::AccountView view = directory.view(customer);
                            (*respond)(read_response([&](base::JsonWriter& json) {
                                write_unbilled(json, *view.account, *view.book, view.now);
                            }));
                        });
}

void post_billing_invoice(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    const std::string customer(fields.text("customer"));
    record.id = event_id(call, fields);
    record.command = ledger::GenerateInvoice{};
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    with_known_customer(
        directory, call, customer,
        [&directory, &commands, record](const Customer& known, const SharedResponder& respond) {
            commands.submit(known, record,
                            [&directory, &known, respond](const Result<ingest::Reply>& reply) {
                                (*respond)(made_invoices(directory, known.organisation, reply));
                            });
        });
}

void get_billing_invoices(Directory& directory, ApiCall call) {
    const auto limit = query_limit(call, kMostInvoices, kMostInvoices);
    if (!limit) return call.respond(response_of(limit.error()));
    // The cursor is the id of the last invoice of the page before.
    const std::string cursor = query_text(call, "cursor");
    const auto after = invoice_sequence(cursor);
    if (!cursor.empty() && !after) return call.respond(response_of(not_a_cursor()));
    with_query_customer(
        directory, call,
        [&directory, limit = *limit, after](const Customer& customer,
                                            const SharedResponder& respond) {
            projections::AccountFold& home = directory.home_of(customer);
            std::vector<Invoice> invoices;
            bool more = false;
            const auto visited = home.visit_invoices(*home.find(customer.organisation, customer.id),
                                                     [&](const Invoice& invoice) {
                                                         if (after && invoice.sequence >= *after)
                                                             return true;
                                                         more = invoices.size() == limit;
                                                         if (!more) invoices.push_back(invoice);
                                                         return !more;
                                                     });
            if (!visited) return (*respond)(response_of(visited.error()));
            (*respond)(page_response("invoices", invoices, write_invoice,
                                     more ? std::optional(invoices.back().id) : std::nullopt));
        });
}

void get_invoice(Directory& directory, ApiCall call) {
    const auto invoice = find_invoice(directory, call.organisation, call.parameter);
    if (!invoice) return call.respond(response_of(invoice.error()));
    call.respond(read_response(
        [&](base::JsonWriter& json) { write_invoice(json.key("invoice"), *invoice); }));
}

}  // namespace quipu::api

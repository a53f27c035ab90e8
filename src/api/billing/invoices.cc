// What becomes of an invoice: paid by the provider, paid by hand, withdrawn
// (docs/contract/invoices.md#pay).
#include "api/billing/handlers.h"
#include "api/billing/invoice_json.h"
#include "api/billing/invoice_lookup.h"
#include "api/payments/payment_answers.h"
#include "api/request/errors.h"

namespace quipu::api {
namespace {

using base::Error;
using base::Result;
using ledger::Customer;
using ledger::Invoice;

void write_short(base::JsonWriter& json, const Invoice& invoice) {
    json.begin_object();
    json.key("id").string(invoice.id);
    json.key("invoiceId").string(invoice.id);
    json.key("number").string(invoice.number);
    json.key("total").integer(invoice.total_minor);
    json.key("currency").string(invoice.currency.code());
    json.key("status").string(name_of(invoice.status));
    json.end_object();
}

// The command's answer with the invoice as it is now.
void answer_invoice(Directory& directory, const std::string& organisation, const std::string& id,
                    const SharedResponder& respond, const Result<ingest::Reply>& reply) {
    const auto invoice = find_invoice(directory, organisation, id);
    if (!invoice) return (*respond)(response_of(invoice.error()));
    (*respond)(write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
        write_invoice(json.key("invoice"), *invoice);
    }));
}

http::HttpResponse below_minimum(const ledger::Rejection& refused, const Result<Invoice>& invoice) {
    http::HttpResponse response{.status = 409};
    base::JsonWriter json(response.body);
    json.begin_object();
    json.key("success").boolean(false);
    json.key("code").string(name_of(refused.code));
    json.key("error").string(refused.message);
    json.key("message").string(refused.message);
    if (invoice) write_short(json.key("invoice"), *invoice);
    json.end_object();
    return response;
}

void answer_pay(Directory& directory, PaymentAnswers& answers, const std::string& organisation,
                const Customer& customer, const std::string& id, const SharedResponder& respond,
                const Result<ingest::Reply>& reply) {
    const auto write_paid = [&directory, organisation, id](base::JsonWriter& json, bool paid) {
        json.key("paid").boolean(paid);
        const auto invoice = find_invoice(directory, organisation, id);
        if (invoice) write_short(json.key("invoice"), *invoice);
    };
    if (reply) {
        const auto* refused = std::get_if<ledger::Rejection>(&reply->outcome);
        if (refused != nullptr && refused->code == ledger::Code::InvoiceBelowMinimum)
            return (*respond)(below_minimum(*refused, find_invoice(directory, organisation, id)));
        const auto* asked = std::get_if<ledger::PaymentAnswer>(&reply->outcome);
        if (asked != nullptr && !asked->intent.empty()) {
            return answers.answer(customer, asked->intent, *reply, respond,
                                  [write_paid](base::JsonWriter& json, const ingest::Reply&,
                                               const PaymentState& state) {
                                      const bool paid = state.checkout_url.empty();
                                      write_paid(json, paid);
                                      if (!paid) json.key("checkoutUrl").string(state.checkout_url);
                                  });
        }
    }
    (*respond)(write_response(
        reply, [&](base::JsonWriter& json, const ingest::Reply&) { write_paid(json, true); }));
}

using Answer =
    std::function<void(const Customer&, const SharedResponder&, const Result<ingest::Reply>&)>;

void submit_about(Directory& directory, Commands& commands, ApiCall& call,
                  ledger::CommandRecord record, const Answer& answer) {
    const auto customer = customer_of_invoice(directory, call.organisation, call.parameter);
    if (!customer) return call.respond(response_of(customer.error()));
    const SharedResponder respond = share(std::move(call.respond));
    commands.submit(**customer, std::move(record),
                    [customer = *customer, respond, answer](const Result<ingest::Reply>& reply) {
                        answer(*customer, respond, reply);
                    });
}

void settle_by_hand(Directory& directory, Commands& commands, ApiCall& call,
                    ledger::CommandRecord record) {
    submit_about(
        directory, commands, call, std::move(record),
        [&directory, organisation = call.organisation, id = call.parameter](
            const Customer&, const SharedResponder& respond, const Result<ingest::Reply>& reply) {
            answer_invoice(directory, organisation, id, respond, reply);
        });
}

}  // namespace

void post_pay_invoice(Directory& directory, Commands& commands, PaymentAnswers& answers,
                      ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    // A body that cannot be read counts as none, also a URL that is none.
    Fields lenient(call.body);
    record.command = ledger::PayInvoice{call.parameter, callback_url(lenient)};
    if (lenient.problem()) record.command = ledger::PayInvoice{call.parameter, {}};
    record.id = event_id(call, fields);
    submit_about(directory, commands, call, std::move(record),
                 [&directory, &answers, organisation = call.organisation, id = call.parameter](
                     const Customer& customer, const SharedResponder& respond,
                     const Result<ingest::Reply>& reply) {
                     answer_pay(directory, answers, organisation, customer, id, respond, reply);
                 });
}

void post_mark_paid(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    record.command =
        ledger::MarkInvoicePaid{call.parameter, std::string(fields.text_or("reference", ""))};
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    settle_by_hand(directory, commands, call, std::move(record));
}

void post_void_invoice(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    ledger::CommandRecord record;
    record.command = ledger::VoidInvoice{call.parameter, std::string(fields.text_or("reason", ""))};
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    settle_by_hand(directory, commands, call, std::move(record));
}

}  // namespace quipu::api

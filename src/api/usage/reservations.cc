// POST /reserve, /reserve/confirm, /reserve/release: units held before the work
// (docs/reservations.md).
#include <functional>

#include "api/request/errors.h"
#include "api/request/json.h"
#include "api/request/list.h"
#include "api/request/request.h"
#include "api/usage/handlers.h"
#include "api/usage/usage_json.h"
#include "ledger/reservation.h"

namespace quipu::api {
namespace {

using base::Result;
using ledger::Customer;

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kUsualHoldSeconds = 900;
constexpr std::int64_t kMostHoldSeconds = ledger::kMaxHoldMicros / kMicrosPerSecond;

// Sends a command of a known customer; `answer` makes the response of what the fold said.
using Answer = std::function<http::HttpResponse(const Customer&, const ingest::Reply&)>;

void submit(Directory& directory, Commands& commands, ApiCall& call, const std::string& customer,
            ledger::CommandRecord record, Answer answer) {
    with_known_customer(
        directory, call, customer,
        [&commands, record = std::move(record), answer = std::move(answer)](
            const Customer& known, const SharedResponder& respond) {
            commands.submit(
                known, record, [&known, respond, answer](const Result<ingest::Reply>& reply) {
                    (*respond)(reply ? answer(known, *reply) : response_of(reply.error()));
                });
        });
}

// What check or track would say, more of the reservation, the receipt.
http::HttpResponse usage_answer(Directory& directory, const Customer& customer,
                                const ingest::Reply& reply, UsageWords words,
                                const WriteAnswer& more) {
    if (const auto* refused = std::get_if<ledger::Rejection>(&reply.outcome))
        return response_of(*refused);
    const auto& answer = std::get<ledger::UsageAnswer>(reply.outcome);
    http::HttpResponse response;
    response.status = usage_status(answer.code);
    base::JsonWriter json(response.body);
    json.begin_object();
    if (words != UsageWords::Track) json.key("success").boolean(is_allowed(answer.code));
    write_usage(json, answer, directory.home_of(customer).book(customer.organisation), words);
    more(json, reply);
    write_receipt(json, reply);
    json.end_object();
    return response;
}

void write_reservation(base::JsonWriter& json, const ledger::Reservation& held) {
    json.begin_object();
    json.key("reservation").string(held.id);
    json.key("feature").string(held.feature);
    if (!held.entity.empty()) json.key("entity").string(held.entity);
    write_quantity(json.key("held"), held.value);
    write_instant(json.key("createdAt"), held.at);
    write_instant(json.key("expiresAt"), held.expires_at);
    json.end_object();
}

}  // namespace

void post_reserve(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    const std::string customer(fields.text("customer"));
    ledger::Reserve reserve;
    reserve.feature = fields.text("feature");
    reserve.entity = fields.text_or("entity", "");
    reserve.value = fields.usage_value();
    if (reserve.value.is_zero()) fields.refuse("value", "must be greater than 0");
    const std::int64_t seconds =
        fields.optional_integer("expiresIn", 1).value_or(kUsualHoldSeconds);
    if (seconds > kMostHoldSeconds) fields.refuse("expiresIn", "must be at most 86400 seconds");
    reserve.hold_micros = seconds * kMicrosPerSecond;
    ledger::CommandRecord record;
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const base::Quantity value = reserve.value;
    record.command = std::move(reserve);
    submit(directory, commands, call, customer, std::move(record),
           [&directory, value](const Customer& known, const ingest::Reply& reply) {
               return usage_answer(directory, known, reply, UsageWords::CheckAndRecord,
                                   [&](base::JsonWriter& json, const ingest::Reply&) {
                                       const auto* answer =
                                           std::get_if<ledger::UsageAnswer>(&reply.outcome);
                                       if (answer == nullptr || !is_allowed(answer->code)) return;
                                       json.key("reservation").string(reply.event_id);
                                       write_quantity(json.key("held"), value);
                                       write_instant(json.key("expiresAt"), answer->held_until);
                                   });
           });
}

void post_confirm_reservation(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    const std::string customer(fields.text("customer"));
    ledger::ConfirmReservation confirm;
    confirm.reservation = fields.text("reservation");
    if (fields.has("value")) confirm.value = fields.usage_value();
    confirm.metadata_json = fields.object_text("metadata");
    ledger::CommandRecord record;
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const std::string reservation = confirm.reservation;
    record.command = std::move(confirm);
    submit(directory, commands, call, customer, std::move(record),
           [&directory, reservation](const Customer& known, const ingest::Reply& reply) {
               return usage_answer(directory, known, reply, UsageWords::Track,
                                   [&](base::JsonWriter& json, const ingest::Reply&) {
                                       json.key("reservation").string(reservation);
                                   });
           });
}

void post_release_reservation(Directory& directory, Commands& commands, ApiCall call) {
    Fields fields(call.body);
    const std::string customer(fields.text("customer"));
    ledger::ReleaseReservation release{std::string(fields.text("reservation"))};
    ledger::CommandRecord record;
    record.id = event_id(call, fields);
    if (fields.problem()) return call.respond(response_of(*fields.problem()));
    const std::string reservation = release.reservation;
    record.command = std::move(release);
    submit(directory, commands, call, customer, std::move(record),
           [reservation](const Customer&, const ingest::Reply& reply) {
               return write_response(reply, [&](base::JsonWriter& json, const ingest::Reply&) {
                   json.key("reservation").string(reservation);
               });
           });
}

void get_reservations(Directory& directory, ApiCall call) {
    with_query_customer(
        directory, call, [&directory](const Customer& customer, const SharedResponder& respond) {
            const engine::AccountView view = directory.view(customer);
            (*respond)(list_response("data", view.account->reservations, write_reservation));
        });
}

}  // namespace quipu::api

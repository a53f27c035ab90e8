#include "ledger/codec/invoice_codec.h"

#include "ledger/codec/codec_values.h"
#include "quipu/v1/invoice.pb.h"

namespace quipu::ledger {
namespace codec {
namespace {

// Overloads below must not hide those of the parts.
using codec::read;
using codec::write;

void write(base::Period period, v1::Period& out) {
    out.set_start_micros(period.start.micros);
    out.set_end_micros(period.end.micros);
}

base::Period read(const v1::Period& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    return {.start = {message.start_micros()}, .end = {message.end_micros()}};
}

void write(const rating::TierStep& step, v1::TierStep& out) {
    out.set_tier(static_cast<std::uint32_t>(step.tier));
    write(step.units, *out.mutable_units());
    if (step.unit_price) write(*step.unit_price, *out.mutable_unit_price());
    if (step.flat_fee) write(*step.flat_fee, *out.mutable_flat_fee());
    write(step.amount, *out.mutable_amount());
}

rating::TierStep read(const v1::TierStep& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    rating::TierStep step{.tier = message.tier(),
                          .units = read(message.units(), problems),
                          .amount = read(message.amount(), problems)};
    if (message.has_unit_price()) step.unit_price = read(message.unit_price(), problems);
    if (message.has_flat_fee()) step.flat_fee = read(message.flat_fee(), problems);
    return step;
}

void write(const InvoiceLine& line, v1::InvoiceLine& out) {
    out.set_kind(write_enum<v1::LineKind>(line.kind));
    out.set_feature(line.feature);
    out.set_name(line.name);
    out.set_description(line.description);
    write(line.quantity, *out.mutable_quantity());
    out.set_unit_price_minor(line.unit_price_minor);
    out.set_amount_minor(line.amount_minor);
    write(line.period, *out.mutable_period());
    out.set_subscription(line.subscription);
    out.set_plan(line.plan);
    out.set_entity(line.entity);
    out.set_correction(line.correction);
    out.set_rating_model(line.rating_model);
    for (const rating::TierStep& step : line.steps) write(step, *out.add_steps());
    out.set_billed_before_minor(line.billed_before_minor);
}

InvoiceLine read(const v1::InvoiceLine& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    InvoiceLine line{.kind = read_enum<LineKind>(message.kind(), "line.kind", problems),
                     .feature = message.feature(),
                     .name = message.name(),
                     .description = message.description(),
                     .quantity = read(message.quantity(), problems),
                     .unit_price_minor = message.unit_price_minor(),
                     .amount_minor = message.amount_minor(),
                     .period = read(message.period(), problems),
                     .subscription = message.subscription(),
                     .plan = message.plan(),
                     .entity = message.entity(),
                     .correction = message.correction(),
                     .rating_model = message.rating_model(),
                     .billed_before_minor = message.billed_before_minor()};
    for (const v1::TierStep& step : message.steps()) line.steps.push_back(read(step, problems));
    return line;
}

void write_invoice(const Invoice& invoice, v1::Invoice& out) {
    out.set_id(invoice.id);
    out.set_number(invoice.number);
    out.set_sequence(invoice.sequence);
    out.set_organisation(invoice.organisation);
    out.set_customer(invoice.customer);
    out.set_subscription(invoice.subscription);
    out.set_subscription_id(invoice.subscription_id);
    out.set_status(write_enum<v1::InvoiceStatus>(invoice.status));
    out.set_trigger(write_enum<v1::InvoiceTrigger>(invoice.trigger));
    out.set_currency(write_currency(invoice.currency));
    out.set_total_minor(invoice.total_minor);
    for (const InvoiceLine& line : invoice.lines) write(line, *out.add_lines());
    out.set_issued_at_micros(invoice.issued_at.micros);
    out.set_due_at_micros(invoice.due_at.micros);
    write(invoice.period, *out.mutable_period());
    if (invoice.settled_at) out.set_settled_at_micros(invoice.settled_at->micros);
    out.set_payment(invoice.payment);
    if (invoice.issued_position) out.set_issued_position(*invoice.issued_position);
    if (invoice.settled_position) out.set_settled_position(*invoice.settled_position);
}

Invoice read_invoice(const v1::Invoice& message, Problems& problems) {
    problems.refuse_unknown_fields(message);
    Invoice invoice{
        .id = message.id(),
        .number = message.number(),
        .sequence = message.sequence(),
        .organisation = message.organisation(),
        .customer = message.customer(),
        .subscription = message.subscription(),
        .subscription_id = message.subscription_id(),
        .status = read_enum<InvoiceStatus>(message.status(), "invoice.status", problems),
        .trigger = read_enum<InvoiceTrigger>(message.trigger(), "invoice.trigger", problems),
        .currency = read_currency(message.currency(), "invoice.currency", problems),
        .total_minor = message.total_minor(),
        .issued_at = {message.issued_at_micros()},
        .due_at = {message.due_at_micros()},
        .period = read(message.period(), problems),
        .payment = message.payment()};
    if (message.has_settled_at_micros())
        invoice.settled_at = base::Instant{message.settled_at_micros()};
    if (message.has_issued_position()) invoice.issued_position = message.issued_position();
    if (message.has_settled_position()) invoice.settled_position = message.settled_position();
    for (const v1::InvoiceLine& line : message.lines()) {
        invoice.lines.push_back(read(line, problems));
    }
    return invoice;
}

}  // namespace
}  // namespace codec

std::string encode_invoice(const Invoice& invoice) {
    v1::Invoice message;
    codec::write_invoice(invoice, message);
    return message.SerializeAsString();
}

base::Result<Invoice> decode_invoice(std::string_view bytes) {
    v1::Invoice message;
    return codec::decode<Invoice>(message, bytes,
                                  [](const v1::Invoice& parsed, codec::Problems& problems) {
                                      return codec::read_invoice(parsed, problems);
                                  });
}

}  // namespace quipu::ledger

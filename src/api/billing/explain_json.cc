#include "api/billing/explain_json.h"

#include <algorithm>

#include "api/billing/invoice_json.h"
#include "api/billing/line_proof.h"
#include "api/customers/entry_json.h"
#include "api/request/json.h"
#include "api/usage/usage_json.h"

namespace quipu::api {
namespace {

using base::Quantity;
using ledger::BucketSums;
using ledger::InvoiceLine;
using ledger::LineEvidence;
using ledger::LineKind;

void write_sums(base::JsonWriter& json, const BucketSums& sums) {
    json.begin_object();
    write_quantity(json.key("included"), sums.allowance);
    write_quantity(json.key("rollover"), sums.rollover);
    write_quantity(json.key("credit"), sums.credit);
    write_quantity(json.key("prepaid"), sums.prepaid);
    write_quantity(json.key("overage"), sums.overage);
    write_quantity(json.key("total"), sums.total());
    json.key("events").integer(sums.events);
    json.end_object();
}

void write_steps(base::JsonWriter& json, const std::vector<rating::TierStep>& steps) {
    json.begin_array();
    for (const rating::TierStep& step : steps) {
        json.begin_object();
        json.key("tier").integer(static_cast<std::int64_t>(step.tier));
        write_quantity(json.key("units"), step.units);
        write_price(json.key("unitPrice"), step.unit_price.value_or(base::UnitPrice{}));
        if (step.flat_fee) write_price(json.key("flatFee"), *step.flat_fee);
        json.key("amount").number(step.amount.to_string());
        json.end_object();
    }
    json.end_array();
}

void write_billed_before(base::JsonWriter& json, const ledger::BilledPart& part) {
    json.begin_object();
    write_quantity(json.key("units"), part.quantity_before);
    json.key("amount").integer(part.amount_before_minor);
    json.key("invoices").begin_array();
    for (const ledger::EarlierBill& bill : part.earlier) {
        json.begin_object();
        json.key("id").string(bill.id);
        json.key("number").string(bill.number);
        write_quantity(json.key("units"), bill.quantity);
        json.key("amount").integer(bill.amount_minor);
        json.end_object();
    }
    json.end_array();
    json.end_object();
}

void write_usage_price(base::JsonWriter& json, const InvoiceLine& line, const LineProof& proof,
                       const ledger::BilledPart& part) {
    const ledger::UsagePrice& price = *proof.usage;
    if (!line.rating_model.empty()) json.key("ratingModel").string(line.rating_model);
    write_quantity(json.key("windowUnits"), price.units);
    json.key("steps");
    write_steps(json, price.steps);
    if (price.package_price) {
        write_price(json.key("packagePrice"), *price.package_price);
        write_quantity(json.key("packageSize"), price.package_size);
        write_quantity(json.key("packages"), price.packages);
    }
    json.key("windowTotal");
    if (price.total_minor) {
        json.integer(*price.total_minor);
    } else {
        json.null();
    }
    write_billed_before(json.key("billedBefore"), part);
    if (price.carried_minor != 0) json.key("carried").integer(price.carried_minor);
    json.key("amount").integer(line.amount_minor);
    json.key("text").string(price.text);
}

void write_prorated_price(base::JsonWriter& json, const InvoiceLine& line,
                          const ledger::ProratedPrice& price) {
    json.key("fromPlan").string(price.from_plan);
    json.key("fromFee").integer(price.from_fee_minor);
    json.key("toPlan").string(price.to_plan);
    json.key("toFee").integer(price.to_fee_minor);
    write_instant(json.key("periodStart"), price.period.start);
    write_instant(json.key("periodEnd"), price.period.end);
    write_instant(json.key("switchedAt"), price.switched_at);
    json.key("charged").integer(price.charged_minor);
    json.key("returned").integer(price.returned_minor);
    json.key("amount").integer(line.amount_minor);
    json.key("text").string(price.text);
}

void write_price_of(base::JsonWriter& json, const ledger::Invoice& invoice, const ExplainedLine& of,
                    const LineProof& proof) {
    const InvoiceLine& line = invoice.lines[of.index];
    json.begin_object();
    if (proof.usage) {
        write_usage_price(json, line, proof, of.evidence->part());
    } else if (of.prorated) {
        write_prorated_price(json, line, *of.prorated);
    } else {
        write_quantity(json.key("quantity"), line.quantity);
        json.key("unitPrice").integer(line.unit_price_minor);
        json.key("amount").integer(line.amount_minor);
        json.key("text").string(ledger::fee_text(invoice, line));
    }
    json.end_object();
}

void write_postings(base::JsonWriter& json, const ledger::Entry& entry) {
    json.begin_array();
    for (const ledger::Posting& posting : entry.postings) {
        json.begin_object();
        json.key("bucket").string(name_of(posting.bucket));
        write_quantity(json.key("units"), posting.units);
        write_quantity(json.key("amount"), posting.amount);
        if (posting.grant != 0) json.key("grant").integer(posting.grant);
        if (posting.bucket == ledger::Bucket::Overage)
            json.key("windowCharge").integer(posting.charge_minor);
        json.end_object();
    }
    json.end_array();
}

Quantity overage_of(const ledger::Entry& entry) {
    Quantity sum;
    for (const ledger::Posting& posting : entry.postings) {
        if (posting.bucket == ledger::Bucket::Overage) sum += posting.amount;
    }
    return sum;
}

// `overage` is the window's when the invoice was made.
void write_event(base::JsonWriter& json, const ledger::LineEvent& event, const InvoiceLine& line,
                 Quantity overage) {
    const ledger::Entry& entry = event.entry;
    const Quantity after = overage - event.overage_later;
    json.begin_object();
    json.key("offset").integer(entry.offset);
    json.key("eventId").string(entry.id);
    json.key("kind").string(entry_kind_name(entry.kind));
    write_instant(json.key("recordedAt"), entry.recorded_at);
    write_instant(json.key("occurredAt"), entry.occurred_at);
    json.key("late").boolean(entry.recorded_at >= line.period.end);
    if (const auto* usage = std::get_if<ledger::UsageAnswer>(&entry.outcome)) {
        json.key("feature").string(usage->feature);
        write_quantity(json.key("value"), entry.value);
    }
    if (!entry.entity.empty()) json.key("entity").string(entry.entity);
    if (!entry.metadata_json.empty()) json.key("metadata").raw(entry.metadata_json);
    write_postings(json.key("postings"), entry);
    write_quantity(json.key("overageBefore"), after - overage_of(entry));
    write_quantity(json.key("overageAfter"), after);
    json.end_object();
}

void write_events(base::JsonWriter& json, const ledger::Invoice& invoice, const ExplainedLine& of,
                  Quantity overage, const WriteCursor& cursor) {
    const LineEvidence& evidence = *of.evidence;
    json.key("events").begin_array();
    for (const ledger::LineEvent& event : evidence.events())
        write_event(json, event, invoice.lines[of.index], overage);
    json.end_array();
    json.key("nextCursor");
    if (evidence.next()) {
        json.string(cursor(of.index, *evidence.next()));
    } else {
        json.null();
    }
}

// A page of the seats, by entity.
void write_seat_list(base::JsonWriter& json, const ledger::SeatEvidence& seats,
                     const ExplainQuery& query) {
    auto at = query.seat_cursor.empty() ? seats.seats().begin()
                                        : seats.seats().upper_bound(query.seat_cursor);
    std::string last;
    json.key("seats").begin_array();
    for (std::size_t count = 0; at != seats.seats().end() && count < query.limit; ++at, ++count) {
        const auto& [entity, seat] = *at;
        last = entity;
        json.begin_object();
        json.key("entity").string(entity);
        write_instant(json.key("addedAt"), seat.added_at);
        write_instant(json.key("removedAt"), seat.removed_at);
        json.key("heldAtStart").boolean(seat.event_id.empty());
        if (!seat.event_id.empty()) json.key("eventId").string(seat.event_id);
        json.end_object();
    }
    json.end_array();
    json.key("nextCursor");
    if (at != seats.seats().end()) {
        json.string(std::string(kSeatCursor).append(last));
    } else {
        json.null();
    }
}

void write_seat_sums(base::JsonWriter& json, const ledger::SeatEvidence& seats) {
    json.begin_object();
    json.key("heldAtStart").integer(seats.held_at_start());
    json.key("added").integer(seats.added());
    json.key("mostHeld").integer(seats.most_held());
    write_quantity(json.key("included"), seats.included());
    write_quantity(json.key("billable"), seats.billable());
    json.end_object();
}

void write_checks(base::JsonWriter& json, const std::vector<Check>& checks) {
    json.begin_array();
    for (const Check& check : checks) {
        json.begin_object();
        json.key("name").string(check.name);
        json.key("expected").number(check.expected);
        json.key("actual").number(check.actual);
        json.key("holds").boolean(check.holds());
        json.end_object();
    }
    json.end_array();
}

void write_line(base::JsonWriter& json, const InvoiceExplainer& explained, const ExplainedLine& of,
                const LineProof& proof, const WriteCursor& cursor) {
    const ledger::Invoice& invoice = explained.invoice();
    json.begin_object();
    json.key("index").integer(static_cast<std::int64_t>(of.index));
    write_invoice_line(json.key("line"), invoice, of.index);
    write_price_of(json.key("price"), invoice, of, proof);
    if (of.seats != nullptr) {
        write_seat_sums(json.key("seatSummary"), *of.seats);
        write_seat_list(json, *of.seats, explained.query());
    } else if (of.evidence != nullptr) {
        write_sums(json.key("summary"), of.evidence->behind_line());
        write_sums(json.key("windowSummary"), of.evidence->of_window());
        write_events(json, invoice, of, of.evidence->of_window().overage, cursor);
    }
    write_checks(json.key("checks"), proof.checks);
    json.end_object();
}

void write_issued_by(base::JsonWriter& json, const ledger::Entry& entry) {
    json.begin_object();
    json.key("offset").integer(entry.offset);
    json.key("eventId").string(entry.id);
    json.key("kind").string(entry_kind_name(entry.kind));
    write_instant(json.key("recordedAt"), entry.recorded_at);
    json.end_object();
}

void write_head(base::JsonWriter& json, const ledger::Invoice& invoice) {
    json.key("invoiceId").string(invoice.id);
    json.key("number").string(invoice.number);
    json.key("customerId").string(invoice.customer);
    json.key("customer_id").string(invoice.customer);
    json.key("status").string(name_of(invoice.status));
    json.key("trigger").string(name_of(invoice.trigger));
    json.key("currency").string(invoice.currency.code());
    json.key("total").integer(invoice.total_minor);
    write_instant(json.key("issuedAt"), invoice.issued_at);
}

}  // namespace

void write_explanation(base::JsonWriter& json, const InvoiceExplainer& explained,
                       const std::optional<ledger::Entry>& issued_by, const WriteCursor& cursor) {
    const ledger::Invoice& invoice = explained.invoice();
    write_head(json, invoice);
    json.key("issuedBy");
    if (issued_by) {
        write_issued_by(json, *issued_by);
    } else {
        json.null();
    }
    const Check whole = sum_of_lines(invoice);
    bool holds = whole.holds();
    json.key("lines").begin_array();
    for (const ExplainedLine& line : explained.lines()) {
        const LineProof proof = prove(invoice, line);
        holds = holds && std::ranges::all_of(proof.checks, &Check::holds);
        write_line(json, explained, line, proof, cursor);
    }
    json.end_array();
    write_checks(json.key("checks"), {whole});
    json.key("holds").boolean(holds);
}

void write_explanation_page(base::JsonWriter& json, const InvoiceExplainer& explained,
                            const WriteCursor& cursor) {
    const ExplainedLine& of = explained.lines().front();
    write_head(json, explained.invoice());
    json.key("line").integer(static_cast<std::int64_t>(of.index));
    if (of.seats != nullptr) {
        write_seat_list(json, *of.seats, explained.query());
        return;
    }
    // The cursor says what is later; together with what is on the invoice that is the total.
    const InvoiceLine& line = explained.invoice().lines[of.index];
    write_events(json, explained.invoice(), of, line.quantity + of.evidence->part().quantity_before,
                 cursor);
}

}  // namespace quipu::api

"""What an explained invoice and a usage series look like."""

from words import (
    Schema, boolean, either, instant, integer, listing, mapping, minor, number, one_of, or_null, price, record, ref, text,
)  # fmt: skip

TRIGGER = one_of("subscription", "period_end", "manual", "purchase", "threshold")
HEAD: dict[str, Schema] = {
    "invoiceId": text("`inv_…`"),
    "number": text(),
    "customerId": text(),
    "customer_id": text(),
    "status": one_of("open", "paid", "void"),
    "trigger": TRIGGER,
    "currency": text(),
    "total": minor(),
    "issuedAt": instant(),
}
SUMS = record({
    "included": number(),
    "rollover": number(),
    "credit": number(),
    "prepaid": number(),
    "overage": number("What is billable."),
    "total": number(),
    "events": integer(),
})
CHECK = record({
    "name": one_of("units_of_window", "units_of_line", "billed_before", "price_of_window", "sum_of_steps",
                   "new_fee_less_old", "quantity_times_price", "sum_of_lines"),
    "expected": number("What the invoice says."),
    "actual": number("What was computed from the ledger for this answer."),
    "holds": boolean(),
})
USAGE_PRICE = record({
    "ratingModel?": text(),
    "windowUnits": number("Billable in the whole meter window when the invoice was made."),
    "steps": ref("TierBreakdown"),
    "packagePrice?": price(),
    "packageSize?": number(),
    "packages?": number(),
    "windowTotal": or_null(minor("The price of `windowUnits`.")),
    "billedBefore": record({
        "units": number(), "amount": minor(),
        "invoices": listing(record({"id": text(), "number": text(), "units": number(), "amount": minor()})),
    }, "By earlier invoices that were not void when this one was made."),
    "carried?": minor("What this line gave back less than it could; a later invoice does."),
    "amount": minor("`windowTotal` less `billedBefore.amount`."),
    "text": text("The same in words."),
})
PRORATED_PRICE = record({
    "fromPlan": text(), "fromFee": minor(), "toPlan": text(), "toFee": minor(),
    "periodStart": instant(), "periodEnd": instant(), "switchedAt": instant(),
    "charged": minor("Of the new fee."), "returned": minor("Of the old fee."), "amount": minor(), "text": text(),
})
FEE_PRICE = record({"quantity": number(), "unitPrice": minor(), "amount": minor(), "text": text()})
EVENT = record({
    "offset": integer("In the log's partition: newer events have larger ones."),
    "eventId": text(),
    "kind": text("`track` or `usage_correction`."),
    "recordedAt": instant(),
    "occurredAt": instant(),
    "late": boolean("It was recorded after the window had ended."),
    "feature?": text("What was tracked; the line's feature may be a credit system."),
    "value?": number(),
    "entity?": text(),
    "metadata?": mapping(),
    "postings": listing(record({
        "bucket": one_of("rollover", "included", "credit", "prepaid", "overage"),
        "units": number("Of the feature."),
        "amount": number("Units, or credits of a credit system."),
        "grant?": integer("Which purchase of credits paid."),
        "windowCharge?": minor("What the window costs after this."),
    }), "Those of this line's window."),
    "overageBefore": number("Of the window."),
    "overageAfter": number("Of the window."),
})
SEAT = record({
    "entity": text(),
    "addedAt": or_null(instant()),
    "removedAt": or_null(instant()),
    "heldAtStart": boolean("It was held when the period began."),
    "eventId?": text("Of its adding within the period."),
})
NEXT = or_null(text("For `?line=<index>&cursor=`; null: there is no more."))
LINE = record({
    "index": integer("From 0."),
    "line": ref("InvoiceLine"),
    "price": either(USAGE_PRICE, PRORATED_PRICE, FEE_PRICE),
    "summary?": ref("BucketSums"),
    "windowSummary?": ref("BucketSums"),
    "events?": listing(ref("LineEvent"), "Behind this line, newest first."),
    "seatSummary?": record({"heldAtStart": integer(), "added": integer(), "mostHeld": integer(),
                            "included": or_null(number()), "billable": or_null(number("Of the period until the invoice."))}),
    "seats?": listing(ref("LineSeat"), "Instead of events, of a feature that counts its entities."),
    "nextCursor?": NEXT,
    "checks": listing(ref("Proof")),
})
EXPLANATION: dict[str, Schema] = {
    **HEAD,
    "issuedBy?": or_null(record({"offset": integer(), "eventId": text(), "kind": text(), "recordedAt": instant()},
                                "The command that made it; null: time did.")),
    "lines?": listing(ref("ExplainedLine")),
    "checks?": listing(ref("Proof")),
    "holds?": boolean("Every check of the answer holds."),
    "line?": integer("Of a page."),
    "events?": listing(ref("LineEvent"), "Of a page."),
    "seats?": listing(ref("LineSeat"), "Of a page."),
    "nextCursor?": NEXT,
}

USED: dict[str, Schema] = {
    "usage": number("All that follows, together."),
    "included": number(),
    "rollover": number(),
    "credits": number("Purchased ones."),
    "prepaid": number(),
    "overage": number(),
    "events": integer(),
}
SERIES: dict[str, Schema] = {
    "customerId": text(),
    "customer_id": text(),
    "feature": text(),
    "entity?": text(),
    "window": one_of("minute", "hour", "day", "week", "month", "period"),
    "unit": one_of("units", "credits", about="Credits of a credit system, else units of the feature."),
    "from": instant(),
    "to": instant(),
    "asOf": instant(),
    "total": record(USED),
    "buckets": listing(record({"start": instant(), "end": or_null(instant()), **USED}), "Without gaps, the oldest first."),
}

SCHEMAS = {"BucketSums": SUMS, "Proof": CHECK, "LineEvent": EVENT, "LineSeat": SEAT, "ExplainedLine": LINE}

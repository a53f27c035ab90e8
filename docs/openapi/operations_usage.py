"""Customers, their usage, their entities, and what they were given beyond their plans."""

from explain_shapes import SERIES
from shapes import (
    CHECK, CUSTOMER, CUSTOMER_IDS, EVENT_IDS, FEATURE_CONFIG, METADATA, NEXT_CURSOR, NUMBERS, TRACK, WHO, read, written,
)  # fmt: skip
from words import (
    Operation, answered, boolean, either, example, in_path, in_query, instant, integer, listing, mapping, minor, number,
    one_of, or_null, record, ref, text,
)  # fmt: skip

CLOUD_EVENT = record(
    {
        "specversion": text(const="1.0"),
        "id": text("Counts once per customer."),
        "source": text(),
        "type": text("The feature."),
        "subject": text("The customer: our id, your own, or an e-mail address."),
        "time?": instant(),
        "datacontenttype?": text(),
        "data?": mapping("`value` (1 unless sent), `entity`, `metadata`."),
    }
)
RESULTS = read({"results": listing({"type": "object", "additionalProperties": True, "required": ["status"],
                                    "properties": {"status": integer("As if it had come alone.")},
                                    "description": "`status`, and all that the answer to this one alone would say."})})

CUSTOMERS = [
    Operation(
        "POST", "/v1/customers", "Create or update a customer",
        tag="Customers", idempotent=True,
        about="Finds by `id`, then by `email`. A customer known by `id` gets the e-mail, the name and the metadata that are sent, the last merged.",
        body=record({
            "email": text(format="email"), "id?": text("Your own id."), "name?": text(), "metadata?": METADATA,
            "eventId?": EVENT_IDS["eventId?"], "transactionId?": EVENT_IDS["transactionId?"],
        }),
        answer=written(CUSTOMER), errors=(400, 409),
        examples=[
            example("a new customer", {"email": "ada@example.com", "id": "ada", "name": "Ada", "metadata": {"team": "engines"}},
                    saves={"cus_ada": "id", "sub_ada_2": "subscriptions.1.id"}),
            example("no e-mail address", {"id": "ada"}, status=400),
            example("the e-mail address of somebody else's id", {"email": "ada@example.com", "id": "charles"}, status=409),
        ],
    ),
    Operation(
        "GET", "/v1/customers", "List customers",
        tag="Customers", errors=(400,),
        about="All filters that are sent have to fit. Where few do, a page may be short, or empty, and have a `nextCursor` all the "
        "same.",
        parameters=(
            in_query("email", "With this e-mail address, in any case."),
            in_query("externalId", "With this id of your own."),
            in_query("search", "With this in an id, the e-mail address or the name, in any case."),
            in_query("cursor", "`nextCursor` of the page before."),
            in_query("offset", "How many are left out before the first.", integer(minimum=0, maximum=10000)),
            in_query("limit", "50 unless sent.", integer(minimum=1, maximum=500)),
        ),
        answer=read({"customers": listing(ref("Customer")), **NEXT_CURSOR}),
        examples=[example("the first two", limit=2), example("by a part of the name", search="AD"),
                  example("by e-mail address", email="ada@example.com")],
    ),
    Operation(
        "POST", "/v1/customers/feature-config", "Override overage of one feature for one customer",
        tag="Customers", idempotent=True,
        about="Null, or what is not sent, clears.",
        body=record({"customer": WHO, "feature": text(), "overage?": or_null(one_of("block", "charge")),
                     "maxOverageUnits?": or_null(number(minimum=0)), **EVENT_IDS}),
        answer=written({**CUSTOMER_IDS, **FEATURE_CONFIG}), errors=(400, 404, 409),
        examples=[
            example("at most 5000 units of overage",
                    {"customer": "grace", "feature": "api-calls", "overage": "charge", "maxOverageUnits": 5000}),
            example("nobody", {"customer": "nobody", "feature": "api-calls"}, status=404),
        ],
    ),
    Operation(
        "POST", "/v1/customers/overage-limit", "Cap what overage may cost a customer",
        tag="Customers", idempotent=True,
        body=record({"customer": WHO, "maxOverageAmount": or_null(minor("Null removes the cap.", minimum=0)),
                     "onLimitReached?": one_of("block", "notify"), **EVENT_IDS}),
        answer=written({**CUSTOMER_IDS, "maxOverageAmount": or_null(minor()),
                        "onLimitReached": or_null(one_of("block", "notify"))}),
        errors=(400, 404, 409),
        examples=[example("at most 200 dollars", {"customer": "ada", "maxOverageAmount": 20000, "onLimitReached": "notify"})],
    ),
    Operation(
        "GET", "/v1/customers/{id}", "One customer",
        tag="Customers", parameters=(in_path("id", "Our id, your own id, or an e-mail address."),),
        answer=read(CUSTOMER), errors=(404,),
        examples=[example("by your own id", id="ada"), example("by ours", id="cus_ada"), example("unknown", id="nobody", status=404)],
    ),
    Operation(
        "GET", "/v1/customers/{id}/balances", "Every balance of a customer",
        tag="Customers", parameters=(in_path("id", "Our id, your own id, or an e-mail address."),),
        answer=read({
            **CUSTOMER_IDS,
            "asOf": instant(),
            "balances": listing(record({"feature": text(), "featureName": text(), "plan": text(), "metered": boolean(), **NUMBERS})),
            "grants": listing(record({
                "creditSystem": text(), "pack": text(), "granted": number(), "remaining": number(), "priority": integer(),
                "expiresAt": or_null(instant()), "createdAt": instant(),
            })),
        }),
        errors=(404,),
        examples=[example("balances", id="grace")],
    ),
    Operation(
        "GET", "/v1/customers/{id}/entries", "The ledger of a customer, newest first",
        tag="Customers", errors=(400, 404),
        parameters=(
            in_path("id", "Our id, your own id, or an e-mail address."),
            in_query("feature", "Only what concerns this feature or credit system."),
            in_query("cursor", "`nextCursor` of the page before."),
            in_query("limit", "100 unless sent.", integer(minimum=1, maximum=1000)),
        ),
        answer=read({"entries": listing(ref("Entry")), **NEXT_CURSOR}),
        examples=[example("usage of API calls", id="grace", feature="api-calls"), example("everything", id="grace", limit=20)],
    ),
    Operation(
        "GET", "/v1/customers/{id}/usage", "Usage over time",
        tag="Customers", errors=(400, 404, 422),
        about="By when it happened (`occurredAt`), in buckets without gaps, at most 1000. Minutes to months follow the UTC "
        "calendar, weeks begin on Sunday; `period` are the meter's own reset windows, each whole. `from` and `to` are made "
        "whole buckets.",
        parameters=(
            in_path("id", "Our id, your own id, or an e-mail address."),
            in_query("feature", "A metered feature, or a credit system.", required=True),
            in_query("window", "`day` unless sent.", one_of("minute", "hour", "day", "week", "month", "period")),
            in_query("from", "60 minutes, 24 hours, 30 days, 12 weeks, 12 months or, of `period`, 12 months before `to` "
                     "unless sent.", instant()),
            in_query("to", "Now unless sent.", instant()),
            in_query("entity", "Only the usage that names this entity. Else the customer's and all entities'."),
        ),
        answer=read(SERIES),
        examples=[
            example("by day", id="grace", feature="api-calls"),
            example("by the meter's periods", id="grace", feature="ai-credits", window="period"),
            example("too many minutes", id="grace", feature="api-calls", window="minute", from_="2040-01-01T00:00:00Z",
                    status=400),
        ],
    ),
]

CHECK_QUERY = (
    in_query("customer", "Our id, your own id, or an e-mail address.", required=True),
    in_query("feature", "A feature or a credit system.", required=True),
    in_query("value", "1 unless sent.", number(minimum=0)),
    in_query("entity", "A seat, workspace or the like."),
)

USAGE = [
    Operation(
        "POST", "/v1/check", "May this customer use this feature?",
        tag="Usage", idempotent=True,
        about="The status is 200 also when the answer is no: read `allowed`. Records nothing unless `sendEvent` is true.",
        body=ref("CheckRequest"), answer=ref("Check"), errors=(400, 409),
        examples=[
            example("one call", {"customer": "grace", "feature": "api-calls"}),
            example("a switch", {"customer": "grace", "feature": "audit-log"}),
            example("credits, recorded when allowed", {"customer": "grace", "feature": "images", "value": 2, "sendEvent": True}),
            example("a customer who is created by asking",
                    {"customer": "edsger", "feature": "api-calls", "customerData": {"email": "edsger@example.com"}}),
            example("unknown feature", {"customer": "grace", "feature": "teleport"}),
            example("no feature", {"customer": "grace"}, status=400),
        ],
    ),
    Operation(
        "GET", "/v1/check", "The same, without a body",
        tag="Usage",
        about="With `at`, the answer that a check would have given when the ledger's clock stood there: everything recorded by "
        "then counts, late reports of it that came afterwards do not, and the timers due by then have fired. A customer who was not open "
        "yet is answered as an unknown one; none is ever created. Such a request takes time proportional to the log before the "
        "instant, and one is worked on at a time: 503 `history_busy` when too many wait, 410 `history_not_available` when the "
        "log's beginning is gone, 422 `history_too_long` when it would take more time or memory than a request may.",
        parameters=(*CHECK_QUERY, in_query("at", "An instant of the past; not after the ledger's clock.", instant())),
        answer=ref("PastCheck"), errors=(400, 410, 422),
        examples=[
            example("ten calls", customer="grace", feature="api-calls", value=10),
            example("as of a moment", customer="grace", feature="api-calls", value=10, at="2040-03-20T12:00:00Z"),
            example("before there was a ledger", customer="grace", feature="api-calls", at="1999-12-31T23:59:59.999Z"),
            example("of the future", status=400, customer="grace", feature="api-calls", at="2999-01-01T00:00:00Z"),
            example("not an instant", status=400, customer="grace", feature="api-calls", at="yesterday"),
        ],
    ),
    Operation(
        "POST", "/v1/track", "Record usage",
        tag="Usage", idempotent=True,
        about="Counts once per id, however often it is sent: the second answer is the first one with `duplicate: true`. What "
        "the limit refuses is answered 200 with `allowed: false` and nothing is consumed.",
        body=ref("TrackRequest"), answer=ref("Tracked"), errors=(400, 409),
        also={404: answered("Unknown customer, feature or entity.", ref("Tracked"))},
        examples=[
            example("twelve calls", {"customer": "grace", "feature": "api-calls", "value": 12, "id": "request-1"}),
            example("the same again", {"customer": "grace", "feature": "api-calls", "value": 12, "id": "request-1"}),
            example("the id of something else", {"customer": "grace", "feature": "api-calls", "value": 13, "id": "request-1"}, status=409),
            example("with an idempotency key", {"customer": "ada", "feature": "api-calls"}, **{"Idempotency-Key": "request-2"}),
            example("more than the limit", {"customer": "edsger", "feature": "api-calls", "value": 101}),
            example("fractions", {"customer": "ada", "feature": "api-calls", "value": 0.25, "metadata": {"region": "eu"}}),
            example("unknown feature", {"customer": "grace", "feature": "teleport"}, status=404),
        ],
    ),
    Operation(
        "POST", "/v1/track/batch", "Record up to 1000 usages",
        tag="Usage", idempotent=True,
        about="An array, or `events` of an object. Each has an id of its own, or the header's with `#` and its index.",
        body=either(record({"events": listing(ref("TrackRequest"), minItems=1, maxItems=1000)}),
                    listing(ref("TrackRequest"), minItems=1, maxItems=1000)),
        answer=RESULTS, errors=(400, 413),
        examples=[example("two", {"events": [
            {"customer": "grace", "feature": "api-calls", "value": 3, "id": "request-3"},
            {"customer": "nobody", "feature": "api-calls", "id": "request-4"},
        ]})],
    ),
    Operation(
        "POST", "/v1/events", "Record usage as CloudEvents 1.0",
        tag="Usage",
        about="One, or a batch of at most 1000, as the content type says. `type` is the feature, `subject` the customer.",
        parameters=(
            in_query("ack", "`folded` unless sent; `logged` answers as soon as the log has it.", one_of("logged", "folded")),
        ),
        body=either(CLOUD_EVENT, listing(CLOUD_EVENT, minItems=1, maxItems=1000)),
        body_types=("application/cloudevents+json", "application/cloudevents-batch+json"),
        answer=either(
            ref("Tracked"), RESULTS,
            read({"code": text(const="logged"), "customerId": text(), "eventId": text(), "position": ref("Position")}),
        ),
        errors=(400, 409, 413, 415),
        also={404: answered("Unknown customer, feature or entity.", ref("Tracked"))},
        examples=[
            example("one event", {"specversion": "1.0", "id": "job-1", "source": "/jobs", "type": "api-calls", "subject": "grace",
                                  "data": {"value": 42}}, content_type="application/cloudevents+json"),
            example("a batch", [{"specversion": "1.0", "id": "job-2", "source": "/jobs", "type": "chat", "subject": "grace"}],
                    content_type="application/cloudevents-batch+json"),
            example("logged", {"specversion": "1.0", "id": "job-3", "source": "/jobs", "type": "api-calls", "subject": "grace"},
                    ack="logged", content_type="application/cloudevents+json"),
        ],
    ),
    Operation(
        "POST", "/v1/usage/correct", "Take usage back",
        tag="Usage", idempotent=True,
        about="A new fact that takes `value` off what was used, in the window of `timestamp` while that is open.",
        body=record({"customer": WHO, "feature": text(), "entity?": text(), "value?": number(minimum=0), "reason?": text(),
                     "timestamp?": either(instant(), integer()), **EVENT_IDS}),
        answer=written({"feature": text(), "corrected": number()}), errors=(400, 404, 409),
        examples=[example("two calls too many", {"customer": "grace", "feature": "api-calls", "value": 2, "reason": "retried job"})],
    ),
]

OVERRIDE = {
    "feature": text(),
    "limit": or_null(number("Null: unlimited.")),
    "resetInterval": text(),
    "expiresAt": or_null(instant()),
    "reason": text(),
    "createdAt": instant(),
}
OVERRIDES = [
    Operation(
        "POST", "/v1/overrides", "Grant one customer more of a feature",
        tag="Overrides", idempotent=True,
        about="Adds to what the plans grant; a second one for the feature takes the first one's place.",
        body=record({"customer": WHO, "feature": text(), "limit?": or_null(number("Null: unlimited.", minimum=0)),
                     "limitValue?": or_null(number("The same.", minimum=0)), "resetInterval?": text("`monthly` unless sent."),
                     "expiresAt?": either(instant(), integer()), "reason?": text(), **EVENT_IDS}),
        answer=written({"customerId": text(), "feature": text(), "data?": record(OVERRIDE)}), errors=(400, 404, 409),
        examples=[
            example("500 more until the end of the year",
                    {"customer": "ada", "feature": "api-calls", "limit": 500, "expiresAt": "2040-12-31T00:00:00Z", "reason": "pilot"}),
            example("no limit said", {"customer": "ada", "feature": "api-calls"}, status=400),
        ],
    ),
    Operation(
        "GET", "/v1/overrides", "List a customer's overrides",
        tag="Overrides", parameters=(CHECK_QUERY[0],), errors=(400, 404),
        answer=read({"data": listing(record(OVERRIDE))}),
        examples=[example("overrides", customer="ada")],
    ),
    Operation(
        "POST", "/v1/overrides/remove", "Take an override away",
        tag="Overrides", idempotent=True,
        body=record({"customer": WHO, "feature": text(), **EVENT_IDS}),
        answer=written({"customerId": text(), "feature": text(), "data?": record(OVERRIDE)}), errors=(400, 404, 409),
        examples=[example("the grant is over", {"customer": "ada", "feature": "api-calls"})],
    ),
]

SLOT = {
    "entityId": text(),
    "featureId": text(),
    "count": integer("Entities of the feature now."),
    "limit?": or_null(number()),
    "remaining?": or_null(number()),
    "restored?": boolean("It was about to be removed."),
    "removeAt?": instant("The slot is free from then on."),
}
ENTITIES = [
    Operation(
        "POST", "/v1/entities", "Add an entity, such as a seat",
        tag="Entities", idempotent=True,
        body=record({"customer": WHO, "feature": text(), "entity": text(maxLength=256), "name?": text(),
                     "email?": text(format="email"), "metadata?": METADATA, "customerData?": ref("CustomerData"), **EVENT_IDS}),
        answer=written(SLOT), errors=(404, 409),
        also={400: answered("Refused.", record({
            "success": boolean(const=False), "code": text(), "error": text(), "message": text(),
            "current?": integer(), "limit?": number(), "feature?": text(),
        }, "With `limit_exceeded`, the numbers too."))},
        examples=[
            example("a seat", {"customer": "ada", "feature": "seats", "entity": "user-1", "name": "Charles", "email": "charles@example.com"}),
            example("another", {"customer": "ada", "feature": "seats", "entity": "user-2"}),
            example("one too many", {"customer": "ada", "feature": "seats", "entity": "user-3"}, status=400),
            example("twice", {"customer": "ada", "feature": "seats", "entity": "user-1"}, status=409),
        ],
    ),
    Operation(
        "GET", "/v1/entities", "List entities",
        tag="Entities", parameters=(CHECK_QUERY[0], in_query("feature", "Only of this feature.")), errors=(400, 404),
        answer=read({"entities": listing(ref("Entity")), "total": integer()}),
        examples=[example("seats", customer="ada", feature="seats")],
    ),
    Operation(
        "POST", "/v1/entities/remove", "Remove an entity",
        tag="Entities", idempotent=True,
        about="Its slot is free at the end of the billing period; adding it again until then takes this back.",
        body=record({"customer": WHO, "feature": text(), "entity": text(), **EVENT_IDS}),
        answer=written(SLOT), errors=(400, 404, 409),
        examples=[example("a seat", {"customer": "ada", "feature": "seats", "entity": "user-2"})],
    ),
]

POSTING = record({
    "bucket": one_of("rollover", "included", "credit", "prepaid", "overage"),
    "feature": text(),
    "entity?": text(),
    "subscription": integer(),
    "units": number(),
    "amount": number("Units, or credits of a credit system."),
    "grant?": integer("Which purchase of credits paid."),
    "windowStart": instant(),
    "windowEnd": or_null(instant()),
    "windowCharge?": minor("What the window costs after this."),
    "currency?": text(),
})
SCHEMAS = {
    "Posting": POSTING,
    "Entry": record({
        "offset": integer(),
        "eventId": text(),
        "kind": text("`track`, `attach`, `addon`, `invoice` …"),
        "recordedAt": instant(),
        "occurredAt": instant(),
        "code": text(),
        "message?": text(),
        "feature?": text(),
        "usage?": or_null(number()),
        "balance?": or_null(number()),
        "value?": number(),
        "entity?": text(),
        "metadata?": mapping(),
        "postings": listing(ref("Posting"), "Where each unit went; they sum to the value."),
    }),
}

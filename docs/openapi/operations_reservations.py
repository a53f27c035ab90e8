"""Units held before the work is done."""

from shapes import EVENT_IDS, METADATA, TRACK, WHO, read, written
from words import Operation, example, in_query, instant, integer, listing, number, or_null, record, text

HELD = {
    "reservation": text("Names it from now on: the event's id."),
    "held": number("Units."),
    "expiresAt": or_null(instant()),
}
OF = {"customer": WHO, "reservation": text()}

RESERVATIONS = [
    Operation(
        "POST", "/v1/reserve", "Hold units before the work is done",
        tag="Reservations", idempotent=True,
        about="What is held is not used, but nobody else may have it: `balance` goes down, `usage` does not. The status is 200 also "
        "when the answer is no: read `allowed`. A reservation that is neither settled nor released expires by itself. A customer "
        "has at most 1000 open ones.",
        body=record({"customer": WHO, "feature": text(), "value?": number("1 unless sent. Greater than 0."), "entity?": text(),
                     "expiresIn?": integer("Seconds. 900 unless sent.", minimum=1, maximum=86400), **EVENT_IDS}),
        answer={**TRACK, "properties": {**TRACK["properties"], **HELD}}, errors=(400, 404, 409),
        examples=[
            example("fifty calls for a job", {"customer": "grace", "feature": "api-calls", "value": 50, "id": "job-17"}),
            example("for a minute", {"customer": "grace", "feature": "api-calls", "value": 5, "expiresIn": 60, "id": "job-18"}),
            example("more than there is", {"customer": "edsger", "feature": "api-calls", "value": 100000}),
            example("nothing", {"customer": "grace", "feature": "api-calls", "value": 0}, status=400),
        ],
    ),
    Operation(
        "GET", "/v1/reservations", "Open reservations of a customer",
        tag="Reservations", errors=(400, 404),
        parameters=(in_query("customer", "Our id, your own id, or an e-mail address.", required=True),),
        answer=read({"data": listing(record({**HELD, "feature": text(), "entity?": text(), "createdAt": instant()}))}),
        examples=[example("open ones", customer="grace")],
    ),
    Operation(
        "POST", "/v1/reserve/confirm", "Settle a reservation with what the work took",
        tag="Reservations", idempotent=True,
        about="Less than was held gives the rest back. More needs as much again as track would; when that is refused, nothing is used "
        "and the units stay held. The usage counts in the window in which the units were held.",
        body=record({**OF, "value?": number("What was held, unless sent.", minimum=0), "metadata?": METADATA, **EVENT_IDS}),
        answer={**TRACK, "properties": {**TRACK["properties"], "reservation": text()}}, errors=(400, 404, 409),
        examples=[
            example("it took less", {"customer": "grace", "reservation": "job-17", "value": 42}),
            example("settled before", {"customer": "grace", "reservation": "job-17", "value": 1}, status=404),
        ],
    ),
    Operation(
        "POST", "/v1/reserve/release", "Give held units back",
        tag="Reservations", idempotent=True,
        body=record({**OF, **EVENT_IDS}), answer=written({"reservation": text()}), errors=(400, 404, 409),
        examples=[
            example("the job failed", {"customer": "grace", "reservation": "job-18"}),
            example("never made", {"customer": "grace", "reservation": "job-99"}, status=404),
        ],
    ),
]

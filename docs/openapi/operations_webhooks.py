"""Webhook endpoints and what was sent to them."""

from shapes import EVENT_IDS, NEXT_CURSOR, read, written
from words import (
    Operation, boolean, example, in_path, in_query, instant, integer, listing, mapping, one_of, or_null, record, ref, text,
)  # fmt: skip

ENDPOINT = record({
    "id": text("`we_…`"),
    "url": text(),
    "description": text(),
    "types": listing(text(), "None: all."),
    "enabled": boolean(),
    "disabledReason": or_null(text()),
    "createdAt": instant(),
    "updatedAt": instant(),
})
DELIVERY = {
    "id": text(),
    "endpoint": text(),
    "notification": text("`ntf_…`: the receiver's `webhook-id`."),
    "type": text(),
    "status": one_of("pending", "delivered", "failed"),
    "attempts": integer(),
    "lastStatusCode": or_null(integer()),
    "lastError": or_null(text()),
    "createdAt": instant(),
    "lastAttemptAt": or_null(instant()),
    "nextAttemptAt": or_null(instant()),
}
NOTIFICATION = record({
    "id": text(), "type": text(), "timestamp": instant(), "organisation": text(), "data": mapping(),
}, "What the endpoint is sent.")
ONE_DELIVERY = read({"delivery": record({**DELIVERY, "body": ref("Notification")})})
SECRET = text("`whsec_…`: signs what is sent.")
ID = in_path("id", "`we_…`")
DELIVERY_ID = in_path("id", "Of a delivery.")
REQUEST_IDS = {name: EVENT_IDS[name] for name in ("eventId?", "transactionId?")}
URL = text("https on the public Internet.", format="uri")
TYPES = listing(text(pattern="^[a-z0-9_.]+$"), "Types of events; none: all.")

SCHEMAS = {
    "WebhookEndpoint": ENDPOINT,
    "WebhookDelivery": record(DELIVERY),
    "Notification": NOTIFICATION,
}
WEBHOOKS = [
    Operation(
        "POST", "/v1/webhook-endpoints", "Make an endpoint",
        tag="Webhooks", idempotent=True,
        body=record({"url": URL, "description?": text(), "types?": TYPES, **REQUEST_IDS}),
        answer=written({"endpoint": ref("WebhookEndpoint"), "secret": SECRET}), errors=(400, 409),
        examples=[
            example("an endpoint", {"url": "http://127.0.0.1:9/hooks", "description": "billing", "types": ["invoice.issued", "webhook.test"]},
                    saves={"we_example": "endpoint.id"}),
            example("another, for everything", {"url": "http://127.0.0.1:9/all"}, saves={"we_other": "endpoint.id"}),
            example("not a URL", {"url": "hooks"}, status=400),
        ],
    ),
    Operation(
        "GET", "/v1/webhook-endpoints", "List endpoints",
        tag="Webhooks", answer=read({"endpoints": listing(ref("WebhookEndpoint"))}),
        examples=[example("endpoints")],
    ),
    Operation(
        "GET", "/v1/webhook-endpoints/{id}", "One endpoint",
        tag="Webhooks", parameters=(ID,), answer=read({"endpoint": ref("WebhookEndpoint")}), errors=(404,),
        examples=[example("an endpoint", id="we_example"), example("unknown", id="we_nothing", status=404)],
    ),
    Operation(
        "POST", "/v1/webhook-endpoints/{id}", "Change an endpoint",
        tag="Webhooks", idempotent=True, parameters=(ID,),
        body=record({"url?": URL, "description?": text(), "types?": TYPES, "enabled?": boolean(), **REQUEST_IDS}),
        answer=written({"endpoint": ref("WebhookEndpoint")}), errors=(400, 404, 409),
        examples=[example("switch it off", {"description": "billing and invoices", "enabled": False}, id="we_example")],
    ),
    Operation(
        "DELETE", "/v1/webhook-endpoints/{id}", "Remove an endpoint",
        tag="Webhooks", idempotent=True, parameters=(ID,),
        answer=written({"id": text()}), errors=(404, 409),
        examples=[example("remove", id="we_other"), example("it is gone", id="we_other", status=404)],
    ),
    Operation(
        "POST", "/v1/webhook-endpoints/{id}/enable", "Switch an endpoint on",
        tag="Webhooks", idempotent=True, parameters=(ID,),
        answer=written({"endpoint": ref("WebhookEndpoint")}), errors=(404, 409),
        examples=[example("switch it on", id="we_example")],
    ),
    Operation(
        "GET", "/v1/webhook-endpoints/{id}/secret", "The secret of an endpoint",
        tag="Webhooks", parameters=(ID,), answer=read({"secret": SECRET}), errors=(404,),
        examples=[example("secret", id="we_example")],
    ),
    Operation(
        "POST", "/v1/webhook-endpoints/{id}/rotate-secret", "A new secret",
        tag="Webhooks", idempotent=True, parameters=(ID,),
        about="The old one signs beside it for 24 hours.",
        answer=written({"endpoint": ref("WebhookEndpoint"), "secret": SECRET}), errors=(404, 409),
        examples=[example("rotate", id="we_example")],
    ),
    Operation(
        "POST", "/v1/webhook-endpoints/{id}/test", "Send a test",
        tag="Webhooks", parameters=(ID,), answer=ONE_DELIVERY, errors=(404, 409),
        examples=[example("test", id="we_example", saves={"delivery_example": "delivery.id"})],
    ),
    Operation(
        "GET", "/v1/webhook-endpoints/{id}/deliveries", "What was sent to an endpoint, newest first",
        tag="Webhooks", errors=(400, 404),
        parameters=(
            ID,
            in_query("status", "Only of this status.", one_of("pending", "delivered", "failed")),
            in_query("cursor", "`nextCursor` of the page before."),
            in_query("limit", "50 unless sent.", integer(minimum=1, maximum=100)),
        ),
        answer=read({"deliveries": listing(ref("WebhookDelivery")), **NEXT_CURSOR}),
        examples=[
            example("pending ones", id="we_example", status_="pending", limit=10),
            example("unknown status", id="we_example", status_="lost", status=400),
        ],
    ),
    Operation(
        "GET", "/v1/webhook-deliveries/{id}", "One delivery",
        tag="Webhooks", parameters=(DELIVERY_ID,), answer=ONE_DELIVERY, errors=(404,),
        examples=[example("a delivery", id="delivery_example"), example("unknown", id="nothing", status=404)],
    ),
    Operation(
        "POST", "/v1/webhook-deliveries/{id}/replay", "Send it again",
        tag="Webhooks", parameters=(DELIVERY_ID,), answer=ONE_DELIVERY, errors=(404, 409),
        examples=[example("again", id="delivery_example")],
    ),
    Operation(
        "POST", "/v1/webhook-endpoints/{id}/remove", "Remove an endpoint",
        tag="Webhooks", idempotent=True, parameters=(ID,),
        answer=written({"id": text()}), errors=(404, 409),
        examples=[example("remove", id="we_example")],
    ),
]

"""The service itself, the catalog, the keys and the test clock."""

from catalog_shapes import CREDIT_PACKS, CREDIT_SYSTEMS, EXAMPLE, ONE_PLAN, PAYLOAD, PLANS, SYNCED
from shapes import EVENT_IDS, read, written
from words import Operation, boolean, example, in_path, in_query, instant, listing, mapping, or_null, record, ref, text

KEY = {
    "id": text("`key_…`"),
    "name": text(),
    "hint": text("The secret's last characters."),
    "createdAt": instant(),
    "revokedAt": or_null(instant()),
}

OPERATIONS = [
    Operation(
        "GET", "/", "Whether the process answers",
        tag="Service", keyed=False,
        answer=record({"status": text(const="healthy")}),
        examples=[example("healthy", keyless=True)],
    ),
    Operation(
        "GET", "/openapi.json", "This document",
        tag="Service", keyed=False,
        answer=mapping(),
        examples=[example("document", keyless=True)],
    ),
    Operation(
        "GET", "/v1/openapi.json", "This document",
        tag="Service", keyed=False,
        answer=mapping(),
        examples=[example("document below the mount", keyless=True)],
    ),
    Operation(
        "POST", "/v1/sync", "Publish the catalog",
        tag="Catalog", idempotent=True,
        about="Lays the payload over the catalog and makes a new version of it. Subscriptions keep the prices that they were "
        "sold at; limits and switches of features hold for all at once.",
        body=ref("CatalogPayload"), answer=SYNCED, errors=(400, 409),
        examples=[
            example("the catalog of these examples", EXAMPLE),
            example("a plan without features", {"features": [], "plans": [{"slug": "x"}]}, status=400),
        ],
    ),
    Operation(
        "GET", "/v1/plans", "List plans",
        tag="Catalog", answer=PLANS,
        parameters=(
            in_query("group", "Of this group."),
            in_query("interval", "With this interval."),
            in_query("currency", "In this currency."),
            in_query("includeInactive", "`true`: retired ones too."),
        ),
        examples=[example("monthly plans in dollars", interval="monthly", currency="USD")],
    ),
    Operation(
        "GET", "/v1/plans/{slug}", "One plan",
        tag="Catalog", answer=ONE_PLAN, errors=(404,),
        parameters=(in_path("slug", "The plan's slug."),),
        examples=[example("pro", slug="pro"), example("unknown plan", status=404, slug="nothing")],
    ),
    Operation(
        "GET", "/v1/credit-systems", "List credit systems",
        tag="Catalog", answer=CREDIT_SYSTEMS,
        examples=[example("credit systems")],
    ),
    Operation(
        "GET", "/v1/credit-packs", "List credit packs",
        tag="Catalog", answer=CREDIT_PACKS,
        examples=[example("credit packs")],
    ),
]

KEYS = [
    Operation(
        "POST", "/v1/keys", "Make a key",
        tag="Keys", idempotent=True,
        about="The secret is shown here and never again; the ledger keeps its SHA-256.",
        body=record({"name?": text(), **EVENT_IDS}),
        answer=written({**KEY, "key": text("The secret, `sk_…`."), "secret": text("The same.")}),
        errors=(400, 409),
        examples=[example("a key for the back end", {"name": "back end"}, saves={"key_example": "id"})],
    ),
    Operation(
        "GET", "/v1/keys", "List keys",
        tag="Keys", answer=read({"keys": listing(record(KEY))}),
        examples=[example("keys")],
    ),
    Operation(
        "POST", "/v1/keys/revoke", "Revoke a key",
        tag="Keys", idempotent=True,
        body=record({"key?": text("`key_…`"), "id?": text("The same."), "eventId?": EVENT_IDS["eventId?"],
                     "transactionId?": EVENT_IDS["transactionId?"]}),
        answer=written({name: shape for name, shape in KEY.items()}),
        errors=(400, 404, 409),
        examples=[example("revoke it", {"key": "key_example"})],
    ),
]

CLOCK = [
    Operation(
        "GET", "/v1/test/clock", "Read the manual clock",
        tag="Test", answer=read({"now": instant()}), errors=(404,),
        about="Only where the server runs with `--clock manual`.",
        examples=[example("now")],
    ),
    Operation(
        "POST", "/v1/test/clock", "Set the manual clock",
        tag="Test", body=record({"now": instant()}), answer=read({"now": instant()}), errors=(400, 404),
        about="Answers once every timer that became due has fired. Time never goes back.",
        examples=[
            example("the end of May", {"now": "2040-05-31T00:00:00Z"}),
            example("backwards", {"now": "2039-01-01T00:00:00Z"}, status=400),
        ],
    ),
    Operation(
        "POST", "/v1/test/sandbox", "Make the sandbox misbehave",
        tag="Test", errors=(400, 404),
        about="Only of a server that has the sandbox (`--sandbox`, `--payment-provider sandbox`): any other has no such route.",
        body=record({
            "charges?": text(enum=["ok", "decline", "unavailable"]),
            "webhooks?": text(enum=["once", "twice", "late", "never"]),
            "delayMs?": {"type": "integer", "minimum": 0, "maximum": 86400000},
            "flush?": boolean("Sends what waits."),
        }),
        answer=read({"charges": text(), "webhooks": text(), "delayMs": {"type": "integer"}, "flush": boolean()}),
        examples=[example("decline charges", {"charges": "decline"}), example("behave again", {"charges": "ok"})],
    ),
]

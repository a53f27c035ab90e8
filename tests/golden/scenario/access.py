"""Who may ask and who is told: keys, webhook endpoints, a second organisation."""

from catalogs import ACME
from payments import Till
from server import ACME_KEY, exchange


def keys(q):
    first = q.ok("/keys", {"name": "shop"}, once="key-1")
    q.no("/keys", {"name": "shop"}, "idempotency_conflict", once="key-1")  # its secret is another
    second = q.ok("/keys", {})
    q.get("/keys", key=first["key"])
    q.ok("/customers", {"email": "keyed@example.com", "id": "keyed"}, key=second["key"])
    q.ok("/keys/revoke", {"key": first["id"]})
    q.post("/keys/revoke", {"key": first["id"]})
    q.no("/keys/revoke", {"key": "key_none"}, "key_not_found")
    assert q.call("GET", "/keys", key=first["key"])[0] == 401


def endpoints(q, receiver):
    """One for everything, one for invoices, one that wants no more, one that fails, one deleted."""

    def make(kind, **more):
        return q.ok("/webhook-endpoints", {"url": f"{receiver}/{kind}", **more})["endpoint"]["id"]

    good = make("200/all", description="everything")
    bills = make("200/bills", types=["invoice.issued", "invoice.paid"])
    gone, failing, spare = make("410/gone"), make("500/fails"), make("200/spare")
    q.ok("/webhook-endpoints", {"url": f"{receiver}/200/once"}, once="we-1")
    q.no("/webhook-endpoints", {"url": f"{receiver}/200/other"}, "idempotency_conflict", once="we-1")
    q.ok(f"/webhook-endpoints/{good}/test", {})
    q.ok(f"/webhook-endpoints/{gone}/test", {})
    q.until("the endpoint that wants no more", lambda: q.get(f"/webhook-endpoints/{gone}")["endpoint"]["disabledReason"] == "gone")
    q.ok(f"/webhook-endpoints/{bills}", {"types": ["invoice.issued", "payment.refund_failed"], "description": "bills"})
    q.ok(f"/webhook-endpoints/{failing}", {"enabled": False})
    q.ok(f"/webhook-endpoints/{failing}/enable", {})
    q.ok(f"/webhook-endpoints/{failing}", {"url": f"{receiver}/200/mended", "types": []})
    q.ok(f"/webhook-endpoints/{good}/rotate-secret", {}, once="rotate-1")
    q.ok(f"/webhook-endpoints/{good}/rotate-secret", {})
    q.ok(f"/webhook-endpoints/{spare}", method="DELETE")
    q.ok(f"/webhook-endpoints/{bills}/remove", {})
    for path in ("we_none", "we_none/enable", "we_none/rotate-secret", "we_none/remove"):
        q.no(f"/webhook-endpoints/{path}", {}, "webhook_endpoint_not_found")
    q.settle()
    return gone


def acme(q):
    """Its plans begin by themselves; the paid one waits for its first payment."""
    till = Till(q)

    def ok(path, body=None, **more):
        return q.ok(path, body, key=ACME_KEY, **more)

    ok("/sync", ACME)
    for number in range(4):
        ok("/customers", {"email": f"a{number}@acme.example", "id": f"c-0{number}", "name": f"A {number}"})
    q.settle()
    pending = []
    for number in range(4):
        customer = ok(f"/customers/c-0{number}", method="GET")
        pending.append(next(each["id"] for each in customer["subscriptions"] if each["plan"] == "support"))
    till.pay(ok(f"/subscriptions/{pending[0]}/checkout", {"callbackUrl": "https://acme.example/back"}))
    status, page = exchange("GET", f"{q.api}/v1/subscriptions/{pending[1]}/activate?callbackUrl=https://acme.example/")
    assert status in (200, 302, 303), (status, page)
    q.no(f"/subscriptions/{pending[0]}/checkout", {}, "subscription_not_pending", key=ACME_KEY)
    q.no("/subscriptions/sub_none_1/checkout", {}, "subscription_not_found", key=ACME_KEY)
    ok("/billing/settings", {"provider": "manual"})
    ok("/attach", {"customer": "c-02", "product": "grow"})
    ok("/track", {"customer": "c-02", "feature": "calls", "value": 130})
    ok("/addon", {"customer": "c-02", "pack": "hundred", "quantity": 2})
    ok(f"/subscriptions/{pending[3]}/checkout", {})
    invoice = ok("/billing/invoice", {"customer": "c-02"})["invoice"]["id"]
    ok(f"/invoices/{invoice}/mark-paid", {"reference": "bank"})
    ok("/billing/settings", {"provider": None})
    q.post("/track", {"customer": "fresh", "feature": "calls", "customerData": {"email": "fresh@acme.example"}}, key=ACME_KEY)
    q.settle()

"""Usage: tracked, checked, held, corrected, limited, and sent in every form there is."""

import json

from payments import Till


def track(q):
    def one(customer, feature, value=1, **more):
        return q.call("POST", "/track", {"customer": customer, "feature": feature, "value": value, **more})[1]

    for number in range(20):
        one(f"c-{number:02}", "calls", 37 * (number + 1), metadata={"batch": number})
    for value in ("0.1", 0.000001, 12.5, 0, 60, 41):
        one("c-08", "tokens", float(value)), one("c-05", "storage", float(value)), one("c-05", "traffic", float(value))
    for customer in ("c-05", "c-06", "c-08", "c-18"):
        for feature in ("gpt", "embed", "ai", "wallet", "sso", "region", "minutes", "jobs", "nothing"):
            one(customer, feature, 3)
    one("c-05", "calls", 5400), one("c-05", "calls", 800)  # overage, and over its cap
    one("c-00", "calls", 100), one("c-00", "calls", 1), one("c-21", "calls"), one("nobody", "calls")
    # The same id: a repetition, a conflict; a late one, and what is too late or too early.
    assert one("c-08", "calls", 5, id="evt-1")["code"] and one("c-08", "calls", 5, id="evt-1")["duplicate"]
    q.no("/track", {"customer": "c-08", "feature": "calls", "value": 6, "id": "evt-1"}, "idempotency_conflict")
    q.no("/track", {"customer": "c-08", "feature": "tokens", "value": 5, "id": "evt-1"}, "idempotency_conflict")
    for ago in (1, 5, 30, 24 * 20, 24 * 40, 24 * 400):
        one("c-08", "calls", 2, timestamp=q.ago(hours=ago)), one("c-05", "storage", 3, occurredAt=q.ago(hours=ago))
    one("c-08", "calls", 2, timestamp=q.ahead(minutes=1)), one("c-08", "calls", 2, timestamp=q.ahead(days=30))
    one("c-08", "calls", 10**18), one("c-08", "calls", -1)
    q.post("/check", {"customer": "c-08", "feature": "calls", "value": 9, "sendEvent": True, "id": "check-1"})
    q.post("/check", {"customer": "c-08", "feature": "calls", "value": 9, "sendEvent": True, "id": "check-1"})
    q.settle()


def batches(q):
    events = [{"customer": f"c-{number % 25:02}", "feature": "calls", "value": number} for number in range(60)]
    events += [{"customer": "c-05", "feature": "nothing"}, {"customer": "c-05"}, {"customer": "c-05", "feature": "calls", "id": "evt-b"}]
    q.ok("/track/batch", events, once="batch-1")
    q.ok("/track/batch", {"events": events}, once="batch-1")
    event = {"specversion": "1.0", "source": "quipu", "type": "calls", "subject": "c-05", "data": {"value": 4}}
    kind = "application/cloudevents+json"
    for name in ("ce-1", "ce-1", "ce-2"):
        q.ok("/events", json.dumps({**event, "id": name}), kind=kind)
    q.call("POST", "/events", json.dumps({**event, "id": "ce-1", "type": "tokens"}), kind=kind)
    q.ok("/events?ack=logged", json.dumps({**event, "id": "ce-3", "time": q.ago(hours=2)}), kind=kind)
    many = [{**event, "id": f"ce-b{number}", "subject": f"c-{number:02}", "data": {"value": 0.5, "n": number}} for number in range(20)]
    q.call("POST", "/events", json.dumps([*many, {**event, "id": "ce-x", "subject": ""}, many[0]]), kind="application/cloudevents-batch+json")
    q.settle()


def reservations(q):
    def hold(name, customer="c-08", feature="calls", value=20, **more):
        return q.call("POST", "/reserve", {"customer": customer, "feature": feature, "value": value, "id": name, **more})[1]

    def done(name, customer="c-08", **more):
        return q.call("POST", "/reserve/confirm", {"customer": customer, "reservation": name, **more})[1]

    for number in range(8):
        hold(f"job-{number}")
    hold("job-0"), hold("job-0", value=21), hold("gpt-1", "c-06", "gpt", 4), hold("tokens-1", feature="tokens", value=7.5)
    done("job-0"), done("job-1", value=5, metadata={"took": "less"}), done("job-2", value=45), done("job-3", value=0)
    done("job-1", value=5, id="done-1"), done("gpt-1", "c-06", value=3), done("none"), done("tokens-1")
    q.ok("/reserve/release", {"customer": "c-08", "reservation": "job-4"})
    q.no("/reserve/release", {"customer": "c-08", "reservation": "job-4"}, "reservation_not_found")
    hold("short", expiresIn=60), hold("long", expiresIn=86400), hold("much", value=10**9), hold("none", "c-00"), hold("seat", "c-05", "storage", 2, entity="seat-3")
    hold("free", "c-02", value=30), hold("bool", "c-05", "sso"), hold("who", "c-21")
    q.move(minutes=2)
    done("short"), done("long", value=19)
    q.move(hours=1)  # job-5 to job-7 have expired


def limits(q):
    """Of the customer's own: per feature, per month's charges, and what support grants."""

    def config(customer, feature, **more):
        q.call("POST", "/customers/feature-config", {"customer": customer, "feature": feature, **more})

    def limit(customer, amount, **more):
        q.call("POST", "/customers/overage-limit", {"customer": customer, "maxOverageAmount": amount, **more})

    def override(customer, feature, units, **more):
        q.call("POST", "/overrides", {"customer": customer, "feature": feature, "limit": units, **more})

    def use(customer, value, feature="calls"):
        q.call("POST", "/track", {"customer": customer, "feature": feature, "value": value})

    config("c-08", "calls", overage="block"), use("c-08", 3000)
    config("c-08", "calls", overage="charge", maxOverageUnits=50), use("c-08", 900), use("c-08", 60)
    config("c-08", "calls", maxOverageUnits=5000), config("c-08", "tokens", overage="charge"), config("c-08", "nothing", overage="block")
    config("c-08", "calls", overage=None, maxOverageUnits=None), config("c-08", "tokens"), config("nobody", "calls")
    limit("c-08", 800), use("c-08", 400), use("c-08", 2000)
    limit("c-08", 900, onLimitReached="notify"), use("c-08", 2000), use("c-08", 10)
    limit("c-08", 1000, id="limit-1"), limit("c-08", 1000, id="limit-1"), limit("c-08", None), limit("c-11", 0), limit("nobody", 5)
    override("c-00", "calls", 500, reason="sorry"), use("c-00", 300), override("c-00", "tokens", 3, resetInterval="hourly"), use("c-00", 4, "tokens")
    override("c-02", "calls", None), use("c-02", 10**6), override("c-21", "calls", 5, expiresAt=q.ahead(days=3)), use("c-21", 4)
    override("c-04", "sso", 1, expiresAt=q.ahead(hours=2)), override("c-04", "calls", 0.5), override("c-04", "nothing", 1), override("c-04", "calls", 7, expiresAt=q.ago(days=1))
    q.ok("/overrides/remove", {"customer": "c-02", "feature": "calls"})
    q.no("/overrides/remove", {"customer": "c-02", "feature": "calls"}, "override_not_found")

    def correct(customer, feature, value, **more):
        q.call("POST", "/usage/correct", {"customer": customer, "feature": feature, "value": value, **more})

    correct("c-08", "calls", 150, reason="sent twice"), correct("c-08", "tokens", 0.25), correct("c-05", "storage", 2, entity="seat-3")
    correct("c-08", "calls", 10**9), correct("c-05", "seats", 1), correct("c-05", "nothing", 1), correct("nobody", "calls", 1)
    correct("c-08", "calls", 1, id="fix-1"), correct("c-08", "calls", 1, id="fix-1"), correct("c-08", "calls", 2, id="fix-1"), correct("c-06", "gpt", 1)
    q.settle()


def credits(q):
    till = Till(q)

    def buy(customer, pack, quantity=1, **more):
        status, answer = q.call("POST", "/addon", {"customer": customer, "pack": pack, "quantity": quantity, **more})
        if status == 200:
            till.pay(answer)
        return answer

    buy("c-05", "small"), buy("c-05", "big", 2), buy("c-06", "gift"), buy("c-18", "purse"), buy("c-18", "euros", 3), buy("c-02", "small")
    buy("c-11", "small", id="pack-1"), buy("c-11", "small", id="pack-1"), buy("c-11", "big", id="pack-1")
    buy("c-11", "by-hand"), buy("c-11", "elsewhere"), buy("c-11", "orphan"), buy("c-11", "none"), buy("c-11", "small", 0), buy("c-11", "big", 10**9)
    for value in (10, 40, 3.5, 200):
        for customer in ("c-05", "c-06", "c-02", "c-18"):
            for feature in ("gpt", "embed"):
                q.call("POST", "/track", {"customer": customer, "feature": feature, "value": value})
    q.settle()

"""Plans, trials, seats: changed up, down and sideways, ended now and later."""

from payments import ASKS, DECLINED, FAILS_LATER, Till


def customers(q, count=50):
    """c-00 ... ; every form of making and naming one occurs."""
    for number in range(count):
        name = f"c-{number:02}"
        body = {"email": f"{name}@example.com", "id": name}
        if number % 3 == 0:
            body |= {"name": f"Customer {number}", "metadata": {"number": number}}
        q.ok("/customers", body)
    q.ok("/customers", {"email": "c-01@example.com", "name": "By e-mail"})
    q.ok("/customers", {"email": "new@example.com", "id": "c-02", "name": "Renamed"})
    q.ok("/customers", {"email": "only@example.com"})
    q.ok("/customers", {"email": "once@example.com", "id": "once"}, once="cus-1")
    q.ok("/customers", {"email": "once@example.com", "id": "once"}, once="cus-1")
    q.no("/customers", {"email": "twice@example.com", "id": "once"}, "idempotency_conflict", once="cus-1")
    q.post("/customers", {"email": "c-03@example.com", "id": "c-04"})
    q.no("/customers", {"email": "no address"}, "validation_error")
    q.post("/track", {"customer": "born", "feature": "calls", "customerData": {"email": "born@example.com", "name": "Born"}})
    q.post("/check", {"customer": "seen", "feature": "calls", "customerData": {"email": "seen@example.com"}})
    q.settle()


def attach(q):
    """c-00 to c-19 hold plans afterwards."""
    till = Till(q)

    def take(number, product, **more):
        return q.ok("/attach", {"customer": f"c-{number:02}", "product": product, **more})

    for number in range(5):
        take(number, "free", metadata={"from": "start"})
    till.buy("c-05", "pro", callbackUrl="https://shop.example/back")
    till.learn_secret()
    till.buy("c-06", "max", card=ASKS)
    till.buy("c-07", "pro", card=FAILS_LATER)
    page = take(8, "pro")
    assert till.pay(page, DECLINED) == 402
    till.pay(page)
    till.leave(take(9, "pro"))
    till.leave(take(10, "pro"), action="decline")
    take(10, "pro", id="again"), take(10, "pro", id="again")
    q.no("/attach", {"customer": "c-10", "product": "max", "id": "again"}, "idempotency_conflict")
    till.buy("c-10", "yearly")
    till.save_card("c-11"), take(11, "pro")
    take(12, "trial"), take(13, "trial"), till.save_card("c-13")
    take(14, "taster"), take(15, "carded"), till.buy("c-16", "carded")
    till.buy("c-17", "weekly"), till.buy("c-17", "once"), till.buy("c-17", "extra")
    take(18, "euro"), take(18, "own"), till.save_card("c-18")
    till.buy("c-19", "prepaid"), till.buy("c-19", "halves")
    q.no("/attach", {"customer": "c-00", "product": "nothing"}, "plan_not_found")
    q.post("/attach", {"customer": "nobody", "product": "free"})
    take(20, "pro")  # its page is never used: it expires
    q.settle()


def change(q):
    """Up, down and sideways; taken back; canceled at once, later, and not after all."""
    till = Till(q)
    till.buy("c-05", "max")  # up, prorated
    q.ok("/attach", {"customer": "c-06", "product": "pro"})  # down, at the period's end
    q.ok("/attach", {"customer": "c-08", "product": "plus"})  # sideways
    till.buy("c-01", "pro")  # from nothing to something
    q.post("/attach", {"customer": "c-05", "product": "max"})  # what there is
    q.ok("/attach", {"customer": "c-11", "product": "free"})
    q.ok("/subscriptions/uncancel", {"customer": "c-11", "product": "pro"})
    q.ok("/subscriptions/cancel", {"customer": "c-10", "product": "yearly"})
    q.ok("/subscriptions/uncancel", {"customer": "c-10"})
    q.no("/subscriptions/uncancel", {"customer": "c-10"}, "subscription_not_found")
    q.ok("/subscriptions/cancel", {"customer": "c-17", "product": "extra"})
    q.ok("/subscriptions/cancel", {"customer": "c-17", "product": "once", "immediate": True})
    q.ok("/subscriptions/cancel", {"customer": "c-03", "immediate": True, "eventId": "bye"})
    q.ok("/subscriptions/cancel", {"customer": "c-03", "immediate": True, "eventId": "bye"})
    q.no("/subscriptions/cancel", {"customer": "c-03"}, "subscription_not_found")
    q.post("/subscriptions/cancel", {"customer": "c-19", "product": "nothing"})
    q.settle()


def seats(q):
    def add(customer, entity, feature="seats", **more):
        return q.call("POST", "/entities", {"customer": customer, "feature": feature, "entity": entity, **more})

    for number in range(5):
        add("c-08", f"seat-{number}", name=f"Seat {number}", email=f"s{number}@example.com", metadata={"n": number})
        add("c-05", f"seat-{number}")
        add("c-00", f"seat-{number}")  # two are included, no more are sold
        add("c-11", f"seat-{number}", id=f"seat-event-{number % 3}")
    for number in range(3):
        add("c-06", f"desk-{number}", feature="desks")
    add("c-05", "seat-0"), add("c-05", "x", feature="calls"), add("c-05", "x", feature="nothing"), add("c-21", "x")
    for customer, feature, entity in (("c-05", "seats", "seat-1"), ("c-05", "seats", "seat-2"), ("c-06", "desks", "desk-0")):
        q.ok("/entities/remove", {"customer": customer, "feature": feature, "entity": entity})
    q.ok("/entities/remove", {"customer": "c-00", "feature": "seats", "entity": "seat-0"})
    add("c-05", "seat-1"), add("c-00", "seat-9")  # restored before the period's end; a new one
    q.post("/entities/remove", {"customer": "c-05", "feature": "seats", "entity": "none"})
    q.post("/entities/remove", {"customer": "nobody", "feature": "seats", "entity": "none"})
    for entity in ("seat-1", "seat-3", "seat-none", ""):
        q.post("/track", {"customer": "c-05", "feature": "storage", "value": 4, **({"entity": entity} if entity else {})})
    q.post("/check", {"customer": "c-05", "feature": "calls", "entity": "seat-3", "sendEvent": True})
    q.settle()

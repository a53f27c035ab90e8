"""Invoices and what becomes of them: cards, charges that fail, thresholds, refunds."""

from payments import FAILS_LATER, GOOD, Till

QUIET = {"thresholdEnabled": False, "autoCollect": False, "gracePeriodHours": 0, "requirePaymentMethod": True}
QUIET |= {"retryHours": [24, 48, 72, 96], "pastDueAfterHours": 72}


def use(q, customer, value, feature="calls"):
    return q.post("/track", {"customer": customer, "feature": feature, "value": value})


def on_euro(q, *numbers, card=GOOD):
    """Customers with a plan of nothing but overage, and a card."""
    till = Till(q)
    for number in numbers:
        q.ok("/attach", {"customer": f"c-{number}", "product": "euro"})
        if card:
            till.save_card(f"c-{number}", card)
    return [f"c-{number}" for number in numbers]


def settings(q):
    for change in (
        {"autoCollect": True},
        {"thresholdAmount": 700, "autoCollect": True},
        {"billingInterval": "threshold", "thresholdAmount": 900, "gracePeriodHours": 2},
        {"thresholdEnabled": False},
        {"retryHours": [1, 2], "pastDueAfterHours": 5},
        {"retryHours": []},
        {"provider": "manual"},
        {"provider": "sandbox", "requirePaymentMethod": False},
        {"provider": None},
        QUIET,
    ):
        q.ok("/billing/settings", change)
    q.ok("/billing/settings", {"gracePeriodHours": 1}, once="set-1")
    q.ok("/billing/settings", {"gracePeriodHours": 1}, once="set-1")
    q.no("/billing/settings", {"gracePeriodHours": 2}, "idempotency_conflict", once="set-1")
    for bad in ({"autoCollect": False, "thresholdAmount": 5}, {"thresholdEnabled": True, "autoCollect": True}, {"provider": "paypal"}):
        assert q.call("POST", "/billing/settings", bad)[0] == 400
    q.ok("/billing/settings", QUIET)


def invoices(q):
    """Made by hand, then paid by card, on a page, by hand; void; too small; not there."""
    till = Till(q)
    names = on_euro(q, 22, 23, 24, 25, 26)
    for customer in names:
        use(q, customer, 40), use(q, customer, 250, "traffic")
    made = {each: q.ok("/billing/invoice", {"customer": each})["invoice"]["id"] for each in names}
    q.post("/billing/invoice", {"customer": "c-22"})  # nothing is left
    q.post("/billing/invoice", {"customer": "nobody"}), q.post("/billing/invoice", {"customer": "c-05", "id": "inv-1"})
    q.post("/billing/invoice", {"customer": "c-05", "id": "inv-1"})
    pay = {each: f"/billing/invoice/{of}/pay" for each, of in made.items()}
    q.ok(pay["c-22"], {}), q.ok(pay["c-22"], {})
    for method in till.methods("c-23"):
        q.ok("/wallet/remove", {"customer": "c-23", "id": method})
    till.pay(q.ok(pay["c-23"], {"callbackUrl": "https://shop.example/paid"}))
    q.ok(f"/invoices/{made['c-24']}/mark-paid", {"reference": "bank 7"}), q.post(f"/invoices/{made['c-24']}/mark-paid", {})
    q.ok(f"/invoices/{made['c-25']}/void", {"reason": "never mind"}), q.post(pay["c-25"], {}), q.post(f"/invoices/{made['c-25']}/void", {})
    q.ok("/billing/invoice", {"customer": "c-25"})  # its usage again
    till.behave(charges="decline")
    page = q.ok(pay["c-26"], {})
    till.behave(charges="ok")
    till.pay(page, GOOD)
    use(q, "c-26", 4), q.post("/billing/invoice", {"customer": "c-26"})  # below the provider's minimum
    for path in ("/billing/invoice/inv_none_1/pay", "/invoices/inv_none_1/void", "/invoices/inv_none_1/mark-paid"):
        q.no(path, {}, "invoice_not_found")
    q.settle()


def wallets(q):
    till = Till(q)
    till.save_card("c-26", callbackUrl="https://shop.example/card"), till.save_card("c-26", FAILS_LATER)
    first = till.methods("c-26")[0]
    q.ok("/wallet/remove", {"customer": "c-26", "id": first})
    q.no("/wallet/remove", {"customer": "c-26", "id": first}, "payment_method_not_found")
    q.post("/wallet/setup", {"customer": "c-26", "provider": "stripe"}), q.post("/wallet/setup", {"customer": "nobody"})
    till.leave(q.ok("/wallet/setup", {"customer": "c-21"}))
    q.ok("/wallet/setup", {"customer": "c-21"})  # a page that expires
    q.settle()


def refunds(q):
    """In part and in full, of a plan, an upgrade and a pack; of what does not fit; one refused."""
    till = Till(q)
    plan = till.buy("c-27", "pro")["reference"]
    assert till.event("payment.refunded", plan, 900, name="evt_part") == 200
    till.event("payment.refunded", plan, 900, name="evt_part"), till.event("payment.refunded", plan, 5000)
    till.event("payment.refunded", plan, 100, currency="EUR"), till.event("payment.refunded", plan, 2000)
    pack = q.ok("/addon", {"customer": "c-05", "pack": "small"})
    till.pay(pack), till.event("payment.refunded", pack["reference"], 900)
    whole = till.buy("c-28", "pro")["reference"]
    till.event("payment.refunded", whole, 2900), till.event("payment.succeeded", whole, 2900)
    # Paid after it had been left, and never at the sandbox: the refund that follows is refused.
    left = q.ok("/attach", {"customer": "c-29", "product": "pro"})
    till.leave(left)
    till.event("payment.succeeded", left["reference"], 2900)
    wrong = q.ok("/attach", {"customer": "c-29", "product": "pro"})["reference"]
    till.event("payment.succeeded", wrong, 1), till.event("payment.failed", wrong, 2900, failure="card_declined", message="No.")
    card = {"id": "pm_recorded", "brand": "amex", "last4": "0005", "expMonth": 3, "expYear": 2031}
    till.event("payment.failed", wrong, 2900, failure="stolen", permanent=True)
    setup = q.ok("/wallet/setup", {"customer": "c-29"})["reference"]
    till.event("method.added", setup, method=card), till.event("checkout.abandoned", wrong), till.event("payment.disputed", wrong)
    unknown = left["reference"].rsplit("_", 1)[0] + "_9999"
    till.event("payment.succeeded", unknown, 5), till.event("payment.refunded", unknown, 5), till.event("payment.succeeded", "pi_none_1", 5)
    # A page that is paid although another one was bought meanwhile gives its money back.
    old = q.ok("/attach", {"customer": "c-30", "product": "pro"})
    till.buy("c-30", "max")
    till.pay(old)
    q.settle()


def dunning(q):
    """Charges that fail, are tried again, give up, block, and are paid after all."""
    till = Till(q)
    names = on_euro(q, 31, 32, 33, 34)
    on_euro(q, 35, 36, card=FAILS_LATER)
    q.ok("/billing/settings", {"autoCollect": True, "thresholdAmount": 500, "retryHours": [24, 48], "pastDueAfterHours": 24})
    for customer in (*names, "c-35", "c-36"):
        use(q, customer, 30)  # below
    q.move(hours=1)
    till.behave(charges="decline")
    for customer in (*names, "c-35", "c-36"):
        use(q, customer, 30)  # above: invoiced, declined, blocked
    q.move(hours=1)
    for customer in names:
        use(q, customer, 5)
    till.behave(charges="ok")
    till.save_card("c-31")  # another card: tried at once
    open_of = {each: [of["id"] for of in till.invoices(each, "open")] for each in (*names, "c-35", "c-36")}
    for invoice in open_of["c-32"]:
        q.post(f"/invoices/{invoice}/void", {"reason": "goodwill"})
    for invoice in open_of["c-33"]:
        q.post(f"/invoices/{invoice}/mark-paid", {})
    q.move(days=1)  # the schedule
    q.move(days=2)
    for invoice in open_of["c-35"]:
        till.pay(q.post(f"/billing/invoice/{invoice}/pay", {}))
    # Without a card, and with a grace.
    q.ok("/billing/settings", {"requirePaymentMethod": False, "gracePeriodHours": 3})
    on_euro(q, 37, 38, card=None)
    use(q, "c-37", 60), use(q, "c-38", 70)
    q.move(hours=2)
    use(q, "c-37", 10)
    q.move(hours=2)
    use(q, "c-37", 1), use(q, "c-38", 1), till.save_card("c-38")
    # A provider that is away for a while, and webhooks that come twice, late, or never.
    till.behave(charges="unavailable")
    use(q, "c-31", 80)
    q.move(hours=4)
    till.behave(charges="ok")
    q.until("the charge", lambda: not till.invoices("c-31", "open"))
    for number, conduct in enumerate(("twice", "never", "late", "once"), 40):
        till.behave(webhooks=conduct, delayMs=20)
        till.pay(q.ok("/attach", {"customer": f"c-{number}", "product": "weekly"}))
    till.behave(webhooks="once", flush=True)
    q.ok("/billing/settings", QUIET)
    q.settle()

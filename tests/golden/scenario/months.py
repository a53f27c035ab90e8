"""Months of many customers, who do whatever the API lets them, by one seed."""

import random

import catalogs
from money import QUIET
from payments import ASKS, DECLINED, FAILS_LATER, GOOD, Till, form

PLANS = ["free", "pro", "pro", "plus", "max", "yearly", "trial", "weekly", "extra", "own", "prepaid", "carded", "halves", "taster", "euro"]
FEATURES = ["calls", "calls", "calls", "tokens", "storage", "traffic", "gpt", "embed", "jobs", "minutes"]


SOLD = {plan["slug"]: [of["slug"] for of in plan["features"]] for plan in catalogs.FIRST["plans"]}


class Crowd:
    def __init__(self, q, seed=1):
        self.q, self.till, self.random = q, Till(q), random.Random(seed)
        self.pages, self.sent, self.customer, self.held = [], 0, "", []
        self.reserved, self.ending = [], []  # customers with reservations, with plans
        self.steps = [
            (self.track, 34),
            (self.attach, 9),
            (self.cancel, 4),
            (self.uncancel, 2),
            (self.buy, 5),
            (self.add_seat, 9),
            (self.remove_seat, 4),
            (self.reserve, 7),
            (self.settle_reservation, 5),
            (self.correct, 3),
            (self.invoice, 4),
            (self.settle_invoice, 7),
            (self.set_up_card, 3),
            (self.remove_card, 1),
            (self.configure, 3),
            (self.grant, 2),
            (self.come_back, 3),
        ]

    def go(self, steps):
        for _ in range(steps):
            kinds, weights = zip(*self.steps)
            step = self.random.choices(kinds, weights)[0]
            self.choose_customer("seats" if step in (self.add_seat, self.remove_seat) else None)
            step()
        self.q.settle()

    def choose_customer(self, feature):
        """Mostly one who has a plan, of that feature if it is named."""
        for _ in range(8):
            self.customer = f"c-{self.random.randrange(50):02}"
            held = self.q.get(f"/customers/{self.customer}")["subscriptions"]
            self.held = [each for each in held if each["status"] in ("active", "trialing", "past_due")]
            sold = [slug for each in self.held for slug in SOLD.get(each["plan"], [])]
            if feature in sold or (feature is None and (sold or self.random.random() < 0.3)):
                break

    def everybody(self):
        """Who has nothing yet takes something, and half of them a card."""
        for number in range(50):
            self.customer = f"c-{number:02}"
            if not self.q.get(f"/customers/{self.customer}")["subscriptions"]:
                if number % 2:
                    self.till.save_card(self.customer, self.pick(GOOD, GOOD, FAILS_LATER))
                self.meet(self.ask("/attach", product=self.pick(*PLANS)))

    def pick(self, *among):
        return self.random.choice(among)

    def ask(self, path, **body):
        self.sent += 1
        body = {"customer": self.customer, **body}
        return self.q.call("POST", path, body, once=f"crowd-{self.sent}")[1]

    def meet(self, answer):
        url = answer.get("checkoutUrl") or answer.get("url")
        if not url:
            return
        if self.random.random() < 0.2:
            self.pages.append(url)
        else:
            self.use_page(url)

    def use_page(self, url):
        url = self.q.api + url[url.index("/sandbox/") :]  # a server that started again has another port
        card = self.pick(GOOD, GOOD, GOOD, GOOD, FAILS_LATER, DECLINED, ASKS)
        form(url, **self.pick(*[{"action": "pay", "card": card}] * 6, {"action": "abandon"}, {"action": "decline"}))

    # Mostly of what the customer has, now and then of anything.

    def a_plan(self, among):
        return self.pick(*among)["plan"] if among and self.random.random() < 0.9 else self.pick(*PLANS)

    def a_feature(self):
        sold = [slug for each in self.held for slug in SOLD.get(each["plan"], [])]
        return self.pick(*sold) if sold and self.random.random() < 0.9 else self.pick(*FEATURES)

    def track(self):
        more = {"timestamp": self.q.ago(hours=self.random.randrange(72))} if self.random.random() < 0.15 else {}
        value = self.pick(1, 7, 40, 150, 900, 0.3, 2.000001)
        self.ask(self.pick("/track", "/track", "/check"), feature=self.a_feature(), value=value, sendEvent=True, **more)

    def attach(self):
        self.meet(self.ask("/attach", product=self.pick(*PLANS)))

    def cancel(self):
        plan, immediate = self.a_plan(self.held), self.random.random() < 0.3
        answer = self.ask("/subscriptions/cancel", product=plan, immediate=immediate)
        if answer["success"] and not immediate:
            self.ending.append((self.customer, plan))

    def uncancel(self):
        plan = self.pick(*PLANS)
        if self.ending:
            self.customer, plan = self.ending.pop()
        self.ask("/subscriptions/uncancel", product=plan)

    def buy(self):
        self.meet(self.ask("/addon", pack=self.pick("small", "big", "purse", "gift"), quantity=self.pick(1, 1, 2)))

    def add_seat(self):
        self.ask("/entities", feature=self.pick("seats", "seats", "desks"), entity=f"seat-{self.random.randrange(8)}")

    def remove_seat(self):
        feature = self.pick("seats", "seats", "seats", "desks")
        there = self.q.get(f"/entities?customer={self.customer}&feature={feature}")["entities"]
        name = self.pick(*there)["id"] if there else "seat-0"
        self.ask("/entities/remove", feature=feature, entity=name)

    def reserve(self):
        hold = {"value": self.pick(1, 20, 200), "expiresIn": self.pick(30, 900, 86400, 86400)}
        name = self.ask("/reserve", feature=self.a_feature(), **hold).get("reservation")
        if name:
            self.reserved.append((self.customer, name))

    def settle_reservation(self):
        if not self.reserved:
            return self.reserve()
        self.customer, name = self.reserved.pop()
        if self.random.random() < 0.3:
            self.ask("/reserve/release", reservation=name)
        else:
            self.ask("/reserve/confirm", reservation=name, **self.pick({}, {"value": 3}, {"value": 90}))

    def correct(self):
        self.ask("/usage/correct", feature=self.a_feature(), value=self.pick(1, 0.5, 40))

    def invoice(self):
        self.ask("/billing/invoice")

    def settle_invoice(self):
        waiting = self.till.invoices(self.customer, "open") or self.till.invoices(self.customer)
        if not waiting:
            return
        name = waiting[0]["id"]
        way = self.pick(f"/billing/invoice/{name}/pay", f"/billing/invoice/{name}/pay", f"/invoices/{name}/mark-paid", f"/invoices/{name}/void")
        self.meet(self.q.call("POST", way, {}, once=f"crowd-{name}-{self.sent}")[1])

    def set_up_card(self):
        self.meet(self.ask("/wallet/setup"))

    def remove_card(self):
        for method in self.till.methods(self.customer)[:1]:
            self.ask("/wallet/remove", id=method)

    def configure(self):
        how = self.pick({"overage": "charge"}, {"overage": "block"}, {"maxOverageUnits": 60}, {})
        self.ask("/customers/feature-config", feature=self.pick("calls", "tokens"), **how)
        if self.random.random() < 0.5:
            self.ask("/customers/overage-limit", maxOverageAmount=self.pick(None, 300, 5000), onLimitReached=self.pick("block", "notify"))

    def grant(self):
        if self.random.random() < 0.5:
            until = self.q.ahead(days=self.random.randrange(1, 20))
            self.ask("/overrides", feature="calls", limit=self.pick(10, 5000, None), **self.pick({}, {"expiresAt": until}))
        else:
            self.ask("/overrides/remove", feature="calls")

    def come_back(self):
        if self.pages:
            self.use_page(self.pages.pop(0))


def live(q, months=14, restarts=()):
    """A month at a time in uneven steps; what changes for all changes between them."""
    crowd = Crowd(q)
    crowd.everybody()
    collecting = {**QUIET, "autoCollect": True}
    changes = {
        1: lambda: q.ok("/sync", catalogs.SECOND),
        2: lambda: q.ok("/billing/settings", collecting),
        4: lambda: q.ok("/billing/settings", {**collecting, "thresholdAmount": 1500, "gracePeriodHours": 5}),
        5: lambda: q.ok("/sync", catalogs.THIRD),
        6: lambda: q.ok("/billing/settings", {**QUIET, "requirePaymentMethod": False, "retryHours": [12], "pastDueAfterHours": 24}),
        7: lambda: crowd.till.behave(charges="decline"),
        8: lambda: (crowd.till.behave(charges="ok"), q.ok("/billing/settings", {"provider": "manual"})),
        9: lambda: (q.ok("/billing/settings", {"provider": None}), q.ok("/sync", catalogs.FIRST)),
        11: lambda: q.ok("/billing/settings", {**collecting, "thresholdAmount": 800}),
        12: lambda: q.ok("/sync", {**catalogs.SECOND, "plans": catalogs.plans(3100, 600, 6)}),
    }
    for month in range(months):
        changes.get(month, lambda: None)()
        for hours in (1, 20, 51, 100, 190, 200, 170):
            crowd.go(18)
            q.move(hours=hours)
        if month in restarts:
            restarts[month]()

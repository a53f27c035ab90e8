"""Paying: the sandbox's pages, its cards, and events as a provider signs them."""

import hashlib
import hmac
import itertools
import json
import re
import time
import urllib.parse

from server import exchange

GOOD = "4242424242424242"
DECLINED = "4000000000000002"
ASKS = "4000002500003155"
FAILS_LATER = "4000000000000341"
NUMBERS = itertools.count(1)


def form(url, **fields):
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    status, text = exchange("POST", url, urllib.parse.urlencode(fields).encode(), kind)
    assert status < 500, (url, fields, status, text)
    return status, text


class Till:
    def __init__(self, server):
        self.server = server

    def pay(self, answer, card=GOOD):
        """The page of an answer, if it has one."""
        url = answer.get("checkoutUrl") or answer.get("url")
        if not url:
            return None
        status, text = form(url, action="pay", card=card)
        if card == ASKS:
            token = re.search(r'name="confirmation" value="([^"]+)"', text).group(1)
            status, _ = form(url, action="confirm", confirmation=token)
        self.server.settle()
        return status

    def leave(self, answer, action="abandon"):
        form(answer["checkoutUrl"] if "checkoutUrl" in answer else answer["url"], action=action)
        self.server.settle()

    def save_card(self, customer, card=GOOD, **more):
        return self.pay(self.server.ok("/wallet/setup", {"customer": customer, **more}), card)

    def methods(self, customer):
        return [each["id"] for each in self.server.get(f"/wallet?customer={customer}")["methods"]]

    def buy(self, customer, product, card=GOOD, **more):
        """Attaches and pays; the answer."""
        answer = self.server.ok("/attach", {"customer": customer, "product": product, **more})
        self.pay(answer, card)
        return answer

    def invoices(self, customer, status=None):
        found = self.server.get(f"/billing/invoices?customer={customer}")["invoices"]
        return [each for each in found if status in (None, each["status"])]

    def behave(self, **how):
        self.server.ok("/test/sandbox", how)

    def learn_secret(self):
        """It is shown nowhere, so it is read from the journal of the sandbox's own disk, soon after
        the first payment."""
        for file in sorted((self.server.data / "sandbox").glob("*.log")):
            if found := re.search(rb"default.{1,8}?(whsec_\w{20,})", file.read_bytes(), re.DOTALL):
                self.server.sandbox_secret = found.group(1)
        assert self.server.sandbox_secret, "the sandbox has signed nothing yet"

    def event(self, kind, intent, amount=0, currency="USD", name=None, **more):
        """Status of an event as the provider would send it."""
        name = name or f"evt_recorded{next(NUMBERS)}"
        data = {"intent": intent, "customer": "", "attempt": 0, "amount": amount, "currency": currency}
        data |= {"reference": f"ref_{name}", "refund": None, "method": None, "failure": "", "message": "", "permanent": False}
        created = int(self.server.now.timestamp() * 1000)
        body = {"id": name, "type": kind, "created": created, "organisation": "default", "data": data | more}
        content, at = json.dumps(body), int(time.time())
        seal = hmac.new(self.server.sandbox_secret, f"{at}.{content}".encode(), hashlib.sha256).hexdigest()
        headers = {"x-sandbox-signature": f"t={at},v1={seal}", "Content-Type": "application/json"}
        status, text = exchange("POST", f"{self.server.api}/webhooks/default/sandbox", content.encode(), headers)
        self.server.counts[f"event {kind} {status} {json.loads(text).get('code', '')}"] += 1
        self.server.settle()
        return status

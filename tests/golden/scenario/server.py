"""A real server on an embedded log and a manual clock, and one client of it."""

import collections
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone

ROOT_KEY = "sk_recorded_0123456789"
ACME_KEY = "sk_acme_recorded_0123456789"  # append_foreign.cc makes it
LONGEST_WAIT = 60.0


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *unused):
        return None


OPENER = urllib.request.build_opener(NoRedirect, urllib.request.ProxyHandler({}))


def exchange(method, url, content=None, headers=None):
    """Status and text of one HTTP exchange; redirects are not followed."""
    request = urllib.request.Request(url, data=content, method=method, headers=headers or {})
    try:
        with OPENER.open(request, timeout=LONGEST_WAIT) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def text_of(instant):
    return instant.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


class Server:
    def __init__(self, program, data):
        self.program, self.data = program, pathlib.Path(data)
        self.output = self.data.with_suffix(".stderr")
        self.process = None
        self.sandbox_secret = None  # Till.learn_secret
        self.counts = collections.Counter()  # of answers: path, status, code
        self.counts_lock = threading.Lock()

    # The process

    def start(self, provider="sandbox"):
        self.output.write_text("")
        arguments = [self.program, "serve", "--data", str(self.data), "--clock", "manual"]
        arguments += ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
        arguments += ["--partitions", "3", "--allow-private-webhooks", "--webhook-retries", "0.05,0.1"]
        arguments += ["--payment-provider", provider] if provider else []
        with self.output.open("w") as output:
            environment = {**os.environ, "QUIPU_ROOT_KEY": ROOT_KEY}
            self.process = subprocess.Popen(arguments, env=environment, stdout=output, stderr=output)
        self.api, self.admin = self.until("the server", self.addresses)
        self.until("readiness", lambda: exchange("GET", self.admin + "/readyz")[0] == 200)
        self.now = datetime.fromisoformat(self.get("/test/clock")["now"].replace("Z", "+00:00"))

    def addresses(self):
        assert self.process.poll() is None, self.output.read_text()
        found = re.search(r"listening: api (http://\S+) admin (http://\S+)\n", self.output.read_text())
        return found and found.groups()

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait(LONGEST_WAIT)
        assert code == (0 if how == signal.SIGTERM else -how), self.output.read_text()

    def until(self, what, look):
        deadline = time.monotonic() + LONGEST_WAIT
        while time.monotonic() < deadline:
            try:
                if found := look():
                    return found
            except OSError:
                pass
            time.sleep(0.02)
        raise TimeoutError(f"waited in vain for {what}\n{self.output.read_text()}")

    # Requests. `call` answers whatever comes, `ok` and `no` say what has to.

    def call(self, method, path, body=None, key=ROOT_KEY, once=None, kind="application/json"):
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        content = None
        if body is not None:
            content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
            headers["Content-Type"] = kind
        if once:
            headers["Idempotency-Key"] = once
        status, text = exchange(method, f"{self.api}/v1{path}", content, headers)
        answer = json.loads(text) if text else {}
        shape = re.sub(r"(inv|sub|we|cus|key)_\w+|(?<=/customers/)[^/]+", "ID", path.split("?")[0])
        code = answer.get("code", "") if isinstance(answer, dict) else ""
        with self.counts_lock:
            self.counts[f"{method} {shape} {status} {code}"] += 1
        assert status < 500 or code in ("payment_pending", "provider_unavailable"), (path, body, status, text)
        return status, answer

    def post(self, path, body, **more):
        return self.call("POST", path, body, **more)[1]

    def get(self, path, **more):
        return self.ok(path, method="GET", **more)

    def ok(self, path, body=None, method="POST", **more):
        status, answer = self.call(method, path, body, **more)
        assert status == 200, (path, body, status, answer)
        return answer

    def no(self, path, body, code, **more):
        status, answer = self.call("POST", path, body, **more)
        assert answer.get("code") == code, (path, body, code, status, answer)
        return answer

    # Time

    def settle(self):
        """Until nothing more is appended: what one record brings about has come to its end."""
        last, same = None, 0
        deadline = time.monotonic() + LONGEST_WAIT
        while same < 3:
            digests = exchange("GET", self.admin + "/admin/digest")[1]
            same = same + 1 if digests == last else 0
            last = digests
            assert time.monotonic() < deadline, "the log grows without end"
            time.sleep(0.03)

    def move(self, **delta):
        self.move_to(self.now + timedelta(**delta))

    def move_to(self, instant):
        self.ok("/test/clock", {"now": text_of(instant)})
        self.now = instant
        self.settle()

    def ago(self, **delta):
        return text_of(self.now - timedelta(**delta))

    def ahead(self, **delta):
        return text_of(self.now + timedelta(**delta))

    def first_day(self):
        """The clock of a new ledger goes to the end of the next January, so that months are short."""
        self.move_to(datetime(self.now.year + 1, 1, 31, 10, 0, tzinfo=timezone.utc))

#!/usr/bin/env python3
"""Drives a new server through everything the API can ask: record.py BUILD_FOLDER DATA.

The log that is left in DATA holds every kind of command many times, refused ones and repetitions
among them. The seed is fixed, ids and keys are new in every recording.
"""

import pathlib
import shutil
import signal
import subprocess
import sys

import access
import catalogs
import money
import months
import plans
import receiver
import usage
from server import ACME_KEY, Server


def main(build, data):
    q = Server(str(build / "quipu"), data)
    try:
        play(q, build, data)
    finally:
        if q.process and q.process.poll() is None:
            q.process.kill()
    for line, count in sorted(q.counts.items()):
        print(f"{count:6} {line}")


def play(q, build, data):
    def foreign(what):
        q.end()
        subprocess.run([build / "tests/golden/append_foreign", data, what], check=True)
        q.start()
        q.settle()

    def killed():
        q.end(signal.SIGKILL)
        q.start()
        q.settle()

    def without_state():
        """All of it is made anew from the log, and told once more to whom it concerns."""
        q.end()
        shutil.rmtree(data / "state")
        q.start(provider="manual")
        q.end()
        q.start()
        q.settle()

    q.start(provider=None)
    foreign("organisations")
    q.first_day()
    q.ok("/sync", catalogs.FIRST)
    q.ok("/sync", catalogs.FIRST)
    q.post("/sync", {"features": [], "plans": [catalogs.plan("bad", 1, catalogs.used("calls"))]})
    plans.customers(q)
    access.keys(q)
    access.endpoints(q, receiver.start())
    access.acme(q)
    plans.attach(q)
    usage.track(q)
    plans.seats(q)
    usage.credits(q)
    q.move(days=1)
    usage.batches(q)
    usage.reservations(q)
    usage.limits(q)
    foreign("producers")
    without_state()
    q.move(days=3)
    plans.change(q)
    money.settings(q)
    money.invoices(q)
    money.wallets(q)
    money.refunds(q)
    money.dunning(q)
    months.live(q, restarts={3: killed, 10: lambda: foreign("producers")})
    q.ok("/customers/c-00/entries?limit=1000", method="GET")
    q.ok("/check", {"customer": "c-00", "feature": "calls"}, key=ACME_KEY)
    q.settle()
    q.end()


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve())

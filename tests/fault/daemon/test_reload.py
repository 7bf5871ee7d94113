"""Rules change all the time under load, one in three of them broken: nothing is lost, none is decided by a mixture, nothing grows."""

import os
import threading
import time
import unittest

import judge
from crowd import Clients, Ledger
from daemon import LONG, RULES, SANITIZED, Daemon
from waiting import until

RELOADS = 10000 if LONG else 300
CLIENTS = 2
PEOPLE = 12000 if LONG else 120  # so that a fold does not grow with the test's length
ENTRIES = 1000000 if LONG else 100000
GROWTH_KB = 48 * 1024  # beside what the same journal takes in a daemon that was just started


def crowd():
    with open(os.path.join(RULES, "crowd.lua")) as file:
        return file.read()


class Reload(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)
        self.daemon.rules = os.path.join(self.daemon.base, "rules")
        os.mkdir(self.daemon.rules)
        self.original = crowd()
        self.put(self.original)

    def put(self, text, name="crowd.lua"):
        temporary = os.path.join(self.daemon.rules, ".new")
        os.makedirs(os.path.dirname(os.path.join(self.daemon.rules, name)), exist_ok=True)
        with open(temporary, "w") as file:
            file.write(text)
        os.rename(temporary, os.path.join(self.daemon.rules, name))

    def rulesets(self, kept=0):
        """What is in charge and under way, and as many of those that are kept."""
        return self.daemon.get("/v1/rulesets?limit=%d" % kept).json()

    def running(self):
        return self.rulesets()["rulesets"][0]["ruleset"]

    def change(self, number):
        """Points of other numbers, or something that does not load; until the daemon has said so."""
        if number % 3 == 2:
            failed = self.rulesets().get("failed", {}).get("at")
            self.put(self.original + "rule %d {\n" % number)
            until("it is refused", lambda: self.rulesets().get("failed", {}).get("at") not in (None, failed))
            return
        before = self.running()
        self.put(self.original.replace("points = { engagement = 40 }", "points = { engagement = %d }" % (40 + number % 97))
                 + "-- %d\n" % number)
        until("it is in charge", lambda: self.running() != before)

    def test_under_load(self):
        self.daemon.start()
        begun = time.monotonic()
        with Clients(self.daemon, self.ledger, count=CLIENTS, seed=5, people=PEOPLE):
            for number in range(1, RELOADS + 1):
                self.change(number)
                if number % (RELOADS // 10) == 0:
                    print("%d reloads after %.0f s: %d events acknowledged, %d kB, %d descriptors" % (number,
                          time.monotonic() - begun, len(self.ledger.acked), self.daemon.rss_kb(), self.daemon.fds()), flush=True)
        self.put(self.original + "-- the last\n")
        before = self.running()
        until("the last is in charge", lambda: self.running() != before or not self.rulesets().get("failed"))
        until("nothing is under way", lambda: self.rulesets()["activation"]["phase"] == "idle")
        grown = self.daemon.rss_kb(), self.daemon.fds()
        judge.check_events(self.daemon.journal(), self.ledger)
        self.assertEqual(self.ledger.surprises, [])
        self.check_no_mixture()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        fresh = self.daemon.rss_kb(), self.daemon.fds()
        print("memory and descriptors: %s after %d reloads, %s of a fresh start" % (grown, RELOADS, fresh))
        if not SANITIZED:
            self.assertLess(grown[0] - fresh[0], GROWTH_KB)
        self.assertLess(grown[1] - fresh[1], 16)
        self.assertEqual(self.daemon.stop(), 0)

    def check_no_mixture(self):
        """Decisions of a ruleset stand between its taking over and a later one's, give or take those that were on their way."""
        seen = set()
        for record in self.daemon.journal():
            body = record["body"]
            if set(body) >= {"ruleset"} and "lead" not in body:
                seen.add(body["ruleset"])
            elif record["kind"] == judge.KIND_DECISION:
                self.assertIn(body["ruleset"], seen)

    def test_long_lists(self):
        self.put("".join("name%d.example\n" % i for i in range(ENTRIES)), "lists/long.txt")
        self.put(self.original + 'rule "listed" { when = trait { email_domain = listed "long" }, points = { fit = 1 } }\n')
        self.daemon.start()
        before, begun = self.running(), time.monotonic()
        self.put("".join("name%d.example\n" % i for i in range(1, ENTRIES + 1)), "lists/long.txt")
        slowest = self.slowest_answer(lambda: self.running() != before)
        print("a list of %d entries was live after %.1f s; the slowest answer meanwhile took %.0f ms" %
              (ENTRIES, time.monotonic() - begun, slowest * 1000))
        until("it is kept", lambda: self.rulesets(1)["kept"][0]["complete"])
        self.assertEqual(self.daemon.stop(), 0)

    def slowest_answer(self, ended):
        slowest, over = 0.0, threading.Event()

        def ask():
            nonlocal slowest
            while not over.is_set():
                begun = time.monotonic()
                self.daemon.get("/healthz")
                slowest = max(slowest, time.monotonic() - begun)

        asker = threading.Thread(target=ask)
        asker.start()
        try:
            until("the list is live", ended)
        finally:
            over.set()
            asker.join()
        return slowest


if __name__ == "__main__":
    unittest.main()

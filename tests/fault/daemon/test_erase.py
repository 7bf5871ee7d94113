"""People who are forgotten while others work and the process dies: row 36."""

import os
import random
import threading
import unittest

import judge
from crowd import LOST, Clients, Ledger, Victim
from daemon import LONG, TOKEN, Daemon
from waiting import pass_time

ROUNDS = 60 if LONG else 8
EVENTS = 4


class Eraser(threading.Thread):
    """Makes somebody known, and has them erased, one after the other until the daemon is gone."""

    def __init__(self, daemon, ledger, first):
        super().__init__(daemon=True)
        self.target, self.ledger, self.number = daemon, ledger, first

    def run(self):
        try:
            while True:
                self.one()
        except LOST:
            return

    def one(self):
        self.number += 1
        victim = Victim("victim-%d" % self.number)
        events = [victim.event() for _ in range(EVENTS)]
        for event in events:
            self.ledger.note_sent([event])
        answer = self.target.post("/v1/batch", {"batch": events})
        if answer.status != 200:
            return
        self.ledger.victims[victim.name] = victim
        answer = self.target.request("DELETE", "/v1/leads/%s?forget=true" % victim.name, None, {"Authorization": "Bearer " + TOKEN})
        victim.erased = answer.status == 200
        if answer.status not in (200, 503):
            self.ledger.surprise("erasing: %d %s" % (answer.status, answer.body))


class Erase(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)

    def assert_no_trace(self):
        """Of whoever was erased no file of the data directory holds the marker."""
        for name in os.listdir(self.daemon.data):
            with open(os.path.join(self.daemon.data, name), "rb") as file:
                text = file.read()
            for victim in self.ledger.victims.values():
                if victim.erased:
                    self.assertNotIn(victim.marker.encode(), text, "%s is in %s" % (victim.name, name))

    def test_erasing_and_dying(self):
        chance = random.Random(36)
        for number in range(ROUNDS):
            self.daemon.start()
            eraser = Eraser(self.daemon, self.ledger, number * 1000)
            with Clients(self.daemon, self.ledger, count=2, seed=number + 1):
                eraser.start()
                pass_time(chance.uniform(0.1, 0.9))
                self.daemon.kill9()
            eraser.join()
            self.daemon.start()
            judge.check(self.daemon, self.ledger)
            for victim in self.ledger.victims.values():
                if victim.erased:
                    self.assertEqual(self.daemon.get("/v1/leads/" + victim.name).status, 404)
            self.assertEqual(self.daemon.stop(), 0)
            self.assert_no_trace()
            well, findings = self.daemon.doctor()
            self.assertTrue(well, findings)
        erased = sum(victim.erased for victim in self.ledger.victims.values())
        self.assertGreater(erased, ROUNDS)
        print("%d people erased, %d more asked for, over %d crashes" % (erased, len(self.ledger.victims) - erased, ROUNDS))


if __name__ == "__main__":
    unittest.main()

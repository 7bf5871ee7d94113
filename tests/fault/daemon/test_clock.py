"""Clocks that are set: row 15."""

import time
import unittest

import faults
import judge
from crowd import Clients, Ledger, instant, iso, now_ms
from daemon import Daemon

HOUR_S, YEARS_S = 3600, 10 * 365 * 86400
NOTICED_S = 3  # the loop looks at the wall clock each second
DOUBT_S = 60  # how long a clock must be far behind to be believed


class Clock(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)
        self.clock = faults.Clock(self.daemon.base)
        self.addCleanup(self.clock.close)
        self.offset = self.loads = 0
        self.daemon.env.update(self.clock.env())
        self.daemon.start()

    def set(self, offset_s):
        """The daemon's clock to the real one plus so much. A moment for it to be noticed."""
        self.offset = offset_s
        self.clock.set(offset_s)
        time.sleep(NOTICED_S)

    def load(self):
        self.loads += 1
        with Clients(self.daemon, self.ledger, count=3, seed=self.loads):
            time.sleep(0.6)
        time.sleep(0.3)

    def judge(self):
        """As of the daemon's own present."""
        judge.check(self.daemon, self.ledger, at=iso(now_ms() + self.offset * 1000))

    def decisions(self):
        return [record["body"] for record in self.daemon.journal() if record["kind"] == judge.KIND_DECISION]

    def test_an_hour_ahead_and_back(self):
        self.load()
        self.set(HOUR_S)
        self.judge()
        before = self.decisions()
        self.assertTrue([body for body in before if body["to"] == "calm"])
        for body in before:
            if body["lifecycle"] == "pulse":
                self.assertLess(instant(body["at"]), instant(iso(now_ms())), "when it was due, not when it was noticed")
        self.set(0)
        self.assertEqual(self.decisions(), before, "nothing happens again")
        self.load()
        self.set(HOUR_S + 60)
        self.judge()
        self.assertEqual(set(self.ledger.statuses), {200})
        self.assertEqual(self.daemon.stop(), 0)

    def test_ten_years_ahead_and_back(self):
        self.load()
        self.set(YEARS_S)
        self.judge()
        before = self.decisions()
        cooled = [body for body in before if body["to"] == "lead"]
        self.assertTrue(cooled)
        for body in cooled:
            self.assertLess(instant(body["at"]), instant(iso(now_ms() + 100 * 86400 * 1000)), "when it was due")
        self.set(0)
        self.daemon.get("/v1/leads")
        self.assertEqual(self.decisions(), before, "nothing happens again at once")
        self.daemon.wait_log("time stands still")
        self.daemon.kill9()
        self.daemon.start()  # the doubt begins anew
        time.sleep(1)
        self.assertEqual(self.decisions(), before, "nor after a start")
        self.daemon.wait_log("the clock was wrong", DOUBT_S + 10)
        self.daemon.wait_settled()
        time.sleep(1)
        again = [body for body in self.decisions()[len(before):] if body["lifecycle"] == "sales"]
        self.assertTrue(again)
        self.assertEqual({body["cause"] for body in again}, {"correction"})
        self.load()
        self.set(60)
        self.judge()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.judge()
        self.assertEqual(self.daemon.log().count("time stands still"), 2, "the past is past")


if __name__ == "__main__":
    unittest.main()

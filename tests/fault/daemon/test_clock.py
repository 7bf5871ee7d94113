"""Clocks that are set: row 15."""

import unittest
from datetime import timedelta

import faults
import judge
from crowd import Clients, Ledger, instant, iso, now_ms
from daemon import Daemon
from waiting import at_rest, stays, until

HOUR_S, YEARS_S = 3600, 10 * 365 * 86400
NOTICED_S = 2  # the loop looks at the wall clock each second
DOUBT_S = 60  # how long a clock must be far behind to be believed
LOAD = 150  # requests

# A long beat alone: 20 points fall below 5 after three quarters of 40 minutes, and a thousandth of a point takes 120 ms.
LASTING = "loner-lasting"
FALLS, EXACT = timedelta(minutes=30), timedelta(milliseconds=120)


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
        """The daemon's clock to the real one plus so much."""
        self.offset = offset_s
        self.clock.set(offset_s)

    def load(self):
        self.loads += 1
        with Clients(self.daemon, self.ledger, count=3, seed=self.loads):
            self.ledger.wait_answers(LOAD)

    def judge(self):
        """As of the daemon's own present."""
        judge.check(self.daemon, self.ledger, at=iso(now_ms() + self.offset * 1000))

    def decisions(self):
        return [record["body"] for record in self.daemon.journal() if record["kind"] == judge.KIND_DECISION]

    def moves(self, to, lead=None):
        return [body for body in self.decisions() if body["to"] == to and lead in (None, body["lead"])]

    def decisions_at_rest(self):
        """When no more come although the clock stands where it does."""
        self.daemon.wait_settled()
        return at_rest("decisions", self.decisions, NOTICED_S)

    def assert_nothing_happens(self, before, why):
        self.daemon.get("/v1/leads")
        stays(why, lambda: self.decisions() == before, NOTICED_S)

    def beat(self):
        """When the event says that it was."""
        event = {"messageId": "long-beat", "timestamp": iso(now_ms()), "type": "track", "event": "Long Beat", "userId": LASTING}
        self.ledger.note_sent([event])
        self.assertEqual(self.daemon.post("/v1/batch", {"batch": [event]}).status, 200)
        self.ledger.note_acked([event])
        return instant(event["timestamp"])

    def test_an_hour_ahead_and_back(self):
        self.load()
        beat = self.beat()
        until("it counts", lambda: self.moves("busy", LASTING))
        self.set(HOUR_S)
        until("it has faded", lambda: self.moves("calm", LASTING))
        self.judge()
        [faded] = self.moves("calm", LASTING)
        self.assertGreaterEqual(instant(faded["at"]), beat + FALLS)
        self.assertLessEqual(instant(faded["at"]), beat + FALLS + EXACT, "when it was due, not when it was noticed")
        self.assertGreaterEqual(instant(faded["decided_at"]), beat + timedelta(hours=1), "which was later")
        before = self.decisions_at_rest()
        self.set(0)
        self.assert_nothing_happens(before, "nothing happens again")
        self.load()
        self.set(HOUR_S + 60)
        self.judge()
        self.assertEqual(set(self.ledger.statuses), {200})
        self.assertEqual(self.daemon.stop(), 0)

    def test_ten_years_ahead_and_back(self):
        self.load()
        loaded = instant(iso(now_ms()))
        self.set(YEARS_S)
        until("somebody cooled down", lambda: self.moves("lead"))
        self.judge()
        before = self.decisions_at_rest()
        for body in before:
            if body["to"] == "lead":
                self.assertLess(instant(body["at"]), loaded + timedelta(days=60), "when it was due: all fade in 60 days")
        self.set(0)
        self.assert_nothing_happens(before, "nothing happens again at once")
        self.daemon.wait_log("time stands still")
        self.daemon.kill9()
        self.daemon.start()  # the doubt begins anew
        self.assert_nothing_happens(before, "nor after a start")
        self.daemon.wait_log("the clock was wrong", DOUBT_S + 60)

        def again():
            return [body for body in self.decisions()[len(before):] if body["lifecycle"] == "sales"]

        until("they are back", again)
        self.decisions_at_rest()
        self.assertEqual({body["cause"] for body in again()}, {"correction"})
        self.load()
        self.set(60)
        self.judge()
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.start()
        self.judge()
        self.assertEqual(self.daemon.log().count("time stands still"), 2, "the past is past")


if __name__ == "__main__":
    unittest.main()

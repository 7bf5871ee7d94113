"""Clocks of the sales desk on the nights on which summer time begins and ends: each warning and breach is found late, after kill -9, once, in order and
with the instant at which it was due."""

import os
import unittest
from datetime import datetime, timedelta, timezone

import faults
from crowd import iso, now_ms
from daemon import Daemon
from waiting import until

KIND_CLOCK = 8
# In the night of March 28th 2027 the hour from two to three does not exist in Madrid, in that of October 31st it comes twice. So these
# nights have two and four working hours.
RULES = """
dimension "intent" {}
rule "demo" { on = track "Demo", points = { intent = 10 } }
lifecycle "main" { start = "lead", move { "lead", "mql", when = score { intent = at_least(10) } } }
calendar "night" { zone = "Europe/Madrid", days = { "mon-sun 01:00-04:00" } }
sla "hour" { stage = "mql", warn = "30m", due = "1h", hours = "night" }
sla "three" { stage = "mql", warn = "1h45m", due = "3h", hours = "night" }
"""
# (the clock says, the lead comes): what happens by when
SPRING = datetime(2027, 3, 28, 0, 30, tzinfo=timezone.utc)  # half past one
AUTUMN = datetime(2027, 10, 30, 23, 30, tzinfo=timezone.utc)  # half past one
EXPECTED = {
    "spring": [("hour", "warned", "2027-03-28T01:00:00"), ("hour", "breached", "2027-03-28T01:30:00"),
               # an hour and a half of this night, the rest of the next one, from one o'clock summer time on
               ("three", "warned", "2027-03-28T23:15:00"), ("three", "breached", "2027-03-29T00:30:00")],
    "autumn": [("hour", "warned", "2027-10-31T00:00:00"), ("hour", "breached", "2027-10-31T00:30:00"),
               ("three", "warned", "2027-10-31T01:15:00"), ("three", "breached", "2027-10-31T02:30:00")],
}


class Summer(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.addCleanup(self.daemon.remove)
        self.clock = faults.Clock(self.daemon.base)
        self.addCleanup(self.clock.close)
        self.daemon.env.update(self.clock.env())
        self.daemon.rules = os.path.join(self.daemon.base, "rules")
        os.mkdir(self.daemon.rules)
        with open(os.path.join(self.daemon.rules, "a.lua"), "w") as file:
            file.write(RULES)

    def start_at(self, instant):
        """Another process, for which it is then."""
        self.daemon.kill9()
        self.offset_s = int(instant.timestamp()) - now_ms() // 1000
        self.clock.set(self.offset_s)
        self.daemon.start()
        self.daemon.wait_settled()

    def told(self, lead):
        bodies = [record["body"] for record in self.daemon.journal() if record["kind"] == KIND_CLOCK]
        return [(body["sla"], body["what"], body["at"]) for body in bodies if body["lead"] == lead]

    def facts(self, lead):
        return [fact for fact in self.told(lead) if fact[1] != "started"]

    def started(self, lead):
        return [at for _, what, at in self.told(lead) if what == "started"]

    def comes(self, lead):
        stamp = iso(now_ms() + self.offset_s * 1000)
        answer = self.daemon.post("/v1/track", {"event": "Demo", "userId": lead, "messageId": lead, "timestamp": stamp})
        self.assertEqual(answer.status, 200)
        until("both clocks run, and are written down", lambda: len(self.started(lead)) == 2)
        return min(instant(at) for at in self.started(lead))

    def check(self, lead, began, night):
        expected = EXPECTED[lead]
        late = began - night  # so much after half past one the lead came; everything is as much later
        self.assertLess(late, timedelta(minutes=2))
        for number in range(len(expected)):
            # A process that begins after one more of them was due; the last one twice.
            due = instant(expected[number][2] + "Z") + late
            self.start_at(due + timedelta(seconds=30))
            told = until("it is told", lambda count=number + 1: len(self.facts(lead)) == count and self.facts(lead))
            self.assertEqual([(sla, what) for sla, what, _ in told], [(sla, what) for sla, what, _ in expected[:number + 1]])
            self.assertEqual([instant(at) for _, _, at in told],
                             [instant(at + "Z") + late for _, _, at in expected[:number + 1]])
        before = self.facts(lead)
        self.start_at(due - timedelta(minutes=20))  # the clock is set back: nothing comes twice
        self.start_at(due + timedelta(hours=3))
        self.assertEqual(self.facts(lead), before)

    def test_the_hour_that_is_not_there(self):
        self.start_at(SPRING)
        self.check("spring", self.comes("spring"), SPRING)

    def test_the_hour_that_comes_twice(self):
        self.start_at(AUTUMN)
        self.check("autumn", self.comes("autumn"), AUTUMN)

    def test_all_at_once_in_order(self):
        """Who was away for the whole night finds everything, in the order in which it was due."""
        self.start_at(SPRING)
        began = self.comes("spring")
        self.start_at(SPRING + timedelta(days=3))
        told = until("all is told", lambda: len(self.facts("spring")) == 4 and self.facts("spring"))
        self.assertEqual(told, sorted(told, key=lambda fact: fact[2]))
        self.assertEqual([instant(at) - (began - SPRING) for _, _, at in told], [instant(at + "Z") for _, _, at in EXPECTED["spring"]])


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


if __name__ == "__main__":
    unittest.main()

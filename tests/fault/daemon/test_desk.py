"""The sales desk of a daemon: clocks over kill -9 at any instant, nothing for history or other rules, a hot lead at once."""

import json
import os
import random
import time
import unittest

from daemon import LONG, TOKEN, Daemon
from waiting import busy, pass_time, until

RULES = """
dimension "intent" {}
rule "demo" { on = track "Demo", points = { intent = 10 } }
rule "look" { on = page {}, points = { intent = %d } }
lifecycle "main" { start = "lead", move { "lead", "mql", when = score { intent = at_least(10) } } }
sla "touch" { stage = "mql", stops_at = track "Called", warn = "1s", due = "3s", breach = { reassign = true } }
assign "all" { stage = "mql", pool = { "ana", "ben", "eva" } }
worklist "hot" { stage = "mql", order = { "clock" } }
"""
LEADS = 40
ROUNDS = 30 if LONG else 8
IMPORTED = 50000
AT_ONCE_S = 1


class DeskTest(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon()
        self.addCleanup(self.daemon.remove)
        self.daemon.rules = os.path.join(self.daemon.base, "rules")
        os.mkdir(self.daemon.rules)
        self.write_rules(0)
        self.daemon.start()
        self.daemon.get("/readyz")

    def write_rules(self, points):
        with open(os.path.join(self.daemon.rules, "a.lua"), "w") as file:
            file.write(RULES % points)

    def clocks(self):
        return self.daemon.get("/v1/clocks?state=all&limit=1000").json()["clocks"]

    def send(self, event, lead):
        answer = self.daemon.post("/v1/track", {"event": event, "userId": lead})
        self.assertEqual(answer.status, 200)

    def facts(self):
        """What was recorded of each clock, in order."""
        facts = {}
        for record in self.daemon.journal():
            if record["kind"] == 8:
                body = record["body"] if "body" in record else json.loads(record["bytes"])
                facts.setdefault(body["lead"], []).append((body["what"], body["at"], body.get("due_at"), body.get("warn_at")))
        return facts

    def test_kill9_between_start_warning_and_breach(self):
        seed = random.randrange(1 << 30)
        rng = random.Random(seed)
        for lead in range(LEADS):
            self.send("Demo", "u%d" % lead)
            if lead % (LEADS // ROUNDS) == 0:
                pass_time(rng.random() * 0.5)
                self.daemon.kill9()
                self.daemon.start()
        until("every clock is breached", lambda: len(self.clocks()) == LEADS
              and all(clock["state"] == "breached" for clock in self.clocks()))
        until("every lead was given to the next", lambda: all(
            self.daemon.get("/v1/leads/u%d" % lead).json().get("owner") for lead in range(LEADS)))
        self.assertEqual(self.daemon.metric("embudo_replay_bad_records"), 0)
        self.assertEqual(self.daemon.stop(), 0)
        facts = self.facts()
        self.assertEqual(len(facts), LEADS, "seed %d" % seed)
        for lead, told in facts.items():
            self.assertEqual([what for what, *_ in told], ["started", "warned", "breached"], "seed %d: %s" % (seed, lead))
            _, _, due, warn = told[0]
            self.assertEqual([told[1][1], told[2][1]], [warn, due], "seed %d: %s" % (seed, lead))

    def test_history_and_other_rules_send_nothing_to_sales(self):
        lines = "".join(json.dumps({"type": "track" if n % 2 else "page", "event": "Demo", "userId": "h%d" % n,
                                    "timestamp": "2026-01-01T00:00:00Z"}) + "\n" for n in range(IMPORTED))
        answer = self.daemon.request("POST", "/v1/history", lines, {"Authorization": "Bearer " + TOKEN,
                                                                    "Content-Type": "application/x-ndjson"}, timeout=300)
        self.assertEqual(answer.status, 200, answer.body[:300])
        stage = "/v1/leads?stage=mql&limit=1"
        until("half of them are MQLs", lambda: self.daemon.get(stage).json()["total"] == IMPORTED // 2, 120)
        before = self.daemon.get("/v1/rulesets").body
        self.write_rules(10)
        until("other rules are in charge", lambda: self.daemon.get("/v1/rulesets").body != before, 120)
        until("all of them are MQLs", lambda: self.daemon.get(stage).json()["total"] == IMPORTED, 120)
        self.assertEqual(self.clocks(), [])
        self.assertEqual(self.daemon.get("/v1/leads?owner=&limit=1").json()["total"], IMPORTED)
        self.send("Demo", "live")
        until("who comes live has a clock", self.clocks)
        self.assertEqual([clock["lead"] for clock in self.clocks()], ["live"])
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_hot_lead_is_seen_at_once(self):
        begun = time.monotonic()
        self.send("Demo", "hot")
        until("it is in the list", lambda: self.daemon.get("/v1/worklists/hot").json()["total"] == 1)
        self.assertLess(time.monotonic() - begun, AT_ONCE_S * busy())
        self.assertEqual(self.daemon.stop(), 0)


if __name__ == "__main__":
    unittest.main()

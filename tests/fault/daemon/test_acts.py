"""People act on leads while the daemon is killed at any instant: every act that was acknowledged is there once, none is half done, and
stages, verdicts, clocks and owners are what a recompute makes of the journal."""

import http.client
import json
import os
import random
import subprocess
import tempfile
import threading
import unittest

from crowd import iso, now_ms
from daemon import BUILD, LONG, TOKEN, Daemon
from waiting import pass_time, until

ROUNDS = 60 if LONG else 12
LEADS, CLIENTS = 40, 4
KIND_EVENTS, KIND_DECISION, KIND_SYSTEM, KIND_CLOCK = 1, 3, 7, 8
POOL = ["ana", "ben", "eva"]
LOST = (OSError, http.client.HTTPException)

# The sla "quick" runs out during the test and gives the lead to the next; the others do not run out.
RULES = """
dimension "intent" {}
rule "demo" { on = track "Demo", points = { intent = 10 } }
lifecycle "main" {
  start = "lead", endorsed = { "mql" }, sales = { "sal", "sql" },
  move { "lead", "mql", when = seen(track "Demo", { since = "cycle" }) },
  move { "mql", "sal", act = "accept", by = "sales", asks = { plausible = true } },
  move { "lead", "sal", act = "claim", by = "sales", claim = true },
  move { "sal", "sql", act = "qualify", by = "sales", need = seen(act "log_call", { since = "cycle" }) },
  move { { "mql", "sal", "sql" }, "out", act = "reject", by = "sales", reasons = { never = "never", later = "400ms" } },
  move { "out", "lead", when = verdict { lapsed = true } },
}
acts {
  log_call = { by = "sales", asks = { outcome = any } },
  assign = { by = "sales", asks = { "owner" }, sets = { "owner" } },
  note = { by = "sales", asks = { "note" }, private = { "note" } },
}
sla "answer" { stage = "mql", due = "10d" }
sla "quick" { stage = "mql", due = "250ms", stops_at = act "log_call", breach = { reassign = true } }
sla "work" { stage = { "sal", "sql" }, due = "10d" }
assign "all" { stage = { "mql", "sal" }, pool = { %s } }
""" % ", ".join('"%s"' % name for name in POOL)
CLOCKS = {"mql": ["answer", "quick"], "sal": ["work"], "sql": ["work"]}  # what entering a stage starts


class Ledger:
    """What was asked, and what was answered."""

    def __init__(self):
        self.lock = threading.Lock()
        self.acked, self.refused, self.asked, self.lost, self.surprises = {}, {}, {}, 0, []

    def note(self, key, act, answer):
        with self.lock:
            if answer.status == 200:
                self.acked[key] = act
            elif answer.status in (403, 404, 409, 422):
                self.refused[key] = answer.json()["code"]
            elif answer.status != 503:
                self.surprises.append("%s: %d %s" % (act, answer.status, answer.body[:200]))
            return answer.status != 503


class Seller(threading.Thread):
    """Does what comes to mind, each thing under one id until it is answered, over all starts of the daemon."""

    def __init__(self, daemon, ledger, number):
        super().__init__(daemon=True)
        self.target, self.ledger, self.number = daemon, ledger, number
        self.random, self.count, self.ended = random.Random(number), 0, threading.Event()
        self.open = None  # what has not been answered yet

    def next(self):
        lead = "u%d" % self.random.randrange(LEADS)
        self.count += 1
        key = "act-%d-%d" % (self.number, self.count)
        if self.random.random() < 0.25:
            return key, lead, None
        name = self.random.choice(["accept", "accept", "claim", "qualify", "reject", "log_call", "log_call", "assign", "note"])
        fields = {"accept": {"plausible": True}, "log_call": {"outcome": "connect"}, "assign": {"owner": self.random.choice(POOL)},
                  "note": {"note": "private"}}
        act = {"act": name, "actor": "seller-%d" % self.number, "role": "sales", "messageId": key, "properties": fields.get(name, {})}
        if name == "reject":
            act["reason"] = self.random.choice(["later", "later", "never"])
        return key, lead, act

    def ask(self):
        key, lead, act = self.open
        headers = {"Authorization": "Bearer " + TOKEN, "Content-Type": "application/json"}
        if act is None:
            event = {"event": "Demo", "userId": lead, "messageId": key, "timestamp": iso(now_ms())}
            return self.target.post("/v1/track", event, timeout=10).status == 200
        with self.ledger.lock:
            self.ledger.asked[key] = (lead, act)
        answer = self.target.request("POST", "/v1/leads/%s/acts" % lead, json.dumps(act), headers, 10)
        return self.ledger.note(key, (lead, act), answer)

    def run(self):
        while not self.ended.is_set() or self.open:
            pass_time(self.random.uniform(0, 0.02))  # people think between acts, and clocks run out meanwhile
            self.open = self.open or self.next()
            try:
                if self.ask():
                    self.open = None
            except LOST:
                with self.ledger.lock:
                    self.ledger.lost += 1
                pass_time(0.01)


class Acts(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)
        self.daemon.rules = os.path.join(self.daemon.base, "rules")
        os.mkdir(self.daemon.rules)
        with open(os.path.join(self.daemon.rules, "a.lua"), "w") as file:
            file.write(RULES)
        self.random = random.Random(20261130)

    def acts(self, records):
        """All acts of the journal, people's and embudo's own, in order."""
        return [dict(event, seq=record["seq"]) for record in records if record["kind"] == KIND_SYSTEM
                for event in record["body"]["batch"] if event["type"] == "act"]

    def check_once(self, records):
        seen = {}
        for act in self.acts(records):
            if act["actor"]["role"] != "system":
                seen.setdefault(act["messageId"], []).append(act)
        self.assertEqual([key for key, found in seen.items() if len(found) > 1], [], "twice")
        self.assertEqual([key for key in self.ledger.acked if key not in seen], [], "acknowledged, and gone")
        self.assertEqual([key for key in seen if key in self.ledger.refused], [], "refused, and there")
        for key, [act] in seen.items():
            lead, asked = self.ledger.asked[key]
            self.assertEqual((act["userId"], act["event"], act["actor"]), (lead, asked["act"], {"id": asked["actor"], "role": "sales"}))
        return seen

    def check_whole(self, records, acts):
        """Each move that was made is one decision by that person; a decision and what it does to clocks stand together."""
        decisions = [record for record in records if record["kind"] == KIND_DECISION]
        # From where is not compared: an event on its way at that instant may have moved the lead, and the act is a fact all the same.
        moved = sorted((act["userId"], act["to"], act["event"], act["actor"]["id"]) for [act] in acts.values() if act.get("to"))
        told = sorted((d["body"]["lead"], d["body"]["to"], d["body"]["act"], d["body"]["actor"]) for d in decisions
                      if d["body"]["cause"] == "person")
        for one in set(told) ^ set(moved):
            self.fail("%s: %d acts, %d decisions of\n%s" % (one, moved.count(one), told.count(one), self.history(records, one[0])))
        self.assertEqual(told, moved)
        running, stage = {}, {}
        for record in records:
            body = record["body"]
            if record["kind"] == KIND_DECISION:
                for clock in running.get(body["lead"], {}).values():  # of the stage before: each was stopped by now
                    self.assertIn(clock["stage"], (stage.get(body["lead"], "lead"), body["to"]))
                stage[body["lead"]] = body["to"]
            elif record["kind"] == KIND_CLOCK:
                mine = running.setdefault(body["lead"], {})
                if body["what"] == "started":
                    self.assertEqual(body["stage"], stage[body["lead"]], body)
                    mine[body["clock"]] = body
                elif body["what"] == "stopped":
                    self.assertIsNotNone(mine.pop(body["clock"], None), body)
        return stage, running

    @staticmethod
    def history(records, lead):
        lines = []
        for record in records:
            bodies = record["body"].get("batch", [record["body"]])
            lines += ["%d %d %s" % (record["seq"], record["kind"], json.dumps(body)) for body in bodies
                      if lead in (body.get("lead"), body.get("userId"))]
        return "\n".join(lines)

    def check_clocks(self, records, stage, running):
        started = {}
        for record in records:
            body = record["body"]
            if record["kind"] == KIND_CLOCK and body["what"] == "started":
                started.setdefault((body["lead"], body["entered_at"], body["stage"]), []).append(body["sla"])
        entered = [record["body"] for record in records if record["kind"] == KIND_DECISION and record["body"]["to"] in CLOCKS]
        self.assertEqual({key: sorted(slas) for key, slas in started.items()},
                         {(d["lead"], d["at"], d["to"]): CLOCKS[d["to"]] for d in entered})
        for lead, clocks in running.items():
            self.assertEqual([clock for clock in clocks.values() if clock["stage"] != stage[lead]], [], "clocks survived their stage")

    def check_turns(self, records):
        turns = [act["properties"] for act in self.acts(records) if act["actor"]["role"] == "system" and "turn" in act["properties"]]
        # What was overdue at a start is recorded in the order in which it was due, not in which it was found.
        self.assertEqual(sorted(turn["turn"] for turn in turns), list(range(1, len(turns) + 1)), "turns were lost or given twice")
        self.assertTrue(any(turn["why"] == "breach" for turn in turns), "no clock ran out: hardly a test")
        return len(turns)

    def check_recompute(self, records):
        """The batch scorer over the same events and acts."""
        rows = {row["lead"]: row for row in self.daemon.get("/v1/leads?limit=1000").json()["leads"]}
        with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
            for record in records:
                if record["kind"] in (KIND_EVENTS, KIND_SYSTEM):
                    file.write(json.dumps(record["body"]) + "\n")
            file.flush()
            command = [os.path.join(BUILD, "embudo"), "score", "--quiet", "--json", "--rules", self.daemon.rules, "--at", "now",
                       "--source", "default", file.name]
            out = subprocess.run(command, capture_output=True, check=True)
        batch = {row["lead"]: row for row in map(json.loads, out.stdout.splitlines())}
        self.assertEqual(set(rows), set(batch))
        for lead, row in batch.items():
            self.assertEqual({key: rows[lead].get(key) for key in ("stage", "owner", "events", "cycle")},
                             {key: row.get(key) for key in ("stage", "owner", "events", "cycle")}, lead)

    def check_all(self):
        self.daemon.wait_settled()
        # every verdict for a time has lapsed, every quick clock has run out, and what followed is in the journal
        until("nothing is due", lambda: not self.daemon.get("/v1/clocks?state=open&limit=1000").json()["clocks"]
              or all(clock["sla"] != "quick" for clock in self.daemon.get("/v1/clocks?state=open&limit=1000").json()["clocks"]))
        until("verdicts for a time have lapsed", self.are_verdicts_for_ever)
        self.assertEqual(self.daemon.metric("embudo_replay_bad_records"), 0)
        records = until("the journal is at rest", self.journal_at_rest)
        acts = self.check_once(records)
        stage, running = self.check_whole(records, acts)
        self.check_clocks(records, stage, running)
        turns = self.check_turns(records)
        self.check_recompute(records)
        return len(acts), turns

    def are_verdicts_for_ever(self):
        """Nobody is out for a time that is over."""
        out = self.daemon.get("/v1/leads?stage=out&limit=1000").json()["leads"]
        histories = [self.daemon.get("/v1/leads/%s" % row["lead"]).json()["stage_history"] for row in out]
        return all(history[0].get("reason") == "never" for history in histories)

    def journal_at_rest(self):
        before = self.daemon.journal()
        pass_time(0.5)
        return before if len(self.daemon.journal()) == len(before) else None

    def test_kill9_while_people_act(self):
        self.daemon.start()
        sellers = [Seller(self.daemon, self.ledger, number) for number in range(CLIENTS)]
        for seller in sellers:
            seller.start()
        acts = turns = 0
        for number in range(ROUNDS):
            pass_time(self.random.uniform(0.2, 1.0))
            self.daemon.kill9()
            self.daemon.start()
        for seller in sellers:
            seller.ended.set()
        for seller in sellers:
            seller.join()
        self.assertEqual(self.ledger.surprises, [])
        acts, turns = self.check_all()
        self.daemon.kill9()
        self.daemon.start()
        self.assertEqual((acts, turns), self.check_all(), "another start changed something")
        well, findings = self.daemon.doctor()
        self.assertTrue(well, findings)
        self.assertGreater(len(self.ledger.acked), ROUNDS * 10, "hardly a load")
        self.assertGreater(self.ledger.lost, ROUNDS // 2, "hardly a crash")
        print("%d kills: %d acts (%d acknowledged, %d refused, %d answers lost), %d turns" %
              (ROUNDS, acts, len(self.ledger.acked), len(self.ledger.refused), self.ledger.lost, turns))


if __name__ == "__main__":
    unittest.main()

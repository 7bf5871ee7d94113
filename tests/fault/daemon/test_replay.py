"""A journaled day read again: with no network at all, whatever had been asked of others and told them, every answer is the same
bytes."""

import base64
import json
import os
import random
import subprocess
import sys
import unittest
from urllib.parse import quote

from crowd import DAY_MS, iso, now_ms
from daemon import HERE, Daemon
from offline import ask, run
from others import Service, prepare
from waiting import at_rest, until

PEOPLE, EVENTS = 40, 400
RULES = """
dimension "fit" { max = 100 }
dimension "engagement" {}
sources { "crm", "enricher", "default" }

enricher "company" {
  needs = { "email_domain" }, gives = { "company.employees", "company.industry" }, ttl = "20d", negative_ttl = "20d", retries = 1, timeout = "5s",
  run = function(lead, http)
    local answer, err = http.get("http://127.0.0.1:%(asked)d/companies/" .. lead.traits.email_domain)
    if not answer then error(err) end
    if answer.status == 404 then return nothing end
    if answer.status ~= 200 then error("it answered " .. answer.status) end
    return { ["company.employees"] = answer.json.employees, ["company.industry"] = answer.json.industry }
  end,
}
enricher "market" {
  needs = { "company.industry" }, gives = { "market_size" }, ttl = "10d", when = score { engagement = at_least(5) },
  run = function(lead, http)
    local answer, err = http.post("http://127.0.0.1:%(asked)d/markets", { json = { industry = lead.traits.company.industry } })
    if not answer then error(err) end
    return { market_size = answer.json.size }
  end,
}

rule "page" { on = page {}, points = { engagement = 3 }, decay = half_life "10d" }
rule "pricing" { on = page { path = starts "/pricing" }, points = { engagement = 15 }, limit = { times = 3, per = "1d" } }
rule "large" { when = trait { ["company.employees"] = at_least(50) }, points = { fit = 40 } }
rule "unknown_size" { when = trait { ["company.employees"] = missing }, points = { fit = 5 } }
rule "market" { when = trait { market_size = at_least(1000) }, points = { fit = 20 } }

lifecycle "main" {
  start = "lead",
  move { "lead", "mql", when = score { engagement = at_least(20) } },
  move { "mql", "sql", when = score { engagement = at_least(30), fit = at_least(40) } },
}

destination "crm" { url = "http://127.0.0.1:%(told)d/hook", secrets = secret "HOOK", schedule = { "50ms", "100ms", "100ms" } }
destination "file" { file = "leads.ndjson" }
effect "hot" { on = entered "mql", to = { "crm", "file" }, type = "lead.qualified", handoff = true }
effect "ready" { on = entered "sql", to = "crm", type = "lead.ready", handoff = true }
effect "priced" { on = page { path = starts "/pricing" }, to = "crm", type = "test.priced" }
"""
DOMAINS = ["acme.example", "large.example", "small.example", "none.example", "flaky.example", "broken.example", "odd.example"]
SIZES = {"acme": 300, "large": 9000, "small": 4, "flaky": 77}


class Day:
    """What people do within a day, told late and out of order, some of it twice; devices turn out to be somebody's."""

    def __init__(self, seed, end_ms):
        self.random, self.end_ms = random.Random(seed), end_ms

    def event(self, number):
        person = self.random.randrange(PEOPLE)
        at = self.end_ms - self.random.randrange(DAY_MS)
        base = {"messageId": "day-%d" % number, "timestamp": iso(at)}
        draw = self.random.random()
        if draw < 0.2:
            email = "p%d@%s" % (person, DOMAINS[person % len(DOMAINS)])
            return {**base, "type": "identify", "userId": "u-%d" % person, "traits": {"email": email}}
        if draw < 0.3:
            return {**base, "type": "identify", "userId": "u-%d" % person, "anonymousId": "d-%d" % person, "traits": {"title": "CTO"}}
        if draw < 0.33:
            return {**base, "type": "alias", "previousId": "old-%d" % person, "userId": "u-%d" % person}
        who = self.random.choice([{"userId": "u-%d" % person}, {"anonymousId": "d-%d" % person}, {"userId": "old-%d" % person}])
        return {**base, "type": "page", **who, "properties": {"path": self.random.choice(["/", "/pricing", "/docs"])}}


class Replay(unittest.TestCase):
    def setUp(self):
        self.flaky = set()
        self.asked = Service(self.answer)
        self.told = Service(self.take)
        self.addCleanup(lambda: [service.close() for service in (self.asked, self.told) if not service.freed.is_set()])
        self.daemon = Daemon()
        self.addCleanup(self.daemon.remove)
        prepare(self.daemon, RULES % {"asked": self.asked.port, "told": self.told.port})

    def answer(self, call):
        """A provider: some it knows, some not, and some of its answers are no good."""
        if call.path == "/markets":
            return 200, {"size": 5000 if json.loads(call.body)["industry"] == "software" else 10}, {}
        name = call.path.split("/")[-1].split(".")[0]
        if name == "flaky" and name not in self.flaky:
            self.flaky.add(name)
            return 503
        if name == "broken":
            return 500
        if name == "odd":
            return 200
        if name not in SIZES:
            return 404
        return 200, {"employees": SIZES[name], "industry": "bakery" if name == "small" else "software"}, {}

    def take(self, call):
        """A receiver that wants most things, some at the second try and a few not at all."""
        self.assertTrue(call.is_signed())
        tries = sum(other.headers["webhook-id"] == call.headers["webhook-id"] for other in self.told.seen())
        kind = int(call.headers["webhook-id"][-1], 16) % 8
        if kind == 0:
            return 400, None, {"webhook-delivery": "abort-message"}
        return 500 if kind < 3 and tries == 1 else 204

    def play(self):
        day = Day(11, now_ms() - 60000)
        events = [day.event(number) for number in range(EVENTS)]
        for number in range(0, EVENTS, 20):
            batch = events[number:number + 20] + day.random.sample(events[:number + 1], 1)
            self.assertEqual(self.daemon.post("/v1/batch", {"batch": batch}).status, 200)
            if number in (100, 200):
                self.daemon.kill9()
                self.daemon.start()

    def open_ends(self):
        """Who is asked about still, and what is still to be told."""
        rows = [self.daemon.get("/v1/leads/" + quote(name, safe="")).json() for name in self.daemon.leads()]
        waiting = self.daemon.get("/v1/outbox?state=waiting&limit=1000").json()["outbox"]
        return [(row["lead"], row["pending"]) for row in rows if row["pending"]] + waiting

    def settle(self):
        """Until nothing is under way any more, and nothing comes of that."""
        until("everybody is asked and told", lambda: not self.open_ends())
        at_rest("calls", lambda: (len(self.asked.seen()), len(self.told.seen()), self.open_ends() == []), 1.5)

    def questions(self):
        """All that can be asked about the day, as of two fixed instants: now, and when some answers have expired."""
        names, instants = self.daemon.leads(), [iso(now_ms()), iso(now_ms() + 15 * DAY_MS)]
        paths = ["/v1/outbox?limit=1000", "/v1/decisions?limit=1000"]
        commands = [["export", what, "--data", self.daemon.data, "--quiet"] for what in ("events", "decisions")]
        for at in instants:
            commands.append(["export", "leads", "--data", self.daemon.data, "--at", at, "--quiet"])
            commands += [["explain", name, "--json", "--data", self.daemon.data, "--at", at, "--quiet"] for name in names[:4]]
            for name in names:
                lead = "/v1/leads/" + quote(name, safe="")
                paths += ["%s%s?at=%s" % (lead, more, at) for more in ("", "/explain", "/timeline", "/brief")]
        return paths, commands

    def offline(self, paths, commands):
        order = {"base": self.daemon.base, "rules": self.daemon.rules, "options": self.daemon.options,
                 "ports": [self.asked.port, self.told.port], "paths": paths, "commands": commands}
        isolate = ["unshare", "-rn"]
        order["isolated"] = subprocess.run(isolate + ["true"], capture_output=True, check=False).returncode == 0
        if not order["isolated"]:  # a container without user namespaces: what remains is that nobody listens but the traps
            print("no namespace of its own can be had here: only calls to this machine are caught")
        command = (isolate if order["isolated"] else []) + [sys.executable, os.path.join(HERE, "offline.py")]
        out = subprocess.run(command, input=json.dumps(order).encode(), capture_output=True, check=False)
        self.assertEqual(out.returncode, 0, out.stderr.decode() + self.daemon.log_tail())
        said = json.loads(out.stdout)
        self.assertFalse(order["isolated"] and said["reaches_out"])
        return said

    def assert_same(self, before, after):
        self.assertEqual(set(before), set(after))
        for key, told in before.items():
            if told != after[key]:
                texts = [base64.b64decode(one.get("body") or one["out"]).decode() for one in (told, after[key])]
                self.fail("%s said\\n%s\\nand then\\n%s" % (key, *texts))

    def daemon_says(self, ran):
        return "".join(base64.b64decode(answer["out"]).decode() for answer in ran.values())

    def test_without_network(self):
        self.daemon.start()
        self.play()
        self.settle()
        paths, commands = self.questions()
        before = {path: ask(self.daemon, path) for path in paths}
        self.assertEqual({answer["status"] for answer in before.values()}, {200})
        self.assertEqual(self.daemon.stop(), 0)
        ran = {json.dumps(command): run(command) for command in commands}
        self.assertEqual({answer["code"] for answer in ran.values()}, {0}, next(iter(ran.values()))["err"])
        asked, told = len(self.asked.seen()), len(self.told.seen())
        self.assertGreater(asked, len(DOMAINS))
        self.assertGreater(told, 20)
        self.assertIn('"employees":9000', self.daemon_says(ran))
        self.asked.close()
        self.told.close()
        said = self.offline(paths, commands)
        self.assert_same(ran, said["commands"])
        self.assert_same(before, said["paths"])
        self.assertEqual((said["calls"], said["stopped"]), (0, 0))
        print("%d events, %d calls asked, %d attempts told; %d answers the same without network" %
              (EVENTS, asked, told, len(paths) + len(commands)))


if __name__ == "__main__":
    unittest.main()

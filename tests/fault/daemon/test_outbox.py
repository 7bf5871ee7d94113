"""kill -9 between attempts, in the middle of them and while messages are made: each arrives, under one id, with the same bytes. Rows 17 and
33."""

import collections
import http.client
import json
import random
import threading
import unittest

from daemon import LONG, Daemon
from others import Service, prepare
from waiting import pass_time, until

ROUNDS = 100 if LONG else 15
EVENTS = 12  # a round
LEADS = 7
RULES = """
dimension "interest" {}
rule "any" { on = any_event {}, points = { interest = 1 } }
lifecycle "main" { start = "lead", move { "lead", "mql", when = score { interest = at_least(3) } } }
destination "crm" {
  url = "http://127.0.0.1:%d/hook", secrets = secret "HOOK", timeout = "1s",
  schedule = { "50ms", "50ms", "100ms", "100ms", "200ms", "200ms", "400ms", "400ms", "400ms", "400ms" },
}
effect "told" { on = track "Told", to = "crm", type = "test.told", data = function(lead, event) return { number = event.properties.number } end }
effect "hot" { on = entered "mql", to = "crm", type = "lead.qualified", handoff = true }
"""

class Receiver(Service):
    """Notes what is genuine, then answers well, badly, late or not at all."""

    def __init__(self):
        self.got, self.faults, self.kind = [], [], True
        self.random = random.Random(5)
        super().__init__(self.answer)

    def answer(self, call):
        with self.lock:
            if not call.is_signed():
                self.faults.append(call.headers["webhook-id"])
            self.got.append((call.headers["webhook-id"], call.body))
            mood = "well" if self.kind else self.random.choice(["well", "well", "well", "bad", "late", None])
        if mood == "late":
            pass_time(0.3)
        return mood and (500 if mood == "bad" else 204)


class Outbox(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.daemon = Daemon()
        self.addCleanup(self.daemon.remove)
        prepare(self.daemon, RULES % self.receiver.port)
        self.random = random.Random(20261129)

    def tell(self, number):
        """One event, under the same id until it is acknowledged."""
        event = {"event": "Told", "userId": "u-%d" % (number % LEADS), "messageId": "m-%d" % number, "properties": {"number": number}}
        try:
            return self.daemon.post("/v1/track", event, timeout=5).status == 200
        except (OSError, http.client.HTTPException):
            return False

    def waiting(self):
        return self.daemon.get("/v1/outbox?state=waiting&limit=1").json()["outbox"]

    def test_kill9_between_attempts(self):
        open_numbers, made = [], 0
        self.receiver.kind = False
        for _ in range(ROUNDS):
            self.daemon.start()
            timer = threading.Timer(self.random.uniform(0.05, 0.8), self.daemon.process.kill)
            timer.start()
            open_numbers += range(made, made + EVENTS)
            made += EVENTS
            open_numbers = [number for number in open_numbers if not self.tell(number)]
            timer.join()
            self.daemon.wait()
        self.receiver.kind = True
        self.daemon.start()
        until("all events are taken", lambda: all(self.tell(number) for number in open_numbers))
        until("nothing waits", lambda: not self.waiting())
        for state in ("parked", "dropped", "cancelled", "erased"):
            self.assertEqual(self.daemon.get("/v1/outbox?limit=10&state=" + state).json()["outbox"], [])
        self.judge(made)
        self.assertEqual(self.daemon.stop(), 0)

    def judge(self, made):
        bodies, attempts = {}, collections.Counter()
        for identity, body in self.receiver.got:
            self.assertEqual(bodies.setdefault(identity, body), body, "the same bytes each time")
            attempts[identity] += 1
        seen = [json.loads(body) for body in bodies.values()]  # who drops what it knows sees these
        told = collections.Counter(one["data"]["number"] for one in seen if one["type"] == "test.told")
        hot = collections.Counter(one["data"]["lead"]["id"] for one in seen if one["type"] == "lead.qualified")
        self.assertEqual(self.receiver.faults, [])
        self.assertEqual(told, collections.Counter(range(made)), "each exactly once")
        self.assertEqual(hot, collections.Counter("u-%d" % lead for lead in range(LEADS)))
        repeated = sum(count > 1 for count in attempts.values())
        self.assertGreater(repeated, made // 10, "hardly anything was sent twice")
        print("%d kills: %d messages, %d attempts, %d of them more than once" % (ROUNDS, len(seen), sum(attempts.values()), repeated))


if __name__ == "__main__":
    unittest.main()

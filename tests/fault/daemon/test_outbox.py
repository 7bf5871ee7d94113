"""kill -9 between attempts, in the middle of them and while messages are made: each arrives, under one id, with the same bytes. Rows 17 and
33."""

import base64
import collections
import hashlib
import hmac
import http.client
import http.server
import json
import os
import random
import threading
import unittest

from daemon import LONG, Daemon
from waiting import pass_time, until

ROUNDS = 100 if LONG else 15
EVENTS = 12  # a round
LEADS = 7
KEY = bytes(range(32))
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
CONFIG = """secrets: [{ name: HOOK, value: "whsec_%s" }]
outbound: { allow: [127.0.0.1] }
"""


class Receiver:
    """Notes what is genuine, then answers well, badly, late or not at all."""

    def __init__(self):
        receiver = self
        self.got, self.faults, self.kind = [], [], True
        self.lock, self.random = threading.Lock(), random.Random(5)

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                answer = receiver.take(self.headers, body)
                if answer is None:
                    self.close_connection = True
                    return
                if answer == "late":
                    pass_time(0.3)
                self.send_response(500 if answer == "bad" else 204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, request, client_address):
                pass  # the daemon was killed meanwhile

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def take(self, headers, body):
        identity, instant = headers["webhook-id"], headers["webhook-timestamp"]
        signed = ("%s.%s." % (identity, instant)).encode() + body
        wanted = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        with self.lock:
            if headers["webhook-signature"] != wanted:
                self.faults.append(identity)
            self.got.append((identity, body))
            return "well" if self.kind else self.random.choice(["well", "well", "well", "bad", "late", None])

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class Outbox(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.daemon = Daemon()
        self.addCleanup(self.daemon.remove)
        self.daemon.rules = os.path.join(self.daemon.base, "rules")
        os.mkdir(self.daemon.rules)
        settings = os.path.join(self.daemon.base, "embudo.yaml")
        with open(os.path.join(self.daemon.rules, "rules.lua"), "w") as file:
            file.write(RULES % self.receiver.port)
        with open(settings, "w") as file:
            file.write(CONFIG % base64.b64encode(KEY).decode())
        os.chmod(settings, 0o600)
        self.daemon.options = ["--config", settings]
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

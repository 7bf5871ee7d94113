"""Calls to others while a daemon stops, starts again and changes its rules, and a provider that is down for ten minutes: rows 4, 17, 19
and 20."""

import collections
import json
import threading
import time
import unittest

import faults
from daemon import Daemon
from others import Service, change_rules, prepare
from waiting import stays, until

GRANTED_S = 2  # shutdown_time
STOP_LIMIT_S = GRANTED_S + 5
SETTINGS = "shutdown_time: %ds\n" % GRANTED_S
RULES = """
dimension "fit" {}
enricher "company" {
  needs = { "email_domain" }, gives = { "employees" }, %(pace)s timeout = "30s",
  run = function(lead, http)
    local answer, err = http.get("http://127.0.0.1:%(asked)d/" .. lead.traits.email_domain)
    if not answer then error(err) end
    if answer.status ~= 200 then error("it answered " .. answer.status) end
    return { employees = answer.json.employees * %(factor)d }
  end,
}
rule "large" { when = trait { employees = at_least(1) }, points = { fit = %(points)d } }
%(more)s
destination "crm" { url = "http://127.0.0.1:%(told)d/hook", secrets = secret "HOOK", timeout = "30s", concurrency = 4,
  schedule = { "50ms", "100ms", "100ms" } }
effect "told" { on = track "Told", to = "crm", type = "test.told" }
"""
EMPLOYEES = 7


def answers_well(_):
    return 200, {"employees": EMPLOYEES}, {}


class CallsTest(unittest.TestCase):
    def setUp(self):
        self.asked, self.told = Service(answers_well), Service(lambda _: 204)
        self.addCleanup(lambda: [service.close() for service in (self.asked, self.told) if not service.freed.is_set()])
        self.daemon = Daemon()
        self.addCleanup(self.daemon.remove)
        prepare(self.daemon, self.rules(), SETTINGS)

    def rules(self, pace="", factor=1, points=30, more=""):
        return RULES % {"asked": self.asked.port, "told": self.told.port, "pace": pace, "factor": factor, "points": points, "more": more}

    def identify(self, names):
        for name in names:
            event = {"userId": name, "messageId": "id-" + name, "traits": {"email": "%s@%s.example" % (name, name)}}
            self.assertEqual(self.daemon.post("/v1/identify", event).status, 200)

    def tell(self, names):
        for name in names:
            self.assertEqual(self.daemon.post("/v1/track", {"userId": name, "messageId": "t-" + name, "event": "Told"}).status, 200)

    def employees(self, name):
        return self.daemon.get("/v1/leads/" + name).json()["traits"].get("employees", {}).get("value")

    def wait_known(self, names, employees=EMPLOYEES, seconds=60):
        until("all are known", lambda: all(self.employees(name) == employees for name in names), seconds)

    def domains(self):
        return collections.Counter(call.path.split(".")[0][1:] for call in self.asked.seen())

    def bodies(self):
        """What was told, by id; each attempt says the same."""
        bodies = {}
        for call in self.told.seen():
            self.assertTrue(call.is_signed())
            self.assertEqual(bodies.setdefault(call.headers["webhook-id"], call.body), call.body)
        return bodies

    def assert_told_once(self, names):
        told = collections.Counter(json.loads(body)["data"]["lead"]["id"] for body in self.bodies().values())
        self.assertEqual(told, collections.Counter(names))
        states = collections.Counter(row["state"] for row in self.daemon.get("/v1/outbox?limit=1000").json()["outbox"])
        self.assertEqual(states, collections.Counter(delivered=len(names)))

    def assert_stops(self, at_least_s=0.0):
        begun = time.monotonic()
        self.assertEqual(self.daemon.stop(), 0, self.daemon.log_tail())
        took = time.monotonic() - begun
        self.assertLess(took, STOP_LIMIT_S)
        self.assertGreater(took, at_least_s)

    def says_once(self, names, outcome="answered"):
        """Each has one event that says so."""
        said = collections.Counter()
        for record in self.daemon.journal():
            for event in record["body"].get("batch", []):
                if event.get("type") == "enrichment" and event["properties"]["outcome"] == outcome:
                    said[event["userId"]] += 1
        self.assertEqual(said, collections.Counter(names))


class Stop(CallsTest):
    names = ["l%d" % number for number in range(9)]

    def hold(self, service, then):
        """Who calls waits until the service is told to go on."""
        service.answers = lambda call: service.freed.wait() and then(call)

    def test_what_is_answered_in_time_counts(self):
        """A hand-off that is under way is waited for, and not made again; what was asked is asked again."""
        self.hold(self.asked, answers_well)
        self.hold(self.told, lambda _: 204)
        self.daemon.start()
        self.identify(self.names)
        self.tell(self.names)
        until("calls are under way", lambda: len(self.asked.seen()) >= 8 and len(self.told.seen()) == 4)
        self.daemon.signal(15)
        stays("it waits", self.daemon.is_running, GRANTED_S / 4)
        self.told.freed.set()
        self.assertEqual(self.daemon.wait(STOP_LIMIT_S), 0, self.daemon.log_tail())
        self.assertEqual(len(self.told.seen()), 4, "nothing more is begun")
        self.asked.answers = answers_well
        self.daemon.start()
        self.wait_known(self.names)
        until("all are told", lambda: len(self.told.seen()) >= len(self.names))
        self.assertEqual(len(self.told.seen()), len(self.names), "none twice")
        until("all is noted", lambda: not self.daemon.get("/v1/outbox?state=waiting").json()["outbox"])
        self.assert_told_once(self.names)
        self.says_once(self.names)
        self.assert_stops()

    def test_what_hangs_is_given_up(self):
        """Nobody answers: it stops in its time, and begins again with the same ids and bytes. Three times over."""
        self.hold(self.asked, answers_well)
        self.hold(self.told, lambda _: 204)
        for number in range(3):
            self.daemon.start()
            if number == 0:
                self.identify(self.names)
                self.tell(self.names)
            until("attempts are made", lambda: len(self.told.seen()) == 4 * (number + 1))
            self.assert_stops(at_least_s=GRANTED_S - 0.5)
        self.asked.answers, self.told.answers = answers_well, lambda _: 204
        self.daemon.start()
        self.wait_known(self.names)
        until("nothing waits", lambda: not self.daemon.get("/v1/outbox?state=waiting").json()["outbox"])
        self.assert_told_once(self.names)
        self.says_once(self.names)
        self.assert_stops()

    def test_who_waits_for_their_turn_is_not_forgotten(self):
        """One at a time, and the first does not answer: the others are asked about after a start as well."""
        change_rules(self.daemon, self.rules(pace="concurrency = 1,"))
        self.hold(self.asked, answers_well)
        self.daemon.start()
        self.identify(self.names)
        until("one is asked about", self.asked.seen)
        self.assert_stops()
        self.asked.answers = answers_well
        self.daemon.start()
        self.wait_known(self.names)
        self.says_once(self.names)
        self.assert_stops()


class Reload(CallsTest):
    names = ["r%d" % number for number in range(12)]

    def running(self):
        return self.daemon.get("/v1/rulesets").json()["rulesets"][0]["ruleset"]

    def change(self, **what):
        before = self.running()
        change_rules(self.daemon, self.rules(**what))
        until("it is in charge", lambda: self.running() != before)

    def reload_in_the_middle(self, **what):
        """Eight are under way, four wait. Answers under the old rules are dropped; everybody is asked about under the new ones."""
        self.asked.answers = lambda call: self.asked.freed.wait() and answers_well(call)
        self.daemon.start()
        self.identify(self.names)
        until("calls are under way", lambda: len(self.asked.seen()) == 8)
        self.change(factor=10, **what)
        self.asked.freed.set()
        self.wait_known(self.names, EMPLOYEES * 10)
        self.says_once(self.names)
        self.assertLessEqual(len(self.asked.seen()), 8 + len(self.names))
        self.assert_stops()

    def test_points_change(self):
        """The same patterns: the rules are swapped in place."""
        self.reload_in_the_middle(points=40)

    def test_patterns_change(self):
        """Other patterns: the journal is read anew."""
        self.reload_in_the_middle(more='rule "page" { on = page { path = starts "/pricing" }, points = { fit = 1 } }\n')

    def test_again_and_again(self):
        """Changes faster than answers: whoever waits is asked about under the last rules."""
        self.asked.answers = lambda call: self.asked.freed.wait() and answers_well(call)
        self.daemon.start()
        self.identify(self.names)
        until("calls are under way", lambda: len(self.asked.seen()) == 8)
        for number in range(6):
            calls = len(self.asked.seen())
            self.change(factor=2 + number, more=number % 2 * 'rule "page" { on = page {}, points = { fit = 1 } }\n')
            until("they are asked about again", lambda: len(self.asked.seen()) == calls + 8)
        self.asked.freed.set()
        self.wait_known(self.names, EMPLOYEES * 7)
        self.says_once(self.names)
        self.assert_stops()


class Down(CallsTest):
    rate = 10
    names = ["d%d" % number for number in range(40)]

    def setUp(self):
        super().setUp()
        self.clock = faults.Clock(self.daemon.base)
        self.addCleanup(self.clock.close)
        self.daemon.env.update(self.clock.env())
        change_rules(self.daemon, self.rules(pace='rate = "%d/s",' % self.rate))

    def pass_minutes(self, count):
        """Somebody comes each minute, and may be the one by whom the provider is tried."""
        for minute in range(1, count + 1):
            self.clock.set(60 * minute)
            self.identify(["m%d" % minute])
            stays("it is alive", self.daemon.is_running, 0.2)
        return ["m%d" % minute for minute in range(1, count + 1)]

    def busiest_second(self, calls):
        return max(sum(call.came <= other.came < call.came + 1 for other in calls) for call in calls)

    def test_ten_minutes(self):
        down = lambda _: 503
        self.asked.answers = down
        self.daemon.start()
        self.identify(self.names)
        until("it has given up for now", lambda: len(self.asked.seen()) >= 5)
        names = self.names + self.pass_minutes(10)
        tried = len(self.asked.seen())
        self.assertLess(tried, 5 + 8 + 15, "it is left alone while it is down")

        self.asked.answers = lambda call: self.asked.freed.wait() and answers_well(call)
        self.clock.set(60 * 13)
        self.identify(["last"])
        until("it is tried", lambda: len(self.asked.seen()) == tried + 1)
        stays("one alone tries it", lambda: len(self.asked.seen()) == tried + 1, 1)
        self.asked.freed.set()
        self.wait_known(names + ["last"])
        calls = self.asked.seen()[tried + 1:]
        self.assertLessEqual(self.busiest_second(calls), self.rate + 1)
        self.says_once(names + ["last"])
        self.says_once([], outcome="failed")
        self.assert_stops()
        print("down: %d calls in ten minutes; back: %d, at most %d in a second" % (tried, len(calls) + 1, self.busiest_second(calls)))


HOSTILE = {  # a run that does so -> what it fails with; None: it answers
    "loops": ("while true do end", "fuel"),
    "loops_later": ("http.get(URL) while true do end", "fuel"),
    "loops_caught": ("while true do pcall(function() while true do end end) end", "fuel"),
    "grows": ("local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end", None),
    "raises_table": ("error({})", "script"),
    "raises_nothing": ("error(nil)", "script"),
    "asks_in_sort": ("table.sort({ 3, 1, 2 }, function(a, b) http.get(URL) return a < b end)", "script"),
    "asks_in_gsub": ("return { hostile = ('aa'):gsub('a', function() return http.get(URL).body end) }", "script"),
    "asks_in_tostring": ("return { hostile = tostring(setmetatable({}, { __tostring = function() return http.get(URL).body end })) }", "script"),
    "asks_without_end": ("for _ = 1, 1e9 do http.get(URL) end", None),
    "answers_function": ("return { hostile = function() end }", "script"),
    "answers_nan": ("return { hostile = 0 / 0 }", "script"),
    "answers_circle": ("local t = {} t.t = t return { hostile = t }", "script"),
    "answers_text": ("return 'text'", "script"),
    "sends_circle": ("local t = {} t.t = t http.post(URL, { json = t })", "script"),
    "asks_nobody": ("http.get(nil)", "script"),
    "breaks_lines": ("local a, err = http.get(URL, { headers = { a = 'b\\r\\nc: d' } }) error(err)", "invalid"),
    "changes_http": ("http.get = 5", "script"),
    "reads_files": ("local a, err = http.get('file:///etc/passwd') error(err)", "invalid"),
    "asks_metadata": ("local a, err = http.get('http://169.254.169.254/') error(err)", "denied"),
    "asks_disguised": ("local a, err = http.get('http://[::ffff:169.254.169.254]/') error(err)", "denied"),
    "asks_decimal": ("local a, err = http.get('http://2852039166/') error(err)", "denied"),
    "asks_hexadecimal": ("local a, err = http.get('http://0xa9.0xfe.0xa9.0xfe/') error(err)", "denied"),
    "asks_loopback": ("local a, err = http.get('http://0x7f.2/') error(err)", "denied"),
}
HOSTILE_JSON = ['{"a":NaN}', '{"a":1e999}', '{"a":', "[" * 100000, '{"a":' * 500 + "1" + "}" * 500, "\ufeff{}", "null", '{"a":"x\\u0000"}', ""]


class Hostile(CallsTest):
    """Scripts and answers that mean no good: each costs only its own run."""

    def enricher(self, name, body):
        body = body.replace("URL", '"http://127.0.0.1:%d/x"' % self.asked.port)
        return """enricher "%s" { needs = { "email_domain" }, gives = { "hostile" }, retries = 0, timeout = "3s",
  run = function(lead, http) %s end }""" % (name, body)

    def outcomes(self):
        found = {}
        for record in self.daemon.journal():
            for event in record["body"].get("batch", []):
                if event.get("type") == "enrichment" and event["properties"]["outcome"] != "asked":
                    found[event["event"]] = event["properties"]
        return found

    def test_scripts(self):
        more = "\n".join(self.enricher(name, body) for name, (body, _) in HOSTILE.items())
        change_rules(self.daemon, self.rules(more=more))
        self.daemon.start()
        self.identify(["h1"])
        self.wait_known(["h1"])
        until("each has come to an end", lambda: set(self.outcomes()) >= set(HOSTILE))
        found = self.outcomes()
        for name, (_, error) in HOSTILE.items():
            self.assertEqual(found[name]["outcome"], "failed", name)
            if error:
                self.assertEqual(found[name]["error"], error, name)
        self.identify(["h2"])
        self.wait_known(["h2"])
        self.assertNotIn("hostile", self.daemon.get("/v1/leads/h1").json()["traits"])
        self.assert_stops()

    def test_who_waits_is_not_lost_with_the_memory_of_others(self):
        """A run that spends the memory which all share ends; the others, though nobody may ask them twice, begin again."""
        greedy = "http.get(URL .. 'greedy') local t = { 'much' } for i = 1, 60 do t[i + 1] = t[i] .. t[i] end"
        patient = "return { hostile = http.get(URL .. 'patient').status }"
        change_rules(self.daemon, self.rules(more=self.enricher("greedy", greedy) + "\n" + self.enricher("patient", patient)))

        asked = threading.Event()

        def answers(call):
            if call.path == "/xgreedy":
                asked.wait()
            if call.path == "/xpatient" and not asked.is_set():
                asked.set()
                self.asked.freed.wait()
            return answers_well(call)

        self.asked.answers = answers
        self.daemon.start()
        self.identify(["p1"])
        until("one has come to its end", lambda: "greedy" in self.outcomes())
        self.assertEqual(self.outcomes()["greedy"]["error"], "memory")
        self.asked.freed.set()
        until("the other is answered", lambda: "patient" in self.outcomes())
        self.assertEqual(self.outcomes()["patient"]["outcome"], "answered")
        self.assertEqual(sum(call.path == "/xpatient" for call in self.asked.seen()), 2)
        self.assert_stops()

    def test_answers(self):
        """Answers that are no JSON, or JSON that nobody wants: the script gets none, or what there is, and goes on."""
        body = "local a = http.get(URL .. lead.traits.email_domain) return { hostile = type(a.json) .. #a.body }"
        change_rules(self.daemon, self.rules(more=self.enricher("odd", body)))
        wanted = {}

        def answers(call):
            if not call.path.startswith("/x"):
                return answers_well(call)
            return 200, HOSTILE_JSON[int(call.path[3:].split(".")[0])], {"Content-Type": "application/json"}

        self.asked.answers = answers
        self.daemon.start()
        names = ["o%d" % number for number in range(len(HOSTILE_JSON))]
        self.identify(names)
        self.wait_known(names)
        until("each was answered", lambda: all("hostile" in self.daemon.get("/v1/leads/" + name).json()["traits"] for name in names))
        for name, text in zip(names, HOSTILE_JSON):
            wanted[name] = len(text.encode())
            kind = self.daemon.get("/v1/leads/" + name).json()["traits"]["hostile"]["value"]
            self.assertRegex(kind, "^(nil|table|userdata)%d$" % wanted[name])
        self.assert_stops()


if __name__ == "__main__":
    unittest.main()

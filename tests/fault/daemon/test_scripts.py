"""Hostile and wrong scripts in a daemon that works: row 24. The corpus of tests/fault/scripts, as rules and as files."""

import os
import re
import shutil
import subprocess
import threading
import time
import unittest

from daemon import BUILD, HERE, LONG, SANITIZED, Daemon, scratch
from probe import Probe
from waiting import busy, until

SCRIPTS = os.path.join(HERE, "../scripts")
GOLDEN = os.path.join(HERE, "../../golden")
EVERY = 1 if LONG else 12  # of the scripts, one in so many is tried as a file: each is a reload
ENRICHERS = 50  # in one ruleset
DECLARATIONS = ("hostile/rules", "hostile/many", "mistakes/rules", "mistakes/beginner")  # of tests/golden: whole files that are wrong
ANSWER_S = 3.0  # for one event, its hostile function included: 100 ms of processor time on a machine that may be busy
LOADED_S = 30
ENRICHED_S = 120
GROWTH_KB = 64 * 1024  # what a daemon may keep of it all: one state of 16 MiB, twice while another is built

CALM = """
dimension "engagement" {}
rule "calm" { doc = "Looked", on = page {}, points = { engagement = 1 } }
"""


def corpus():
    """Name -> (text, the words it may end with)."""
    scripts = {}
    for file in sorted(os.listdir(SCRIPTS)):
        if file.endswith(".lua"):
            with open(os.path.join(SCRIPTS, file), encoding="utf-8") as source:
                text = source.read()
            scripts[file[:-4]] = (text, re.search(r"^-- expect: (.*)$", text, re.M).group(1).split())
    return scripts


def declarations():
    """Name -> bytes of files whose declarations attack, or are a beginner's mistake."""
    files = {}
    for part in DECLARATIONS:
        directory = os.path.join(GOLDEN, part)
        for name in sorted(os.listdir(directory)):
            if name.endswith((".lua", ".yaml")):
                with open(os.path.join(directory, name), "rb") as source:
                    files["%s/%s" % (part, name)] = source.read()
    return files


def as_enricher(name, text):
    return ('enricher "%s" { needs = { "email" }, gives = { "told" }, when = trait { try = "%s" }, retries = 0, deadline = "5s",\n'
            '  run = function(lead, http, dns, lookup) local event = lead %s\nend }\n' % (name, name, text))


def as_rule(name, text):
    return 'rule "%s" { doc = "hostile", on = track "%s", points = function(lead, event) %s\nend }\n' % (name, name, text)


def write(directory, files):
    os.makedirs(directory, exist_ok=True)
    for name, text in files.items():
        with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
            file.write(text)


def check(directory):
    out = subprocess.run([os.path.join(BUILD, "embudo"), "check", directory], capture_output=True, check=False)
    return out.returncode == 0, out.stdout.decode("utf-8", "replace") + out.stderr.decode("utf-8", "replace")


class Scripts(unittest.TestCase):
    def setUp(self):
        self.scripts, self.looks = corpus(), 0
        self.base = scratch("scripts")
        self.addCleanup(shutil.rmtree, self.base, True)
        self.rules = os.path.join(self.base, "rules")
        write(self.rules, {"calm.lua": CALM})

    def start(self):
        self.daemon = Daemon(base=self.base, rules=self.rules)
        self.addCleanup(self.daemon.remove)
        self.daemon.start()

    def calm(self):
        """Somebody looks at a page, and it counts."""
        self.looks += 1
        answer = self.daemon.post("/v1/page", {"userId": "calm"})
        self.assertEqual(answer.status, 200, answer.body)
        self.daemon.wait_settled()
        self.assertEqual(self.daemon.get("/v1/leads/calm").json()["scores"]["engagement"], self.looks)

    def loadable(self, names, written=as_rule):
        """Which scripts are functions that a rule (or an enricher) may have. The others are refused with their place."""
        loading, names = names, []
        for name in loading:
            text, ends = self.scripts[name]
            directory = os.path.join(self.base, "one")
            write(directory, {"calm.lua": CALM, "hostile.lua": written(name, text)})
            loads, said = check(directory)
            if loads:
                names.append(name)
                continue
            self.assertIn("error", ends, "%s: %s" % (name, said))
            self.assertRegex(said, r"hostile\.lua:\d+: ", name)
        return names

    def test_as_rules(self):
        """One after the other, each several times: others are scored, and each rule that fails says where."""
        names = self.loadable(self.scripts)
        self.assertGreater(len(names), 100)
        write(self.rules, {"%s.lua" % name: as_rule(name, self.scripts[name][0]) for name in names})
        self.start()
        self.calm()
        before_kb, took = self.daemon.rss_kb(), []
        with Probe(self.daemon) as probe:
            for name in names:
                for turn in range(2):
                    event = {"userId": "eve", "event": name, "messageId": "%s-%d" % (name, turn), "properties": {"n": 1}}
                    begun = time.monotonic()
                    answer = self.daemon.post("/v1/track", event)
                    took.append(time.monotonic() - begun)
                    self.assertEqual(answer.status, 200, name)
                self.calm()
                self.judge(name)
        took.sort()
        print("%d scripts as rules: an event takes %.0f ms (median), %.0f (99 %%), %.0f (worst); healthz %.0f ms (99 %%); "
              "%+d kB" % (len(names), took[len(took) // 2] * 1000, took[len(took) * 99 // 100] * 1000, took[-1] * 1000,
                          probe.percentile(0.99), self.daemon.rss_kb() - before_kb))
        self.assertLess(took[-1], ANSWER_S * busy())
        self.assertEqual(self.daemon.get("/v1/leads/eve").json()["scores"]["engagement"], 2, "points_many_results alone gives any")
        if not SANITIZED:
            self.assertLess(self.daemon.rss_kb(), before_kb + GROWTH_KB)
        self.assertEqual(self.daemon.stop(), 0)

    def judge(self, name):
        """It failed where it is, if it must fail."""
        ends = self.scripts[name][1]
        rule = self.daemon.get("/v1/rules/" + name).json()
        wrong_points = name.startswith("points_") and name != "points_many_results"
        if "ok" in ends and not wrong_points:
            return
        self.assertEqual(rule["failures"], 2, name)
        failure = rule["recent_failures"][0]
        self.assertEqual(failure["file"], name + ".lua", failure)
        self.assertGreater(failure["line"], 0, failure)
        self.assertTrue(failure["message"], name)

    def test_as_enrichers(self):
        """As functions that wait: each ends, and nobody waits for it."""
        names = self.loadable(list(self.scripts)[::EVERY], as_enricher)
        for begin in range(0, len(names), ENRICHERS):
            some = names[begin:begin + ENRICHERS]
            write(self.rules, {"enrichers.lua": "".join(as_enricher(name, self.scripts[name][0]) for name in some)})
            self.start()
            self.calm()
            for name in some:
                traits = {"email": name + "@acme.example", "try": name}
                answer = self.daemon.post("/v1/identify", {"userId": name, "traits": traits})
                self.assertEqual(answer.status, 200, answer.body)
                self.calm()
            until("every enricher has run", lambda: self.enrichers_run() >= set(some), ENRICHED_S)
            self.assertEqual(self.daemon.stop(), 0)

    def enrichers_run(self):
        """Whose runs have ended, somehow."""
        return set(re.findall(r'^embudo_enricher_runs_total\{enricher="([^"]+)",result="[^"]+"\} [1-9]', self.daemon.get("/metrics").body.decode(), re.M))

    def test_as_declarations(self):
        """Files whose declarations attack are saved into the live directory: each is refused with its place."""
        self.start()
        self.calm()
        files = declarations()
        self.assertGreater(len(files), 30)
        for name in list(files)[::1 if LONG else 4]:
            hostile = "hostile" + os.path.splitext(name)[1]
            self.save(files[name], hostile)
            self.calm()
            os.remove(os.path.join(self.rules, hostile))
            until("it is forgotten", lambda: "failed" not in self.daemon.get("/v1/rulesets?limit=1").json())
        self.assertEqual(self.daemon.stop(), 0)

    def test_as_files(self):
        """Each is saved into the live directory: it is taken or refused with its place, and nobody notices."""
        self.start()
        self.calm()
        for name in list(self.scripts)[::EVERY]:
            self.save("-- %s\n%s" % (name, self.scripts[name][0]))
            self.calm()
            self.assertEqual(self.daemon.get("/healthz").status, 200)
        os.remove(os.path.join(self.rules, "hostile.lua"))
        self.assertEqual(self.daemon.stop(), 0)

    def wait_for_other(self, before):
        deadline, pause = time.monotonic() + LOADED_S, threading.Event()
        while time.monotonic() < deadline:
            now = self.daemon.get("/v1/rulesets?limit=1").json()
            if now != before:
                return now
            pause.wait(0.02)
        raise AssertionError("nothing came of the file:\n" + self.daemon.log_tail())

    def save(self, text, name="hostile.lua"):
        before = self.daemon.get("/v1/rulesets?limit=1").json()
        with open(os.path.join(self.rules, name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode("utf-8"))
        now = self.wait_for_other(before)
        if "failed" in now and now["failed"] != before.get("failed"):
            self.assertTrue(any(problem["file"] == name for problem in now["failed"]["problems"]), now["failed"])


if __name__ == "__main__":
    unittest.main()

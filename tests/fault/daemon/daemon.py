"""A real embudo, started, stopped and killed as an operator or a power cut would."""

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from base64 import b64encode

from waiting import until

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.abspath(os.environ.get("EMBUDO_BUILD", os.path.join(HERE, "../../../build/debug")))
TOOLS = os.path.join(BUILD, "tests/fault")
RULES = os.path.join(HERE, "rules")
LONG = os.environ.get("EMBUDO_LONG") == "1"
SANITIZED = os.path.basename(BUILD) in ("asan", "tsan")  # several times slower, and no malloc of their own

WRITE_KEY = "write-key-of-the-fault-tests"
TOKEN = "admin-token-of-the-fault-tests"
START_S = 60  # to give up; how long a start may take is measured and judged apart
STOP_S = 30


def scratch(name):
    """A directory of this test's own, as the process sees it after all links."""
    root = os.environ.get("EMBUDO_SCRATCH") or tempfile.gettempdir()
    return os.path.realpath(tempfile.mkdtemp(prefix="embudo-%s-" % name, dir=root))


def preload(name):
    return os.path.join(TOOLS, "preload_%s.so" % name)


class Died(Exception):
    """The daemon ended when nobody wanted it to."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def json(self):
        return json.loads(self.body)


class Daemon:
    """One process at a time on one data directory. Its messages are kept in `log_path` over all starts."""

    def __init__(self, base=None, data=None, rules=RULES, env=None, before=(), options=()):
        self.base = base or scratch("daemon")
        self.data = data or os.path.join(self.base, "data")
        self.log_path = os.path.join(self.base, "log.txt")
        self.rules, self.env, self.before, self.options = rules, dict(env or {}), list(before), list(options)
        self.process = None
        self.port = 0
        self.ready_s = None
        self.told = threading.Event()

    # --- life

    def command(self):
        return self.before + [
            os.path.join(BUILD, "embudo"), "run", "--data", self.data, "--rules", self.rules,
            "--listen", "127.0.0.1:0"] + self.options

    def environment(self):
        env = dict(os.environ, EMBUDO_WRITE_KEY=WRITE_KEY, EMBUDO_ADMIN_TOKEN=TOKEN, EMBUDO_FAULT_DIR=self.data)
        env.setdefault("ASAN_OPTIONS", "detect_leaks=1")
        env.update(self.env)
        return env

    def spawn(self, stdout=subprocess.PIPE, stderr=None):
        """Starts it and does not wait."""
        log = stderr if stderr is not None else open(self.log_path, "ab")
        self.port, self.ready_s, self.spawned = 0, None, time.monotonic()
        self.told = threading.Event()  # of its address, or of its end
        self.process = subprocess.Popen(self.command(), env=self.environment(), stdin=subprocess.DEVNULL, stdout=stdout,
                                        stderr=log, start_new_session=True)
        if stderr is None:
            log.close()
        if stdout == subprocess.PIPE:
            self.reader = threading.Thread(target=self._read_port, args=(self.process, self.told), daemon=True)
            self.reader.start()
        return self

    def _read_port(self, process, told):
        for line in process.stdout:
            found = re.search(rb"listening on http://.*:(\d+)", line)
            if found and process is self.process:
                self.ready_s = time.monotonic() - self.spawned
                self.port = int(found.group(1))
                told.set()
        process.stdout.close()
        told.set()

    def wait_ready(self, seconds=START_S):
        """Until it says that it listens; how long that took."""
        if not self.told.wait(seconds):
            raise Died("not ready after %d s:\n%s" % (seconds, self.log_tail()))
        if not self.port:  # its standard output is at its end
            raise Died("exit code %s before it was ready:\n%s" % (self.process.wait(STOP_S), self.log_tail()))
        return self.ready_s

    def start(self, seconds=START_S):
        self.spawn()
        self.wait_ready(seconds)
        return self

    def signal(self, number):
        self.process.send_signal(number)

    def wait(self, seconds=STOP_S):
        """Its exit code; negative: the signal that ended it."""
        code = self.process.wait(seconds)
        self.port = 0
        return code

    def kill9(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.wait()

    def stop(self, seconds=STOP_S):
        """SIGTERM, and its exit code."""
        self.signal(signal.SIGTERM)
        return self.wait(seconds)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def remove(self):
        self.kill9()
        shutil.rmtree(self.base, ignore_errors=True)

    # --- what it says

    def log(self):
        with open(self.log_path, "rb") as file:
            return file.read().decode("utf-8", "replace")

    def log_tail(self, lines=40):
        return "\n".join(self.log().splitlines()[-lines:])

    def wait_log(self, text, seconds=30):
        try:
            until("the log says %r" % text, lambda: text in self.log(), seconds)
        except AssertionError as late:
            raise AssertionError("%s:\n%s" % (late, self.log_tail())) from None

    def status(self, key):
        """A line of /proc/PID/status, as text."""
        with open("/proc/%d/status" % self.process.pid) as file:
            for line in file:
                if line.startswith(key + ":"):
                    return line.split(":", 1)[1].strip()
        raise KeyError(key)

    def rss_kb(self):
        return int(self.status("VmRSS").split()[0])

    def fds(self):
        return len(os.listdir("/proc/%d/fd" % self.process.pid))

    # --- requests

    def request(self, method, path, body=None, headers=None, timeout=30, connection=None):
        own = connection is None
        connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            if own:
                connection.close()

    def get(self, path, timeout=30, connection=None):
        return self.request("GET", path, None, {"Authorization": "Bearer " + TOKEN}, timeout, connection)

    def post(self, path, body, timeout=30, connection=None):
        if not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        return self.request("POST", path, body, ingest_headers(), timeout, connection)

    def metric(self, name):
        """The value of one without labels."""
        found = re.search(r"^%s (\S+)" % re.escape(name), self.get("/metrics").body.decode(), re.M)
        return float(found.group(1))

    def requests_under_way(self):
        """Read, and not yet answered; without the one that asks."""
        return int(self.metric("embudo_http_requests_open")) - 1

    def wait_settled(self, seconds=60):
        """Until every lead has been folded since the start."""
        until("all leads are folded", lambda: self.get("/v1/leads?limit=1").json().get("complete"), seconds)

    def leads(self):
        """The names of all leads, by the pages of the list."""
        names, path = [], "/v1/leads?limit=500"
        while True:
            page = self.get(path).json()
            names += [row["lead"] for row in page["leads"]]
            if not page["next"]:
                return names
            path = "/v1/leads?limit=500&cursor=" + page["next"]

    # --- files

    def doctor(self):
        """What `embudo doctor` finds, line by line; whether all is well."""
        command = [os.path.join(BUILD, "embudo"), "doctor", "--data", self.data, "--rules", self.rules]
        out = subprocess.run(command, capture_output=True, check=False)
        return out.returncode == 0, (out.stdout + out.stderr).decode()

    def journal(self):
        """All records of the journal, by the store's own reader."""
        out = subprocess.run([os.path.join(TOOLS, "journal"), self.data], capture_output=True, check=False)
        if out.returncode != 0:
            raise AssertionError(out.stderr.decode())
        return [json.loads(line) for line in out.stdout.splitlines()]


def ingest_headers():
    basic = b64encode((WRITE_KEY + ":").encode()).decode()
    return {"Content-Type": "application/json", "Authorization": "Basic " + basic}

"""A long life: memory and file descriptors stay what they are while clients send, repeat, read, listen, come and go."""

import http.client
import threading
import time
import unittest
from statistics import mean
from urllib.parse import quote

import judge
from crowd import LOST, Client, Ledger
from daemon import LONG, SANITIZED, TOKEN, Daemon
from probe import Probe
from waiting import pass_time, until

STEADY_S = 20 * 60 if LONG else 2 * 60
SAMPLE_S = 0.5
FIRST_REQUESTS = 600  # new ones; from then on nearly all are repetitions, which leave nothing behind
NEW_SHARE = 0.02
SETTLING = 1 / 3  # of the time: what allocators and caches take once
EVENT_KB = 0.5  # a new event may take so much: its touch, its message id, its place in lists
GROWTH = 0.05  # of the memory there is, over the time that is judged: the line through the samples may not rise by more
MORE_FDS = 3
PAUSE_S = 0.01


class Repeater(Client):
    """An SDK that soon has nothing new to say."""

    def next_request(self):
        if self.ledger.statuses.get(200, 0) < FIRST_REQUESTS or self.random.random() < NEW_SHARE or not self.old:
            return super().next_request()
        return self.random.choice(self.old)


class Reader(threading.Thread):
    """People who look at leads, each time by a connection of their own, and listen to the stream for a moment."""

    def __init__(self, daemon):
        super().__init__(daemon=True)
        self.target, self.ended, self.answers, self.failed = daemon, threading.Event(), 0, []

    def run(self):
        while not self.ended.is_set():
            try:
                self.round()
            except LOST as error:
                self.failed.append(repr(error))

    def round(self):
        names = self.target.leads()
        self.look("/v1/accounts")
        self.look("/metrics")
        for name in names[:: max(1, len(names) // 5)]:
            for part in ("", "/explain", "/timeline"):
                self.look("/v1/leads/%s%s" % (quote(name, safe=""), part))
        self.listen()

    def look(self, path):
        status = self.target.get(path).status
        self.answers += 1
        if status not in (200, 404):  # somebody may just have become part of somebody else
            self.failed.append("%s: %d" % (path, status))
        self.ended.wait(PAUSE_S)

    def listen(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=30)
        connection.request("GET", "/v1/stream", headers={"Authorization": "Bearer " + TOKEN})
        connection.getresponse().read(1)
        connection.close()


def slope(points):
    """Of the line through them, by least squares."""
    middle_x, middle_y = mean(x for x, _ in points), mean(y for _, y in points)
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread


class Soak(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)
        self.daemon.start()

    def samples(self):
        """(second, KB without what new events may take, file descriptors), over the steady time."""
        begun, taken = time.monotonic(), []
        while time.monotonic() - begun < STEADY_S:
            pass_time(SAMPLE_S)
            kb = self.daemon.rss_kb() - EVENT_KB * len(self.ledger.sent)
            taken.append((time.monotonic() - begun, kb, self.daemon.fds()))
        return taken

    def test_memory_and_descriptors_stay(self):
        clients = [Repeater(self.daemon, self.ledger, seed, pause_s=PAUSE_S) for seed in range(1, 5)]
        reader = Reader(self.daemon)
        with Probe(self.daemon, every_s=0.05) as probe:
            for thread in clients + [reader]:
                thread.start()
            until("all that is new was said", lambda: self.ledger.statuses.get(200, 0) >= FIRST_REQUESTS, 300)
            taken = self.samples()
            for thread in clients + [reader]:
                thread.ended.set()
            for thread in clients + [reader]:
                thread.join()
        self.judge_samples(taken)
        self.assertEqual((reader.failed, probe.failed, set(self.ledger.statuses)), ([], [], {200}))
        self.assertGreater(reader.answers, 100)
        judge.check(self.daemon, self.ledger)
        print("%d s: %d requests of events, %d answers read, %d new events; %d MB, %d descriptors" %
              (STEADY_S, self.ledger.statuses[200], reader.answers, len(self.ledger.sent), self.daemon.rss_kb() / 1024,
               self.daemon.fds()))
        self.assertEqual(self.daemon.stop(), 0)

    def judge_samples(self, taken):
        settled = int(len(taken) * SETTLING)
        judged, seconds = taken[settled:], STEADY_S * (1 - SETTLING)
        self.assertGreater(len(judged), 30, "samples")
        rise = slope([(at, kb) for at, kb, _ in judged]) * seconds
        level = mean(kb for _, kb, _ in judged)
        print("memory: %+.0f KB in %d s at %.0f KB" % (rise, seconds, level))
        if not SANITIZED:  # which keeps what was freed for a while
            self.assertLess(rise, GROWTH * level, "KB of growth")
        third = len(judged) // 3
        early, late = max(fds for *_, fds in judged[:third]), max(fds for *_, fds in judged[-third:])
        self.assertLessEqual(late, early + MORE_FDS, "file descriptors")


if __name__ == "__main__":
    unittest.main()

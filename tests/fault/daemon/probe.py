"""Is it alive, and how long does that take: a thread that asks /healthz again and again, as a load balancer would."""

import http.client
import threading
import time

from crowd import LOST
from waiting import Yardstick


class Probe(threading.Thread):
    def __init__(self, daemon, path="/healthz", every_s=0.005, timeout=10):
        super().__init__(daemon=True)
        self.target, self.path, self.every_s, self.timeout = daemon, path, every_s, timeout
        self.ended = threading.Event()
        self.took_ms, self.failed, self.statuses = [], [], set()
        self.yardstick = Yardstick()

    def __enter__(self):
        self.yardstick.start()
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.yardstick.ended.set()
        self.join()
        self.yardstick.join()

    def run(self):
        connection = None
        while not self.ended.is_set():
            begun = time.monotonic()
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.target.port, timeout=self.timeout)
                connection.request("GET", self.path)
                answer = connection.getresponse()
                answer.read()
                self.statuses.add(answer.status)
                self.took_ms.append((time.monotonic() - begun) * 1000)
            except LOST as error:
                self.failed.append(repr(error))
                connection.close()
                connection = None
            self.ended.wait(self.every_s)
        if connection:
            connection.close()

    def percentile(self, share):
        times = sorted(self.took_ms)
        return times[min(len(times) - 1, int(len(times) * share))]

    def assert_within(self, test, share, limit_ms, why=None):
        """That share of answers came within the limit, on a machine that has nothing else to do."""
        allowed = limit_ms + self.yardstick.allowance_ms(share)
        test.assertLess(self.percentile(share), allowed, why or "ms for %s, at %g %%" % (self.path, share * 100))

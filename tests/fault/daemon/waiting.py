"""Waiting, always for something and with a bound: no test hopes that a while was long enough."""

import os
import threading
import time

LOOK_EVERY_S = 0.02


def pass_time(seconds):
    """For what is about time itself: how long a load lasts, a pause, a pace. Nothing may be concluded from it having passed."""
    threading.Event().wait(seconds)


def until(what, condition, seconds=60):
    """Until the condition holds; what it was then. The bound is for a test that hangs: a busy machine takes its time."""
    deadline = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError("waited %g s in vain until %s" % (seconds, what))
        pass_time(LOOK_EVERY_S)


def stays(what, condition, seconds):
    """The condition holds all the while: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            raise AssertionError("no longer true after all: " + what)
        pass_time(LOOK_EVERY_S)


def at_rest(what, look, rest_s, seconds=60):
    """What look() answers once that has been the same for rest_s."""
    last, since = look(), time.monotonic()
    deadline = since + seconds
    while time.monotonic() - since < rest_s:
        if time.monotonic() > deadline:
            raise AssertionError("waited %g s in vain for rest: %s" % (seconds, what))
        pass_time(LOOK_EVERY_S)
        now = look()
        if now != last:
            last, since = now, time.monotonic()
    return last


def busy():
    """How many want a processor for each there is, at least 1: what takes a second alone takes so many."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


class Yardstick(threading.Thread):
    """How late this machine wakes up who waits, while it is asked for: a busy one is late for everybody, daemons included."""

    NAP_S = 0.002
    SWITCHES = 8  # who asks and who answers wait for a processor in turns, so often at most

    def __init__(self):
        super().__init__(daemon=True)
        self.ended, self.late_ms = threading.Event(), []

    def run(self):
        while not self.ended.is_set():
            begun = time.monotonic()
            self.ended.wait(self.NAP_S)
            self.late_ms.append((time.monotonic() - begun - self.NAP_S) * 1000)

    def allowance_ms(self, share):
        """For an answer that is to come within a time by itself, at that percentile."""
        late = sorted(self.late_ms) or [0]
        return self.SWITCHES * late[min(len(late) - 1, int(len(late) * share))]

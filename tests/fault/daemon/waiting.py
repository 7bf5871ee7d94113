"""Waiting, always for something and with a bound: no test hopes that a while was long enough."""

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

"""kill -9 at any instant, in the middle of a load, a start, a write or a sync: rows 1 and 2."""

import random
import threading
import unittest

import faults
import judge
from crowd import Clients, Ledger
from daemon import LONG, SANITIZED, Daemon, Died
from waiting import busy, pass_time

ROUNDS = 200 if LONG else 20
POINTS = 60 if LONG else 12
JUDGED_EVERY = 4
READY_S = 2.0 * (5 if SANITIZED else 1)


class Kill9(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)
        self.random = random.Random(20261123)

    def start(self):
        ready_s = self.daemon.start().ready_s
        self.assertLess(ready_s, READY_S * busy(), "seconds until it was ready")
        return ready_s

    def maybe_kill_a_start(self):
        """Every third round the process dies while it is still starting."""
        if self.random.random() < 0.34:
            self.daemon.spawn()
            pass_time(self.random.uniform(0, 0.12))
            self.daemon.kill9()

    def kill_soon(self, seconds):
        timer = threading.Timer(seconds, self.daemon.process.kill)
        timer.start()
        return timer

    def test_kill9_at_any_instant(self):
        worst, events = 0.0, 0
        for number in range(ROUNDS):
            self.maybe_kill_a_start()
            worst = max(worst, self.start())
            with Clients(self.daemon, self.ledger, count=4, seed=number + 1):
                self.kill_soon(self.random.uniform(0.05, 0.5)).join()
                self.daemon.wait()
            if number % JUDGED_EVERY == JUDGED_EVERY - 1 or number == ROUNDS - 1:
                worst = max(worst, self.start())
                events, leads, decisions = judge.check(self.daemon, self.ledger)
                self.daemon.kill9()
                well, findings = self.daemon.doctor()
                self.assertTrue(well, findings)
        self.assertGreater(len(self.ledger.acked), ROUNDS * 20, "acknowledged events: hardly a load")
        self.assertGreater(self.ledger.lost, ROUNDS // 2, "requests cut off: hardly a crash")
        print("%d kills: %d events, %d leads, %d decisions, slowest start %.2f s" % (ROUNDS, events, leads, decisions, worst))

    def test_kill_inside_a_write_or_sync(self):
        disk = faults.Disk(self.daemon.base)
        self.addCleanup(disk.close)
        self.daemon.env.update(disk.env())
        for number in range(POINTS):
            at = number + 1 if number < POINTS // 3 else self.random.randrange(1, 200)
            disk.order(faults.KILL, after=at)
            try:
                self.daemon.start()
                with Clients(self.daemon, self.ledger, count=3, seed=1000 + number):
                    self.assertEqual(self.daemon.wait(60), -9)
            except Died:
                self.assertEqual(self.daemon.process.returncode, -9, self.daemon.log_tail())
                self.daemon.wait()
            if number % JUDGED_EVERY == JUDGED_EVERY - 1 or number == POINTS - 1:
                disk.clear()
                self.start()
                judge.check(self.daemon, self.ledger)
                self.assertEqual(self.daemon.stop(), 0)
        self.assertGreater(len(self.ledger.acked), POINTS * 5)


if __name__ == "__main__":
    unittest.main()

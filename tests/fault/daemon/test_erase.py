"""Erasing a person while the process dies, at any instant and at each write and sync, or while the disk is full: row 36."""

import json
import random
import threading
import time
import unittest

import faults
from daemon import LONG, TOKEN, Daemon, Died

ROUNDS = 40 if LONG else 6
POINTS = 80 if LONG else 16
DONE_S = 30
SECRET = "Quirozabal-7f3a9c21"


class Erase(unittest.TestCase):
    def setUp(self):
        self.daemon, self.number, self.others = Daemon(), 0, 0
        self.addCleanup(self.daemon.remove)
        self.random = random.Random(20261123)
        self.ends = {}  # how erasures ended

    def send(self, who):
        """Her events, and other people's between them in the same requests."""
        for body in range(12):
            batch = []
            for item in range(12):
                self.number += 1
                event = {"type": "track", "event": "Demo", "messageId": "m%d" % self.number, "userId": "other-%d" % (item % 5)}
                if item % 3 == 0:
                    event.update(userId=who, properties={"name": "%s %s" % (SECRET, who)})
                else:
                    self.others += 1
                batch.append(event)
            self.assertEqual(self.daemon.post("/v1/batch", {"batch": batch}).status, 200)
        self.daemon.wait_settled()

    def erase(self, who):
        path = "/v1/leads/%s?forget=true" % who
        return self.daemon.request("DELETE", path, None, {"Authorization": "Bearer " + TOKEN}).status

    def try_to_erase(self, who):
        try:
            return self.erase(who)
        except OSError:
            return None
        except Exception as lost:  # an answer that broke off
            return None if type(lost).__module__ == "http.client" else self.fail(lost)

    def records_about(self, text):
        return sum(text in json.dumps(record["body"]) for record in self.daemon.journal())

    def count_others(self):
        events = (event for record in self.daemon.journal() for event in record["body"].get("batch", []))
        return sum(event["userId"].startswith("other-") for event in events)

    def judge(self, who, answered):
        """She is there whole, if nothing was promised, or not at all; and everybody else is."""
        known = self.daemon.get("/v1/leads/" + who).status == 200
        self.assertFalse(known and answered == 200, "she is there though it was acknowledged")
        deadline = time.monotonic() + DONE_S
        while not known and self.records_about(who):
            self.assertLess(time.monotonic(), deadline, "the journal still speaks of her")
            time.sleep(0.05)
        if known:
            events = self.daemon.get("/v1/leads/%s/data" % who).json()["events"]
            self.assertEqual(len(events), 48, "half of her is there")
            self.assertEqual(self.erase(who), 200)
        self.assertEqual(self.records_about(who), 0)
        self.assertEqual(self.records_about(SECRET), 0)
        self.assertEqual(self.count_others(), self.others)
        self.assertNotIn("cannot", self.daemon.log())
        end = "answered" if answered == 200 else "begun" if not known else "not begun"
        self.ends[end] = self.ends.get(end, 0) + 1

    def test_kill9_while_it_erases(self):
        for number in range(ROUNDS):
            who = "gone-%d" % number
            self.daemon.start()
            self.send(who)
            timer = threading.Timer(self.random.uniform(0, 0.15), self.daemon.process.kill)
            timer.start()
            answered = self.try_to_erase(who)
            timer.join()
            self.daemon.wait()
            self.daemon.start()
            self.judge(who, answered)
            self.daemon.kill9()
        print("%d kills: %s" % (ROUNDS, self.ends))

    def test_kill_at_each_write_and_sync(self):
        """And, every second time, again while the next process goes on with it."""
        disk = faults.Disk(self.daemon.base)
        self.addCleanup(disk.close)
        self.daemon.env.update(disk.env())
        for point in range(POINTS):
            who = "gone-%d" % point
            disk.clear()
            self.daemon.start()
            self.send(who)
            disk.order(faults.KILL, after=point)
            answered = self.try_to_erase(who)
            if answered == 200:
                self.daemon.kill9()
            else:
                self.daemon.wait()
            if point % 2:
                disk.order(faults.KILL, after=self.random.randrange(20))
                try:
                    self.daemon.start()
                    time.sleep(0.3)
                except Died:
                    pass
                self.daemon.kill9()
            disk.clear()
            self.daemon.start()
            self.judge(who, answered)
            self.assertEqual(self.daemon.stop(), 0)
        self.assertGreater(self.ends.get("begun", 0), 2, "hardly a kill on the way: %s" % self.ends)
        print("%d points: %s" % (POINTS, self.ends))

    def test_a_full_disk_delays_it(self):
        disk = faults.Disk(self.daemon.base)
        self.addCleanup(disk.close)
        self.daemon.env.update(disk.env())
        self.daemon.start()
        for after in (0, 2, 4, 6, 8):
            who = "gone-%d" % after
            self.send(who)
            answers = []
            disk.order(faults.FULL, after=after)
            asking = threading.Thread(target=lambda: answers.append(self.try_to_erase(who)))
            asking.start()
            time.sleep(0.5)
            disk.clear()
            asking.join(DONE_S)
            self.assertFalse(asking.is_alive(), "no answer, though there is room again")
            deadline = time.monotonic() + DONE_S
            while self.daemon.post("/v1/track", {"event": "E", "userId": "other-0", "messageId": "f%d" % after}).status != 200:
                self.assertLess(time.monotonic(), deadline, "nothing is taken, though there is room again")
                time.sleep(0.1)
            self.others += 1
            self.judge(who, answers[0])
        self.assertEqual(self.daemon.stop(), 0)
        print("full disks: %s" % self.ends)


if __name__ == "__main__":
    unittest.main()

"""Small blocks of the journal are packed together while clients send, and while the process dies: row 1, for what moves what was
acknowledged long ago."""

import os
import random
import subprocess
import unittest

import judge
from crowd import Clients, Ledger
from daemon import BUILD, LONG, Daemon
from waiting import pass_time, until

ROUNDS = 100 if LONG else 10
SINGLES = 1500
EAGER = "journal:\n  block_bytes: 64 KiB\n  pack_share: 90\n  free_share: 1\n"
NEVER = "journal:\n  pack_share: 0\n"


class Pack(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)
        self.settings = os.path.join(self.daemon.base, "embudo.yaml")
        self.daemon.options = ["-c", self.settings]

    def set(self, text):
        with open(self.settings, "w") as file:
            file.write(text)

    def export(self, what):
        return subprocess.run([os.path.join(BUILD, "embudo"), "export", what, "--data", self.daemon.data],
                              stdout=subprocess.PIPE, check=True).stdout

    def test_packing_and_dying(self):
        chance, packed = random.Random(48), 0
        self.set(EAGER)
        for number in range(ROUNDS):
            self.daemon.start()
            with Clients(self.daemon, self.ledger, count=3, seed=number + 1):
                pass_time(chance.uniform(0.1, 1.0))
                try:
                    packed += self.daemon.metric("embudo_journal_packed_blocks_total")
                finally:
                    self.daemon.kill9()
            self.daemon.start()
            judge.check(self.daemon, self.ledger)
            self.daemon.kill9()
            well, findings = self.daemon.doctor()
            self.assertTrue(well, findings)
        self.assertGreater(packed, 0, "blocks were packed together: hardly a test")

    def test_what_is_read_stays_the_same(self):
        self.set(NEVER)
        self.daemon.start()
        for number in range(SINGLES):
            answer = self.daemon.post("/v1/track", {"userId": "u%d" % (number % 50), "event": "Seen", "messageId": "m%d" % number,
                                                    "timestamp": "2026-03-01T10:%02d:%02dZ" % (number // 60 % 60, number % 60)})
            self.assertEqual(answer.status, 200)
        self.assertEqual(self.daemon.metric("embudo_journal_packed_blocks_total"), 0)
        self.assertEqual(self.daemon.stop(), 0)
        before, size = {what: self.export(what) for what in ("events", "decisions")}, self.size()
        self.assertEqual(before["events"].count(b"\n"), SINGLES)
        self.set(EAGER)
        self.daemon.start()
        until("blocks are packed together",
              lambda: self.daemon.metric("embudo_journal_packed_blocks_total") > SINGLES * 0.5, 60)
        for what, text in before.items():
            self.assertEqual(self.export(what), text)
        until("the log was emptied", lambda: self.daemon.metric("embudo_journal_ahead_bytes") == 0, 60)
        self.assertEqual(self.daemon.stop(), 0)
        for what, text in before.items():
            self.assertEqual(self.export(what), text)
        well, findings = self.daemon.doctor()
        self.assertTrue(well, findings)
        print("%d bytes of journal became %d" % (size, self.size()))
        self.daemon.start()
        self.assertEqual(self.daemon.stop(), 0)

    def size(self):
        return os.path.getsize(os.path.join(self.daemon.data, "journal.db"))


if __name__ == "__main__":
    unittest.main()

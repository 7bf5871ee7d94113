"""Power cuts: what the daemon wrote is recorded, and disks are rebuilt from the recording without a part of what was never
synced. On each of them it must start and have all that was acknowledged before the cut: row 3."""

import os
import random
import shutil
import subprocess
import unittest

import judge
from crowd import Clients, Ledger
from daemon import LONG, TOOLS, Daemon, Died, preload, scratch
from waiting import until

IMAGES = 120 if LONG else 20
LOAD = 100  # requests
FIRST_START_SEEDS = 4 if LONG else 1


class Recording:
    """Of one daemon's disk, over all its starts."""

    def __init__(self, daemon):
        self.path = os.path.join(daemon.base, "recording")
        daemon.env.update(LD_PRELOAD=preload("record"), EMBUDO_FAULT_RECORDING=self.path)

    def power(self, *arguments, deaf=False):
        command = [os.path.join(TOOLS, "power")] + (["--deaf"] if deaf else []) + [self.path, *map(str, arguments)]
        return int(subprocess.run(command, check=True, capture_output=True).stdout)

    def operations(self):
        return self.power()

    def image(self, cut, seed, directory, deaf=False):
        """The disk into the directory. The instant of the cut."""
        os.makedirs(directory, mode=0o700)
        return self.power(cut, seed, directory, deaf=deaf)


def before(ledger, instant):
    """The ledger as it was at the cut: what was acknowledged later need not be there."""
    part = Ledger()
    part.sent = ledger.sent
    part.acked = {key: at for key, at in ledger.acked.items() if at < instant}
    return part


class Power(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.random = random.Random(3)
        cls.daemon, cls.ledger = Daemon(), Ledger()
        cls.recording = Recording(cls.daemon)
        cls.live()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.remove()

    @classmethod
    def live(cls):
        """A life with all that happens to the files: bursts, a rest in which the log is tidied, a crash, clean stops."""
        for number, end in enumerate((cls.daemon.kill9, cls.daemon.stop, cls.daemon.kill9)):
            cls.daemon.start()
            for burst in range(2):
                with Clients(cls.daemon, cls.ledger, count=3, seed=10 * number + burst + 1):
                    cls.ledger.wait_answers(LOAD)
                if burst == 0:
                    until("the log is tidied", lambda: cls.daemon.metric("embudo_journal_checkpoints_total") > 0)
            end()

    def start_on_image(self, cut, seed, deaf=False):
        base = scratch("image")
        self.addCleanup(shutil.rmtree, base, True)
        daemon = Daemon(base=base)
        instant = self.recording.image(cut, seed, daemon.data, deaf=deaf)
        self.addCleanup(daemon.remove)
        return daemon.start(), before(self.ledger, instant)

    def test_every_acknowledged_event_survives(self):
        operations, acked = self.recording.operations(), 0
        self.assertGreater(operations, 300)
        for number in range(IMAGES):
            cut = self.random.randrange(1, operations + 1)
            with self.subTest(cut=cut, seed=number):
                daemon, ledger = self.start_on_image(cut, number)
                judge.check(daemon, ledger)
                self.assertEqual(daemon.stop(), 0)
                acked += len(ledger.acked)
                daemon.remove()
        self.assertGreater(acked, IMAGES * 100)
        print("%d power cuts in %d operations: %d acknowledged events" % (IMAGES, operations, acked))

    def test_a_disk_that_lies_is_noticed(self):
        """The test above can fail: without syncs there are losses."""
        operations = self.recording.operations()
        for number in range(10):
            try:
                daemon, ledger = self.start_on_image(operations - 1 - number * 7, number, deaf=True)
                judge.check(daemon, ledger)
            except (Died, judge.Wrong):
                return
        self.fail("ten cuts of a disk that never synced lost nothing")


class FirstStart(unittest.TestCase):
    def test_cut_at_any_operation(self):
        """A start that makes keys of its own, cut anywhere, is followed by one that works."""
        daemon = Daemon()
        self.addCleanup(daemon.remove)
        recording = Recording(daemon)
        daemon.env.update(EMBUDO_WRITE_KEY="", EMBUDO_ADMIN_TOKEN="")
        daemon.start()
        daemon.kill9()
        operations = recording.operations()
        for cut in range(1, operations + 1):
            for seed in range(FIRST_START_SEEDS):
                base = scratch("first")
                image = Daemon(base=base, env={"EMBUDO_WRITE_KEY": "", "EMBUDO_ADMIN_TOKEN": ""})
                recording.image(cut, seed, image.data)
                try:
                    image.start()
                    self.assertEqual(image.stop(), 0)
                finally:
                    image.remove()
        print("%d cuts of a first start" % (operations * FIRST_START_SEEDS))


if __name__ == "__main__":
    unittest.main()

"""Disks that are full, slow or broken: rows 6 to 11 and 13."""

import os
import random
import resource
import shutil
import subprocess
import unittest

import faults
import judge
from crowd import Clients, Ledger
from daemon import LONG, SANITIZED, Daemon, Died
from probe import Probe
from waiting import stays, until

FLIPS = 60 if LONG else 16
LOAD = 100  # requests
TRIED_S = 1.5  # for longer than it waits between two looks at a full disk
EXIT_BROKEN = 70
SYNC_MS = 400
ALIVE_MS = 50 * (6 if SANITIZED else 1)
EVENT = {"type": "page", "userId": "loner-0", "properties": {"path": "/"}}


def mount(directory, size):
    """A disk of that size; False where this process may not."""
    os.makedirs(directory, mode=0o700)
    return subprocess.run(["mount", "-t", "tmpfs", "-o", "size=" + size, "none", directory], capture_output=True,
                          check=False).returncode == 0


class DiskTest(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)
        self.disk = faults.Disk(self.daemon.base)
        self.addCleanup(self.disk.close)
        self.sent = 0

    def start_on_faults(self):
        self.daemon.env.update(self.disk.env())
        self.daemon.start()

    def clients(self, **options):
        self.sent += 1
        return Clients(self.daemon, self.ledger, seed=self.sent, **options)

    def load(self, **options):
        with self.clients(**options):
            self.ledger.wait_answers(LOAD)

    def assert_refuses(self, code):
        """Events are refused so that clients come again; all else goes on."""
        answer = self.daemon.post("/v1/page", EVENT)
        self.assertEqual((answer.status, answer.json()["code"]), (503, code))
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        ready = self.daemon.get("/readyz")
        self.assertEqual((ready.status, ready.json()["code"]), (503, code))
        told = self.daemon.get("/v1/status").json()
        state = {"storage_full": "full", "storage_failed": "broken"}[code]
        self.assertEqual((told["ready"], told["state"], told["store"]["state"]), (False, code, state))
        self.assertTrue(told["why"] and told["store"]["error"])
        self.assertEqual(self.daemon.get("/healthz").status, 200)
        self.assertEqual(self.daemon.get("/v1/leads?limit=1").status, 200)

    def is_ready(self):
        return self.daemon.get("/readyz").status == 200

    def is_full(self):
        return self.daemon.get("/readyz").status == 503


class Full(DiskTest):
    @staticmethod
    def fill(file):
        """A megabyte more, or what there is room for. False: that it is full it has to find out by itself."""
        try:
            file.write(bytes(1 << 20))
        except OSError:
            pass
        return False

    def test_no_room_under_load_and_room_again(self):
        self.start_on_faults()
        with self.clients(count=3):
            for _ in range(3):
                self.ledger.wait_answers(LOAD)
                self.disk.order(faults.FULL)
                until("it is full", self.is_full)
                self.assert_refuses("storage_full")
                self.disk.clear()
                until("there is room again", self.is_ready)
        self.assertIn(503, self.ledger.statuses)
        judge.check(self.daemon, self.ledger)
        self.assertIn("the disk is full", self.daemon.log())
        self.assertIn("the disk has room again", self.daemon.log())
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_real_small_disk(self):
        """48 MB, filled by somebody else to the last byte, and emptied again."""
        if not mount(self.daemon.data, "48m"):
            self.skipTest("file systems cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.daemon.data], check=False)
        filler = os.path.join(self.daemon.data, "somebody-elses")
        self.daemon.start()
        with self.clients(count=3):
            self.ledger.wait_answers(LOAD)
            with open(filler, "wb", buffering=0) as file:
                until("it is full", lambda: self.is_full() or self.fill(file))
            self.assert_refuses("storage_full")
            stays("it is full", self.is_full, TRIED_S)
            self.assert_refuses("storage_full")
            os.unlink(filler)
            until("there is room again", self.is_ready)
            self.ledger.wait_answers(LOAD)
        judge.check(self.daemon, self.ledger)
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_start_on_a_full_disk(self):
        """2 MB are less than what is kept in reserve: it starts, shows what it has, and takes events once there is room."""
        self.daemon.start()
        self.load()
        self.assertEqual(self.daemon.stop(), 0)
        saved = self.daemon.data + ".saved"
        os.rename(self.daemon.data, saved)
        os.unlink(os.path.join(saved, "reserve"))
        if not mount(self.daemon.data, "2m"):
            self.skipTest("file systems cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", "-l", self.daemon.data], check=False)
        shutil.copytree(saved, self.daemon.data, dirs_exist_ok=True)
        self.daemon.start()
        self.assert_refuses("storage_full")
        self.assertGreater(len(self.daemon.leads()), 10)
        subprocess.run(["mount", "-o", "remount,size=64m", self.daemon.data], check=True)
        until("there is room", self.is_ready)
        self.load()
        judge.check(self.daemon, self.ledger)
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_limit_of_file_sizes(self):
        """ulimit -f: the system sends SIGXFSZ, which would end a process that did not think of it."""
        self.daemon.start()
        pid = self.daemon.process.pid
        with self.clients(count=3):
            self.ledger.wait_answers(LOAD)
            log = os.path.join(self.daemon.data, "journal.db-wal")
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (os.stat(log).st_size, resource.RLIM_INFINITY))
            until("it is full", self.is_full)
            self.assert_refuses("storage_full")
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            until("there is room again", self.is_ready)
            self.ledger.wait_answers(LOAD)
        judge.check(self.daemon, self.ledger)
        self.assertEqual(self.daemon.stop(), 0)


class Broken(DiskTest):
    def breaks(self, fault):
        """Fails for good in the middle of a load: nothing more is acknowledged, the process ends for its supervisor to start it
        anew, and that start has everything."""
        for after in (1, 20, 50):
            self.start_on_faults()
            with self.clients(count=3, timeout=10):
                self.ledger.wait_answers(LOAD)
                self.disk.order(fault, after=after)
                self.assertEqual(self.daemon.wait(), EXIT_BROKEN, self.daemon.log_tail())
            self.disk.clear()
            self.daemon.start()
            judge.check(self.daemon, self.ledger)
            self.assertEqual(self.daemon.stop(), 0)
        self.assertIn("the journal failed", self.daemon.log())
        self.assertIn(503, self.ledger.statuses)

    def test_writes_fail(self):
        self.breaks(faults.WRITE_EIO)

    def test_syncs_fail(self):
        self.breaks(faults.SYNC_EIO)

    def test_writes_are_short(self):
        self.start_on_faults()
        with self.clients(count=3):
            self.ledger.wait_answers(LOAD)
            self.disk.order(faults.SHORT)
            self.ledger.wait_answers(2 * LOAD)
        self.disk.clear()
        self.assertNotIn(503, self.ledger.statuses)
        judge.check(self.daemon, self.ledger)
        self.daemon.kill9()
        self.daemon.start()
        judge.check(self.daemon, self.ledger)


class Slow(DiskTest):
    def test_the_loop_does_not_wait_for_the_disk(self):
        self.start_on_faults()
        self.disk.order(faults.SLOW_SYNC, delay_ms=SYNC_MS)
        with self.clients(count=4), Probe(self.daemon) as probe:
            self.ledger.wait_answers(8 * 4)
        self.disk.clear()
        self.assertEqual((probe.failed, probe.statuses), ([], {200}))
        probe.assert_within(self, 0.5, ALIVE_MS, "ms for /healthz while each sync takes %d" % SYNC_MS)
        probe.assert_within(self, 0.99, SYNC_MS / 2, "ms for /healthz, now and then")
        self.assertNotIn(503, self.ledger.statuses)
        judge.check(self.daemon, self.ledger)

    def test_the_queue_for_the_disk_is_bounded(self):
        config = os.path.join(self.daemon.base, "embudo.yaml")
        with open(config, "w") as file:
            file.write("limits:\n  queue_requests: 16\n")
        self.daemon.options = ["-c", config]
        self.start_on_faults()
        self.disk.order(faults.SLOW_SYNC, delay_ms=1000)
        with self.clients(count=32, timeout=60):
            self.ledger.wait_answers(10, status=503)
            self.ledger.wait_answers(2)
        self.disk.clear()
        judge.check(self.daemon, self.ledger)


class Damaged(DiskTest):
    def test_flipped_bits_are_noticed(self):
        """One bit of the journal after a clean stop: it is refused with a message, or it was in no use and all is right."""
        chance = random.Random(13)
        self.daemon.start()
        self.load()
        self.assertEqual(self.daemon.stop(), 0)
        size, refused = os.stat(os.path.join(self.daemon.data, "journal.db")).st_size, 0
        for number in range(FLIPS):
            at, bit = chance.randrange(size), 1 << chance.randrange(8)
            with self.subTest(byte=at, bit=bit):
                refused += self.flip_and_start(at, bit)
        self.assertGreater(refused, FLIPS // 3, "of %d flips" % FLIPS)

    def flip_and_start(self, at, bit):
        """Whether the damage was found."""
        copy = Daemon()
        self.addCleanup(copy.remove)
        shutil.copytree(self.daemon.data, copy.data)
        with open(os.path.join(copy.data, "journal.db"), "r+b") as file:
            file.seek(at)
            byte = file.read(1)[0]
            file.seek(at)
            file.write(bytes([byte ^ bit]))
        try:
            copy.start()
        except Died:
            self.assertEqual(copy.process.returncode, 1, copy.log_tail())
            self.assertIn("journal.db", copy.log())
            well, findings = copy.doctor()
            self.assertFalse(well, findings)
            return True
        judge.check(copy, self.ledger)
        self.assertIn(copy.stop(), (0, EXIT_BROKEN))
        return False


if __name__ == "__main__":
    unittest.main()

"""What happens to a process: signals, pauses, a twin, pipes that nobody reads, no memory, no threads: rows 4, 5, 14, 29, 30, 34."""

import os
import random
import signal
import socket
import subprocess
import threading
import time
import unittest

import faults
import judge
from crowd import Clients, Ledger, iso, now_ms
from daemon import LONG, SANITIZED, Daemon, Died, ingest_headers, preload
from probe import Probe
from waiting import busy, pass_time, stays, until

EXIT_PROBLEMS, EXIT_BROKEN = 1, 70
GRANTED_S = 10  # to requests under way
STOP_LIMIT_S = GRANTED_S + 5  # on a machine that has nothing else to do
LOAD = 100  # requests
MEMORY_ROUNDS = 60 if LONG else 10


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ProcessTest(unittest.TestCase):
    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)

    def judge_after_restart(self):
        self.daemon.start()
        judge.check(self.daemon, self.ledger)
        self.assertEqual(self.daemon.stop(), 0)


class Stop(ProcessTest):
    def test_under_load(self):
        """What was read is answered, what was acknowledged is there, and it takes well below the time a manager grants."""
        for number in range(3):
            self.daemon.start()
            with Clients(self.daemon, self.ledger, count=6, seed=number + 1):
                self.ledger.wait_answers(LOAD)
                begun = time.monotonic()
                self.assertEqual(self.daemon.stop(), 0, self.daemon.log_tail())
                self.assertLess(time.monotonic() - begun, STOP_LIMIT_S * busy())
        self.judge_after_restart()

    def test_requests_on_their_way_are_answered(self):
        """They wait for a slow disk when the signal comes: each is committed and told so."""
        disk = faults.Disk(self.daemon.base)
        self.addCleanup(disk.close)
        self.daemon.env.update(disk.env())
        self.daemon.start()
        disk.order(faults.SLOW_SYNC, delay_ms=2000)
        statuses = []

        def send(number):
            event = {"type": "page", "userId": "loner-0", "messageId": "w-%d" % number, "timestamp": iso(now_ms()), "properties": {}}
            self.ledger.note_sent([event])
            statuses.append(self.daemon.post("/v1/batch", {"batch": [event]}).status)
            self.ledger.note_acked([event])

        def all_came():
            return self.daemon.requests_under_way() + len(statuses) >= len(senders)

        senders = [threading.Thread(target=send, args=(number,)) for number in range(12)]
        for sender in senders:
            sender.start()
        until("all requests are there", all_came)
        self.assertLess(len(statuses), len(senders), "they were to be under way still")
        self.daemon.signal(signal.SIGTERM)
        self.assertEqual(self.daemon.wait(STOP_LIMIT_S * busy()), 0)
        for sender in senders:
            sender.join()
        self.assertEqual(statuses, [200] * 12)
        disk.clear()
        self.judge_after_restart()

    def dawdler(self):
        """A client that has said what it will send, and does not."""
        client = socket.create_connection(("127.0.0.1", self.daemon.port))
        headers = "".join("%s: %s\r\n" % pair for pair in ingest_headers().items())
        client.sendall(("POST /v1/batch HTTP/1.1\r\nHost: x\r\n%sContent-Length: 1000\r\n\r\n{" % headers).encode())
        until("its head was read", lambda: self.daemon.metric("embudo_http_bodies_bytes") > 0)
        return client

    def test_a_second_signal_is_at_once(self):
        """A client that does not come to an end is waited for, but not after a second signal."""
        self.daemon.start()
        with self.dawdler():
            self.daemon.signal(signal.SIGTERM)
            stays("it waits for the client", self.daemon.is_running, 0.5)
            begun = time.monotonic()
            self.assertEqual(self.daemon.stop(), 0)
            self.assertLess(time.monotonic() - begun, GRANTED_S - 2, "not as long as the client was granted")

    def test_a_client_that_dawdles_is_not_waited_for_for_ever(self):
        self.daemon.start()
        with self.dawdler():
            begun = time.monotonic()
            self.assertEqual(self.daemon.stop(), 0)
            self.assertLess(time.monotonic() - begun, STOP_LIMIT_S * busy())
            self.assertGreater(time.monotonic() - begun, GRANTED_S - 1)

    def test_during_a_start(self):
        """Whenever the signal comes, the next start works."""
        chance = random.Random(4)
        for _ in range(10):
            self.daemon.spawn()
            pass_time(chance.uniform(0, 0.15))
            self.daemon.signal(signal.SIGTERM)
            self.assertIn(self.daemon.wait(), (0, -signal.SIGTERM))
        self.judge_after_restart()


class Pause(ProcessTest):
    def test_time_that_passed_unseen(self):
        """SIGSTOP, as a virtual machine that is paused: nobody is cut off, what was due happens once."""
        self.daemon.start()
        with Clients(self.daemon, self.ledger, count=3, seed=1):
            for _ in range(2):
                self.ledger.wait_answers(LOAD)
                self.daemon.signal(signal.SIGSTOP)
                pass_time(5)
                self.daemon.signal(signal.SIGCONT)
            self.ledger.wait_answers(LOAD)
        self.assertEqual(self.ledger.lost, 0)
        self.assertEqual(set(self.ledger.statuses), {200})
        judge.check(self.daemon, self.ledger)
        self.assertEqual(self.daemon.stop(), 0)


class Twin(ProcessTest):
    def test_a_second_one_on_the_same_data(self):
        self.daemon.start()
        twin = Daemon(base=self.daemon.base + "-twin", data=self.daemon.data)
        os.mkdir(twin.base)
        self.addCleanup(twin.remove)
        with Clients(self.daemon, self.ledger, count=2, seed=1):
            for _ in range(5):
                twin.spawn()
                self.assertEqual(twin.wait(), EXIT_PROBLEMS)
        self.assertIn("another embudo (process %d) works on this data directory" % self.daemon.process.pid, twin.log())
        self.assertEqual(set(self.ledger.statuses), {200})
        judge.check(self.daemon, self.ledger)

    def test_an_address_that_is_taken(self):
        self.daemon.start()
        other = Daemon(options=["--listen", "127.0.0.1:%d" % self.daemon.port])
        self.addCleanup(other.remove)
        other.spawn()
        self.assertEqual(other.wait(), EXIT_PROBLEMS)
        self.assertIn("cannot listen on 127.0.0.1:%d" % self.daemon.port, other.log())


class Pipes(ProcessTest):
    def start_at_known_port(self, **streams):
        """It may not be able to tell."""
        port = free_port()
        self.daemon.options += ["--listen", "127.0.0.1:%d" % port]
        self.daemon.spawn(**streams)
        self.daemon.port = port
        until("it is ready", lambda: self.answers() or not self.daemon.is_running())
        self.assertTrue(self.daemon.is_running(), "it ended")

    def answers(self):
        try:
            return self.daemon.get("/readyz").status == 200
        except OSError:
            return False

    def test_a_standard_output_that_is_closed(self):
        reader, writer = os.pipe()
        os.close(reader)
        self.start_at_known_port(stdout=writer)
        os.close(writer)
        with Clients(self.daemon, self.ledger, count=2, seed=1):
            self.ledger.wait_answers(LOAD)
        judge.check(self.daemon, self.ledger)
        self.assertEqual(self.daemon.stop(), 0)

    def test_a_log_that_nobody_reads(self):
        """A pipe that is full, and then closed: lines are lost, nothing waits."""
        config = os.path.join(self.daemon.base, "embudo.yaml")
        with open(config, "w") as file:
            file.write("log:\n  requests: true\n")
        self.daemon.options = ["-c", config]
        reader, writer = os.pipe()
        self.start_at_known_port(stdout=subprocess.DEVNULL, stderr=writer)
        os.close(writer)
        with Clients(self.daemon, self.ledger, count=4, seed=1), Probe(self.daemon, every_s=0) as probe:
            until("there are lines enough to fill a pipe", lambda: len(probe.took_ms) > 1000)
            self.ledger.wait_answers(LOAD)
            os.close(reader)
            self.ledger.wait_answers(LOAD)
        self.assertEqual(probe.failed, [])
        probe.assert_within(self, 0.99, 100 * (5 if SANITIZED else 1))
        judge.check(self.daemon, self.ledger)
        self.assertEqual(self.daemon.stop(), 0)


@unittest.skipIf(SANITIZED, "a sanitizer has an allocator of its own")
class NoMemory(ProcessTest):
    def test_allocations_fail(self):
        """One, or all from one on: the process may end, cleanly or by its own assertion, but nothing is lost or invented."""
        memory = faults.Memory(self.daemon.base)
        self.addCleanup(memory.close)
        self.daemon.env.update(memory.env())
        chance, ends = random.Random(29), set()
        for number in range(MEMORY_ROUNDS):
            memory.order(faults.NO_FAILURE)
            self.daemon.start()
            with Clients(self.daemon, self.ledger, count=3, seed=number + 1, timeout=5):
                self.ledger.wait_answers(20)
                before = memory.failed()
                memory.order(faults.ONE_FAILS if number % 2 else faults.ALL_FAIL, after=chance.randrange(5000))
                until("memory has failed", lambda: memory.failed() != before or not self.daemon.is_running())
                pass_time(0.2)  # for what may come of it
                if not self.daemon.is_running():
                    ends.add(self.daemon.process.returncode)
                self.daemon.kill9()
        memory.order(faults.NO_FAILURE)
        self.assertGreater(memory.failed(), MEMORY_ROUNDS // 2)
        self.assertLessEqual(ends, {-signal.SIGABRT, EXIT_BROKEN}, self.daemon.log_tail())
        self.judge_after_restart()

    def test_a_start_without_memory(self):
        memory = faults.Memory(self.daemon.base)
        self.addCleanup(memory.close)
        self.daemon.env.update(memory.env())
        failed = 0
        for after in range(0, 12000, 250 if LONG else 1500):
            memory.order(faults.ALL_FAIL, after=after)
            try:
                self.daemon.start(10)
                self.daemon.kill9()
            except Died:
                failed += 1
                self.assertIn(self.daemon.wait(), (-signal.SIGABRT, EXIT_PROBLEMS), self.daemon.log_tail())
        self.assertGreater(failed, 2)
        memory.order(faults.NO_FAILURE)
        self.judge_after_restart()


class NoThreads(ProcessTest):
    def test_a_limit_of_threads(self):
        """It says so and ends, or it works."""
        self.daemon.start()
        with Clients(self.daemon, self.ledger, count=2, seed=1):
            self.ledger.wait_answers(20)
        self.daemon.kill9()
        started = 0
        for most in range(10):
            self.daemon.env.update(LD_PRELOAD=preload("threads"), EMBUDO_FAULT_THREADS=str(most))
            try:
                self.daemon.start()
            except Died:
                self.assertEqual(self.daemon.wait(), EXIT_PROBLEMS, self.daemon.log_tail())
                self.assertIn("thread cannot be started", self.daemon.log().splitlines()[-1])
                continue
            started += 1
            judge.check(self.daemon, self.ledger)
            self.assertEqual(self.daemon.get("/v1/leads/%s/timeline" % self.daemon.leads()[0]).status, 200)
            self.daemon.kill9()
        self.assertGreater(started, 0)


if __name__ == "__main__":
    unittest.main()

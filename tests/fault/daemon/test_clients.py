"""Clients that send nonsense, dawdle, never read, come and go, or are too many: rows 25 to 28."""

import os
import random
import resource
import select
import socket
import subprocess
import unittest

import judge
from crowd import Clients, Ledger
from daemon import BUILD, SANITIZED, TOKEN, WRITE_KEY, Daemon, ingest_headers
from probe import Probe
from waiting import at_rest, busy, until

SLOW = 6 if SANITIZED else 1
PROBE_MS = 200 * SLOW
CROWD = 250
REST_S = 2
STEP_KB = 4096  # of memory: what a probe and a sanitizer move is no growth
KEPT_MS = 1000  # what the configuration below grants a client
CLOSED_S = 8 * SLOW  # by when everybody who dawdles is gone
LOADER = os.path.join(BUILD, "tests/bench/loader")

NONSENSE = [
    b"\x00\x01\x02\x03\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\r\n" * 3000,
    b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"GET /" + b"a" * 20000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 5000 + b"\r\n", b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /v1/batch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
]
BODIES = [
    b"", b"{", b"[]", b"null", b"{}", b'{"batch":1}', b'{"batch":[1,null,"x",[],{}]}', b"[" * 100000, b'{"a":' * 50000,
    b'{"batch":[{"type":"track"}]}', b'\xff\xfe{"type":"page"}', b'{"type":"page","userId":"\xff"}',
    b'{"type":"page","userId":"x","timestamp":1e999}', b'{"type":"page","userId":"' + b"x" * 300000 + b'"}', b" " * (5 << 20),
    b'{"type":"page","userId":{"a":1}}', b'{"type":"nothing","userId":"x"}', b'{"batch":[' + b"{}," * 3000 + b"{}]}",
]


class ClientsTest(unittest.TestCase):
    config = ""

    def setUp(self):
        self.daemon, self.ledger = Daemon(), Ledger()
        self.addCleanup(self.daemon.remove)
        path = os.path.join(self.daemon.base, "embudo.yaml")
        with open(path, "w") as file:
            file.write(self.config)
        self.daemon.options = ["-c", path]
        self.daemon.start()
        self.daemon.get("/readyz")
        self.open = []
        self.addCleanup(self.close_all)

    def connect(self, text=b""):
        client = socket.create_connection(("127.0.0.1", self.daemon.port), timeout=30)
        self.open.append(client)
        if text:
            client.sendall(text)
        return client

    def close_all(self):
        for client in self.open:
            client.close()
        self.open = []

    def judge_and_stop(self):
        judge.check(self.daemon, self.ledger)
        self.assertEqual(self.daemon.stop(), 0)


class Nonsense(ClientsTest):
    def answer_to(self, text):
        """The status, or None where the connection was closed without one."""
        client = self.connect()
        try:
            client.sendall(text)
            client.shutdown(socket.SHUT_WR)
            answer = b""
            while b"\r\n" not in answer:
                piece = client.recv(65536)
                if not piece:
                    break
                answer += piece
            return int(answer.split(b" ")[1]) if answer.startswith(b"HTTP/1.") else None
        except OSError:
            return None
        finally:
            client.close()

    def test_it_is_refused_or_closed(self):
        for text in NONSENSE:
            status = self.answer_to(text)
            self.assertTrue(status is None or 400 <= status < 506, "%r: %s" % (text[:60], status))
        for body in BODIES:
            status = self.daemon.post("/v1/batch", body).status
            self.assertTrue(status == 200 or 400 <= status < 500, "%r: %s" % (body[:60], status))
        with Clients(self.daemon, self.ledger, count=2, seed=1):
            self.ledger.wait_answers(50)
        self.judge_and_stop()

    def test_random_damage(self):
        """Good requests with a few bytes changed, cut or repeated."""
        chance = random.Random(25)
        headers = "".join("%s: %s\r\n" % pair for pair in ingest_headers().items())
        body = '{"batch":[{"type":"page","anonymousId":"","properties":{}}]}'
        good = ("POST /v1/batch HTTP/1.1\r\nHost: x\r\n%sContent-Length: %d\r\n\r\n%s" % (headers, len(body), body)).encode()
        for _ in range(400):
            text = bytearray(good)
            for _ in range(chance.randrange(1, 4)):
                at = chance.randrange(len(text))
                text[at : at + chance.randrange(3)] = bytes(chance.randrange(256) for _ in range(chance.randrange(3)))
            status = self.answer_to(bytes(text))
            self.assertTrue(status is None or status == 200 or 400 <= status < 506, "%r: %s" % (text, status))
        self.assertEqual(self.daemon.get("/readyz").status, 200)
        self.assertEqual(self.daemon.stop(), 0)


class Slow(ClientsTest):
    config = "limits:\n  head_time: 1s\n  body_time: 1s\n  idle_time: 1s\n"

    def dawdle(self, texts):
        """Clients that begin and do not go on, or one byte at a time, while others work and a probe looks."""
        fds = self.daemon.fds()
        with Clients(self.daemon, self.ledger, count=2, seed=1), Probe(self.daemon) as probe:
            left = {self.connect(texts[number % len(texts)]) for number in range(CROWD)}

            def all_closed():
                left.difference_update([client for client in left if self.is_closed(client)])
                return not left

            until("slow clients are served no longer", all_closed, CLOSED_S * busy())
        probe.assert_within(self, 0.99, PROBE_MS)
        self.assertEqual(probe.failed, [])
        self.close_all()
        until("file descriptors are back", lambda: self.daemon.fds() <= fds + 1)
        self.judge_and_stop()

    def is_closed(self, client):
        try:
            while select.select([client], [], [], 0)[0]:
                if not client.recv(65536):
                    return True
            client.send(b"a")
            return False
        except OSError:
            return True

    def test_requests_that_never_end(self):
        headers = "".join("%s: %s\r\n" % pair for pair in ingest_headers().items()).encode()
        self.dawdle([
            b"", b"GET /heal", b"GET /healthz HTTP/1.1\r\nHost: x\r\n", b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            b"POST /v1/batch HTTP/1.1\r\nHost: x\r\n" + headers + b"Content-Length: 100000\r\n\r\n{",
            b"POST /v1/batch HTTP/1.1\r\nHost: x\r\n" + headers + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{",
            b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
        ])

    def test_answers_that_nobody_reads(self):
        """Each asks for a page of megabytes and leaves it there: memory stays bounded, others are served."""
        with Clients(self.daemon, self.ledger, count=4, seed=1):
            self.ledger.wait_answers(500)
        self.daemon.wait_settled()
        ask = ("GET /v1/leads?limit=1000 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % TOKEN).encode()
        before = self.daemon.rss_kb()
        with Probe(self.daemon) as probe:
            for _ in range(60):
                client = socket.socket()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.connect(("127.0.0.1", self.daemon.port))
                self.open.append(client)
                client.sendall(ask * 40)
            until("others are served", lambda: len(probe.took_ms) > 100)
            at_rest("memory", lambda: self.daemon.rss_kb() // STEP_KB, REST_S)
            grown = self.daemon.rss_kb() - before
        self.assertLess(grown, 60 * 1024 * SLOW, "KB for 60 clients that do not read")
        probe.assert_within(self, 0.99, PROBE_MS)
        self.close_all()
        self.judge_and_stop()

    def test_streams_that_nobody_reads(self):
        """Subscribers of the stream of changes that do not read are cut, or skip; the daemon does not keep it all for them."""
        ask = ("GET /v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\n\r\n" % TOKEN).encode()
        with Probe(self.daemon) as probe, Clients(self.daemon, self.ledger, count=3, seed=2):
            for _ in range(40):
                client = socket.socket()
                client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                client.connect(("127.0.0.1", self.daemon.port))
                self.open.append(client)
                client.sendall(ask)
            self.ledger.wait_answers(1500)  # megabytes of news for each
        probe.assert_within(self, 0.99, PROBE_MS)
        self.assertLess(self.daemon.rss_kb(), 400 * 1024 * SLOW)
        self.close_all()
        self.judge_and_stop()

    def test_coming_and_going(self):
        fds = self.daemon.fds()
        with Probe(self.daemon) as probe:
            for number in range(1500):
                client = socket.create_connection(("127.0.0.1", self.daemon.port))
                if number % 3:
                    client.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"[: number % 41])
                if number % 5 == 0:  # a reset instead of an end
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                client.close()
        self.assertEqual(probe.failed, [])
        probe.assert_within(self, 0.99, PROBE_MS)
        until("file descriptors are back", lambda: self.daemon.fds() <= fds + 1)
        self.judge_and_stop()


class Overload(ClientsTest):
    config = "limits:\n  queue_requests: 64\n  queue_bytes: 1 MiB\n"

    def test_more_than_it_can_take(self):
        """Hundreds of connections without a pause: what is too much is refused, memory stays, others are answered."""
        with Probe(self.daemon, every_s=0.02) as probe:
            out = subprocess.run([LOADER, "--key", WRITE_KEY, "--to", "127.0.0.1:%d" % self.daemon.port, "--connections", "200",
                                  "--batch", "50", "--seconds", "4", "--leads", "2000", "--retry"], capture_output=True, check=False)
        self.assertEqual(out.returncode, 0, out.stderr)
        self.assertEqual(probe.failed, [])
        probe.assert_within(self, 0.99, 3 * PROBE_MS)
        self.assertIn(b'"503"', out.stdout, "nothing was refused: no overload")
        self.daemon.wait_settled()
        self.assertLess(self.daemon.rss_kb(), 600 * 1024 * SLOW)
        with Clients(self.daemon, self.ledger, count=2, seed=1):
            self.ledger.wait_answers(50)
        self.assertEqual(set(self.ledger.statuses), {200})
        self.assertEqual(self.daemon.stop(), 0)


class FileDescriptors(ClientsTest):
    def test_a_tight_limit(self):
        """64 descriptors and 150 clients that dawdle: each gives way after a second, and then those who work are served."""
        self.assertEqual(self.daemon.stop(), 0)
        self.daemon.before = ["prlimit", "--nofile=64:64"]
        self.daemon.start()
        for _ in range(150):
            self.connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        with Clients(self.daemon, self.ledger, count=2, seed=1, timeout=20):
            self.ledger.wait_answers(20)
        self.close_all()
        self.judge_and_stop()

    def test_none_left(self):
        """Accepting pauses and clients wait; the journal needs none. When there are some again all goes on."""
        pid = self.daemon.process.pid
        with Clients(self.daemon, self.ledger, count=2, seed=1):
            self.ledger.wait_answers(50)
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (self.daemon.fds() + 2, 4096))
            for _ in range(20):
                self.connect(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            self.daemon.wait_log("out of file descriptors")
            self.ledger.wait_answers(50)  # connections that are there go on
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (1024, 4096))
            for client in self.open:
                client.settimeout(20)
                self.assertIn(b"HTTP/1.1 200", client.recv(100))
        self.daemon.wait_log("connections are accepted again")
        self.close_all()
        self.judge_and_stop()


if __name__ == "__main__":
    unittest.main()

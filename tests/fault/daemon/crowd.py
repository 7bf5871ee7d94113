"""People who do things, clients that tell a daemon about it, and a ledger of what was told and what was acknowledged."""

import http.client
import json
import random
import secrets
import threading
import time
from datetime import datetime, timezone

from daemon import ingest_headers
from waiting import pass_time

DAY_MS = 86400 * 1000
LOST = (OSError, http.client.HTTPException)  # nobody knows what became of the request


def now_ms():
    return time.time_ns() // 1000000


def iso(ms):
    seconds, rest = divmod(ms, 1000)
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + ".%03dZ" % rest


def instant(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class Ledger:
    """All that clients sent and all that was acknowledged. Thread-safe."""

    def __init__(self):
        self.lock = threading.Condition()
        self.sent = {}  # messageId -> the events sent under it; more than one only where a conflict was wanted
        self.acked = {}  # messageId -> monotonic ns at which its first acknowledgement was read
        self.victims = {}  # those who are to be forgotten, by name: Victim
        self.statuses = {}
        self.lost = 0
        self.surprises = []

    def note_sent(self, events):
        with self.lock:
            for event in events:
                versions = self.sent.setdefault(event["messageId"], [])
                if event not in versions:
                    versions.append(event)

    def note_acked(self, events):
        instant = time.monotonic_ns()
        with self.lock:
            for event in events:
                self.acked.setdefault(event["messageId"], instant)

    def note_status(self, status):
        with self.lock:
            self.statuses[status] = self.statuses.get(status, 0) + 1
            self.lock.notify_all()

    def note_lost(self):
        with self.lock:
            self.lost += 1

    def surprise(self, text):
        with self.lock:
            self.surprises.append(text)

    def wait_answers(self, count, status=200, seconds=120):
        """Until so many more requests were answered so."""
        with self.lock:
            wanted = self.statuses.get(status, 0) + count
            if not self.lock.wait_for(lambda: self.statuses.get(status, 0) >= wanted, seconds):
                raise AssertionError("%d more answers of %d did not come in %d s: %s" % (count, status, seconds, self.statuses))


class Victim:
    """Somebody whose data is to be erased."""

    def __init__(self, name):
        self.name, self.marker = name, secrets.token_hex(24)
        self.message_ids, self.erased = [], False

    def event(self):
        message_id = "%s-%d" % (self.name, len(self.message_ids))
        self.message_ids.append(message_id)
        return {"messageId": message_id, "timestamp": iso(now_ms()), "type": "identify", "userId": self.name,
                "traits": {"secret": self.marker, "title": "CTO"}}


class Crowd:
    """Draws what people do. Loners keep to one id; the others come from several devices, are named late, or change their
    name. One seed, one sequence of events, apart from the present instant in some."""

    def __init__(self, seed, people=120):
        self.random = random.Random(seed)
        self.seed, self.people, self.count = seed, people, 0

    def message_id(self):
        self.count += 1
        return "m-%d-%06d" % (self.seed, self.count)

    def is_loner(self, person):
        return person % 3 == 0

    def ids(self, person):
        draw = self.random.random()
        if self.is_loner(person):
            return {"userId": "loner-%d" % person}
        device = "device-%d-%d" % (person, self.random.randrange(3))
        if draw < 0.4:
            return {"anonymousId": device}
        if draw < 0.7:
            return {"userId": "user-%d" % person}
        if draw < 0.97:
            return {"userId": "user-%d" % person, "anonymousId": device}
        return {"userId": "user-%d" % person, "anonymousId": "device-shared-%d" % (person % max(5, self.people // 24))}

    def past(self):
        return iso(now_ms() - self.random.randrange(2000, 40 * DAY_MS))

    def event(self):
        person, draw = self.random.randrange(self.people), self.random.random()
        event = {"messageId": self.message_id(), "timestamp": self.past(), **self.ids(person)}
        if draw < 0.15:
            traits = {"title": self.random.choice(["CTO", "Clerk", "CEO"]), "employees": self.random.randrange(300)}
            return {**event, "type": "identify", "traits": traits}
        if draw < 0.60:
            path = self.random.choice(["/pricing", "/blog", "/docs", "/"])
            return {**event, "type": "page", "properties": {"path": path}}
        if draw < 0.80:
            return {**event, "type": "track", "event": "Demo Requested", "properties": {"n": self.random.randrange(9)}}
        if draw < 0.97 or self.is_loner(person):
            return {**event, "type": "track", "event": "Beat", "timestamp": iso(now_ms())}
        del event["anonymousId" if "anonymousId" in event and "userId" in event else "messageId"]
        return {"messageId": self.message_id(), "timestamp": self.past(), "type": "alias",
                "previousId": "old-%d" % person, "userId": "user-%d" % person}


class Request:
    """What a client sends, and sends again."""

    def __init__(self, events):
        self.events = events
        if len(events) == 1 and len(events[0]["messageId"]) % 2 == 0:
            event = dict(events[0])
            self.path = "/v1/" + event.pop("type")
            self.body = json.dumps(event)
        else:
            self.path, self.body = "/v1/batch", json.dumps({"batch": events})


class Client(threading.Thread):
    """An SDK: a request at a time, a kept connection, retries of what was refused or lost. Some of its events are sent
    again although they were acknowledged, and a few say something else the second time."""

    def __init__(self, daemon, ledger, seed, batch=30, pause_s=0.0, timeout=30, people=120):
        super().__init__(daemon=True)
        self.target, self.ledger = daemon, ledger
        self.crowd = Crowd(seed, people)
        self.random = random.Random(seed + 1)
        self.batch, self.pause_s, self.timeout = batch, pause_s, timeout
        self.again, self.old = [], []
        self.connection, self.port = None, 0
        self.ended = threading.Event()

    def finish(self):
        self.ended.set()
        self.join()

    def run(self):
        while not self.ended.is_set():
            if not self.target.port:
                pass_time(0.002)
                continue
            self.send(self.next_request())
            if self.pause_s:
                pass_time(self.pause_s)
        self.drop_connection()

    def next_request(self):
        draw = self.random.random()
        if self.again and draw < 0.5:
            return self.again.pop(0)
        if self.old and draw < 0.56:
            return self.random.choice(self.old)
        count = 1 if draw > 0.8 else self.random.randrange(1, self.batch)
        events = [self.crowd.event() for _ in range(count)]
        if self.old and draw < 0.60:
            events[0] = self.contradict(self.random.choice(self.old).events[0])
        if draw > 0.98:
            events.append(events[0])  # twice in one body
        return Request(events)

    def contradict(self, event):
        return {**event, "timestamp": iso(now_ms() - 41 * DAY_MS)}

    def send(self, request):
        self.ledger.note_sent(request.events)
        try:
            answer = self.exchange(request)
        except LOST:
            self.drop_connection()
            self.ledger.note_lost()
            if self.random.random() < 0.7:
                self.again.append(request)
            return
        self.ledger.note_status(answer.status)
        if answer.status == 200:
            self.take_ack(request, answer)
        elif answer.status in (429, 503):
            self.take_refusal(request, answer)
        else:
            self.ledger.surprise("%s answered %d %s" % (request.path, answer.status, answer.body[:300]))

    def exchange(self, request):
        if not self.connection or self.port != self.target.port:
            self.drop_connection()
            self.port = self.target.port
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
        return self.target.request("POST", request.path, request.body, ingest_headers(), connection=self.connection)

    def drop_connection(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def take_ack(self, request, answer):
        body = answer.json()
        told = sum(body.get(key, 0) for key in ("accepted", "duplicates", "conflicts"))
        if body.get("success") is not True or told != len(request.events) or body.get("rejected"):
            self.ledger.surprise("an answer that does not add up: %s for %d events" % (body, len(request.events)))
        self.ledger.note_acked(request.events)
        self.old.append(request)
        if len(self.old) > 50:
            self.old.pop(self.random.randrange(len(self.old)))

    def take_refusal(self, request, answer):
        if not answer.headers.get("Retry-After", "").isdigit():
            self.ledger.surprise("%d without Retry-After" % answer.status)
        self.again.append(request)
        pass_time(0.05)


class Clients:
    """Several clients at once, for a `with`."""

    def __init__(self, daemon, ledger, count=4, seed=1, **options):
        self.all = [Client(daemon, ledger, seed * 100 + i, **options) for i in range(count)]

    def __enter__(self):
        for client in self.all:
            client.start()
        return self

    def __exit__(self, *_):
        for client in self.all:
            client.ended.set()
        for client in self.all:
            client.join()

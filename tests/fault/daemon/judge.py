"""What must be true after whatever happened: nothing lost, nothing doubled, nothing invented, and the same scores and stages
as a recompute by the batch scorer over what the journal holds."""

import json
import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

from crowd import instant, iso, now_ms
from daemon import BUILD
from waiting import LOOK_EVERY_S, pass_time

DECIDED_S = 60  # until what was decided is in the journal
KIND_EVENTS, KIND_IMPORT, KIND_DECISION = 1, 2, 3
FACTS = ("type", "event", "userId", "anonymousId", "previousId", "properties", "traits", "timestamp")


class Wrong(AssertionError):
    pass


def facts(event):
    return {key: event[key] for key in FACTS if key in event}


def check_events(records, ledger):
    """The journal's events against the ledger. The first under an id is the one that counts."""
    first = {}
    for record in records:
        if record["kind"] not in (KIND_EVENTS, KIND_IMPORT):
            continue
        for event in record["body"]["batch"]:
            first.setdefault(event["messageId"], event)
    lost = [key for key in ledger.acked if key not in first]
    if lost:
        raise Wrong("%d of %d acknowledged events are gone, such as %s" % (len(lost), len(ledger.acked), lost[:5]))
    for key, event in first.items():
        if key not in ledger.sent:
            raise Wrong("%s is in the journal and nobody sent it" % key)
        if facts(event) not in [facts(version) for version in ledger.sent[key]]:
            raise Wrong("%s is in the journal as %s, and was sent as %s" % (key, event, ledger.sent[key]))
    return first


def check_numbers(records):
    last = 0
    for record in records:
        if record["seq"] <= last:
            raise Wrong("record %d comes after record %d" % (record["seq"], last))
        last = record["seq"]


def history_of(records, name):
    """All about one person, whatever their ids, to understand what went wrong."""
    person = "-%s" % name.split("-")[1]
    lines = []
    for record in records:
        bodies = [record["body"]] if record["kind"] == KIND_DECISION else record["body"].get("batch", [])
        for body in bodies:
            ids = [str(body.get(key, "")) for key in ("lead", "userId", "anonymousId", "previousId")]
            if any(one.endswith(person) or person + "-" in one for one in ids):
                lines.append("%d %d %s" % (record["seq"], record["received_ms"], json.dumps(body)))
    return "\n".join(lines)


def check_decisions(records):
    """No transition is recorded twice. Where nobody merges each goes on from the one before; of two who turn out to be one the
    further stage stays, and so the same move may come again later."""
    last, chains = {}, {}
    for record in records:
        if record["kind"] != KIND_DECISION or "lead" not in record["body"]:  # of somebody who was erased
            continue
        body = record["body"]
        key = (body["kind"], body["lead"], body["lifecycle"])
        move = (body["from"], body["to"], body["at"])
        if move[0] == move[1] or last.get(key) == move:
            raise Wrong("%s: %s to %s at %s is recorded twice, the second time in record %d of\n%s" %
                        (key, *move, record["seq"], history_of(records, body["lead"])))
        if body["lead"].startswith("loner-") and move[0] != last.get(key, (None, move[0]))[1]:
            raise Wrong("%s: %s to %s follows %s to %s in record %d of\n%s" %
                        (key, *move[:2], *last[key][:2], record["seq"], history_of(records, body["lead"])))
        if instant(body["at"]) > instant(body["decided_at"]):
            raise Wrong("%s: decided before it came to be: %s" % (key, body))
        last[key] = move
        chains.setdefault(body["lead"], []).append(body)
    return chains


def rows_by_batch(records, rules, at):
    """What `embudo score` makes of the same events."""
    with tempfile.NamedTemporaryFile("w", suffix=".ndjson") as file:
        for record in records:
            if record["kind"] in (KIND_EVENTS, KIND_IMPORT):
                file.write(json.dumps(record["body"]) + "\n")
        file.flush()
        command = [os.path.join(BUILD, "embudo"), "score", "--quiet", "--json", "--rules", rules, "--at", at, "--source",
                   "default", file.name]
        out = subprocess.run(command, capture_output=True, check=False)
    if out.returncode != 0:
        raise Wrong("embudo score: " + out.stderr.decode())
    rows = [json.loads(line) for line in out.stdout.splitlines()]
    return {row["lead"]: row for row in rows}


def rows_by_daemon(daemon, names, at):
    def fetch(name):
        answer = daemon.get("/v1/leads/%s?at=%s" % (quote(name, safe=""), at))
        if answer.status != 200:
            raise Wrong("lead %s: %d %s" % (name, answer.status, answer.body))
        return answer.json()

    with ThreadPoolExecutor(4) as pool:
        return {row["lead"]: row for row in pool.map(fetch, names)}


def check_leads(daemon, records, rules, at, victims):
    """Each lead of the daemon is the recompute's, member for member. The erasure of victims may be under way."""
    batch = {name: row for name, row in rows_by_batch(records, rules, at).items() if name not in victims}
    names = [name for name in daemon.leads() if name not in victims]
    if len(set(names)) != len(names):
        raise Wrong("the list of leads has somebody twice")
    if set(names) != set(batch):
        raise Wrong("the daemon alone has %s, the recompute alone %s" %
                    (sorted(set(names) - set(batch))[:5], sorted(set(batch) - set(names))[:5]))
    rows = rows_by_daemon(daemon, names, at)
    for name, row in batch.items():
        shown = {key: rows[name].get(key) for key in row}
        if shown != row:
            raise Wrong("%s at %s: the daemon says %s, a recompute %s" % (name, at, shown, row))
    return rows


def check_stages(rows, chains):
    """The recorded stage of whoever never merged is the one that follows from their events."""
    for name, row in rows.items():
        if not name.startswith("loner-"):
            continue
        newest = {}
        for decision in chains.get(name, []):
            newest[decision["lifecycle"]] = decision["to"]
        stages = row["stages"]
        for lifecycle, stage in stages.items():
            start = {"sales": "lead", "pulse": "calm"}[lifecycle]
            if lifecycle != "pulse" and newest.get(lifecycle, start) != stage:
                raise Wrong("%s is in %s, and recorded in %s" % (name, stage, newest.get(lifecycle, start)))


def check_recorded_stages(daemon, rows):
    """The decisions of the journal; those made just now may still be on their way to it."""
    deadline = time.monotonic() + DECIDED_S
    while True:
        chains = check_decisions(daemon.journal())
        try:
            check_stages(rows, chains)
            return chains
        except Wrong:
            if time.monotonic() > deadline:
                raise
        pass_time(LOOK_EVERY_S)


def check_erased(records, ledger):
    """Of whom was erased nothing is there; of whom it was asked and not told, all or nothing."""
    found = {}
    for record in records:
        if record["kind"] in (KIND_EVENTS, KIND_IMPORT):
            for event in record["body"]["batch"]:
                if event.get("userId") in ledger.victims:
                    found.setdefault(event["userId"], set()).add(event["messageId"])
    for name, victim in ledger.victims.items():  # as a whole or not at all
        rest = found.get(name, set())
        if rest and (victim.erased or rest != set(victim.message_ids)):
            raise Wrong("%s was %s, and %d of %d events are there" %
                        (name, "erased" if victim.erased else "to be erased", len(rest), len(victim.message_ids)))


def check(daemon, ledger, at=None):
    """Everything. The clients have stopped and the daemon runs. How many events, leads and decisions that was."""
    at = at or iso(now_ms())
    if ledger.surprises:
        raise Wrong("; ".join(ledger.surprises[:5]))
    daemon.wait_settled()
    records = daemon.journal()
    check_numbers(records)
    check_erased(records, ledger)
    events = check_events(records, ledger)
    rows = check_leads(daemon, records, daemon.rules, at, ledger.victims)
    chains = check_recorded_stages(daemon, rows)
    return len(events), len(rows), sum(len(chain) for chain in chains.values())

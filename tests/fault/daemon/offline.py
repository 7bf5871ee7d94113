#!/usr/bin/env python3
"""A journal read where there is no network: in a namespace of its own, on an interface that goes nowhere else.

usage: unshare -rn offline.py < ORDER      ORDER is JSON: base, rules, options, ports, paths, commands

At the ports that others had listened on, traps count who comes. A daemon starts on the data, comes to rest, and is asked for the
paths; commands are run. Prints JSON: what each said, and how many calls were attempted."""

import base64
import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
import threading

from daemon import BUILD, Daemon
from waiting import at_rest

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
REST_S = 1.5  # longer than the first pause before anything that failed is tried again


def raise_loopback():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def reaches_out():
    """Whether anything but this machine could be called after all."""
    with open("/proc/net/route") as routes:
        return len(routes.read().splitlines()) > 1


class Trap:
    """Listens where somebody else did, and hangs up."""

    def __init__(self, port):
        self.count = 0
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(("127.0.0.1", port))
        self.socket.listen()
        threading.Thread(target=self.catch, daemon=True).start()

    def catch(self):
        while True:
            caught, _ = self.socket.accept()
            self.count += 1
            caught.close()


def run(command):
    out = subprocess.run([os.path.join(BUILD, "embudo")] + command, capture_output=True, check=False)
    return {"code": out.returncode, "out": base64.b64encode(out.stdout).decode(), "err": out.stderr.decode()}


def ask(daemon, path):
    answer = daemon.get(path)
    return {"status": answer.status, "body": base64.b64encode(answer.body).decode()}


def take_all(daemon, order):
    """Before the daemon starts, and with it: the same questions are asked of both."""
    commands = {json.dumps(command): run(command) for command in order["commands"]}
    daemon.start()
    daemon.wait_settled()
    at_rest("records", lambda: daemon.metric("embudo_journal_raw_bytes_total"), REST_S)
    paths = {path: ask(daemon, path) for path in order["paths"]}
    return {"commands": commands, "paths": paths}


def main():
    order = json.load(sys.stdin)
    if order["isolated"]:
        raise_loopback()
    traps = [Trap(port) for port in order["ports"]]
    daemon = Daemon(base=order["base"], rules=order["rules"], options=order["options"])
    try:
        said = take_all(daemon, order)
        said["calls"] = sum(trap.count for trap in traps)
        said["reaches_out"] = reaches_out()
        said["stopped"] = daemon.stop()
    finally:
        daemon.kill9()
    json.dump(said, sys.stdout)


if __name__ == "__main__":
    main()

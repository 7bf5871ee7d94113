"""Services of others, on this machine: what enrichers ask and destinations tell. Each does what a function of the test says."""

import base64
import hashlib
import hmac
import http.server
import json
import os
import threading
import time

KEY = bytes(range(32))  # what messages are signed with
SECRET = "whsec_" + base64.b64encode(KEY).decode()


class Call:
    """A request as it came."""

    def __init__(self, method, path, headers, body):
        self.method, self.path, self.headers, self.body = method, path, headers, body
        self.came = time.monotonic()

    def is_signed(self):
        content = ("%s.%s." % (self.headers["webhook-id"], self.headers["webhook-timestamp"])).encode() + self.body
        wanted = "v1," + base64.b64encode(hmac.new(KEY, content, hashlib.sha256).digest()).decode()
        return self.headers["webhook-signature"] == wanted


class Service:
    """`answers`: gets a Call, on a thread of its own, and returns a status; a status, a text or JSON, and headers; or None: the connection
    breaks then. It may wait, for `freed` for instance, which comes at the latest when the service is closed."""

    def __init__(self, answers, port=0):
        service = self
        self.answers, self.calls, self.freed, self.lock = answers, [], threading.Event(), threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one(self):
                call = Call(self.command, self.path, self.headers, self.rfile.read(int(self.headers.get("Content-Length", 0))))
                with service.lock:
                    service.calls.append(call)
                answer = service.answers(call)
                if answer is None:
                    self.close_connection = True
                    return
                status, value, headers = answer if isinstance(answer, tuple) else (answer, None, {})
                body = value.encode() if isinstance(value, str) else b"" if value is None else json.dumps(value).encode()
                self.send_response(status)
                for name, text in headers.items():
                    self.send_header(name, text)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = handle_one

            def log_message(self, *arguments):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 256

            def handle_error(self, request, client_address):
                pass  # the daemon was killed meanwhile, or did not wait any longer

        self.server = Server(("127.0.0.1", port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def seen(self):
        with self.lock:
            return list(self.calls)

    def close(self):
        """Nobody listens there any more."""
        self.freed.set()
        self.server.shutdown()
        self.server.server_close()


def prepare(daemon, rules, settings=""):
    """Gives a daemon rules of its own, the secret HOOK, and leave to call this machine."""
    daemon.rules = os.path.join(daemon.base, "rules")
    os.makedirs(daemon.rules, exist_ok=True)
    change_rules(daemon, rules)
    path = os.path.join(daemon.base, "embudo.yaml")
    with open(path, "w") as file:
        file.write("secrets: [{ name: HOOK, value: %s }]\noutbound: { allow: [127.0.0.1] }\n%s" % (SECRET, settings))
    os.chmod(path, 0o600)
    daemon.options = ["--config", path]


def change_rules(daemon, rules):
    """In one step, as editors do it."""
    path = os.path.join(daemon.rules, "rules.lua")
    with open(path + ".new", "w") as file:
        file.write(rules)
    os.rename(path + ".new", path)

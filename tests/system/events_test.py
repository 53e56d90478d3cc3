"""Events and webhooks as a user has them: `errand events`, `errand webhook`, receivers that verify."""

import http.server
import importlib.util
import json
import os
import signal
import subprocess
import threading
from pathlib import Path

from harness import ERRAND, Store, check, wait_until

example = Path(__file__).resolve().parents[2] / "examples/webhooks/verify.py"
spec = importlib.util.spec_from_file_location("verify", example)
verifier = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verifier)

SECRET, CRM = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "QUFB" * 8


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.seen.append((self.path, headers, body))
        self.send_response(204)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
server.seen = []
threading.Thread(target=server.serve_forever, daemon=True).start()
URL = f"http://127.0.0.1:{server.server_address[1]}"


def delivered(path, secret):
    """The events that were posted to a path, verified."""
    return [json.loads(verifier.verify(body, headers, [secret]))
            for where, headers, body in list(server.seen) if where == path]


def subscriptions():
    rows = [json.loads(line) for line in
            store.run("webhook", "list", "--json").stdout.splitlines()]
    return [row["name"] for row in rows]


class Follower:
    """A running `errand events`, and the lines that it printed."""

    def __init__(self, *arguments):
        self.process = subprocess.Popen(
            [ERRAND, "events", *arguments, "--json", "--store", store.url],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        store.processes.append(self.process)
        self.events = []
        self.reading = threading.Thread(target=self.read, daemon=True)
        self.reading.start()

    def read(self):
        for line in self.process.stdout:
            self.events.append(json.loads(line))

    def kinds(self, subject):
        return [event["type"].removeprefix("dev.errand.") for event in list(self.events)
                if event["subject"] == subject]

    def end(self, sent=None):
        """Its exit code, after a signal or by itself."""
        if sent is not None:
            self.process.send_signal(sent)
        code = self.process.wait(timeout=120)
        self.reading.join()
        return code


store = Store()
first = store.enqueue("errand.noop", "[]")

# Who follows is told everything from the moment on at which it subscribed.
follower = Follower("--follow")
marker = []
wait_until(lambda: marker.append(store.enqueue("errand.echo", "[1]", "--queue", "idle"))
           or any(follower.kinds(id) for id in marker), "the follower's first event")
config = os.path.join(store.folder, "errand.toml")
with open(config, "w", encoding="utf-8") as file:
    file.write(f"""
[webhooks]
allow = ["127.0.0.1"]
secrets = {{ default = "{SECRET}", crm = "{CRM}" }}
[webhooks.declared]
url = "{URL}/declared"
secret = "crm"
kinds = ["job.completed"]
type = "errand.echo"
""")
worker = store.start([ERRAND, "work", "--store", store.url, "--config", config])
wait_until(lambda: follower.kinds(first) == ["job.started", "job.completed"], "the first job's life")
wait_until(lambda: any(e["type"] == "dev.errand.worker.joined" for e in follower.events), "a worker")
check(subscriptions() == ["declared"], subscriptions())

# A webhook of one job: it is told the end, once, signed; and is gone.
told = store.run("enqueue", "errand.echo", "[2]", "--webhook", URL + "/end").stdout.strip()
wait_until(lambda: delivered("/end", SECRET), "the delivery")
event, = delivered("/end", SECRET)
check(event["type"] == "dev.errand.job.completed" and event["subject"] == told, event)
check(event["specversion"] == "1.0" and event["data"]["job_type"] == "errand.echo", event)
wait_until(lambda: subscriptions() == ["declared"], "the end of the subscription")
wait_until(lambda: delivered("/declared", CRM), "the declared webhook's delivery")
check(delivered("/declared", CRM)[0]["id"] == event["id"], "an event is the same for all")
check(follower.kinds(told) == ["job.enqueued", "job.started", "job.completed"], follower.kinds(told))

# One of a queue, by the command; what happens to deliveries is delivered to nobody.
name = store.run("webhook", "add", "--url", URL + "/queue", "--queue", "default").stdout.strip()
check(sorted(subscriptions()) == sorted(["declared", name]), subscriptions())
id = store.enqueue("errand.noop", "[]")
wait_until(lambda: len(delivered("/queue", SECRET)) == 3, "three events")
check({event["subject"] for event in delivered("/queue", SECRET)} == {id}, server.seen)
store.run("webhook", "remove", name)
check(subscriptions() == ["declared"], subscriptions())

# One job's story, also for who comes late; it ends with the job.
late = Follower("--job", told)
check(late.end() == 0, late.process.stderr.read())
check(late.kinds(told) == ["job.completed"], late.events)
slow = store.enqueue("errand.sleep", '["1s"]')
story = Follower("--job", slow)
check(story.end() == 0, story.process.stderr.read())
check(story.kinds(slow)[-1] == "job.completed", story.events)

# A signal ends it in good order: nobody keeps events for it.
check(follower.end(signal.SIGINT) == 0, "SIGINT")
store.run("webhook", "remove", "declared")
store.check_sound()
print(f"{len(follower.events)} events told, {len(server.seen)} delivered")

"""errand.webhook as a user has it: errand.toml, `errand work`, receivers that verify."""

import http.server
import importlib.util
import json
import os
import threading
from pathlib import Path

from harness import ERRAND, Store, check, wait_until

example = Path(__file__).resolve().parents[2] / "examples/webhooks/verify.py"
spec = importlib.util.spec_from_file_location("verify", example)
verifier = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verifier)

OLD, NEW = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_" + "QUFB" * 8


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.seen.append((dict(self.headers.items()), body))
        status, *headers = self.server.answers.pop(0) if self.server.answers else (204,)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


class Endpoint(http.server.ThreadingHTTPServer):
    def __init__(self, *answers):
        super().__init__(("127.0.0.1", 0), Receiver)
        self.answers, self.seen = list(answers), []
        self.url = f"http://localhost:{self.server_address[1]}/hook"
        threading.Thread(target=self.serve_forever, daemon=True).start()


store = Store()
event = {"specversion": "1.0", "id": "evt-1", "source": "/errand/test", "subject": "job-1",
         "type": "dev.errand.job.completed", "time": "2026-01-31T08:00:00Z", "data": {"n": 1.5}}


def start_worker(settings):
    store.kill_all()
    store.processes.clear()
    config = os.path.join(store.folder, "errand.toml")
    with open(config, "w", encoding="utf-8") as file:
        file.write(settings)
    os.environ["HOOK_SECRETS"] = f"{NEW} {OLD}"
    return store.start([ERRAND, "work", "--store", store.url, "--config", config])


def deliver(endpoint, *more, **args):
    return store.enqueue("errand.webhook",
                         json.dumps([{"url": endpoint.url, "event": event, **args}]), *more)


def ended(id):
    wait_until(lambda: store.show(id)["state"] in ("completed", "discarded"), f"the end of {id}")
    return store.show(id)


# By default nothing reaches this host, whatever its name.
endpoint = Endpoint()
start_worker('[webhooks]\nsecrets_env = { default = "HOOK_SECRETS" }\n')
job = ended(deliver(endpoint))
check(job["state"] == "discarded" and job["attempt"] == 1, job)
check("loopback" in job["errors"][0]["message"], job["errors"])
check(not endpoint.seen, "nothing was sent")

# Allowed: both secrets verify it; the retries carry the same id and body.
start_worker('[webhooks]\nsecrets_env = { default = "HOOK_SECRETS" }\n'
             f'secrets = {{ crm = "{OLD}" }}\nallow = ["127.0.0.0/8", "::1"]\n')
endpoint = Endpoint((500,), (429, ("retry-after", "0")))
id = deliver(endpoint, "--retry", "fixed(50ms)")
job = ended(id)
check(job["state"] == "completed" and job["attempt"] == 3, job)
check(job["result"] == {"status": 204}, job["result"])
check(len(endpoint.seen) == 3, endpoint.seen)
for headers, body in endpoint.seen:
    headers = {name.lower(): value for name, value in headers.items()}
    check(headers["webhook-id"] == "evt-1", headers)
    check(headers["content-type"] == "application/cloudevents+json", headers)
    for secret in (OLD, NEW):
        check(json.loads(verifier.verify(body, headers, [secret])) == event, body)
check(OLD not in json.dumps(store.show(id)), "no secret lies with the job")

# A receiver that has gone is left alone; a redirect is not followed; a secret of another name.
job = ended(deliver(Endpoint((410,))))
check(job["state"] == "discarded" and job["attempt"] == 1, job)
inner = Endpoint()
outer = Endpoint((307, ("location", inner.url)))
job = ended(deliver(outer, "--max-attempts", "1"))
check(job["state"] == "discarded" and "redirect" in job["errors"][0]["message"], job)
check(not inner.seen, "the redirect was not followed")
endpoint = Endpoint()
check(ended(deliver(endpoint, secret_name="crm", format="standard"))["state"] == "completed", "crm")
headers = {name.lower(): value for name, value in endpoint.seen[0][0].items()}
body = json.loads(verifier.verify(endpoint.seen[0][1], headers, [OLD]))
check(body == {"type": event["type"], "timestamp": event["time"], "data": event["data"]}, body)
job = ended(deliver(endpoint, "--max-attempts", "1", secret_name="other"))
check("other" in job["errors"][0]["message"] and len(endpoint.seen) == 1, job)
store.check_sound()
print("delivered, signed and guarded")

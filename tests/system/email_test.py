"""errand.email as a user has it: errand.toml, `errand work`, a mail server with TLS and sign-in."""

import json
import os
import shutil

from harness import ERRAND, Store, check, skip, wait_until
from smtp_sink import SmtpSink, make_certificate

if shutil.which("openssl") is None:
    skip("openssl is not installed, so there is no certificate for the mail server")

store = Store()
certificate = make_certificate(store.folder)
papers = os.path.join(store.folder, "papers")
os.mkdir(papers)
with open(os.path.join(papers, "Bericht März.pdf"), "wb") as file:
    file.write(bytes(range(256)) * 300)
with open(os.path.join(store.folder, "password"), "w", encoding="utf-8") as file:
    file.write("hush hush\n")


def start_worker(server, **settings):
    """A worker with [email] of these settings; the last one is stopped first."""
    store.kill_all()
    store.processes.clear()
    lines = [f"{key} = {json.dumps(value)}" for key, value in
             {"server": server, "from": "Größe & Co <shop@example.org>", **settings}.items()]
    config = os.path.join(store.folder, "errand.toml")
    with open(config, "w", encoding="utf-8") as file:
        file.write("[email]\n" + "\n".join(lines) + "\n")
    return store.start([ERRAND, "work", "--store", store.url, "--config", config])


def send(mail, *more):
    return store.enqueue("errand.email", json.dumps(mail), *more)


def ended(id):
    wait_until(lambda: store.show(id)["state"] in ("completed", "discarded"), f"the end of {id}")
    return store.show(id)


signed_in = {"user": "shop", "password_file": os.path.join(store.folder, "password"),
             "ca_file": certificate[0]}
hello = {"to": "ada@example.org", "subject": "Hello", "text": "Hi"}

# Everything that a mail can have, over STARTTLS.
sink = SmtpSink(certificate, ["shop", "hush hush"])
start_worker(f"localhost:{sink.port}", tls="required", attachments=[papers], **signed_in)
subject = "Grüße – 日本語 " * 8
id = send({"to": ["Ada Lovelace <ada@example.org>"], "cc": "Jürgen <j@example.org>",
           "bcc": "hidden@example.org", "subject": subject, "text": "Grüße\n.\n..\nEnde\n",
           "html": "<p>Grüße</p>", "headers": {"X-Team": "billing"},
           "attachments": [{"path": "Bericht März.pdf"}]})
job = ended(id)
check(job["state"] == "completed", job)
check(job["result"] == {"message_id": f"<{id}@example.org>", "recipients": 3}, job["result"])
(sender, recipients, message, encrypted), = sink.mails
check(encrypted, "the mail came over TLS")
check(sender == "shop@example.org", sender)
check(recipients == ["ada@example.org", "j@example.org", "hidden@example.org"], recipients)
check(message["subject"] == subject.rstrip() or message["subject"] == subject, message["subject"])
check(message["from"].addresses[0].display_name == "Größe & Co", message["from"])
check(message["to"].addresses[0].display_name == "Ada Lovelace", message["to"])
check(message["cc"].addresses[0].display_name == "Jürgen", message["cc"])
check(message["bcc"] is None and "hidden" not in message.as_string(), "nobody sees bcc")
check(message["message-id"] == f"<{id}@example.org>", message["message-id"])
check(message["x-team"] == "billing", message["x-team"])
check(message["date"].datetime is not None, message["date"])
text, html = message.get_body(["plain"]), message.get_body(["html"])
check(text.get_content().splitlines() == ["Grüße", ".", "..", "Ende"], text.get_content())
check(html.get_content().strip() == "<p>Grüße</p>", html.get_content())
file, = message.iter_attachments()
check(file.get_filename() == "Bericht März.pdf", file.get_filename())
check(file.get_content_type() == "application/pdf", file.get_content_type())
check(file.get_content() == bytes(range(256)) * 300, "the file came through whole")
check(not message.defects and not any(part.defects for part in message.walk()), "it is well made")

# 4yz is tried again until it is taken, 5yz is not.
sink.answers["slow@example.org"] = ["450 4.2.0 greylisted", "451 4.3.0 later"]
sink.answers["no@example.org"] = ["550 5.1.1 no such user"] * 9
slow = send({**hello, "to": "slow@example.org"}, "--retry", "fixed(50ms)")
never = send({**hello, "to": ["ada@example.org", "no@example.org"]}, "--retry", "fixed(50ms)")
job = ended(slow)
check(job["state"] == "completed" and job["attempt"] == 3, job)
check([error["message"].split(": ")[-1] for error in job["errors"]] ==
      ["450 4.2.0 greylisted", "451 4.3.0 later"], job["errors"])
job = ended(never)
check(job["state"] == "discarded" and job["attempt"] == 1, job)
check("550 5.1.1 no such user" in job["errors"][0]["message"], job["errors"])
check(len(sink.mails) == 2, "who can be reached does not get a mail that is refused for another")

# What it may not read, it does not send.
job = ended(send({**hello, "attachments": [{"path": os.path.join(store.folder, "password")}]}))
check(job["state"] == "discarded" and len(sink.mails) == 2, job)

# TLS from the start.
implicit = SmtpSink(certificate, ["shop", "hush hush"], from_the_start=True)
start_worker(f"smtps://localhost:{implicit.port}", **signed_in)
check(ended(send(hello))["state"] == "completed", "smtps works")
check(implicit.mails[0][3], "the mail came over TLS")

# A certificate that nobody vouches for, and a password that is wrong: nothing is sent.
start_worker(f"localhost:{sink.port}", tls="required", user="shop",
             password_file=signed_in["password_file"])
job = ended(send(hello, "--max-attempts", "1"))
check(job["state"] == "discarded" and len(sink.mails) == 2, job)
check("certificate" in job["errors"][0]["message"].lower(), job["errors"])
sink.login = ["shop", "changed"]
start_worker(f"localhost:{sink.port}", tls="required", **signed_in)
job = ended(send(hello, "--max-attempts", "1"))
check(job["state"] == "discarded" and "535" in job["errors"][0]["message"], job)
check("hush" not in json.dumps(job), "the password is not shown")

# Without a certificate there is no STARTTLS: required fails, opportunistic goes on.
plain = SmtpSink()
start_worker(f"localhost:{plain.port}", tls="required")
job = ended(send(hello, "--max-attempts", "1"))
check(job["state"] == "discarded" and not plain.mails, job)
start_worker(f"localhost:{plain.port}", tls="opportunistic")
check(ended(send(hello))["state"] == "completed" and len(plain.mails) == 1, "it goes on without")
sink.login = None
start_worker(f"localhost:{sink.port}", tls="opportunistic")
check(ended(send(hello))["state"] == "completed", "it takes any certificate")
check(sink.mails[-1][3], "it uses TLS where it is offered")
store.check_sound()
print(f"{len(sink.mails) + len(implicit.mails) + len(plain.mails)} mails, each as it was meant")

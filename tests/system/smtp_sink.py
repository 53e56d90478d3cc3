"""A mail server for tests: STARTTLS or TLS from the start, AUTH PLAIN, answers to choose."""

import base64
import contextlib
import email
import email.policy
import os
import socketserver
import ssl
import subprocess
import threading


def make_certificate(folder):
    """A certificate for localhost that signs itself: the paths of (certificate, key)."""
    certificate, key = (os.path.join(folder, name) for name in ("tls.crt", "tls.key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


class Conversation(socketserver.StreamRequestHandler):
    def say(self, line):
        self.wfile.write(line.encode() + b"\r\n")

    def hear(self):
        return self.rfile.readline().decode().rstrip("\r\n")

    def encrypt(self):
        self.request = self.server.tls.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.request.makefile("rb"), self.request.makefile("wb", 0)
        self.encrypted = True

    def handle(self):
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            self.encrypted, self.signed_in = False, False
            if self.server.from_the_start:
                self.encrypt()
            self.say("220 ready")
            while command := self.hear():
                verb = command.split(" ")[0].split(":")[0].upper()
                if verb == "QUIT":
                    return
                getattr(self, "on_" + verb.lower())(command)

    def on_ehlo(self, _):
        self.sender, self.recipients = None, []
        offers = ["AUTH PLAIN"] if self.encrypted or not self.server.tls else ["STARTTLS"]
        for line in ["250-here", *(f"250-{offer}" for offer in offers), "250 8BITMIME"]:
            self.say(line)

    def on_starttls(self, _):
        self.say("220 go on")
        self.encrypt()

    def on_auth(self, command):
        given = base64.b64decode(command.split(" ")[2]).decode().split("\0")[1:]
        self.signed_in = given == self.server.login
        self.say("235 welcome" if self.signed_in else "535 5.7.8 wrong user or password")

    def on_mail(self, command):
        self.sender = command.split("<")[1].split(">")[0]
        needs_login = self.server.login and not self.signed_in
        self.say("530 5.7.0 sign in first" if needs_login else "250 fine")

    def on_rcpt(self, command):
        address = command.split("<")[1].split(">")[0]
        answers = self.server.answers.get(address, [])
        self.recipients.append(address)
        self.say(answers.pop(0) if answers else "250 fine")

    def on_data(self, _):
        self.say("354 go on")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b"."))
        message = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        self.server.mails.append((self.sender, self.recipients, message, self.encrypted))
        self.say("250 kept")


class SmtpSink(socketserver.ThreadingTCPServer):
    """Takes mail on self.server_address until shut down. `answers`: what to say to an address
    before it is taken, in turn."""

    daemon_threads = True

    def __init__(self, certificate=None, login=None, from_the_start=False):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.tls = None
        if certificate:
            self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.tls.load_cert_chain(*certificate)
        self.login, self.from_the_start = login, from_the_start
        self.mails, self.answers = [], {}
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

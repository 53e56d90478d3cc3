"""Programs as children: none outlives the harness, and those that answer lines are spoken to here."""

import ctypes
import json
import os
import selectors
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 10


class Failure(Exception):
    """A step that could not be done; the text says which program and why."""


def with_parent(stop_signal):
    """For preexec_fn: the kernel stops the child when the harness dies, of whatever cause."""
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(PR_SET_PDEATHSIG, stop_signal, 0, 0, 0)


def stop(process, stop_signal=signal.SIGTERM):
    """Asks the process and its children to end, then makes them."""
    for attempt in (stop_signal, signal.SIGKILL):
        if process.poll() is not None:
            break
        try:
            os.killpg(process.pid, attempt)
            process.wait(STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    try:
        os.killpg(process.pid, signal.SIGKILL)  # children that outlived their leader
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def last_words(log):
    """The last line of a log that speaks of an error, else the last one, for messages."""
    try:
        with open(log, errors="replace", encoding="utf-8") as file:
            lines = [line.strip() for line in file if line.strip()]
    except OSError:
        lines = []
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["no message"])[-1][:300]


class Peer:
    """A peer's program in one of its two roles: a JSON line out for every line in."""

    def __init__(self, command, role, log, environment):
        self.name, self.log, self.waiting = f"{os.path.basename(command[-1])} {role}", log, b""
        with open(log, "ab") as errors:
            self.process = subprocess.Popen(
                [*command, role], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
                env=environment, start_new_session=True, preexec_fn=with_parent(signal.SIGKILL))
        self.output = self.process.stdout.fileno()
        os.set_blocking(self.output, False)
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.output, selectors.EVENT_READ)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        stop(self.process)
        self.selector.close()
        self.process.stdin.close()
        self.process.stdout.close()

    def send(self, line):
        try:
            self.process.stdin.write(line.encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            raise Failure(f"{self.name} ended: {last_words(self.log)}") from None

    def receive(self, seconds):
        """The next line as an object; Failure when the program ends or the time is up."""
        until = time.monotonic() + seconds
        while b"\n" not in self.waiting:
            if not self.selector.select(max(0.0, until - time.monotonic())):
                raise Failure(f"{self.name} said nothing for {seconds:.0f} s; "
                              f"its last words: {last_words(self.log)}")
            data = os.read(self.output, 65536)
            if not data:
                raise Failure(f"{self.name} ended: {last_words(self.log)}")
            self.waiting += data
        line, self.waiting = self.waiting.split(b"\n", 1)
        try:
            return json.loads(line)
        except ValueError:
            raise Failure(f"{self.name} answered {line[:200]!r}, not JSON") from None

    def ask(self, line, seconds=60):
        self.send(line)
        return self.receive(seconds)

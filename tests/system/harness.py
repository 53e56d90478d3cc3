"""What the system tests share: programs, a store, the side log, and waiting for conditions."""

import atexit
import collections
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

ERRAND = os.environ["ERRAND_PROGRAM"]
WORKER = os.environ["ERRAND_SIDE_LOG_WORKER"]
SKIPPED = 77
ENDS = ("completed", "discarded", "cancelled")


def skip(reason):
    print("skipped:", reason)
    sys.exit(SKIPPED)


def check(condition, message):
    if not condition:
        raise AssertionError(message)


def wait_until(condition, what, seconds=120):
    """Polls until condition() is true; the bound only ends a test that hangs."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"waited {seconds} s for: {what}")


class Store:
    """A SQLite store in a folder of its own, used through the program."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="errand-system-")
        atexit.register(shutil.rmtree, self.folder, ignore_errors=True)
        self.path = os.path.join(self.folder, "jobs.db")
        self.url = "sqlite:" + self.path
        self.side_log = os.path.join(self.folder, "side.log")
        self.processes = []
        atexit.register(self.kill_all)

    def run(self, *arguments, expect=0, input=None):
        done = subprocess.run([ERRAND, *arguments, "--store", self.url], input=input,
                              capture_output=True, text=True, timeout=120)
        check(expect is None or done.returncode == expect,
              f"{arguments}: exit {done.returncode}, expected {expect}: {done.stderr}")
        return done

    def enqueue_many(self, type, count, args=None):
        file = os.path.join(self.folder, "jobs.jsonl")
        line = json.dumps({"type": type, "args": args or []}) + "\n"
        with open(file, "w", encoding="utf-8") as out:
            out.writelines(line for _ in range(count))
        self.run("enqueue", "--file", file)

    def enqueue(self, type, args="[]", *more):
        return self.run("enqueue", type, args, *more).stdout.strip()

    def stats(self):
        return json.loads(self.run("stats", "--json").stdout)

    def states(self):
        return self.stats()["states"]

    def show(self, id):
        return json.loads(self.run("show", id, "--json").stdout)

    def all_ended(self):
        states = self.states()
        return sum(states.values()) == sum(states[end] for end in ENDS)

    def start(self, command, stderr=None):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL,
                                   stderr=stderr or subprocess.DEVNULL)
        self.processes.append(process)
        return process

    def start_work(self, *arguments):
        return self.start([ERRAND, "work", "--store", self.url, *arguments])

    def start_side_log_worker(self, lease="15s", concurrency=8, stderr=None):
        return self.start([WORKER, self.url, self.side_log, lease, str(concurrency)], stderr)

    def kill_all(self):
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait()

    def starts(self):
        """How often each job began, by the side log."""
        counts = collections.Counter()
        if os.path.exists(self.side_log):
            with open(self.side_log, encoding="ascii") as log:
                counts.update(line.split()[1] for line in log if line.startswith("start "))
        return counts

    def query(self, sql):
        with contextlib.closing(sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def check_sound(self):
        """SQLite and the store's own check find nothing."""
        check(self.query("PRAGMA integrity_check") == [("ok",)], "integrity_check")
        self.run("store", "check")


def kill_every(store, start, seconds_between, finished, at_least):
    """Starts a worker, kills it with SIGKILL again and again; returns the number of kills."""
    kills = 0
    while kills < at_least or not finished():
        process = start()
        time.sleep(seconds_between)  # the nemesis' rhythm, not a wait for a result
        check(process.poll() is None, "the worker ended by itself")
        process.kill()
        process.wait()
        store.processes.remove(process)
        kills += 1
    return kills

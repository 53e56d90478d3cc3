"""Measures one peer with one durability: picking up, enqueueing and processing, each for a bounded time."""

import os
import time
from contextlib import ExitStack

from . import programs, servers

PICKUPS = 300
PICKUP_SECONDS = 8
START_SECONDS = 60
# Processing may take this many times the time in which the jobs were enqueued.
PROCESS_FACTOR = 3
ASKED_EVERY = 0.01
ENQUEUES = {"single": "one by one", "callers": "64 callers", "bulk": "in bulk"}


class Limits:
    """At most `jobs` jobs, and about `seconds` seconds of enqueueing per round."""

    def __init__(self, jobs, seconds):
        self.jobs, self.seconds = jobs, seconds


class Run:
    """One peer on one server, which is emptied before each round."""

    def __init__(self, entry, durable, limits, built, say):
        self.entry, self.durable, self.limits, self.built, self.say = \
            entry, durable, limits, built, say
        self.directory = os.path.join(built, f"{entry.server}-{os.getpid()}")
        self.log = os.path.join(built, "log", f"{entry.name}.log")
        self.server_log = os.path.join(built, "log", f"{entry.server}-server.log")
        self.figures = {}

    def measure(self):
        os.makedirs(os.path.dirname(self.log), exist_ok=True)
        with servers.BY_NAME[self.entry.server](
                self.directory, self.server_log, self.durable) as self.server:
            about = self.meet()
            rounds = about.get("processes", [1, 2])
            for number, processes in enumerate(rounds):
                self.round(about, processes, first=number == 0)
        return self.result(about)

    def program(self, role):
        environment = {**os.environ, **self.entry.environment(self.built),
                       "PEER_URL": self.server.address,
                       "PEER_DURABLE": "1" if self.durable else "0"}
        return programs.Peer(self.entry.command(self.built), role, self.log, environment)

    def meet(self):
        """The first look on an empty store: what it is, and how soon an idle worker has a job."""
        self.server.fresh()
        with self.program("client") as client, self.program("worker") as worker:
            about = client.ask("about", START_SECONDS)
            worker.ask("ready", START_SECONDS)
            worker.ask("start", START_SECONDS)
            self.pick_up(client, worker)
        return about

    def pick_up(self, client, worker):
        self.say("pick-up by an idle worker")
        times = []
        until = time.monotonic() + PICKUP_SECONDS
        for number in range(PICKUPS + 1):
            client.ask("one")
            picked = worker.receive(START_SECONDS)["picked_up_us"]
            if number > 0:  # the first one pays for connections and lazy loading
                times.append(picked)
            if time.monotonic() > until and times:
                break
        times.sort()
        self.figures["pickup_p50_us"] = times[int(0.5 * (len(times) - 1))]
        self.figures["pickup_p99_us"] = times[int(0.99 * (len(times) - 1))]
        self.figures["pickups"] = len(times)

    def round(self, about, processes, first):
        self.server.fresh()
        with self.program("client") as client:
            client.ask("about", START_SECONDS)
            *slower, best = about["enqueue"]
            for how in slower if first else []:
                self.enqueue(client, how, self.limits.seconds / 2)
            self.enqueue(client, best, self.limits.seconds)
            self.server.settled()
            with ExitStack() as stack:
                workers = [stack.enter_context(self.program("worker")) for _ in range(processes)]
                for worker in workers:
                    worker.ask("ready", START_SECONDS)
                self.process(client, workers)

    def enqueue(self, client, how, seconds):
        self.say(f"enqueue, {ENQUEUES[how]}")
        done = client.ask(f"{how} {seconds} {self.limits.jobs}", START_SECONDS + 10 * seconds)
        self.better(f"enqueue_{how}_per_s", done["jobs"] / done["seconds"])

    def process(self, client, workers):
        count = len(workers)
        self.say(f"process, {count} worker process{'es' if count > 1 else ''}")
        before = client.ask("left")["left"]
        started = time.monotonic()
        for worker in workers:
            worker.send("start")
        for worker in workers:
            worker.receive(START_SECONDS)
        left, handled, ended = self.until_done(client, workers, before, started)
        # Some peers take a job off the store before it runs, and some run one twice.
        done = min(handled, before - left)
        if self.better("process_per_s", done / (ended - started)):
            self.figures["processes"] = count
            self.figures["jobs"] = done

    def until_done(self, client, workers, before, started):
        until = started + PROCESS_FACTOR * self.limits.seconds
        handled = 0
        while True:
            time.sleep(ASKED_EVERY)
            now = time.monotonic()
            if handled < before:
                handled = sum(worker.ask("count")["handled"] for worker in workers)
            if handled >= before or now > until:
                left = client.ask("left")["left"]
                if left == 0 or now > until:
                    handled = sum(worker.ask("count")["handled"] for worker in workers)
                    return left, handled, time.monotonic() if left == 0 else now

    def better(self, name, rate):
        if rate <= self.figures.get(name, 0):
            return False
        self.figures[name] = rate
        return True

    def result(self, about):
        names = ["enqueue_single_per_s", "enqueue_bulk_per_s", "enqueue_callers_per_s",
                 "process_per_s", "processes", "jobs", "pickup_p50_us", "pickup_p99_us", "pickups"]
        return {
            "peer": self.entry.title,
            "version": about["version"],
            "class": "durable" if self.durable else "default",
            "store": self.server.describe(),
            "durability": self.server.durability(),
            "settings": about["settings"],
            **{name: self.figures.get(name) for name in names},
        }

#!/usr/bin/env python3
"""Workers and drivers under everything that can happen to them at once, judged by an oracle.

    campaign.py --process PROGRAM --slow-disk LIBRARY [--seconds 45] [--seed N] [--keep]

First a calm run, in which nothing may be repeated. Then the chaos: processes are killed, stopped past
their leases, continued, asked to stop, and die, fail and hang at every failpoint, while the disk is
full, slow or bad now and then. Then everything heals, all work must come to an end, and the store is
audited. Everybody wrote a history of his own; the oracle sees nothing else. The run fails when an
invariant is broken, when a failpoint never fired, or when a process died in a way of its own. A seed
gives the same plans again, not the same moments. Longer runs are rounds of this on fresh stores.
"""

import argparse
import collections
import contextlib
import math
import os
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

from failpoint_schedule import Schedule
from history import load
from nemesis import SANITIZER, Log, Node, SlowDisk, SmallDisk
from oracle import Oracle, report

# They end a campaign that hangs; what is looked at is whether things end at all.
LONGEST_DRAIN = "120s"
LONGEST_STOP = 60
ROUND = 60


class Campaign:
    """One store with its processes, and the folder that everybody's history goes to."""

    def __init__(self, options, name):
        self.options = options
        self.program = options.process
        self.random = random.Random(f"{options.seed} {name}")
        self.folder = os.path.join(options.folder, name)
        os.mkdir(self.folder)
        self.disk = SmallDisk(os.path.join(self.folder, "disk"))
        self.store = os.path.join(self.disk.folder, "jobs.db")
        self.url = "sqlite:" + self.store
        self.log = Log(self.folder)
        self.slow = SlowDisk(self.folder)
        self.failpoint_log = pathlib.Path(self.folder, "failpoints.log")
        self.deaths = collections.Counter()
        self.faults = []
        self.nodes = []

    @property
    def schedule(self):
        return self.options.schedule

    def blame(self, text):
        print("BROKEN", text)
        self.faults.append(text)

    def environment(self, failpoints):
        sanitizers = {name: f"{os.environ.get(name, '')} exitcode={SANITIZER} {more}"
                      for name, more in (("ASAN_OPTIONS", "verify_asan_link_order=0"),
                                         ("UBSAN_OPTIONS", ""), ("TSAN_OPTIONS", ""))}
        return {**os.environ, **sanitizers, "ERRAND_FAILPOINTS": failpoints,
                "ERRAND_FAILPOINT_LOG": str(self.failpoint_log),
                "ERRAND_FAILPOINT_SEED": str(self.options.seed),
                "LD_PRELOAD": self.options.slow_disk, "SLOW_DISK": self.slow.path}

    def worker(self, name, lease, shortest=0, longest=0):
        return self.add(Node(self, name, "work", lambda life: [lease], shortest, longest))

    def driver(self, name, count, shortest=0, longest=0):
        base = self.random.getrandbits(32)
        return self.add(Node(self, name, "drive", lambda life: [str(base + life), str(count)],
                             shortest, longest))

    def add(self, node):
        self.nodes.append(node)
        return node

    def run_helper(self, role, *arguments):
        """Runs a process that is free of faults to its end."""
        history = os.path.join(self.folder, f"{role}.jsonl")
        command = [self.program, role, self.url, history, role, "1", *arguments]
        done = subprocess.run(command, env=self.environment(""), capture_output=True, text=True)
        if done.returncode != 0:
            self.blame(f"{role}: exit {done.returncode}: {done.stderr}")

    def end(self):
        """Waits until the present workers have done all work, stops them, and asks the oracle."""
        self.run_helper("await", LONGEST_DRAIN)
        self.stop_all()
        self.run_helper("audit")
        with contextlib.closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as file:
            found = file.execute("PRAGMA integrity_check").fetchall()
        self.log.write("audit_check", "ok" if found == [("ok",)] else "fail",
                       what="integrity_check", detail=str(found))
        self.log.write("audit_files", left=sorted(set(os.listdir(self.store + "-run")) - {"wake"}))
        history = load(self.folder)
        oracle = Oracle(history)
        self.faults += oracle.judge()
        report(oracle)
        return history

    def stop_all(self):
        running = [node for node in self.nodes if node.process is not None]
        for node in running:
            node.term()
        for node in running:
            with contextlib.suppress(subprocess.TimeoutExpired):
                node.process.wait(timeout=LONGEST_STOP)
            if node.process.poll() is None:
                self.blame(f"{node.name} did not end within {LONGEST_STOP} s of SIGTERM")
                node.kill()
            else:
                node.buried()

    def close(self):
        for node in self.nodes:
            node.put_down()
        self.disk.close()


class Weather:
    """What happens to everybody at once: the disk slow, full or bad, with pauses in between."""

    def __init__(self, campaign, seconds):
        self.campaign = campaign
        self.pause = max(2.0, seconds / 15)
        self.kinds = ["slow_disk", "bad_disk"] + (["disk_full"] if campaign.disk.mounted else [])
        self.now = None
        self.turns = 0
        self.until = time.monotonic() + self.pause

    def tick(self):
        if time.monotonic() < self.until:
            return
        if self.now:
            self.end()
        else:
            self.begin()

    def begin(self):
        campaign = self.campaign
        self.now = self.kinds[self.turns % len(self.kinds)]
        self.turns += 1
        campaign.log.fault(self.now, target="all")
        if self.now == "slow_disk":
            campaign.slow.set(sync_us=campaign.random.randint(2_000, 20_000), write_us=200)
        elif self.now == "bad_disk":
            campaign.slow.set(one_sync_fails_in=campaign.random.randint(2, 6))
        else:
            campaign.disk.fill()
        self.until = time.monotonic() + campaign.random.uniform(0.5, 1.5)

    def end(self):
        self.campaign.slow.set()
        self.campaign.disk.free()
        if self.now:
            self.campaign.log.fault(self.now, on=False, target="all")
        self.now = None
        self.until = time.monotonic() + self.pause


def calm(campaign, options):
    """Without a fault nothing runs twice."""
    for name in ("w1", "w2"):
        campaign.worker(name, "15s").start()
    drivers = [campaign.driver(name, options.calm_steps) for name in ("d1", "d2")]
    for driver in drivers:
        driver.start()
    for driver in drivers:
        driver.process.wait()
        driver.state = "stopping"  # it ends by itself
        driver.buried()
    campaign.end()


def chaos(campaign, options):
    """All faults at once; then none, and everything must come to a good end."""
    campaign.schedule.follow(campaign.failpoint_log, campaign.random)
    weather = Weather(campaign, options.round)
    for name, longest in (("w1", 3), ("w2", 3), ("w3", 8)):
        campaign.worker(name, "1s", 0.8, longest)
    for name in ("d1", "d2"):
        campaign.driver(name, 0, 1, 4)
    began = time.monotonic()
    # A slow machine gets more time to come by every failpoint.
    while (passed := time.monotonic() - began) < options.round or (
            passed < 2 * options.round and campaign.schedule.never_fired()):
        for node in campaign.nodes:
            node.tick()
        weather.tick()
        time.sleep(0.02)  # the nemesis' rhythm
    weather.end()
    for node in campaign.nodes:
        node.put_down()
    campaign.log.write("heal")
    for name in ("healer1", "healer2"):
        campaign.worker(name, "15s").start()
    faults = collections.Counter(fault.extra("kind") for fault in campaign.end().faults()
                                 if fault.extra("on"))
    print("campaign:", ", ".join(f"{n} {kind}" for kind, n in sorted(faults.items())), "in",
          sum(node.life for node in campaign.nodes), "lives, exits", dict(campaign.deaths))
    campaign.schedule.forget_log()
    if not campaign.disk.mounted:
        print("campaign: full disk skipped, mounting a tmpfs needs root")


def run(part, name, options):
    print(f"== {name}", flush=True)
    campaign = Campaign(options, name)
    try:
        part(campaign, options)
    finally:
        campaign.close()
    if not campaign.faults and not options.keep:
        shutil.rmtree(campaign.folder, ignore_errors=True)
    return campaign.faults


def misspelt_failpoint(options):
    """Faults if a name that does not exist is not refused."""
    done = subprocess.run([options.process, "audit", "memory:", os.devnull, "x", "1"],
                          env={**os.environ, "ERRAND_FAILPOINTS": "claim.after_comit=kill"},
                          capture_output=True, text=True)
    if done.returncode == 1 and "did you mean claim.after_commit?" in done.stderr:
        return []
    return [f"a misspelt failpoint: exit {done.returncode}: {done.stderr}"]


def parse_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("--process", required=True, help="errand-campaign-process")
    parser.add_argument("--slow-disk", required=True, help="the library for LD_PRELOAD")
    parser.add_argument("--seconds", type=float, default=45, help="of chaos")
    parser.add_argument("--calm-steps", type=int, default=300, help="of each driver in a calm run")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().getrandbits(32))
    parser.add_argument("--keep", action="store_true", help="keep the histories of good rounds")
    options = parser.parse_args()
    options.process = os.path.abspath(options.process)
    options.slow_disk = os.path.abspath(options.slow_disk)
    options.folder = tempfile.mkdtemp(prefix="errand-campaign-")
    options.schedule = Schedule(options.process)
    return options


def main():
    options = parse_options()
    rounds = max(1, math.ceil(options.seconds / ROUND))
    options.round = options.seconds / rounds
    print(f"campaign: seed {options.seed}, histories in {options.folder}", flush=True)
    faults = misspelt_failpoint(options)
    for number in range(1, rounds + 1):
        for part in (calm, chaos):
            faults += run(part, f"{part.__name__}{number}", options)
    never = options.schedule.print_table()
    faults += [f"{name} never fired" for name in never]
    total = len(options.schedule.actions)
    print(f"campaign: seed {options.seed}, {total - len(never)} of {total} failpoints fired, "
          f"{len(faults)} broken", *map(str, faults[:20]), sep="\n  ")
    with contextlib.suppress(OSError):
        os.rmdir(options.folder)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()

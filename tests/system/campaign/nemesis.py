"""Processes that are started, killed, stopped and continued again, each step in the history."""

import json
import os
import signal
import struct
import subprocess
import time

from failpoint_schedule import AFTER_A_WHILE, AT_STOP

# A worker that was asked to stop ends by itself; this only ends a campaign in which it does not.
LONGEST_STOP = 30
SANITIZER = 99
# Seconds, enough to come by what happens only after a while.
LONG_LIFE = 8
# What may keep a process from starting, as its last line says.
EXPECTED = ("failpoint", "free")


class Log:
    """The nemesis' own history."""

    def __init__(self, folder):
        self.file = open(os.path.join(folder, "nemesis.jsonl"), "a", encoding="utf-8")

    def write(self, op, phase="ok", **extra):
        record = {"t": time.monotonic_ns() // 1000, "node": "nemesis", "inc": 1,
                  "pid": os.getpid(), "op": op, "phase": phase, "extra": extra}
        self.file.write(json.dumps(record) + "\n")
        self.file.flush()

    def fault(self, kind, on=True, **extra):
        self.write("fault", kind=kind, on=on, **extra)


class Node:
    """One role that lives many lives, each in a process with failpoints of its own."""

    def __init__(self, campaign, name, role, arguments, shortest, longest):
        self.campaign = campaign
        self.random = campaign.random
        self.name = name
        self.role = role
        self.arguments = arguments
        self.shortest, self.longest = shortest, longest
        self.life = 0
        self.process = None
        self.state = "down"
        self.until = 0
        self.ending = None

    def start(self, failpoints=""):
        self.life += 1
        campaign = self.campaign
        history = os.path.join(campaign.folder, f"{self.name}-{self.life}.jsonl")
        stderr = open(self.stderr_path(), "wb")
        command = [campaign.program, self.role, campaign.url, history, self.name, str(self.life),
                   *self.arguments(self.life)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr,
                                        env=campaign.environment(failpoints))
        stderr.close()
        self.state = "up"
        self.until = time.monotonic() + self.random.uniform(self.shortest, self.longest)
        campaign.log.write("spawn", target=self.name, life=self.life, pid=self.process.pid,
                           failpoints=failpoints)

    def stderr_path(self):
        return os.path.join(self.campaign.folder, f"{self.name}-{self.life}.err")

    def start_with_failpoints(self):
        patient = self.longest >= LONG_LIFE
        spec, names = self.campaign.schedule.spec(self.role, patient)
        self.start(spec)
        if any(name.startswith(AFTER_A_WHILE) for name in names):
            self.until = time.monotonic() + LONG_LIFE
        choices = ("kill", "kill", "term", "pause") if self.role == "work" else ("kill", "pause")
        at_stop = any(name.startswith(AT_STOP) for name in names)
        self.ending = "term" if at_stop else self.random.choice(choices)

    def tick(self):
        """One look: has it died, is it time for the next step?"""
        if self.process is not None and self.process.poll() is not None:
            self.buried()
        now = time.monotonic()
        if self.state == "down" and now >= self.until:
            self.start_with_failpoints()
        elif self.state == "stopping" and now >= self.until:
            self.campaign.blame(f"{self.name} did not end within {LONGEST_STOP} s of SIGTERM")
            self.kill()
        elif self.state == "paused" and now >= self.until:
            self.resume()
            self.until = now + self.random.uniform(0.5, 1.5)
        elif self.state == "up" and now >= self.until:
            getattr(self, self.ending)()

    def kill(self):
        self.campaign.log.fault("kill", target=self.name, pid=self.process.pid)
        self.process.kill()
        self.process.wait()
        self.buried()

    def term(self):
        self.campaign.log.fault("term", target=self.name, pid=self.process.pid)
        self.process.send_signal(signal.SIGTERM)
        self.state, self.until = "stopping", time.monotonic() + LONGEST_STOP

    def pause(self):
        self.campaign.log.fault("pause", target=self.name, pid=self.process.pid)
        self.process.send_signal(signal.SIGSTOP)
        self.state, self.until = "paused", time.monotonic() + self.random.uniform(1.2, 2.5)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)
        self.campaign.log.fault("pause", on=False, target=self.name, pid=self.process.pid)
        self.state, self.ending = "up", self.random.choice(("kill", "term"))
        if self.role != "work":
            self.ending = "kill"

    def buried(self):
        status = self.process.returncode
        self.campaign.log.write("exit", target=self.name, life=self.life, pid=self.process.pid,
                                status=status)
        self.campaign.deaths[status] += 1
        if not self.expected(status):
            with open(self.stderr_path(), encoding="utf-8", errors="replace") as file:
                self.campaign.blame(f"{self.name}-{self.life} ended with {status}: "
                                    + file.read()[-3000:])
        self.process = None
        self.state, self.until = "down", time.monotonic() + 0.05

    def expected(self, status):
        if status == -signal.SIGKILL or (status == 0 and self.state == "stopping"):
            return True
        if status != 1:
            return False
        with open(self.stderr_path(), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
        return bool(lines) and any(word in lines[-1] for word in EXPECTED)

    def put_down(self):
        if self.process is None:
            return
        if self.state == "paused":
            self.resume()
        if self.process.poll() is None:
            self.kill()
        else:
            self.buried()


class SlowDisk:
    """What the library under LD_PRELOAD does, see slow_disk.cpp."""

    def __init__(self, folder):
        self.path = os.path.join(folder, "slow_disk")
        self.set()

    def set(self, sync_us=0, write_us=0, one_sync_fails_in=0):
        mode = "r+b" if os.path.exists(self.path) else "w+b"
        with open(self.path, mode) as file:
            file.write(struct.pack("=III", sync_us, write_us, one_sync_fails_in))


class SmallDisk:
    """A file system of its own that can be filled; without the right to mount, an ordinary folder."""

    SIZE = "192m"

    def __init__(self, folder):
        self.folder = folder
        self.filler = os.path.join(folder, "filler")
        os.mkdir(folder)
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.SIZE}", "tmpfs", folder],
                                 capture_output=True, check=False)
        self.mounted = mounted.returncode == 0

    def fill(self):
        with open(self.filler, "wb", buffering=0) as file:
            for size in (1 << 20, 4096):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    def free(self):
        if os.path.exists(self.filler):
            os.remove(self.filler)

    def close(self):
        if self.mounted:
            subprocess.run(["umount", "-l", self.folder], check=False)

"""The lines that a peer's program in Python answers; README.md has the protocol."""

import json
import os
import sys
import threading
import time

BATCH = 1000
CALLERS = 64
STAMP_BYTES = 19


def say(answer):
    """One write, so that lines of several processes do not mix."""
    os.write(1, json.dumps(answer).encode() + b"\n")


def stamp(now=False):
    """When a job was sent, in nanoseconds, of a fixed length; zeros for jobs that are only counted."""
    return str(time.monotonic_ns() if now else 0).zfill(STAMP_BYTES)


def tell_picked_up(sent):
    if sent != "0" * STAMP_BYTES:
        say({"picked_up_us": (time.monotonic_ns() - int(sent)) / 1000})


def repeated(seconds, jobs, enqueue, step=1):
    """Calls enqueue() until the time or the number of jobs is up, each call adds `step` of them."""
    started = time.monotonic()
    until, done = started + seconds, 0
    while done < jobs and time.monotonic() < until:
        enqueue()
        done += step
    return {"jobs": done, "seconds": time.monotonic() - started}


def in_threads(seconds, jobs, make_enqueue):
    """`repeated` in 64 threads, each with an enqueue() of its own."""
    done = []
    ready = threading.Barrier(CALLERS + 1)

    def caller(enqueue):
        ready.wait()
        done.append(repeated(seconds, jobs // CALLERS, enqueue))

    threads = [threading.Thread(target=caller, args=(make_enqueue(),)) for _ in range(CALLERS)]
    for thread in threads:
        thread.start()
    started = time.monotonic()
    ready.wait()
    for thread in threads:
        thread.join()
    if len(done) != CALLERS:
        raise RuntimeError("a caller failed; its trace is above")
    return {"jobs": sum(one["jobs"] for one in done), "seconds": time.monotonic() - started}


def serve(commands):
    """Answers each line of stdin with commands[first word](other words as numbers)."""
    for line in sys.stdin:
        name, *words = line.split()
        say(commands[name](*map(float, words)))

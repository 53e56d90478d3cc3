#!/usr/bin/env python3
"""Celery on Redis.

Settings, from its guide "Optimizing" and the options of `celery worker`: a prefetch multiplier of 128
for many short tasks, no results (task_ignore_result), no events, gossip, mingle or heartbeats, one
process per core (prefork). It has no bulk call; 64 threads call apply_async. It acknowledges a task
when it starts, so a killed worker loses it; with the durable server tasks are acknowledged late and
survive (task_acks_late, task_reject_on_worker_lost).
"""

import multiprocessing
import os
import sys
import threading

import celery
from celery.signals import worker_ready

import lines

DURABLE = os.environ.get("PEER_DURABLE") == "1"
QUEUE = "bench"
FILL = "x" * (200 - lines.STAMP_BYTES - len('["", ""]'))

handled = multiprocessing.Value("q", 0)

app = celery.Celery("bench", broker=os.environ.get("PEER_URL"))
app.conf.update(
    task_ignore_result=True,
    task_store_errors_even_if_ignored=False,
    task_default_queue=QUEUE,
    task_acks_late=DURABLE,
    task_reject_on_worker_lost=DURABLE,
    worker_prefetch_multiplier=128,
    worker_redirect_stdouts=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_pool_limit=lines.CALLERS,
)


@app.task(name="noop")
def noop(sent, _fill):
    with handled.get_lock():
        handled.value += 1
    lines.tell_picked_up(sent)


def enqueue(sent=lines.stamp()):
    noop.apply_async((sent, FILL))


def client():
    redis = app.connection_for_read().default_channel.client

    def left():
        return {"left": redis.llen(QUEUE) + redis.hlen("unacked")}

    lines.serve({
        "about": lambda: {
            "version": celery.__version__, "enqueue": ["single", "callers"], "processes": [1],
            "settings": "no bulk call; prefork, a child per core, prefetch multiplier 128, "
                        "no results, events, gossip, mingle and heartbeats; "
                        + ("acks late" if DURABLE else "acks early, its default")},
        "one": lambda: enqueue(lines.stamp(now=True)) or {},
        "single": lambda seconds, jobs: lines.repeated(seconds, jobs, enqueue),
        "callers": lambda seconds, jobs: lines.in_threads(seconds, jobs, lambda: enqueue),
        "left": left,
    })


def worker():
    """A worker that at first listens to a queue where nothing comes, so that its start is not counted."""
    is_ready = threading.Event()
    worker_ready.connect(lambda **_: is_ready.set(), weak=False)
    name = f"worker{os.getpid()}@bench"
    own = app.Worker(hostname=name, pool="prefork", concurrency=os.cpu_count(),
                         queues=f"idle-{os.getpid()}", loglevel="WARNING", quiet=True, task_events=False,
                         without_gossip=True, without_mingle=True, without_heartbeat=True)

    def ready():
        if not is_ready.wait(60):
            raise RuntimeError("the worker did not come up")
        return {}

    def start():
        answers = app.control.add_consumer(QUEUE, destination=[name], reply=True, timeout=10)
        if not answers:
            raise RuntimeError("the worker did not answer")
        return {}

    def answer():
        try:
            lines.serve({"ready": ready, "start": start, "count": lambda: {"handled": handled.value}})
        finally:
            os._exit(0)

    threading.Thread(target=answer, daemon=True).start()
    own.start()


if __name__ == "__main__":
    {"client": client, "worker": worker}[sys.argv[1]]()

"""The section of docs/benchmarks.md that sets each figure beside what was aimed at."""

HEAD = """
## Goals

Aimed at for two cores and `durability=full`. How fast the machine was during the run stands in the third
column: the raw loop's rate and which part of it the goal takes, or the time of one `fdatasync`, without
which no durable enqueue returns. A handler may start while its job is still being synced
([why](decisions/0006-when-a-write-is-on-the-disk.md)), so it may be faster than that. A missed goal is
missed, also where the machine could not have met it.

| goal | measured | this machine | |
|---|---:|---:|---|
"""

# Title, figure, at least so many jobs/s, the raw loop's figure.
RATES = [
    ("process", "process_per_s", 250_000, "raw_process_per_s"),
    ("enqueue in batches of 1,000", "enqueue_batch_per_s", 300_000, "raw_enqueue_batch_per_s"),
    ("enqueue, 64 callers", "enqueue_64_callers_per_s", 60_000, None),
    ("both at once: enqueue", "mixed_enqueue_per_s", 80_000, None),
    ("both at once: process", "mixed_process_per_s", 80_000, None),
]
# Title, figure, at least so much of what.
RATIOS = [
    ("process", "process_ratio", 0.7, "raw"),
    ("enqueue in batches of 1,000", "enqueue_batch_ratio", 0.7, "raw"),
]
# What the store also holds, by the name in depth_NAME_ratio.
DEPTHS = {
    "waiting": "waiting in the same line",
    "scheduled": "scheduled for later",
    "finished": "finished",
    "queues": "waiting in 999 other queues",
    "priorities": "waiting, of 1,000 priorities",
    "mingled": "waiting, priorities dealt one by one",
}
DEPTH_RATIO = 0.8
# What jobs are processed with, by the name in feature_NAME_ratio.
FEATURES = {
    "concurrency": "a global concurrency limit",
    "rate": "a rate limit that does not bind",
    "keys": "10,000 ordering keys",
    "fair": "fair share between 1,000 tenants",
    "groups": "workflows, groups of 1,000",
    "chains": "workflows, chains of 10",
}
FEATURE_RATIO = 0.6
FEATURE_RATIOS = {"groups": 0.5, "chains": 0.5}
# Title, figure, less than so many µs.
TIMES = [
    ("enqueue called → handler starts, p50", "pickup_p50_us", 300),
    ("enqueue called → handler starts, p99", "pickup_p99_us", 2_000),
    ("the same in another process, p50", "pickup_cross_process_p50_us", 1_000),
    ("enqueue called → handler starts, behind jobs of a busy key, p99", "saturated_turn_p99_us", 5_000),
    ("enqueue called → handler starts, behind jobs of a full limit, p99", "saturated_limit_p99_us", 5_000),
]
LATENESS_MS, SCHEDULES_CORES = 50, 0.05
IDLE_MB, ADDED_MB, IDLE_CPU_PERCENT = 20, 1, 0.2


def verdict(met):
    return "not measured" if met is None else "met" if met else "**missed**"


def row(title, measured, machine, met):
    return title, "–" if measured is None else measured, machine, verdict(met)


def rates(figures):
    for title, name, least, raw_name in RATES:
        rate, raw = figures.get(name), figures.get(raw_name)
        machine = f"raw {raw:,.0f}, the goal is {least / raw:.2f} × that" if raw else ""
        yield row(f"{title} ≥ {least:,} jobs/s", None if rate is None else f"{rate:,.0f}", machine,
                  None if rate is None else rate >= least)


def ratios(figures):
    depth = figures.get("depth") or 0
    depths = [(f"process beside {depth:,} jobs {title}", f"depth_{name}_ratio", DEPTH_RATIO,
               "a small store") for name, title in DEPTHS.items()]
    features = [(f"process with {title}", f"feature_{name}_ratio",
                 FEATURE_RATIOS.get(name, FEATURE_RATIO), "without")
                for name, title in FEATURES.items()]
    for title, name, least, of in RATIOS + depths + features:
        ratio = figures.get(name)
        yield row(f"{title} ≥ {least:.1f} × {of}", None if ratio is None else f"{ratio:.2f} ×", "",
                  None if ratio is None else ratio >= least)


def times(figures):
    fsync = figures.get("fsync_us")
    machine = f"fdatasync {fsync:,.0f} µs" if fsync else ""
    for title, name, most in TIMES:
        time = figures.get(name)
        yield row(f"{title} < {most:,} µs", None if time is None else f"{time:,.0f} µs", machine,
                  None if time is None else time < most)


def schedules(figures):
    count = figures.get("schedules") or 10_000
    late, cores = figures.get("schedules_spread_p99_us"), figures.get("schedules_cores")
    if not figures.get("schedules"):
        late = cores = None
    yield row(f"{count:,} schedules once a minute: tick → handler starts, p99 < {LATENESS_MS} ms",
              None if late is None else f"{late / 1000:.1f} ms", "",
              None if late is None else late < LATENESS_MS * 1000)
    yield row(f"their cost < {SCHEDULES_CORES:.0%} of a core, handlers included",
              None if cores is None else f"{cores:.1%}", "",
              None if cores is None else cores < SCHEDULES_CORES)


def megabytes(kib):
    return kib * 1024 / 1e6


def idle_rows(idle):
    if idle is None:
        yield row(f"idle `errand work`: resident < {IDLE_MB} MB", None, "", None)
        return
    empty = megabytes(idle["empty"]["rss_kib"])
    added = megabytes(idle["full"]["rss_kib"] - idle["empty"]["rss_kib"])
    own = megabytes(idle["empty"]["anonymous_kib"])
    yield row(f"idle `errand work`: resident < {IDLE_MB} MB", f"{empty:.1f} MB",
              f"{own:.1f} MB of it are its own, the rest is program, libraries and store file",
              empty < IDLE_MB)
    yield row(f"{idle['jobs']:,} waiting jobs add nothing to it (< {ADDED_MB} MB)",
              f"{added:+.1f} MB", "", added < ADDED_MB)
    for title, one in (("", idle["empty"]), (f", {idle['jobs']:,} jobs waiting", idle["full"])):
        percent = one["cpu_ms"] / 10 / idle["seconds"]
        yield row(f"idle `errand work`{title}: < {IDLE_CPU_PERCENT} % of one processor",
                  f"{percent:.3f} %", f"{one['wake_ups'] / idle['seconds']:.1f} wake-ups a second",
                  percent < IDLE_CPU_PERCENT)


def section(figures, idle):
    """`figures` is what errand bench wrote, `idle` what bench/idle wrote or None."""
    rows = [*rates(figures), *ratios(figures), *times(figures), *schedules(figures), *idle_rows(idle)]
    page = HEAD + "".join("| " + " | ".join(cells) + " |\n" for cells in rows)
    count = [cells[-1] for cells in rows].count
    return page + (f"\n{count(verdict(True))} met, {count(verdict(False))} missed, "
                   f"{count(verdict(None))} not measured.\n")

"""Turns figures into docs/benchmarks.md on stdout: page.py ERRAND.json PEERS.json; peers may be missing."""

import json
import os
import platform
import re
import subprocess
import sys

import goals
import peers_section

HEAD = """# Benchmarks

Written by `make bench`; do not edit. What each figure means: [bench/README.md](../bench/README.md).

| | |
|---|---|
"""

RATES = [
    ("enqueue, one caller, one job per call", "enqueue_single_per_s", None, None),
    ("enqueue, 64 callers, one job per call", "enqueue_64_callers_per_s",
     "callers_ratio", "one caller"),
    ("enqueue, batches of 1,000", "enqueue_batch_per_s", "enqueue_batch_ratio", "raw"),
    ("process (claim + run + complete)", "process_per_s", "process_ratio", "raw"),
    ("both at once: enqueue", "mixed_enqueue_per_s", None, None),
    ("both at once: process", "mixed_process_per_s", None, None),
    ("raw SQLite: enqueue, batches of 1,000", "raw_enqueue_batch_per_s", None, None),
    ("raw SQLite: process", "raw_process_per_s", None, None),
    ("raw SQLite: process, claims in memory", "raw_process_memory_claims_per_s", None, None),
]

TIMES = [
    ("enqueue called → handler starts", "pickup"),
    ("enqueue returned → handler starts", "pickup_after_commit"),
    ("called → starts, worker in another process", "pickup_cross_process"),
    ("returned → starts, worker in another process", "pickup_cross_process_after_commit"),
]


def processor():
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        found = re.search(r"^model name\s*:\s*(.+)$", info.read(), re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def file_system(directory):
    command = ["stat", "--file-system", "--format=%T", directory]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def settings(version, commit, figures):
    fsync = figures["fsync_us"]
    return [
        ("version", f"{version}, commit {commit}"),
        ("processor", f"{processor()}, {os.cpu_count()} cores"),
        ("kernel", f"{platform.system()} {platform.release()}"),
        ("file system", file_system(os.environ["ERRAND_BENCH_DIR"])),
        ("append 4 KiB + fdatasync, median", "–" if fsync is None else f"{fsync:.0f} µs"),
        ("store", f"{figures['store']}, durability={figures['durability']}"),
        ("load", f"{figures['jobs']:,} jobs with 200 bytes of arguments, no-op handler, "
                 f"{figures['slots']} slots, best of {figures['rounds']} rounds"),
    ]


def rate_rows(figures):
    for title, name, ratio, of in RATES:
        rate = "–" if figures[name] is None else f"{figures[name]:,.0f}"
        value = figures.get(ratio)
        if name == "enqueue_single_per_s" and figures[name] and figures["fsync_us"]:
            value, of = figures[name] * figures["fsync_us"] / 1e6, "an fdatasync per job"
        yield title, rate, "" if value is None else f"{value:.2f} × {of}"


def depth_rows(figures):
    if figures.get("depth_base_per_s") is None:
        return
    yield "process in small stores, 10,000 waiting", f"{figures['depth_base_per_s']:,.0f}", ""
    for name, title in goals.DEPTHS.items():
        yield (f"process beside {figures['depth']:,} {title}",
               f"{figures[f'depth_{name}_per_s']:,.0f}",
               f"{figures[f'depth_{name}_ratio']:.2f} × small store")


def feature_rows(figures):
    for name, title in goals.FEATURES.items():
        if figures.get(f"feature_{name}_per_s") is not None:
            yield (f"process with {title}", f"{figures[f'feature_{name}_per_s']:,.0f}",
                   f"{figures[f'feature_{name}_ratio']:.2f} × without")


def time_rows(figures):
    schedules = figures.get("schedules") or 0
    late = [(f"tick of one of {schedules:,} schedules spread over a minute → handler starts",
             "schedules_spread"),
            (f"{schedules:,} schedules that tick at one moment → handler starts",
             "schedules_at_once")]
    for title, name in TIMES + (late if schedules else []):
        times = [figures[f"{name}_{rank}_us"] for rank in ("p50", "p99")]
        yield (title, *("–" if time is None else f"{time:,.0f} µs" for time in times))


def table(rows):
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def main():
    errand = read(sys.argv[1])
    peers = read(sys.argv[2]) if os.path.exists(sys.argv[2]) else None
    figures = errand["durable"]
    page = HEAD + table(settings(errand["version"], errand["commit"], figures))
    page += "\n| rate | jobs/s | ratio |\n|---|---:|---:|\n" + table(rate_rows(figures))
    page += table(depth_rows(figures)) + table(feature_rows(figures))
    page += "\n| time to pick up a job, idle worker | p50 | p99 |\n|---|---:|---:|\n"
    page += table(time_rows(figures))
    page += goals.section(figures, errand.get("idle"))
    page += peers_section.section(peers, errand)
    sys.stdout.write(page)


if __name__ == "__main__":
    main()

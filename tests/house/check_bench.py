#!/usr/bin/env python3
"""Checks what no other test runs: the programs under bench parse, the page is written with old, with new and
without peers' figures and says which goals are met, and a profile is drawn: check_bench.py PROJECT_FOLDER"""

import ast
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

PARSERS = {".js": ["node", "--check"], ".rb": ["ruby", "-c"], ".sh": ["bash", "-n"]}


def language(path):
    if path.suffix:
        return path.suffix
    first = path.read_bytes().split(b"\n", 1)[0].decode(errors="replace")
    return {"python3": ".py", "bash": ".sh"}.get(first.rsplit(maxsplit=1)[-1].rsplit("/", 1)[-1], "")


def unreadable(path):
    """What the language's own parser says against a file, or None; so also where there is no parser."""
    kind = language(path)
    try:
        if kind == ".py":
            ast.parse(path.read_text())
        if kind == ".json":
            json.loads(path.read_text())
    except (SyntaxError, ValueError) as error:
        return str(error)
    if kind in PARSERS and shutil.which(PARSERS[kind][0]):
        said = subprocess.run([*PARSERS[kind], path], capture_output=True, text=True, check=False)
        if said.returncode != 0:
            return said.stderr.strip()
    return None


def figures(scale):
    names = ["enqueue_single_per_s", "enqueue_64_callers_per_s", "enqueue_batch_per_s",
             "process_per_s", "pickup_cross_process_p50_us", "pickup_cross_process_p99_us"]
    return {name: scale * (number + 1) for number, name in enumerate(names)}


def peers(errand):
    result = {"peer": "Snail", "version": "1.2", "class": "durable", "store": "Shell 3",
              "durability": "yes", "settings": "none", "enqueue_single_per_s": 10,
              "enqueue_callers_per_s": None, "enqueue_bulk_per_s": 6000, "process_per_s": 8000,
              "pickup_p50_us": 7000, "pickup_p99_us": 9000, "processes": 2, "jobs": 12345}
    return {"measured_at": "2026-01-02T03:04:05Z", "errand": errand, "results": [result],
            "skipped": [{"peer": "Sloth", "reason": "it sleeps"}], "failed": []}


def wrong_pages(section):
    now = {"version": "errand 1", "commit": "abc", "durable": figures(1000), "default": figures(2000)}
    before = {**now, "commit": "cba"}
    expected = [
        (None, ["Not measured on this machine yet"], ["Snail"]),
        (peers(now), ["Snail 1.2, Shell 3", "10 (100.0 ×)", "6,000 (0.5 ×)", "8,000 (0.5 ×)",
                      "Snail (durable), in bulk", "12,345", "Sloth was not measured: it sleeps"],
         ["earlier run", "Snail (durable), p99"]),
        (peers(before), ["earlier run", "2026-01-02", "commit cba"], []),
        (peers(None), ["there are no ratios", "6,000 |"], [" ×)"]),
    ]
    for document, parts, absent in expected:
        page = section(document, now)
        yield from (f"the page lacks {part!r}" for part in parts if part not in page)
        yield from (f"the page has {part!r}" for part in absent if part in page)


def wrong_goals(section):
    some = {"process_per_s": 250_000, "raw_process_per_s": 1_000_000, "process_ratio": 0.25,
            "depth": 2_000, "depth_waiting_ratio": 0.8, "depth_queues_ratio": 0.79,
            "feature_keys_ratio": 0.55, "feature_chains_ratio": 0.55,
            "pickup_p50_us": 300, "pickup_p99_us": None, "fsync_us": 150}
    worker = {"rss_kib": 19_000, "anonymous_kib": 2_000, "cpu_ms": 10, "wake_ups": 30}
    idle = {"seconds": 10, "jobs": 2_000, "empty": worker, "full": {**worker, "rss_kib": 20_000}}
    page = section(some, idle)
    lines = ["| process ≥ 250,000 jobs/s | 250,000 | raw 1,000,000, the goal is 0.25 × that | met |",
             "| process ≥ 0.7 × raw | 0.25 × |  | **missed** |",
             "waiting in the same line ≥ 0.8 × a small store | 0.80 × |  | met |",
             "| process with 10,000 ordering keys ≥ 0.6 × without | 0.55 × |  | **missed** |",
             "| process with workflows, chains of 10 ≥ 0.5 × without | 0.55 × |  | met |",
             "waiting in 999 other queues ≥ 0.8 × a small store | 0.79 × |  | **missed** |",
             "p50 < 300 µs | 300 µs | fdatasync 150 µs | **missed** |",
             "p99 < 2,000 µs | – | fdatasync 150 µs | not measured |",
             "resident < 20 MB | 19.5 MB |", "| 2,000 waiting jobs add nothing to it (< 1 MB) | +1.0 MB |",
             "0.100 % | 3.0 wake-ups a second | met |"]
    yield from (f"the goals lack {line!r}" for line in lines if line not in page)
    if "\n0 met" not in section({}, None):
        yield "goals that nothing was measured for are met"


PERF = """\
worker:one 7  10.000000:
\tffff ksys_write ([kernel.kallsyms])
\tffff do_syscall_64 ([kernel.kallsyms])
\t  1a [unknown] (/usr/lib/libsqlite3.so.0.8.6)
\t  1b [unknown] (/usr/lib/libsqlite3.so.0.8.6)
\t  2a errand::sqlite::(anonymous namespace)::Rows<std::pair<int, int> >::next (/opt/bin/errand)
\t  3a start_thread (/usr/lib/libc.so.6)

worker:one 7  10.500000:
\t  2b std::_Function_handler<void (), errand::sqlite::Store::settle(int)::{lambda()#1}>::_M_invoke (/opt/bin/errand)

worker:one 8  11.000000:
\t  2b errand::sqlite::Store::settle (/opt/bin/errand)

other 9  11.000000:
\t  2b main (/opt/bin/errand)

"""


def wrong_profiles(flamegraph):
    with tempfile.TemporaryDirectory() as folder:
        svg, table = Path(folder, "svg"), Path(folder, "table")
        command = [sys.executable, flamegraph, "--svg", svg, "--table", table, "--title", "A < B",
                   "--threads", "worker:", "--hz", "2"]
        said = subprocess.run(command, input=PERF, capture_output=True, text=True, check=False)
        if said.returncode != 0:
            yield f"{flamegraph}: {said.stderr}"
            return
        titles = [title.text for title in ElementTree.parse(svg).iter("{http://www.w3.org/2000/svg}title")]
        lines = table.read_text().splitlines()
    expected = ["all: 100.0 %, 3 samples", "one: 100.0 %, 3 samples",
                "Rows::next: 33.3 %, 1 samples, itself 0.0 %; Errand",
                "(libsqlite3): 33.3 %, 1 samples, itself 0.0 %; SQLite",
                "ksys_write: 33.3 %, 1 samples, itself 33.3 %; kernel",
                "Store::settle λ: 33.3 %, 1 samples, itself 33.3 %; Errand",
                "Store::settle: 33.3 %, 1 samples, itself 33.3 %; Errand"]
    for title in expected:
        if not any(one.startswith(title) for one in titles):
            yield f"the flame graph lacks {title!r}"
    if len(titles) != len(expected):
        yield f"the flame graph has {len(titles)} frames: {titles}"
    for line in ["3 samples; 1.50 of ", "| **all** | 100.0 % | 66.7 % | 0.0 % | 33.3 % | 0.0 % |"]:
        if not any(one.startswith(line) for one in lines):
            yield f"the table of the profile lacks {line!r}"


def main():
    bench = Path(sys.argv[1], "bench")
    files = [path for path in sorted(bench.rglob("*"))
             if path.is_file() and not {"node_modules", "__pycache__"} & set(path.parts)]
    faults = [f"{path}: {said}" for path in files if (said := unreadable(path))]
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(bench))
    from peers_section import section
    faults += wrong_pages(section)
    import goals
    faults += wrong_goals(goals.section)
    faults += wrong_profiles(bench / "flamegraph")
    print(*faults, sep="\n")
    print(f"{len(files)} files, {len(faults)} faults")
    sys.exit(1 if faults or len(files) < 15 else 0)


main()

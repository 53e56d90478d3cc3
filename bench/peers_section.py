"""The section of docs/benchmarks.md about other job systems, from what bench/peers/run wrote."""

HEAD = """
## Peers

Other job systems on this machine: the same 200 bytes of arguments, handlers that do nothing, the fastest
settings that each documents, clients and workers in processes of their own.
[bench/peers/README.md](../bench/peers/README.md) says how. After each rate stands how many times as much
Errand does on SQLite in the same run; below 1 × the peer is faster. Errand runs inside the program that
uses it and the peers talk to a server; that is part of the difference.
"""

CLASSES = {
    "durable": "Durable: an answer to enqueue or complete survives the loss of power",
    "default": "As installed, where that is less: Errand beside it with `durability=process`, which "
               "survives any crash of a process but not the loss of power",
}
# A column, the peer's figure, the figure of `errand bench --json`.
RATES = [
    ("enqueue, one caller", "enqueue_single_per_s", "enqueue_single_per_s"),
    ("64 callers", "enqueue_callers_per_s", "enqueue_64_callers_per_s"),
    ("in bulk", "enqueue_bulk_per_s", "enqueue_batch_per_s"),
    ("process", "process_per_s", "process_per_s"),
]
TIMES = [
    ("pick-up p50", "pickup_p50_us", "pickup_cross_process_p50_us"),
    ("p99", "pickup_p99_us", "pickup_cross_process_p99_us"),
]


def row(cells):
    return "| " + " | ".join(cells) + " |\n"


def number(value, unit=""):
    return "–" if value is None else f"{value:,.0f}{unit}"


def rate_cell(result, own, name, counterpart):
    if result[name] is None:
        return "–"
    rate = f"{result[name]:,.0f}"
    if own is None or not own.get(counterpart) or not result[name]:
        return rate
    return f"{rate} ({own[counterpart] / result[name]:,.1f} ×)"


def title(result):
    """A server that is its own peer is named once."""
    names = [f"{result['peer']} {result['version']}", result["store"]]
    return ", ".join(dict.fromkeys(names))


def table(results, own):
    page = row(["jobs/s, ratio", *(column for column, *_ in RATES + TIMES)])
    page += row(["---", *("---:" for _ in RATES + TIMES)])
    if own is not None:
        page += row(["**Errand**, SQLite", *(number(own[name]) for _, _, name in RATES),
                     *(number(own[name], " µs") for _, _, name in TIMES)])
    for result in results:
        page += row([title(result),
                     *(rate_cell(result, own, name, other) for _, name, other in RATES),
                     *(f"{result[name]:,.0f} µs" for _, name, _ in TIMES)])
    return page


def settings(results):
    page = row(["peer", "durability", "settings", "worker processes, jobs"]) + row(["---"] * 4)
    for result in results:
        page += row([result["peer"], result["durability"], result["settings"],
                     f"{result['processes']}, {result['jobs']:,}"])
    return page


def losses(document):
    """The figures in which a peer is better than Errand in the same class."""
    for result in document["results"]:
        own = (document["errand"] or {}).get(result["class"])
        if own is None:
            continue
        for column, name, other in RATES:
            if result[name] and own.get(other) and result[name] > own[other]:
                yield (f"{result['peer']} ({result['class']}), {column}: "
                       f"{result[name]:,.0f}/s to {own[other]:,.0f}/s")
        for column, name, other in TIMES:
            if result[name] and own.get(other) and result[name] < own[other]:
                yield (f"{result['peer']} ({result['class']}), {column}: "
                       f"{result[name]:,.0f} µs to {own[other]:,.0f} µs")


def age(document, errand):
    if document["errand"] is None:
        return "Measured without Errand beside them, so there are no ratios.\n\n"
    if document["errand"] == errand:
        return ""
    return (f"**Measured at an earlier run**, {document['measured_at']}; Errand's figures here are "
            f"those of that run, of {document['errand']['version']}, commit "
            f"{document['errand']['commit']}.\n\n")


def left_out(document):
    for one in document["skipped"]:
        yield f"{one['peer']} was not measured: {one['reason']}"
    for one in document["failed"]:
        yield f"{one['peer']} ({one['class']}) failed: {one['reason']}"


def bullets(lines, otherwise):
    return "".join(f"- {line}\n" for line in lines) or otherwise


def section(document, errand):
    """`document` is what bench/peers/run wrote or None, `errand` Errand's figures of this run."""
    if document is None:
        return HEAD + "\nNot measured on this machine yet; `make bench` does.\n"
    page = HEAD + "\n" + age(document, errand)
    for name, meaning in CLASSES.items():
        results = [result for result in document["results"] if result["class"] == name]
        if results:
            own = (document["errand"] or {}).get(name)
            page += f"{meaning}.\n\n" + table(results, own) + "\n"
    page += "Where a peer is better than Errand in the same class:\n\n"
    page += bullets(losses(document), "- In none of these figures.\n")
    page += "\n" + settings(document["results"])
    if missing := list(left_out(document)):
        page += "\n" + bullets(missing, "")
    return page

"""The table that bench/peers/run prints."""

# The figure of `errand bench --json` that a peer's figure is compared with.
COUNTERPARTS = {
    "enqueue_single_per_s": "enqueue_single_per_s",
    "enqueue_bulk_per_s": "enqueue_batch_per_s",
    "enqueue_callers_per_s": "enqueue_64_callers_per_s",
    "process_per_s": "process_per_s",
}
HEAD = ["peer", "store", "class", "enqueue/s", "64 callers/s", "bulk/s", "process/s",
        "pick-up p50", "p99"]


def number(value, unit=""):
    return "-" if value is None else f"{value:,.0f}{unit}"


def with_ratio(result, name, errand):
    """A rate and, in brackets, how many times as much Errand does."""
    text = number(result[name])
    own = errand.get(result["class"], {}).get(COUNTERPARTS[name]) if errand else None
    return f"{text} ({own / result[name]:.1f}x)" if own and result[name] else text


def rows(results, errand):
    yield HEAD
    for result in results:
        yield [
            f"{result['peer']} {result['version']}", result["store"], result["class"],
            with_ratio(result, "enqueue_single_per_s", errand),
            with_ratio(result, "enqueue_callers_per_s", errand),
            with_ratio(result, "enqueue_bulk_per_s", errand),
            with_ratio(result, "process_per_s", errand),
            number(result["pickup_p50_us"], " us"), number(result["pickup_p99_us"], " us"),
        ]


def table(results, errand):
    lines = list(rows(results, errand))
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()
                     for line in lines)

"""The history of a campaign: what every process and the nemesis wrote down, sorted by job.

A record is one JSON object per line: t (microseconds of CLOCK_MONOTONIC), node, inc, pid, op, phase and,
where it is about a job, job, lease_seq, attempt, type, queue, key, priority, args_h; all else stands in
extra. phase: invoke, then ok (it happened), fail (it did not) or info (unknown).

op       written by   says
enqueue  driver       wall, delay_us, max_attempts with invoke; kind and of with the answer
cancel   driver       result with the answer; retry likewise
start    worker       wall: a handler begins, under lease_seq; tick of the schedule that made the job
finish   worker       wall, outcome, delay_us, stop: the handler is about to return that outcome
signal   driver       value with invoke; result and value with the answer
effect   worker       value: what once() returned
answer   worker       value: what a wait for the signal returned, or "over"
fault    nemesis      kind, on, target; a failpoint that fired has name and action as well
heal     nemesis      from here on there are no more faults
drained  nemesis      ok: all work came to an end
audit    afterwards   one job as the store has it; audit_schedule (last_tick, interval_us), audit_fire (a
                      line of its history: job, tick, last), audit_stats, audit_check, audit_worker, audit_files
"""

import collections
import dataclasses
import json
import pathlib
import re


class Record(dict):
    """A record; what it does not say is None."""

    def __missing__(self, key):
        return None

    def extra(self, key):
        return (self["extra"] or {}).get(key)


@dataclasses.dataclass
class Job:
    """All that was written about one job, in order of time."""

    id: str
    enqueues: list = dataclasses.field(default_factory=list)
    starts: list = dataclasses.field(default_factory=list)
    finishes: dict = dataclasses.field(default_factory=dict)  # by lease_seq
    effects: list = dataclasses.field(default_factory=list)
    cancels: list = dataclasses.field(default_factory=list)
    retries: list = dataclasses.field(default_factory=list)
    signals: list = dataclasses.field(default_factory=list)
    answers: list = dataclasses.field(default_factory=list)
    audits: list = dataclasses.field(default_factory=list)

    @property
    def audit(self):
        return self.audits[0] if self.audits else None

    @property
    def invoked(self):
        return [record for record in self.enqueues if record["phase"] == "invoke"]

    @property
    def acknowledged(self):
        return any(record["phase"] == "ok" for record in self.enqueues)

    @property
    def started_seqs(self):
        return {start["lease_seq"] for start in self.starts}


class History:
    def __init__(self, records):
        self.records = sorted(records, key=lambda record: record["t"])
        self.jobs = {}
        self.by_op = collections.defaultdict(list)
        for record in self.records:
            self.by_op[record["op"]].append(record)
            if record["job"] is not None:
                self._add_to_job(record)

    def _add_to_job(self, record):
        job = self.jobs.setdefault(record["job"], Job(record["job"]))
        op = record["op"]
        if op == "finish":
            job.finishes[record["lease_seq"]] = record
        else:
            lists = {"enqueue": job.enqueues, "start": job.starts, "effect": job.effects,
                     "cancel": job.cancels, "retry": job.retries, "signal": job.signals,
                     "answer": job.answers, "audit": job.audits}
            lists[op].append(record)

    def faults(self, *kinds):
        return [record for record in self.by_op["fault"]
                if not kinds or record.extra("kind") in kinds]


FIRED = re.compile(r"fired (\S+) (kill|error|hang) (\d+) (\d+)$")
REACHED = re.compile(r"reached (\S+) \d+$")


def failpoint_records(path):
    """The failpoint log's lines as fault records, and how many processes reached each name. A line
    that a kill has torn tells of nothing that happened."""
    fired, reached = [], collections.Counter()
    if not path.exists():
        return fired, reached
    for line in path.read_text().splitlines():
        if match := REACHED.match(line):
            reached[match[1]] += 1
        elif match := FIRED.match(line):
            fired.append(Record(t=int(match[4]), node="failpoint", pid=int(match[3]), op="fault",
                                phase="ok", extra={"kind": "failpoint", "on": True,
                                                   "name": match[1], "action": match[2]}))
    return fired, reached


def whole_lines(path):
    """A kill can tear the last write: what it was to tell of had not begun, or nobody was told."""
    text = path.read_text()
    return text[:text.rfind("\n") + 1].splitlines()


def load(folder):
    """The history in a folder: every *.jsonl file, and failpoints.log."""
    folder = pathlib.Path(folder)
    records = []
    for file in sorted(folder.glob("*.jsonl")):
        records += (Record(json.loads(line)) for line in whole_lines(file))
    fired, _ = failpoint_records(folder / "failpoints.log")
    return History(records + fired)

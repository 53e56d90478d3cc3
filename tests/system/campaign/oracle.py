#!/usr/bin/env python3
"""Judges a campaign from its history alone (history.py says what is in it): oracle.py FOLDER

Each check is one invariant of the project's guarantees and reports every place where it is broken:

I1  no acknowledged job is lost            I8  no job starts before its time
I2  no job comes from nowhere              I11 one unfinished job per unique key
I3  an ended job does not start again      I13 a cancelled job does not start again
I4  leases of a job follow each other      I15 after the faults all work comes to an end
I5  what is stored came from the owner     I16 counters and files agree with the jobs
I6  each tick makes one job, none is lost  I17 each further start has a cause
I7  attempts and delays as the policy says
"""

import collections
import re
import sys

from history import load

ENDS = ("completed", "discarded", "cancelled")
# Longest time from a stall to the start of the lease that it cost: the longest hang plus the lease.
REACH_US = 6_000_000
ERRORS_KEPT = 10
STALLS = ("pause", "disk_full", "slow_disk", "bad_disk")
STALLING_ERRORS = ("heartbeat.", "lease_keeper.")


class Finding(collections.namedtuple("Finding", "invariant job text")):
    def __str__(self):
        return f"{self.invariant} {self.job or '-'}: {self.text}"


def token(text):
    """The lease_seq under which a handler wrote `text`."""
    found = re.match(r"seq=(\d+) ", text)
    return int(found.group(1)) if found else None


class Oracle:
    def __init__(self, history):
        self.history = history
        self.findings = []
        self.counts = collections.Counter()
        self.terms = [(fault["t"], fault.extra("pid")) for fault in history.faults("term")]
        self.stalls = list(self._stalls())
        self.made_by_ticks = {line.extra("job"): line.extra("tick")
                              for line in history.by_op["audit_fire"] if line.extra("job")}

    def judge(self):
        if not self.history.by_op["audit_stats"]:
            self.blame("audit", None, "the history has no audit of the store")
        for job in self.history.jobs.values():
            self.count(job)
            for check in (self.lost, self.from_nowhere, self.ended_again, self.leases, self.owner,
                          self.effects, self.answers, self.retry_law, self.early, self.cancel, self.liveness,
                          self.repeats):
                check(job)
        self.unique()
        self.ticks()
        self.healed()
        self.conservation()
        return self.findings

    def blame(self, invariant, job, text):
        self.findings.append(Finding(invariant, job.id if job else None, text))

    def count(self, job):
        self.counts["jobs"] += bool(job.invoked)
        self.counts["acknowledged"] += job.acknowledged
        unknown = not job.acknowledged and all(e["phase"] != "fail" for e in job.enqueues)
        self.counts["answer unknown"] += unknown
        self.counts["came out all the same"] += unknown and job.audit is not None
        self.counts["starts"] += len(job.starts)
        self.counts["further starts"] += max(0, len(job.starts) - 1)

    # What was going on

    def _stalls(self):
        """(from, to) of whatever can keep a worker from renewing its leases."""
        began = {}
        for fault in self.history.faults():
            kind, key = fault.extra("kind"), (fault.extra("kind"), fault.extra("target"))
            if kind in STALLS and fault.extra("on"):
                began[key] = fault["t"]
            elif kind in STALLS:
                yield began.pop(key, 0), fault["t"]
            elif kind == "failpoint" and (fault.extra("action") == "hang" or
                                          fault.extra("name").startswith(STALLING_ERRORS)):
                yield fault["t"], fault["t"]
        for start in began.values():
            yield start, float("inf")

    def stalled(self, start, until):
        return any(begin <= until and end >= start["t"] - REACH_US for begin, end in self.stalls)

    def stopping(self, start, until):
        """The process of `start` had been asked to stop by `until`."""
        return any(pid == start["pid"] and t <= until for t, pid in self.terms)

    @staticmethod
    def taken_over(job, seq):
        """Taking a lease over uses a number that no handler sees."""
        audit = job.audit
        return seq + 1 not in job.started_seqs and (audit is None or audit["lease_seq"] > seq)

    def stale(self, job, start):
        """The lease of `start` may have passed to somebody else before its handler began: by a take
        over, or by a stop that did not wait."""
        return self.taken_over(job, start["lease_seq"]) or self.stopping(start, start["t"])

    @staticmethod
    def retried(job, since, until):
        """An operator's retry may have taken effect in between."""
        answered = [r["t"] for r in job.retries if r["phase"] != "invoke"]
        for record in job.retries:
            if record["phase"] == "invoke" and record["t"] <= until:
                end = min((t for t in answered if t >= record["t"]), default=float("inf"))
                if end >= since:
                    return True
        return False

    # The invariants, job by job

    def lost(self, job):
        if job.audit is None and job.acknowledged:
            # Cancelled jobs are kept for a second only.
            if job.cancels:
                self.counts["pruned after a cancel"] += 1
            else:
                self.blame("I1", job, "was acknowledged and is gone")

    def from_nowhere(self, job):
        seen = [*job.starts, *job.audits]
        refused = (not job.acknowledged and job.enqueues
                   and job.enqueues[-1]["phase"] == "fail")
        if seen and not job.invoked:
            if job.id not in self.made_by_ticks:
                self.blame("I2", job, "nobody enqueued it")
            return
        if seen and refused:
            self.blame("I2", job, "was refused as a duplicate and is there")
        sent = {record["args_h"] for record in job.invoked}
        for record in seen:
            if record["args_h"] not in sent:
                self.blame("I2", job, f"its {record['op']} has other arguments than were sent")

    def ended_again(self, job):
        if len(job.audits) > 1:
            self.blame("I3", job, f"the store has it {len(job.audits)} times")
        if job.audit is None:
            return
        last, ended = job.audit["lease_seq"], job.audit.extra("finished_at")
        for start in job.starts:
            seq = start["lease_seq"]
            if seq > last:
                self.blame("I3", job, f"started under {seq}, the store's last lease is {last}")
            if ended is None or start.extra("wall") <= ended:
                continue
            if seq == last or not self.stale(job, start):
                self.blame("I3", job, f"started under {seq} after it had ended")

    def leases(self, job):
        for seq, count in collections.Counter(s["lease_seq"] for s in job.starts).items():
            if count > 1:
                self.blame("I4", job, f"started {count} times under lease {seq}")
        for one, next_one in self.pairs(job):
            seq, next_seq = one["lease_seq"], next_one["lease_seq"]
            if self.stale(job, one):
                continue
            if next_one["t"] < one["t"]:
                self.blame("I4", job, f"lease {next_seq} began before lease {seq}")
            finish = job.finishes.get(seq)
            over = finish is not None and finish["t"] <= next_one["t"]
            if not over and not self.stopping(one, next_one["t"]):
                self.blame("I4", job, f"lease {next_seq} began while {seq} was valid")

    def owner(self, job):
        if job.audit is None:
            return
        audit, last = job.audit, job.audit["lease_seq"]
        if audit.extra("state") == "completed":
            finish = job.finishes.get(last)
            if audit.extra("result") != f'{{"seq":{last}}}':
                self.blame("I5", job, f"completed under {last} with {audit.extra('result')}")
            if finish is None or finish.extra("outcome") != "done":
                self.blame("I5", job, f"completed under {last}, whose handler did not say so")
        self.errors_of_owners(job)
        progress = token(audit.extra("progress") or "")
        if progress is not None and progress not in job.started_seqs:
            self.blame("I5", job, f"progress of lease {progress}, which no handler had")
        for log in audit.extra("logs") or []:
            for line in log["text"].splitlines():
                if token(line) != log["lease_seq"]:
                    self.blame("I5", job, f"log of lease {log['lease_seq']} has {line!r}")

    def errors_of_owners(self, job):
        seen = set()
        for error in job.audit.extra("errors") or []:
            seq = token(error["message"])
            if error["kind"] not in ("error", "timeout") or seq is None:
                continue
            if seq in seen:
                self.blame("I5", job, f"the failure of lease {seq} was recorded twice")
            seen.add(seq)
            finish = job.finishes.get(seq)
            if finish is None or finish.extra("outcome") not in ("error", "retry_in", "discard"):
                self.blame("I5", job, f"a failure of lease {seq}, whose handler did not fail")

    def effects(self, job):
        values = {record.extra("value") for record in job.effects}
        if len(values) > 1:
            self.blame("I5", job, f"once() gave different values: {sorted(values)}")

    def answers(self, job):
        """A wait has one answer, which somebody signalled, and no signal is lost."""
        values = {record.extra("value") for record in job.answers}
        self.counts["waits answered"] += len(values - {"over"})
        self.counts["waits that were over"] += "over" in values
        if len(values) > 1:
            self.blame("I12", job, f"a wait gave different answers: {sorted(values)}")
        sent = {record.extra("value") for record in job.signals if record["phase"] == "invoke"}
        for value in values - sent - {"over"}:
            self.blame("I12", job, f"a wait gave {value}, which nobody signalled")
        if "over" not in values:
            return
        began = min((start["t"] for start in job.starts), default=float("inf"))
        for record in job.signals:
            result = record.extra("result")
            if result == "delivered" or (result == "kept" and record["t"] < began):
                self.blame("I12", job, f"its signal was {result}, and its wait came to nothing")

    def retry_law(self, job):
        audit = job.audit
        for one, next_one in self.pairs(job):
            self.gap(job, one, next_one)
        if audit is None or job.retries:
            return
        most = audit.extra("max_attempts")
        if audit["attempt"] > most:
            self.blame("I7", job, f"{audit['attempt']} attempts of {most}")
        snoozes = sum(f.extra("outcome") in ("snooze", "wait_signal") for f in job.finishes.values())
        stale = sum(self.taken_over(job, s["lease_seq"]) for s in job.starts)
        allowed = most + audit.extra("crashes") + snoozes + audit.extra("interruptions") + stale
        if len(job.starts) > allowed:
            self.blame("I7", job, f"{len(job.starts)} starts, {allowed} allowed")
        if audit.extra("state") == "discarded" and not self.may_be_discarded(job):
            self.blame("I7", job, f"discarded after attempt {audit['attempt']} of {most}")

    @staticmethod
    def may_be_discarded(job):
        audit = job.audit
        finish = job.finishes.get(audit["lease_seq"])
        errors = audit.extra("errors") or [{"message": ""}]
        return (audit["attempt"] >= audit.extra("max_attempts")
                or (finish is not None and finish.extra("outcome") == "discard")
                or "crash budget" in errors[-1]["message"]
                or "given back" in errors[-1]["message"])

    def gap(self, job, one, next_one):
        """Between two leases that follow directly the first one's outcome counts."""
        finish = job.finishes.get(one["lease_seq"])
        if next_one["lease_seq"] != one["lease_seq"] + 1 or finish is None:
            return
        delay = finish.extra("delay_us") or 0
        if finish.extra("stop") != "none" or self.stopping(one, next_one["t"]):
            return  # given back, or cancelled
        if self.retried(job, one["t"], next_one["t"]):
            return
        waited = next_one.extra("wall") - finish.extra("wall")
        if waited < delay:
            self.blame("I7", job, f"lease {next_one['lease_seq']} began after {waited} us, "
                                  f"{finish.extra('outcome')} asked for {delay}")

    def early(self, job):
        for start in job.starts:
            if (start.extra("tick") or 0) > start.extra("wall"):
                self.blame("I8", job, "started before the tick that it is for")
        if not job.invoked or not job.starts:
            return
        sent = job.invoked[0]
        due = sent.extra("wall") + (sent.extra("delay_us") or 0)
        for start in job.starts:
            if start.extra("wall") < due and not self.retried(job, 0, start["t"]):
                self.blame("I8", job, f"started {due - start.extra('wall')} us before its time")

    def cancel(self, job):
        for answer in job.cancels:
            if answer["phase"] != "ok" or answer.extra("result") not in ("done", "requested"):
                continue
            if self.retried(job, answer["t"] - REACH_US, float("inf")):
                continue
            for start in job.starts:
                done = answer.extra("result") == "done"
                if done and start["t"] > answer["t"] and not self.stale(job, start):
                    self.blame("I13", job, "started after its cancel had been acknowledged")
            if job.audit is not None and job.audit.extra("state") != "cancelled":
                self.blame("I13", job, f"is {job.audit.extra('state')} after an accepted cancel")

    def liveness(self, job):
        if job.audit is not None and job.audit.extra("state") not in ENDS:
            self.blame("I15", job, f"is still {job.audit.extra('state')}")

    def repeats(self, job):
        if job.audit is None:
            return
        errors = job.audit.extra("errors") or []
        recorded = sum(error["kind"] == "crash" for error in errors)
        crashes = float("inf") if len(errors) >= ERRORS_KEPT else recorded
        for one, next_one in self.pairs(job):
            why = self.asked_for(job, one, next_one)
            if why is None and crashes > 0 and self.taken_over(job, one["lease_seq"]):
                crashes, why = crashes - 1, "recorded crash"
            if why is None and self.taken_over(job, one["lease_seq"]):
                why = "stall" if self.stalled(one, next_one["t"]) else None
            if why is None:
                self.blame("I17", job, f"no cause for lease {next_one['lease_seq']} "
                                       f"after {one['lease_seq']}")
            else:
                self.counts["because of: " + why] += 1
        if not self.history.faults() and (recorded or job.audit.extra("interruptions")):
            self.blame("I17", job, "crashed or was interrupted without a fault")

    def asked_for(self, job, one, next_one):
        """Why the holder of lease `one`, or a person, wanted another start."""
        finish = job.finishes.get(one["lease_seq"])
        outcome = finish.extra("outcome") if finish else None
        if self.retried(job, one["t"], next_one["t"]):
            return "operator's retry"
        if outcome in ("snooze", "wait_signal"):
            return outcome
        if outcome in ("error", "retry_in") and finish.extra("stop") == "none":
            direct = next_one["lease_seq"] == one["lease_seq"] + 1
            recorded = any(token(e["message"]) == one["lease_seq"]
                           for e in job.audit.extra("errors") or [])
            if direct or recorded:
                return "failure"
        if self.stopping(one, next_one["t"]):
            return "interruption"
        return None

    @staticmethod
    def pairs(job):
        ordered = sorted(job.starts, key=lambda start: start["lease_seq"])
        return list(zip(ordered, ordered[1:]))

    # The invariants of the whole

    def unique(self):
        holders = collections.defaultdict(list)
        for job in self.history.jobs.values():
            audit = job.audit
            if audit is not None and audit["key"] and not job.retries:
                end = audit.extra("finished_at") or float("inf")
                holders[audit["key"]].append((audit.extra("created_at"), end, job))
            for record in job.enqueues:
                self.named_holder(job, record)
        for spans in holders.values():
            spans.sort(key=lambda span: span[:2])
            for (_, end, _), (begin, _, job) in zip(spans, spans[1:]):
                if begin < end:
                    self.blame("I11", job, f"was added while another job held {job.audit['key']}")

    def ticks(self):
        """The schedule dealt with one tick after the other, and its jobs are those that it says."""
        self.counts["ticks"] += len(self.made_by_ticks)
        for schedule in self.history.by_op["audit_schedule"]:
            self.tick_after_tick(schedule.extra("interval_us"), schedule.extra("last_tick"))
        for job_id in self.made_by_ticks:
            if job_id not in self.history.jobs or self.history.jobs[job_id].audit is None:
                self.blame("I6", None, f"the job {job_id} of a tick is gone")
        for job in self.history.jobs.values():
            for record in [*job.starts, *job.audits]:
                tick = record.extra("tick")
                if tick is not None and self.made_by_ticks.get(job.id) != tick:
                    self.blame("I6", job, f"is of the tick {tick}; the schedule's history is not")

    def tick_after_tick(self, interval, last_tick):
        lines = sorted(self.history.by_op["audit_fire"], key=lambda line: line.extra("tick"))
        for one, next_one in zip(lines, lines[1:]):
            if next_one.extra("tick") != one.extra("last") + interval:
                self.blame("I6", None, f"the tick {one.extra('last')} is followed by "
                                       f"{next_one.extra('tick')}")
        if lines and lines[-1].extra("last") != last_tick:
            self.blame("I6", None, f"the history ends with the tick {lines[-1].extra('last')}, the "
                                   f"schedule stands at {last_tick}")

    def named_holder(self, job, record):
        if record["phase"] != "fail":
            return
        holder = self.history.jobs.get(record.extra("of"))
        if holder is None or not any(e["key"] == record["key"] for e in holder.enqueues):
            self.blame("I11", job, f"refused for {record.extra('of')}, which has another key")

    def healed(self):
        if not any(record["phase"] == "ok" for record in self.history.by_op["drained"]):
            self.blame("I15", None, "the work did not come to an end after the faults")
        for worker in self.history.by_op["audit_worker"]:
            self.blame("I15", None, f"worker {worker.extra('name')} is still there with "
                                    f"{worker.extra('leases')} leases")

    def conservation(self):
        recount = collections.Counter(r.extra("state") for r in self.history.by_op["audit"])
        for stats in self.history.by_op["audit_stats"]:
            said = {state: n for state, n in stats.extra("states").items() if n}
            if said != dict(recount):
                self.blame("I16", None, f"the store says {said}, its jobs are {dict(recount)}")
        for check in self.history.by_op["audit_check"]:
            about_the_machine = check.extra("what") == "free space"
            if check["phase"] != "ok" and not about_the_machine:
                self.blame("I16", None, f"{check.extra('what')}: {check.extra('detail')}")
        for files in self.history.by_op["audit_files"]:
            if files.extra("left"):
                self.blame("I16", None, f"files left behind: {files.extra('left')}")


def report(oracle):
    for name, count in oracle.counts.items():
        print(f"  {count:>8}  {name}")
    for finding in oracle.findings[:50]:
        print("BROKEN", finding)
    print(f"oracle: {len(oracle.findings)} broken")


def main():
    oracle = Oracle(load(sys.argv[1]))
    oracle.judge()
    report(oracle)
    sys.exit(1 if oracle.findings else 0)


if __name__ == "__main__":
    main()

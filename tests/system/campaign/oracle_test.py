"""The oracle must accept a sound history and object to each of these broken ones."""

import copy
import json
import pathlib
import tempfile
import unittest

from history import History, Record, load
from oracle import Oracle

WALL = 1_000_000_000_000
DRIVER = {"node": "d1", "inc": 1, "pid": 10}
FIRST = {"node": "w1", "inc": 1, "pid": 21}
SECOND = {"node": "w2", "inc": 1, "pid": 22}
NEMESIS = {"node": "nemesis", "inc": 1, "pid": 1}


def ms(count):
    return count * 1_000


class Story:
    """Writes a history; times are milliseconds since its beginning."""

    def __init__(self):
        self.records = []

    def add(self, who, at, op, phase="ok", extra=None, **fields):
        record = Record(**who, t=ms(at), op=op, phase=phase, **fields)
        record["extra"] = extra or {}
        self.records.append(record)
        return record

    def enqueue(self, job, at, phase="ok", delay=0, key=""):
        fields = {"job": job, "args_h": f"hash of {job}", "key": key}
        self.add(DRIVER, at, "enqueue", "invoke", job=job, args_h=f"hash of {job}", key=key,
                 extra={"wall": WALL + ms(at), "delay_us": ms(delay), "max_attempts": 3})
        if phase:
            self.add(DRIVER, at + 1, "enqueue", phase, **fields)

    def start(self, job, at, seq=1, who=FIRST):
        return self.add(who, at, "start", job=job, lease_seq=seq, attempt=seq,
                        args_h=f"hash of {job}", extra={"wall": WALL + ms(at)})

    def finish(self, job, at, seq=1, who=FIRST, outcome="done", delay=0, stop="none"):
        self.add(who, at, "finish", job=job, lease_seq=seq, attempt=seq,
                 extra={"wall": WALL + ms(at), "outcome": outcome, "delay_us": ms(delay),
                        "stop": stop})

    def run(self, job, at, seq=1, who=FIRST, **finish):
        self.start(job, at, seq, who)
        self.finish(job, at + 5, seq, who, **finish)

    def control(self, op, job, at, result="done"):
        self.add(DRIVER, at, op, "invoke", job=job)
        self.add(DRIVER, at + 1, op, "ok", job=job, extra={"result": result})

    def fault(self, kind, at, on=True, **extra):
        self.add(NEMESIS, at, "fault", extra={"kind": kind, "on": on, **extra})

    def audit(self, job, seq=1, state="completed", ended=100, **extra):
        said = {"state": state, "max_attempts": 3, "crashes": 0, "interruptions": 0,
                "created_at": WALL, "finished_at": WALL + ms(ended),
                "result": f'{{"seq":{seq}}}' if state == "completed" else "",
                "progress": "", "errors": [], "logs": []}
        said.update(extra)
        return self.add(DRIVER, 10_000, "audit", job=job, lease_seq=seq, attempt=1, key="",
                        args_h=f"hash of {job}", extra=said)

    def close(self):
        states = {}
        for record in self.records:
            if record["op"] == "audit":
                state = record.extra("state")
                states[state] = states.get(state, 0) + 1
        self.add(NEMESIS, 9_000, "drained")
        self.add(NEMESIS, 10_001, "audit_stats", extra={"states": states})
        self.add(NEMESIS, 10_002, "audit_files", extra={"left": []})


def failure(seq, kind="error"):
    return {"kind": kind, "attempt": seq, "at": WALL, "message": f"seq={seq} flaky"}


def crash():
    return {"kind": "crash", "attempt": 1, "at": WALL, "message": "worker w1 died"}


class OracleTest(unittest.TestCase):
    def setUp(self):
        self.story = Story()

    def judge(self):
        self.story.close()
        return Oracle(History(copy.deepcopy(self.story.records))).judge()

    def assert_sound(self):
        self.assertEqual([str(finding) for finding in self.judge()], [])

    def assert_broken(self, *invariants):
        self.assertEqual({finding.invariant for finding in self.judge()}, set(invariants))

    def plain_job(self, job="a"):
        self.story.enqueue(job, 0)
        self.story.run(job, 50)
        return self.story.audit(job)

    def test_plain(self):
        self.plain_job()
        self.assert_sound()

    def test_no_audit(self):
        self.story.enqueue("a", 0, phase="info")
        self.assertIn("audit", {f.invariant for f in Oracle(History(self.story.records)).judge()})

    def test_read_from_files_with_a_torn_line(self):
        self.plain_job()
        self.story.close()
        with tempfile.TemporaryDirectory() as folder:
            lines = "".join(json.dumps(record) + "\n" for record in self.story.records)
            pathlib.Path(folder, "d1-1.jsonl").write_text(lines + '{"job":"b","op":"enq')
            pathlib.Path(folder, "failpoints.log").write_text(
                "reached claim.after_commit 7\nfired claim.after_comfired claim.claimed hang 7 12\n"
                "fired claim.after_commit kill 7 55\n")
            history = load(folder)
        self.assertEqual([(f["t"], f.extra("name")) for f in history.faults()],
                         [(55, "claim.after_commit")])
        self.assertEqual(Oracle(history).judge(), [])

    # I6

    def tick(self, job, at, last=None):
        """A line of a schedule's history; without a job the ticks were skipped."""
        end = last if last is not None else at
        self.story.add(DRIVER, 10_000, "audit_fire",
                       extra={"job": job, "tick": WALL + ms(at), "last": WALL + ms(end)})

    def run_tick(self, job, at, tick=None):
        wall = WALL + ms(at if tick is None else tick)
        self.story.start(job, at + 5)["extra"]["tick"] = wall
        self.story.finish(job, at + 10)
        self.story.audit(job, ended=at + 20, tick=wall)

    def schedule(self, last_tick):
        self.story.add(DRIVER, 10_000, "audit_schedule",
                       extra={"last_tick": WALL + ms(last_tick), "interval_us": ms(1_000)})

    def test_ticks(self):
        self.tick("a", 1_000)
        self.tick(None, 2_000, 4_000)
        self.tick("b", 5_000)
        self.run_tick("a", 1_000)
        self.run_tick("b", 5_000)
        self.schedule(5_000)
        self.assert_sound()

    def test_tick_made_two_jobs(self):
        for job in ("a", "b"):
            self.tick(job, 1_000)
            self.run_tick(job, 1_000)
        self.schedule(1_000)
        self.assert_broken("I6")

    def test_tick_without_its_line(self):
        self.tick("a", 1_000)
        self.run_tick("a", 1_000)
        self.run_tick("b", 1_000)
        self.schedule(1_000)
        self.assert_broken("I2", "I6")

    def test_tick_passed_over(self):
        for at, job in ((1_000, "a"), (3_000, "b")):
            self.tick(job, at)
            self.run_tick(job, at)
        self.schedule(3_000)
        self.assert_broken("I6")

    def test_last_tick_without_a_line(self):
        self.tick("a", 1_000)
        self.run_tick("a", 1_000)
        self.schedule(2_000)
        self.assert_broken("I6")

    def test_job_of_a_tick_is_gone(self):
        self.tick("a", 1_000)
        self.schedule(1_000)
        self.assert_broken("I6")

    def test_job_before_its_tick(self):
        self.tick("a", 2_000)
        self.run_tick("a", 1_000, tick=2_000)
        self.schedule(2_000)
        self.assert_broken("I8")

    # I1

    def test_lost(self):
        self.story.enqueue("a", 0)
        self.assert_broken("I1")

    def test_unknown_answer_may_be_lost(self):
        self.story.enqueue("a", 0, phase="info")
        self.assert_sound()

    def test_driver_killed_before_the_answer(self):
        self.story.enqueue("a", 0, phase=None)
        self.story.run("a", 50)
        self.story.audit("a")
        self.assert_sound()

    def test_pruned_after_cancel(self):
        self.story.enqueue("a", 0)
        self.story.control("cancel", "a", 10)
        self.assert_sound()

    # I2

    def test_start_from_nowhere(self):
        self.story.run("a", 50)
        self.assert_broken("I2")

    def test_audit_from_nowhere(self):
        self.story.audit("a", state="discarded", errors=[crash()], attempt=3)
        self.assertIn("I2", {f.invariant for f in self.judge()})

    def test_start_with_other_arguments(self):
        self.plain_job()
        self.story.records[2]["args_h"] = "others"
        self.assert_broken("I2")

    def test_stored_arguments_changed(self):
        self.plain_job()["args_h"] = "others"
        self.assert_broken("I2")

    def test_refused_but_there(self):
        self.plain_job("b")
        self.story.enqueue("a", 0, phase="fail")
        self.story.records[-1]["extra"] = {"of": "b"}
        self.story.run("a", 50)
        self.story.audit("a")
        self.assert_broken("I2")

    # I3

    def test_twice_in_the_store(self):
        self.plain_job()
        self.story.audit("a")
        self.assert_broken("I3")

    def test_start_after_the_end(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.finish("a", 40)
        self.story.audit("a", ended=45)
        self.assert_broken("I3")

    def test_start_under_a_lease_that_the_store_never_gave(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50, outcome="error")
        self.story.run("a", 400, seq=2)
        self.story.audit("a", seq=1, ended=500)
        self.assertIn("I3", {f.invariant for f in self.judge()})

    def test_retry_by_an_operator_starts_it_again(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.control("retry", "a", 200)
        self.story.run("a", 300, seq=2, who=SECOND)
        self.story.audit("a", seq=2, ended=400)
        self.assert_sound()

    # I4

    def test_one_lease_twice(self):
        self.story.enqueue("a", 0)
        self.story.start("a", 40, who=SECOND)
        self.story.run("a", 50)
        self.story.audit("a")
        self.assertIn("I4", {f.invariant for f in self.judge()})

    def test_overlap(self):
        self.story.enqueue("a", 0)
        self.story.start("a", 50)
        self.story.run("a", 60, seq=2, who=SECOND)
        self.story.finish("a", 90, outcome="error")
        self.story.audit("a", seq=2, errors=[failure(1)])
        self.assertIn("I4", {f.invariant for f in self.judge()})

    def test_backwards(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50, seq=2, who=SECOND)
        self.story.run("a", 70, seq=1, outcome="error")
        self.story.audit("a", seq=2, errors=[failure(1)])
        self.assertIn("I4", {f.invariant for f in self.judge()})

    def test_overlap_after_a_take_over_is_fenced(self):
        self.story.enqueue("a", 0)
        self.story.start("a", 50)
        self.story.fault("pause", 55, target="w1")
        self.story.run("a", 3_000, seq=3, who=SECOND)
        self.story.fault("pause", 4_000, on=False, target="w1")
        self.story.finish("a", 4_001)
        self.story.audit("a", seq=3, ended=3_100, errors=[crash()], crashes=1)
        self.assert_sound()

    # I5

    def test_completed_by_a_stale_lease(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.fault("kill", 60, target="w1")
        self.story.start("a", 3_000, seq=3, who=SECOND)
        self.story.finish("a", 3_010, seq=3, who=SECOND, outcome="error")
        self.story.audit("a", seq=3, ended=3_100, result='{"seq":1}', errors=[crash()], crashes=1)
        self.assert_broken("I5")

    def test_completed_without_a_handler(self):
        self.story.enqueue("a", 0)
        self.story.start("a", 50)
        self.story.audit("a")
        self.assert_broken("I5")

    def test_failure_recorded_twice(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50, outcome="error")
        self.story.run("a", 400, seq=2)
        self.story.audit("a", seq=2, ended=500, errors=[failure(1), failure(1)])
        self.assert_broken("I5")

    def test_failure_that_no_handler_had(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.audit("a", errors=[failure(1)])
        self.assert_broken("I5")

    def test_progress_of_nobody(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.audit("a", progress="seq=4 progress")
        self.assert_broken("I5")

    def test_log_of_another_lease(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.audit("a", logs=[{"lease_seq": 1, "attempt": 1, "text": "seq=2 log\n"}])
        self.assert_broken("I5")

    def test_effect_made_twice(self):
        self.plain_job()
        for value in ("made by 1", "made by 2"):
            self.story.add(FIRST, 52, "effect", job="a", lease_seq=1, extra={"value": value})
        self.assert_broken("I5")

    # I12

    def waiting(self, *answers, signal=None, at=20):
        """A wait with these answers, and a signal that was answered at that time."""
        self.story.enqueue("a", 0)
        if signal:
            value = {"value": "go 1"}
            self.story.add(DRIVER, at - 1, "signal", "invoke", job="a", extra=value)
            self.story.add(DRIVER, at, "signal", job="a", extra={"result": signal, **value})
        self.story.run("a", 50, outcome="wait_signal")
        seq = 1
        for seq, value in enumerate(answers, start=2):
            self.story.add(FIRST, 100 * seq + 1, "answer", job="a", lease_seq=seq,
                           extra={"value": value})
            self.story.run("a", 100 * seq, seq=seq,
                           outcome="done" if seq == len(answers) + 1 else "snooze")
        self.story.audit("a", seq=seq, ended=2_000)

    def test_a_signal_is_found(self):
        for signal, at in (("kept", 20), ("kept", 60), ("delivered", 60)):
            with self.subTest(signal=signal, at=at):
                self.setUp()
                self.waiting("go 1", "go 1", signal=signal, at=at)
                self.assert_sound()

    def test_a_signal_that_came_too_late(self):
        self.waiting("over", "over", signal="kept", at=260)
        self.assert_sound()

    def test_a_wait_that_changes_its_mind(self):
        self.waiting("over", "go 1", signal="kept", at=260)
        self.assert_broken("I12")

    def test_a_signal_lost_before_the_wait(self):
        self.waiting("over", signal="kept", at=20)
        self.assert_broken("I12")

    def test_a_delivered_signal_lost(self):
        self.waiting("over", signal="delivered", at=60)
        self.assert_broken("I12")

    def test_a_signal_of_nobody(self):
        self.waiting("go 1")
        self.assert_broken("I12")

    # I7

    def failing(self, first_wait, delay=300):
        self.story.enqueue("a", 0)
        self.story.run("a", 50, outcome="error", delay=delay)
        self.story.run("a", 55 + first_wait, seq=2)
        self.story.audit("a", seq=2, ended=2_000, errors=[failure(1)])

    def test_retried_in_time(self):
        self.failing(300)
        self.assert_sound()

    def test_retried_too_early(self):
        self.failing(299)
        self.assert_broken("I7")

    def test_snooze_too_short(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50, outcome="snooze", delay=200)
        self.story.run("a", 100, seq=2)
        self.story.audit("a", seq=2, ended=200)
        self.assert_broken("I7")

    def test_too_many_attempts(self):
        self.story.enqueue("a", 0)
        for seq in range(1, 5):
            self.story.run("a", seq * 100, seq=seq, outcome="error")
        audit = self.story.audit("a", seq=4, state="discarded", ended=500,
                                 errors=[failure(seq) for seq in range(1, 5)])
        audit["attempt"] = 4
        self.assert_broken("I7")

    def test_discarded_too_early(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50, outcome="error")
        self.story.audit("a", state="discarded", errors=[failure(1)])
        self.assert_broken("I7")

    # I8

    def test_early(self):
        self.story.enqueue("a", 0, delay=100)
        self.story.run("a", 99)
        self.story.audit("a", ended=200)
        self.assert_broken("I8")

    def test_on_time(self):
        self.story.enqueue("a", 0, delay=100)
        self.story.run("a", 100)
        self.story.audit("a", ended=200)
        self.assert_sound()

    # I11

    def unique_pair(self, second_created):
        for job in "ab":
            self.story.enqueue(job, 0, key="k")
            self.story.run(job, 200 if job == "b" else 50)
        self.story.audit("a")["key"] = "k"
        self.story.audit("b", ended=300, created_at=WALL + ms(second_created))["key"] = "k"

    def test_unique_after_each_other(self):
        self.unique_pair(101)
        self.assert_sound()

    def test_two_with_one_key(self):
        self.unique_pair(99)
        self.assert_broken("I11")

    def test_refused_for_a_stranger(self):
        self.plain_job("b")
        self.story.enqueue("a", 0, phase="fail", key="k")
        self.story.records[-1]["extra"] = {"of": "b"}
        self.assert_broken("I11")

    # I13

    def test_start_after_cancel(self):
        self.story.enqueue("a", 0)
        self.story.control("cancel", "a", 10)
        self.story.run("a", 50)
        self.story.audit("a", state="cancelled")
        self.assert_broken("I13")

    def test_cancel_forgotten(self):
        self.story.enqueue("a", 0)
        self.story.start("a", 40)
        self.story.control("cancel", "a", 50, result="requested")
        self.story.finish("a", 60)
        self.story.audit("a")
        self.assert_broken("I13")

    # I15

    def test_not_drained(self):
        self.story.enqueue("a", 0)
        self.story.audit("a", state="available", ended=0, seq=0)
        self.assert_broken("I15")

    def test_worker_left_behind(self):
        self.plain_job()
        self.story.add(NEMESIS, 10_000, "audit_worker", extra={"name": "w9", "leases": 0})
        self.assert_broken("I15")

    def test_no_word_of_the_end(self):
        self.plain_job()
        self.story.close()
        for record in self.story.records:
            if record["op"] == "drained":
                record["phase"] = "fail"
        findings = Oracle(History(self.story.records)).judge()
        self.assertEqual({f.invariant for f in findings}, {"I15"})

    # I16

    def test_counters_disagree(self):
        self.plain_job()
        self.story.add(NEMESIS, 10_003, "audit_stats", extra={"states": {"completed": 2}})
        self.assert_broken("I16")

    def test_bad_finding(self):
        self.plain_job()
        self.story.add(NEMESIS, 10_003, "audit_check", "fail", extra={"what": "integrity"})
        self.assert_broken("I16")

    def test_files_left(self):
        self.plain_job()
        self.story.add(NEMESIS, 10_003, "audit_files", extra={"left": ["worker-1"]})
        self.assert_broken("I16")

    # I17

    def test_repeated_without_a_cause(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.run("a", 200, seq=2, who=SECOND)
        self.story.audit("a", seq=2, ended=300)
        self.assert_broken("I17")

    def test_taken_over_without_a_record(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.fault("kill", 60, target="w1")
        self.story.run("a", 200, seq=3, who=SECOND)
        self.story.audit("a", seq=3, ended=300)
        self.assert_broken("I17")

    def test_taken_over_with_a_record(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.fault("kill", 60, target="w1")
        self.story.run("a", 200, seq=3, who=SECOND)
        self.story.audit("a", seq=3, ended=300, errors=[crash()], interruptions=1)
        self.assert_sound()

    def test_stale_start_after_a_pause(self):
        self.story.enqueue("a", 0)
        self.story.fault("pause", 20, target="w1")
        self.story.run("a", 2_000, seq=3, who=SECOND)
        self.story.fault("pause", 3_000, on=False, target="w1")
        self.story.run("a", 3_001)
        self.story.audit("a", seq=3, ended=2_100)
        self.assert_sound()

    def test_crash_without_a_fault(self):
        self.story.enqueue("a", 0)
        self.story.run("a", 50)
        self.story.run("a", 200, seq=3, who=SECOND)
        self.story.audit("a", seq=3, ended=300, errors=[crash()], crashes=1)
        self.assert_broken("I17")

    def test_interruption_by_a_stop(self):
        self.story.enqueue("a", 0)
        self.story.start("a", 50)
        self.story.fault("term", 60, target="w1", pid=FIRST["pid"])
        self.story.run("a", 200, seq=2, who=SECOND)
        self.story.finish("a", 400)
        self.story.audit("a", seq=2, ended=300, interruptions=1)
        self.assert_sound()

    def test_begun_after_a_stop_had_given_it_back(self):
        self.story.enqueue("a", 0)
        self.story.fault("term", 40, target="w1", pid=FIRST["pid"])
        self.story.run("a", 100, seq=2, who=SECOND)
        self.story.run("a", 200, outcome="error", stop="interrupted")
        self.story.audit("a", seq=2, ended=110, interruptions=1)
        self.assert_sound()


if __name__ == "__main__":
    unittest.main()

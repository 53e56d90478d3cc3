"""Handlers that take their process down are discarded after the crash budget and say so; the other jobs
are all completed, and those that were only prefetched are not charged."""

import signal

from harness import Store, check, wait_until

JOBS = 1_000

store = Store()
poison = {store.enqueue("test.segv"): -signal.SIGSEGV, store.enqueue("test.exit"): 0}
store.enqueue_many("test.log", JOBS)

deaths = []


def keep_a_worker():
    """Restarts the worker whenever it died, as a service manager would."""
    if not store.processes or store.processes[-1].poll() is not None:
        if store.processes:
            deaths.append(store.processes[-1].returncode)
        store.start_side_log_worker(concurrency=2)
    return store.all_ended()


wait_until(keep_a_worker, "all jobs to end")
states = store.states()
check(states["completed"] == JOBS and states["discarded"] == 2, str(states))
for id in poison:
    job = store.show(id)
    check(job["state"] == "discarded", job["state"])
    crashes = [error for error in job["errors"] if error["kind"] == "crash"]
    check(len(crashes) == 3, f"{len(crashes)} crashes recorded: {job['errors']}")
    check("crash budget" in crashes[-1]["message"], crashes[-1]["message"])
# A death takes down what ran beside the poison: with two threads at most one job each time.
(charged,), = store.query("SELECT count(*) FROM errand_done WHERE state = 6 AND crashes <> 0")
check(charged <= len(deaths), f"{charged} innocent jobs were charged, {len(deaths)} deaths")
store.check_sound()
print(f"{len(deaths)} deaths, both poison jobs discarded after 3 crashes, {JOBS} others completed")

"""SIGTERM is an interruption, not a failure: running jobs finish or are given back unharmed."""

import signal

from harness import Store, check, wait_until

store = Store()
worker = store.start_side_log_worker(concurrency=2)
quick = [store.enqueue("test.slow", '["300ms"]') for _ in range(2)]
later = [store.enqueue("test.slow", '["1ms"]') for _ in range(20)]
wait_until(lambda: sum(store.starts().values()) >= 2, "two jobs to begin")
worker.send_signal(signal.SIGTERM)
check(worker.wait(timeout=60) == 0, "the worker ends with exit code 0")

states = store.states()
check(states["active"] == 0, f"no lease is left behind: {states}")
check(states["completed"] + states["available"] == len(quick) + len(later), str(states))
for id in quick:
    check(store.show(id)["state"] == "completed", "a running job may finish")
waiting = [job for job in map(store.show, later) if job["state"] == "available"]
check(all(job["attempt"] == 0 and job["errors"] == [] for job in waiting), "no attempt was used")

store.start_side_log_worker(concurrency=2)
wait_until(store.all_ended, "the rest to be completed")
check(all(count == 1 for count in store.starts().values()), "no job ran twice")
print(f"stopped with {len(waiting)} jobs waiting; none lost, none run twice")

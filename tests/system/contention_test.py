"""Many processes write to one file at once: no lock ever reaches a user."""

import concurrent.futures
import json

from harness import Store, check, wait_until

PROCESSES = 8
ROUNDS = 15

store = Store()
store.enqueue("errand.noop")
for _ in range(3):
    store.start_work("--queue", "default:2")


def enqueue_and_look(_):
    for _ in range(ROUNDS):
        id = store.run("enqueue", "errand.echo", '[{"n": 1}]').stdout.strip()
        result = store.run("wait", id, "--timeout", "60s").stdout
        check(json.loads(result) == [{"n": 1}], result)
        store.run("stats")


with concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
    list(pool.map(enqueue_and_look, range(PROCESSES)))
wait_until(store.all_ended, "all jobs ended")
check(store.states()["completed"] == PROCESSES * ROUNDS + 1, str(store.states()))
store.check_sound()
print(f"{PROCESSES} enqueuers, 3 workers: {PROCESSES * ROUNDS} round trips, no call failed")

"""A worker is stopped (SIGSTOP) past its lease; another takes its job over and completes it; continued,
the first one's settlement is refused."""

import os
import signal

from harness import Store, check, wait_until

store = Store()
errors = os.path.join(store.folder, "first.err")
with open(errors, "w", encoding="utf-8") as stderr:
    first = store.start_side_log_worker(lease="1s", concurrency=1, stderr=stderr)
# Until it has made the store there is none to ask.
wait_until(lambda: store.run("workers", "--json", expect=None).stdout.strip(), "the first worker to join")
id = store.enqueue("test.slow", '["300ms"]')
wait_until(lambda: store.starts()[id] == 1, "the job to begin")
first.send_signal(signal.SIGSTOP)

store.start_side_log_worker(lease="1s", concurrency=1)
wait_until(lambda: store.show(id)["state"] == "completed", "the second worker to complete the job")
completed = store.show(id)
check(store.starts()[id] == 2, "it ran again after the lease")
check([error["kind"] for error in completed["errors"]] == ["crash"], str(completed["errors"]))

first.send_signal(signal.SIGCONT)


def first_was_refused():
    with open(errors, encoding="utf-8") as log:
        return "lease was lost" in log.read()


wait_until(first_was_refused, "the first worker to learn that its lease is lost")
check(store.show(id) == completed, "the stale settlement changed the job")
store.check_sound()
print(f"job {id}: completed once by {completed['worker']}, the stale settlement was refused")

"""Two workers share a file, one of them is killed with SIGKILL every 300 ms: nothing is lost, and every
execution beyond a job's first is explained by a recorded crash."""

import uuid

from harness import Store, check, kill_every, wait_until

JOBS = 20_000
KILLS = 10


def built_in_jobs():
    store = Store()
    store.enqueue_many("errand.noop", JOBS)
    expected = JOBS
    store.start_work("--queue", "default:4")

    def finished():
        nonlocal expected
        if not store.all_ended():
            return False
        if kills_wanted():
            store.enqueue_many("errand.noop", JOBS)  # the workers are faster than the nemesis
            expected += JOBS
        return not kills_wanted()

    deaths = 0

    def kills_wanted():
        return deaths < KILLS

    def start():
        nonlocal deaths
        deaths += 1
        if store.all_ended():
            finished()
        return store.start_work("--queue", "default:4")

    kills = kill_every(store, start, 0.3, finished, KILLS)
    wait_until(store.all_ended, "all jobs ended")
    states = store.states()
    check(states["completed"] == expected, f"{expected} enqueued, states {states}")
    store.check_sound()
    print(f"errand.noop: {expected} jobs, {kills} kills, all completed")


def side_logged_jobs():
    store = Store()
    store.enqueue_many("test.log", JOBS)
    expected = JOBS
    store.start_side_log_worker(concurrency=4)
    rounds = 0

    def start():
        nonlocal expected, rounds
        rounds += 1
        if rounds <= KILLS and store.all_ended():
            store.enqueue_many("test.log", JOBS)
            expected += JOBS
        return store.start_side_log_worker(concurrency=4)

    kills = kill_every(store, start, 0.3, store.all_ended, KILLS)
    wait_until(store.all_ended, "all jobs ended")
    states = store.states()
    check(states["completed"] == expected, f"{expected} enqueued, states {states}")
    starts = store.starts()
    check(len(starts) == expected, f"{expected - len(starts)} completed jobs never began")
    extra = check_extra_starts_explained(store, starts)
    store.check_sound()
    print(f"test.log: {expected} jobs, {kills} kills, all completed, {extra} extra executions, "
          "each with a recorded crash")


def check_extra_starts_explained(store, starts):
    crashes = {}
    for id, count in store.query("SELECT j.id, count(*) FROM errand_error e JOIN errand_job j "
                                 "ON j.n = e.n WHERE e.kind = 3 GROUP BY j.n"):
        crashes[str(uuid.UUID(bytes=id))] = count
    extra = 0
    for id, count in starts.items():
        extra += count - 1
        check(count - 1 <= crashes.get(id, 0),
              f"{id} began {count} times with {crashes.get(id, 0)} recorded crashes")
    return extra


built_in_jobs()
side_logged_jobs()

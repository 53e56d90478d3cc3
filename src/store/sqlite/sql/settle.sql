-- Ends of leases. A lease is (n, lease_seq); each statement changes nothing for a stale one.

-- How many of the rows n between ?1 and ?2 are under lease_seq ?3 and need nothing special, and
-- whether some of them have turns, and how many belong to workflows.
-- name: count_plain_run
SELECT count(*), max(flags & 64), sum(flags & 512) / 512 FROM errand_active
WHERE n BETWEEN ?1 AND ?2 AND lease_seq = ?3 AND flags & (65535 & ~(64 | 512)) = 0

-- Those of them that have turns.
-- name: turns_of_run
SELECT flags FROM errand_active WHERE n BETWEEN ?1 AND ?2 AND flags & 64

-- All that is active between the rows ?1 and ?2.
-- name: active_run
SELECT n, lease_seq, flags FROM errand_active WHERE n BETWEEN ?1 AND ?2 ORDER BY n

-- name: complete_run
INSERT INTO errand_done (n, state, finished_at, attempt, lease_seq, crashes, interruptions, flags,
                         started_at, worker)
SELECT n, 6, ?3, attempt, lease_seq, crashes, interruptions, flags & 512, started_at, worker
FROM errand_active WHERE n BETWEEN ?1 AND ?2

-- name: nodes_of_run
SELECT n FROM errand_active WHERE n BETWEEN ?1 AND ?2 AND flags & 512 ORDER BY n

-- name: leave_active_run
DELETE FROM errand_active WHERE n BETWEEN ?1 AND ?2

-- name: number_of
SELECT n FROM errand_job WHERE id = ?1

-- name: active_life
SELECT lease_seq, attempt, crashes, interruptions, flags, started_at, worker
FROM errand_active WHERE n = ?1

-- The lease_seq that a job has outside errand_active.
-- name: resting_lease_seq
SELECT lease_seq FROM errand_done WHERE n = ?1
UNION ALL
SELECT lease_seq FROM errand_waiting WHERE n = ?1
UNION ALL
SELECT r.lease_seq FROM errand_job j
JOIN errand_ready r ON r.lane = j.lane AND r.rank = j.rank AND r.place = j.place AND r.n = j.n
WHERE j.n = ?1
UNION ALL
SELECT b.lease_seq FROM errand_job j
JOIN errand_key k ON k.key = j.key
JOIN errand_blocked b ON b.key_number = k.key_number AND b.place = j.place AND b.n = j.n
WHERE j.n = ?1

-- name: leave_active
DELETE FROM errand_active WHERE n = ?1

-- name: to_done
INSERT INTO errand_done (n, state, finished_at, attempt, lease_seq, crashes, interruptions, flags,
                         started_at, worker, result)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)

-- name: to_waiting
INSERT INTO errand_waiting (n, state, due_at, attempt, lease_seq, crashes, interruptions, flags,
                            started_at, worker, signal)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)

-- name: to_ready
INSERT INTO errand_ready (lane, rank, place, n, attempt, lease_seq, crashes, interruptions, flags,
                          started_at, worker)
SELECT lane, rank, place, n, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM errand_job WHERE n = ?1

-- name: add_error
INSERT INTO errand_error (n, seq, kind, attempt, at, type, message, worker, host, backtrace, log_tail)
VALUES (?1, (SELECT coalesce(max(seq), 0) + 1 FROM errand_error WHERE n = ?1),
        ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- Keeps the newest ?2 errors.
-- name: trim_errors
DELETE FROM errand_error
WHERE n = ?1 AND seq <= (SELECT max(seq) FROM errand_error WHERE n = ?1) - ?2

-- Keeps the newest ?2 logs.
-- name: trim_logs
DELETE FROM errand_log
WHERE n = ?1 AND lease_seq NOT IN (SELECT lease_seq FROM errand_log WHERE n = ?1
                                   ORDER BY lease_seq DESC LIMIT ?2)

-- name: put_log
INSERT INTO errand_log (n, lease_seq, attempt, text) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (n, lease_seq) DO UPDATE SET text = excluded.text

-- Whether the end of a lease may let others begin, and whether somebody learns from it.
-- name: limit_kinds
SELECT max(concurrency IS NOT NULL), max(breaker IS NOT NULL) FROM errand_limit

-- Limits that learn from how attempts end.
-- name: learning_limits
SELECT scope, concurrency, rate, breaker, hours, learned, rest FROM errand_limit
WHERE breaker IS NOT NULL OR rate IS NOT NULL

-- name: leased_since
SELECT lane, started_at FROM errand_active WHERE n = ?1 AND lease_seq = ?2

-- What operators do, and pruning.

-- In which table a job rests, with its life: 3 ready, 4 active, 6 done, 2 waiting; no row: unknown id.
-- name: find_life
SELECT j.n, 4, a.attempt, a.lease_seq, a.crashes, a.interruptions, a.flags, a.started_at, a.worker, 4
FROM errand_job j JOIN errand_active a ON a.n = j.n WHERE j.id = ?1
UNION ALL
SELECT j.n, 6, d.attempt, d.lease_seq, d.crashes, d.interruptions, d.flags, d.started_at, d.worker, d.state
FROM errand_job j JOIN errand_done d ON d.n = j.n WHERE j.id = ?1
UNION ALL
SELECT j.n, 2, w.attempt, w.lease_seq, w.crashes, w.interruptions, w.flags, w.started_at, w.worker, w.state
FROM errand_job j JOIN errand_waiting w ON w.n = j.n WHERE j.id = ?1
UNION ALL
SELECT j.n, 3, r.attempt, r.lease_seq, r.crashes, r.interruptions, r.flags, r.started_at, r.worker, 3
FROM errand_job j
JOIN errand_ready r ON r.lane = j.lane AND r.priority = j.priority AND r.due_at = j.due_at AND r.n = j.n
WHERE j.id = ?1

-- name: leave_ready_by_number
DELETE FROM errand_ready
WHERE (lane, priority, due_at, n) = (SELECT lane, priority, due_at, n FROM errand_job WHERE n = ?1)

-- name: leave_done
DELETE FROM errand_done WHERE n = ?1

-- name: unique_key_of
SELECT unique_key FROM errand_job WHERE n = ?1

-- Changes nothing when the key is held.
-- name: try_hold_unique
INSERT INTO errand_unique (unique_key, n) VALUES (?1, ?2) ON CONFLICT (unique_key) DO NOTHING

-- name: pause
INSERT INTO errand_paused VALUES (?1) ON CONFLICT DO NOTHING

-- name: resume
DELETE FROM errand_paused WHERE queue = ?1

-- name: remove_job
DELETE FROM errand_job WHERE n = ?1

-- name: remove_errors
DELETE FROM errand_error WHERE n = ?1

-- name: remove_logs
DELETE FROM errand_log WHERE n = ?1

-- name: remove_progress
DELETE FROM errand_progress WHERE n = ?1

-- name: remove_effects
DELETE FROM errand_effect WHERE n = ?1

-- Completed jobs from number ?1 on, in order; at most ?2 rows.
-- name: completed_from
SELECT n, finished_at, flags FROM errand_done WHERE state = 6 AND n > ?1 ORDER BY n LIMIT ?2

-- Jobs of end state ?1 (not completed) that ended by ?2; at most ?3.
-- name: ended_by
SELECT n, flags FROM errand_done WHERE state = ?1 AND finished_at <= ?2 AND state <> 6 ORDER BY n LIMIT ?3

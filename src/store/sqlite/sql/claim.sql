-- Claiming and promoting.

-- name: paused_queues
SELECT queue FROM errand_paused

-- name: lane_has_ready
SELECT 1 FROM errand_ready WHERE lane = ?1 LIMIT 1

-- The first ?2 keys of a lane, in claiming order.
-- name: ready_keys
SELECT priority, due_at, n FROM errand_ready WHERE lane = ?1
ORDER BY priority DESC, due_at, n LIMIT ?2

-- The first ?2 jobs of a lane with all that a handler needs.
-- name: ready_jobs
SELECT r.priority, r.due_at, r.n, r.attempt, r.lease_seq, r.crashes, r.interruptions,
       j.id, j.args, j.meta, j.max_attempts, j.retry, j.timeout_us
FROM errand_ready r CROSS JOIN errand_job j ON j.n = r.n
WHERE r.lane = ?1
ORDER BY r.priority DESC, r.due_at, r.n LIMIT ?2

-- Ready jobs of lane ?1 and priority ?2 up to the key (?3, ?4) become active: lease until ?5, started
-- at ?6, worker ?7.
-- name: activate
INSERT INTO errand_active (n, lease_until, attempt, lease_seq, crashes, interruptions, flags,
                           started_at, worker)
SELECT n, ?5, attempt + 1, lease_seq + 1, crashes, interruptions, flags, ?6, ?7
FROM errand_ready
WHERE lane = ?1 AND priority = ?2 AND (due_at, n) <= (?3, ?4)

-- What stands in that range, in the order of ready_jobs.
-- name: ready_range
SELECT n, lease_seq FROM errand_ready
WHERE lane = ?1 AND priority = ?2 AND (due_at, n) <= (?3, ?4)
ORDER BY due_at, n

-- name: leave_ready
DELETE FROM errand_ready WHERE lane = ?1 AND priority = ?2 AND (due_at, n) <= (?3, ?4)

-- name: next_due
SELECT min(due_at) FROM errand_waiting

-- name: due_jobs
SELECT n FROM errand_waiting WHERE due_at <= ?1 ORDER BY due_at, n LIMIT ?2

-- name: waiting_to_ready
INSERT INTO errand_ready (lane, priority, due_at, n, attempt, lease_seq, crashes, interruptions, flags,
                          started_at, worker)
SELECT j.lane, j.priority, j.due_at, w.n, w.attempt, w.lease_seq, w.crashes, w.interruptions, w.flags,
       w.started_at, w.worker
FROM errand_waiting w JOIN errand_job j ON j.n = w.n WHERE w.n = ?1

-- name: leave_waiting
DELETE FROM errand_waiting WHERE n = ?1

-- Claiming and promoting.

-- What bounds the claiming of some jobs, pauses first.
-- name: rules
SELECT 1, scope, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM errand_paused
UNION ALL
SELECT 0, scope, concurrency, rate, breaker, hours, taken, learned, rest FROM errand_limit

-- name: lane_has_ready
SELECT 1 FROM errand_ready WHERE lane = ?1 LIMIT 1

-- The first ?2 keys of a lane, in claiming order.
-- name: ready_keys
SELECT rank, place, n FROM errand_ready WHERE lane = ?1
ORDER BY rank DESC, place, n LIMIT ?2

-- The same with the jobs' weights.
-- name: ready_keys_with_weight
SELECT r.rank, r.place, r.n, coalesce(j.weight, 1)
FROM errand_ready r CROSS JOIN errand_job j ON j.n = r.n
WHERE r.lane = ?1
ORDER BY r.rank DESC, r.place, r.n LIMIT ?2

-- The first ?2 jobs of a lane with all that a handler needs.
-- name: ready_jobs
SELECT r.rank, r.place, r.n, r.attempt, r.lease_seq, r.crashes, r.interruptions,
       j.id, j.args, j.meta, j.max_attempts, j.retry, j.timeout_us, j.priority,
       CASE WHEN r.flags & 512
            THEN coalesce(r.due_at, (SELECT d.due_at FROM errand_node d WHERE d.n = r.n), j.due_at)
            ELSE j.due_at END,
       j.key, j.expires_at, r.flags
FROM errand_ready r CROSS JOIN errand_job j ON j.n = r.n
WHERE r.lane = ?1
ORDER BY r.rank DESC, r.place, r.n LIMIT ?2

-- Ready jobs of lane ?1 and rank ?2 from the key (?3, ?4) to (?5, ?6) become active: lease until ?7,
-- started at ?8, worker ?9. Who held a unique key until now (256) does not any more.
-- name: activate
INSERT INTO errand_active (n, lane, lease_until, attempt, lease_seq, crashes, interruptions, flags,
                           started_at, worker)
SELECT n, lane, ?7, attempt + 1, lease_seq + 1, crashes, interruptions, flags & ~256, ?8, ?9
FROM errand_ready
WHERE lane = ?1 AND rank = ?2 AND (place, n) >= (?3, ?4) AND (place, n) <= (?5, ?6)

-- What stands in that range, in the order of ready_jobs.
-- name: ready_range
SELECT n, lease_seq FROM errand_ready
WHERE lane = ?1 AND rank = ?2 AND (place, n) >= (?3, ?4) AND (place, n) <= (?5, ?6)
ORDER BY place, n

-- name: leave_ready
DELETE FROM errand_ready
WHERE lane = ?1 AND rank = ?2 AND (place, n) >= (?3, ?4) AND (place, n) <= (?5, ?6)

-- name: held_by_lane
SELECT lane, count(*) FROM errand_active GROUP BY lane

-- name: note_taken
UPDATE errand_limit SET taken = ?2 WHERE scope = ?1

-- name: note_memory
UPDATE errand_limit SET learned = ?2, rest = ?3 WHERE scope = ?1

-- Another claim may have noted an earlier time.
-- name: note_closed
UPDATE errand_limit SET opens_at = ?2 WHERE scope = ?1 AND coalesce(opens_at > ?2, 1)

-- name: note_wakes
UPDATE errand_limit SET wakes_at = ?2 WHERE scope = ?1 AND coalesce(wakes_at > ?2, 1)

-- A fair queue's virtual time goes on.
-- name: advance_virtual_time
UPDATE errand_queue SET virtual_time = ?2 WHERE queue = ?1 AND ordering = 2 AND virtual_time < ?2

-- name: next_opening
SELECT min(at) FROM (SELECT opens_at AS at FROM errand_limit UNION ALL
                     SELECT wakes_at FROM errand_limit)

-- name: open_limits
UPDATE errand_limit SET opens_at = CASE WHEN opens_at > ?1 THEN opens_at END,
                        wakes_at = CASE WHEN wakes_at > ?1 THEN wakes_at END
WHERE opens_at <= ?1 OR wakes_at <= ?1

-- name: next_due
SELECT due_at FROM errand_waiting WHERE due_at < 9223372036854775807 ORDER BY due_at LIMIT 1

-- name: due_jobs
SELECT w.n, w.flags, j.key, j.lane
FROM (SELECT n, flags, due_at FROM errand_waiting
      WHERE due_at <= ?1 AND due_at < 9223372036854775807 ORDER BY due_at, n LIMIT ?2) w
JOIN errand_job j ON j.n = w.n
ORDER BY w.due_at, w.n

-- ?2: flags to add
-- name: waiting_to_ready
INSERT INTO errand_ready (lane, rank, place, n, attempt, lease_seq, crashes, interruptions, flags,
                          started_at, worker)
SELECT j.lane, j.rank, j.place, w.n, w.attempt, w.lease_seq, w.crashes, w.interruptions,
       w.flags | ?2, w.started_at, w.worker
FROM errand_waiting w JOIN errand_job j ON j.n = w.n WHERE w.n = ?1

-- ?2: number of its key
-- name: waiting_to_blocked
INSERT INTO errand_blocked (key_number, place, n, lane, rank, attempt, lease_seq, crashes,
                            interruptions, flags, started_at, worker)
SELECT ?2, j.place, w.n, j.lane, j.rank, w.attempt, w.lease_seq, w.crashes, w.interruptions, w.flags,
       w.started_at, w.worker
FROM errand_waiting w JOIN errand_job j ON j.n = w.n WHERE w.n = ?1

-- name: leave_waiting
DELETE FROM errand_waiting WHERE n = ?1

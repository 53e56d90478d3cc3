-- Keeping leases, and taking over those whose worker is gone.

-- name: lease_flags
SELECT flags FROM errand_active WHERE n = ?1 AND lease_seq = ?2

-- name: extend
UPDATE errand_active SET lease_until = ?3 WHERE n = ?1 AND lease_seq = ?2

-- name: add_flags
UPDATE errand_active SET flags = flags | ?2 WHERE n = ?1

-- name: put_progress
INSERT INTO errand_progress (n, current, total, message) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (n) DO UPDATE SET current = excluded.current, total = excluded.total,
                              message = excluded.message

-- Workers that hold leases, with how many and whether one has run out by ?1.
-- name: lease_holders
SELECT a.worker, w.name, w.host, w.file, min(a.lease_until) <= ?1
FROM errand_active a LEFT JOIN errand_worker w ON w.worker = a.worker GROUP BY a.worker

-- Leases to take over: all of worker ?1 when ?2 is 1, otherwise those run out by ?3; at most ?4.
-- name: lost_leases
SELECT a.n, a.attempt, a.lease_seq, a.crashes, a.interruptions, a.flags,
       j.id, j.args, j.meta, j.max_attempts, j.retry, j.timeout_us, j.priority,
       coalesce(d.due_at, j.due_at), j.lane, j.key, j.expires_at
FROM errand_active a JOIN errand_job j ON j.n = a.n
LEFT JOIN errand_node d ON d.n = a.n
WHERE a.worker = ?1 AND (?2 = 1 OR a.lease_until <= ?3) ORDER BY a.n LIMIT ?4

-- ?4: flag 8 (taken over) and the mark's bits, which replace those of an earlier take-over (16 + 32).
-- name: take_over
UPDATE errand_active
SET lease_seq = lease_seq + 1, lease_until = ?2, worker = ?3, flags = (flags & ~48) | ?4
WHERE n = ?1

-- name: add_worker
INSERT INTO errand_worker (name, host, pid, queues, slots, max_leases, joined_at, file, types,
                           labels)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) RETURNING worker

-- name: worker_left
UPDATE errand_worker SET left_at = ?2 WHERE worker = ?1 AND left_at IS NULL

-- Workers that did not leave on purpose, with how many leases each holds.
-- name: present_workers
SELECT w.worker, w.name, w.host, w.pid, w.queues, w.slots, w.max_leases, w.joined_at, w.file,
       (SELECT count(*) FROM errand_active a WHERE a.worker = w.worker), w.types, w.labels
FROM errand_worker w WHERE w.left_at IS NULL ORDER BY w.worker

-- Workers gone for long leave no row, unless a job still names them.
-- name: forget_workers
DELETE FROM errand_worker WHERE left_at < ?1
AND NOT EXISTS (SELECT 1 FROM errand_active a WHERE a.worker = errand_worker.worker)

-- name: find_effect
SELECT e.value FROM errand_job j JOIN errand_effect e ON e.n = j.n WHERE j.id = ?1 AND e.name = ?2

-- name: put_effect
INSERT INTO errand_effect (n, name, value) VALUES (?1, ?2, ?3) ON CONFLICT (n, name) DO NOTHING

-- name: replace_effect
INSERT INTO errand_effect (n, name, value) VALUES (?1, ?2, ?3)
ON CONFLICT (n, name) DO UPDATE SET value = excluded.value

-- name: last_boot
SELECT value FROM errand_counter WHERE name = 'boot'

-- name: set_boot
INSERT INTO errand_counter (name, value) VALUES ('boot', ?1)
ON CONFLICT (name) DO UPDATE SET value = excluded.value

-- After a loss of power: claims may have been lost whose lease numbers others have seen.
-- name: skip_ready_lease
UPDATE errand_ready SET lease_seq = lease_seq + 1

-- name: skip_waiting_lease
UPDATE errand_waiting SET lease_seq = lease_seq + 1

-- name: skip_active_lease
UPDATE errand_active SET lease_seq = lease_seq + 1

-- name: skip_blocked_lease
UPDATE errand_blocked SET lease_seq = lease_seq + 1

-- Turns of keys. A key is QUEUE/KEY; see schema_001.sql.

-- name: turns_taken
SELECT taken FROM errand_key WHERE key = ?1

-- name: take_turn
INSERT OR REPLACE INTO errand_turn (n, key) VALUES (?1, ?2)

-- name: count_turn
INSERT INTO errand_key (key, taken) VALUES (?1, 1) ON CONFLICT (key) DO UPDATE SET taken = taken + 1

-- name: leave_turn
DELETE FROM errand_turn WHERE n = ?1

-- name: uncount_turn
UPDATE errand_key SET taken = taken - 1 WHERE key = ?1

-- name: forget_key
DELETE FROM errand_key WHERE key = ?1 AND taken <= 0

-- name: key_of
SELECT key FROM errand_job WHERE n = ?1

-- name: first_blocked
SELECT place, n FROM errand_blocked WHERE key = ?1 ORDER BY place, n LIMIT 1

-- ?4: flags to add
-- name: blocked_to_ready
INSERT INTO errand_ready (lane, rank, place, n, attempt, lease_seq, crashes, interruptions, flags,
                          started_at, worker)
SELECT j.lane, j.rank, j.place, b.n, b.attempt, b.lease_seq, b.crashes, b.interruptions,
       b.flags | ?4, b.started_at, b.worker
FROM errand_blocked b JOIN errand_job j ON j.n = b.n
WHERE b.key = ?1 AND b.place = ?2 AND b.n = ?3

-- name: leave_blocked
DELETE FROM errand_blocked WHERE key = ?1 AND place = ?2 AND n = ?3

-- A job that left another state stands in line for its key.
-- name: to_blocked
INSERT INTO errand_blocked (key, place, n, attempt, lease_seq, crashes, interruptions, flags,
                            started_at, worker)
SELECT key, place, n, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM errand_job WHERE n = ?1

-- Keys between ?1 and ?2 of which jobs are blocked.
-- name: blocked_between
SELECT DISTINCT key FROM errand_blocked WHERE key >= ?1 AND key < ?2

-- name: waiting_holders
SELECT t.n FROM errand_turn t CROSS JOIN errand_waiting w ON w.n = t.n WHERE t.key = ?1

-- name: waiting_without_turn
UPDATE errand_waiting SET flags = flags & ~64 WHERE n = ?1

-- name: queue_settings
SELECT ordering, aging_us, key_concurrency, weights, virtual_time, max_age_us FROM errand_queue
WHERE queue = ?1

-- name: all_queue_settings
SELECT ordering, aging_us, key_concurrency, weights, virtual_time, max_age_us, queue FROM errand_queue

-- name: most_blocked
SELECT key, count(*) FROM errand_blocked GROUP BY key ORDER BY count(*) DESC, key LIMIT ?1

-- name: count_blocked
SELECT count(*) FROM errand_blocked WHERE key = ?1

-- Who has the turns, oldest first. There is no index for it.
-- name: turn_holders
SELECT j.id FROM errand_turn t CROSS JOIN errand_job j ON j.n = t.n WHERE t.key = ?1
ORDER BY t.n LIMIT ?2

-- name: all_turn_holders
SELECT t.key, t.n FROM errand_turn t ORDER BY t.n

-- name: id_of
SELECT id FROM errand_job WHERE n = ?1

-- name: all_limits
SELECT scope, concurrency, rate, breaker, hours, taken, learned, rest, opens_at FROM errand_limit

-- name: all_pauses
SELECT scope, since, who FROM errand_paused

-- Leases with their lanes, in order of insertion.
-- name: leases_by_lane
SELECT a.lane, j.id FROM errand_active a JOIN errand_job j ON j.n = a.n ORDER BY a.n

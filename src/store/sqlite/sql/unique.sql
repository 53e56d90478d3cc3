-- Unique keys: who holds one, and what was kept out for him.

-- name: holder_of
SELECT n, id, until FROM errand_unique WHERE unique_key = ?1

-- Takes the place of a hold whose time has passed.
-- name: hold_unique
INSERT INTO errand_unique (unique_key, n, id, until) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (unique_key) DO UPDATE SET n = excluded.n, id = excluded.id, until = excluded.until

-- name: release_unique
DELETE FROM errand_unique WHERE n = ?1 AND unique_key = (SELECT unique_key FROM errand_job WHERE n = ?1)

-- name: unique_key_of
SELECT unique_key, unique_policy, id FROM errand_job WHERE n = ?1

-- name: count_suppressed
INSERT INTO errand_suppressed (n, id, unique_key, count, last_at) VALUES (?1, ?2, ?3, 1, ?4)
ON CONFLICT (n) DO UPDATE SET count = min(count, 1000000000000) + 1, last_at = excluded.last_at

-- name: add_to_suppressed_ever
INSERT INTO errand_counter (name, value) VALUES ('suppressed', ?1)
ON CONFLICT (name) DO UPDATE SET value = min(value, 1000000000000) + excluded.value

-- name: suppressed_ever
SELECT value FROM errand_counter WHERE name = 'suppressed'

-- name: newest_suppressed
SELECT id, unique_key, count, last_at FROM errand_suppressed ORDER BY last_at DESC, n DESC LIMIT ?1

-- A job is about to be removed; what was counted stays while it goes on holding its key.
-- name: forget_suppressed_of_removed
DELETE FROM errand_suppressed
WHERE n = ?1 AND NOT EXISTS (SELECT 1 FROM errand_job j JOIN errand_unique u
                             ON u.unique_key = j.unique_key AND u.n = j.n WHERE j.n = ?1)

-- The hold of job ?1 is over; if the job is gone, too, nobody remembers it.
-- name: forget_suppressed_of_gone
DELETE FROM errand_suppressed
WHERE n = ?1 AND NOT EXISTS (SELECT 1 FROM errand_job WHERE n = ?1)

-- name: any_expired_hold
SELECT 1 FROM errand_unique WHERE until <= ?1 LIMIT 1

-- name: expired_holds
SELECT unique_key, n FROM errand_unique WHERE until <= ?1 ORDER BY until, unique_key LIMIT ?2

-- name: remove_hold
DELETE FROM errand_unique WHERE unique_key = ?1

-- A job that has not begun, with where it rests: 2 waiting, 3 ready, 5 blocked.
-- name: unbegun_job
SELECT 2, w.flags, j.lane, j.rank, j.place, j.priority, j.key, l.queue, l.type
FROM errand_waiting w JOIN errand_job j ON j.n = w.n JOIN errand_lane l ON l.lane = j.lane
WHERE w.n = ?1 AND w.state = 2 AND w.started_at IS NULL
UNION ALL
SELECT 3, r.flags, j.lane, j.rank, j.place, j.priority, j.key, l.queue, l.type
FROM errand_job j JOIN errand_lane l ON l.lane = j.lane
JOIN errand_ready r ON r.lane = j.lane AND r.rank = j.rank AND r.place = j.place AND r.n = j.n
WHERE j.n = ?1 AND r.started_at IS NULL
UNION ALL
SELECT 5, b.flags, j.lane, j.rank, j.place, j.priority, j.key, l.queue, l.type
FROM errand_job j JOIN errand_lane l ON l.lane = j.lane
JOIN errand_key k ON k.key = j.key
JOIN errand_blocked b ON b.key_number = k.key_number AND b.place = j.place AND b.n = j.n
WHERE j.n = ?1 AND b.started_at IS NULL

-- name: replace_args
UPDATE errand_job SET args = ?2, meta = ?3, tags = ?4 WHERE n = ?1

-- name: place_anew
UPDATE errand_job SET due_at = ?2, rank = ?3, place = ?4, expires_at = ?5 WHERE n = ?1

-- name: move_ready
UPDATE errand_ready SET rank = ?5, place = ?6 WHERE (lane, rank, place, n) = (?1, ?2, ?3, ?4)

-- name: move_blocked
UPDATE errand_blocked SET rank = ?2, place = ?3
WHERE (key_number, place, n) = (SELECT k.key_number, j.place, j.n
                                FROM errand_job j JOIN errand_key k ON k.key = j.key WHERE j.n = ?1)

-- name: move_waiting
UPDATE errand_waiting SET due_at = ?2 WHERE n = ?1

-- Without a turn of its key: 64 and the key's number.
-- name: ready_to_waiting
INSERT INTO errand_waiting (n, state, due_at, attempt, lease_seq, crashes, interruptions, flags,
                            started_at, worker)
SELECT n, 2, ?5, attempt, lease_seq, crashes, interruptions, flags & (65535 & ~64),
       started_at, worker
FROM errand_ready WHERE (lane, rank, place, n) = (?1, ?2, ?3, ?4)

-- name: blocked_to_waiting
INSERT INTO errand_waiting (n, state, due_at, attempt, lease_seq, crashes, interruptions, flags,
                            started_at, worker)
SELECT n, 2, ?2, attempt, lease_seq, crashes, interruptions, flags, started_at, worker
FROM errand_blocked
WHERE (key_number, place, n) = (SELECT k.key_number, j.place, j.n
                                FROM errand_job j JOIN errand_key k ON k.key = j.key WHERE j.n = ?1)

-- name: stray_holds
SELECT count(*) FROM errand_unique u WHERE u.until IS NULL AND NOT EXISTS (
    SELECT 1 FROM errand_job j WHERE j.n = u.n AND j.unique_key = u.unique_key)

-- name: count_holds
SELECT count(*) FROM errand_unique WHERE until IS NULL

-- Jobs that say that they hold their unique key.
-- name: count_holders
SELECT (SELECT count(*) FROM errand_ready WHERE flags & 384) +
       (SELECT count(*) FROM errand_blocked WHERE flags & 384) +
       (SELECT count(*) FROM errand_waiting WHERE flags & 384) +
       (SELECT count(*) FROM errand_active WHERE flags & 128)

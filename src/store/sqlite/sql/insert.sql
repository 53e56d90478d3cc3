-- Adding jobs. See schema_001.sql for the tables.

-- name: next_number
SELECT value FROM errand_counter WHERE name = 'next_n'

-- name: set_next_number
UPDATE errand_counter SET value = ?1 WHERE name = 'next_n'

-- name: max_lane
SELECT max(lane) FROM errand_lane

-- Lanes above ?1.
-- name: lanes_after
SELECT lane, queue, type FROM errand_lane WHERE lane > ?1 ORDER BY lane

-- name: lane_by_number
SELECT queue, type FROM errand_lane WHERE lane = ?1

-- name: find_lane
SELECT lane FROM errand_lane WHERE queue = ?1 AND type = ?2

-- name: add_lane
INSERT INTO errand_lane (queue, type) VALUES (?1, ?2)
ON CONFLICT (queue, type) DO UPDATE SET type = excluded.type RETURNING lane

-- Changes nothing when the id is there already.
-- name: add_job
INSERT INTO errand_job (n, id, lane, priority, created_at, due_at, max_attempts, timeout_us, retry,
                        unique_key, meta, tags, args)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (id) DO NOTHING

-- The usual job: nothing but its type, place and arguments.
-- name: add_plain_job
INSERT INTO errand_job (n, id, lane, priority, created_at, due_at, max_attempts, args)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
ON CONFLICT (id) DO NOTHING

-- ?5: flags
-- name: add_ready
INSERT INTO errand_ready (lane, priority, due_at, n, attempt, lease_seq, crashes, interruptions, flags)
VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, ?5)

-- name: add_scheduled
INSERT INTO errand_waiting (n, state, due_at, attempt, lease_seq, crashes, interruptions, flags)
VALUES (?1, 2, ?2, 0, 0, 0, 0, ?3)

-- name: has_job_id
SELECT 1 FROM errand_job WHERE id = ?1

-- Who holds a unique key.
-- name: unique_holder
SELECT j.id FROM errand_unique u JOIN errand_job j ON j.n = u.n WHERE u.unique_key = ?1

-- name: hold_unique
INSERT INTO errand_unique (unique_key, n) VALUES (?1, ?2)

-- Adding jobs. See schema_001.sql for the tables.

-- name: next_number
SELECT value FROM errand_counter WHERE name = 'next_n'

-- name: set_next_number
UPDATE errand_counter SET value = ?1 WHERE name = 'next_n'

-- name: max_lane
SELECT max(lane) FROM errand_lane

-- Lanes above ?1.
-- name: lanes_after
SELECT lane, queue, type, key, needs FROM errand_lane WHERE lane > ?1 ORDER BY lane

-- name: lane_by_number
SELECT queue, type, key, needs FROM errand_lane WHERE lane = ?1

-- name: find_lane
SELECT lane FROM errand_lane WHERE queue = ?1 AND type = ?2 AND key = ?3 AND needs = ?4

-- name: add_lane
INSERT INTO errand_lane (queue, type, key, needs) VALUES (?1, ?2, ?3, ?4)
ON CONFLICT (queue, type, key, needs) DO UPDATE SET type = excluded.type RETURNING lane

-- Changes nothing when the id is there already.
-- name: add_job
INSERT INTO errand_job (n, id, lane, priority, created_at, due_at, max_attempts, timeout_us, retry,
                        rank, place, unique_key, unique_policy, key, weight, expires_at, meta, tags,
                        args)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
ON CONFLICT (id) DO NOTHING

-- The usual job: nothing but its type, place and arguments.
-- name: add_plain_job
INSERT INTO errand_job (n, id, lane, priority, created_at, due_at, max_attempts, rank, place, args)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
ON CONFLICT (id) DO NOTHING

-- ?5: flags
-- name: add_ready
INSERT INTO errand_ready (lane, rank, place, n, attempt, lease_seq, crashes, interruptions, flags)
VALUES (?1, ?2, ?3, ?4, 0, 0, 0, 0, ?5)

-- ?6: flags
-- name: add_blocked
INSERT INTO errand_blocked (key_number, place, n, lane, rank, attempt, lease_seq, crashes,
                            interruptions, flags)
VALUES (?1, ?2, ?3, ?4, ?5, 0, 0, 0, 0, ?6)

-- name: add_scheduled
INSERT INTO errand_waiting (n, state, due_at, attempt, lease_seq, crashes, interruptions, flags)
VALUES (?1, 2, ?2, 0, 0, 0, 0, ?3)

-- A job that waits for others. ?2: flags; where it becomes ready: lane ?3, rank ?4, place ?5
-- name: add_pending
INSERT INTO errand_waiting (n, state, due_at, attempt, lease_seq, crashes, interruptions, flags,
                            lane, rank, place)
VALUES (?1, 1, 9223372036854775807, 0, 0, 0, 0, ?2, ?3, ?4, ?5)

-- name: has_job_id
SELECT 1 FROM errand_job WHERE id = ?1

-- Whether any limit or pause names a key.
-- name: any_key_rule
SELECT EXISTS (SELECT 1 FROM errand_limit WHERE scope >= 'key:' AND scope < 'key;')
    OR EXISTS (SELECT 1 FROM errand_paused WHERE scope >= 'key:' AND scope < 'key;')

-- name: is_key_rule
SELECT EXISTS (SELECT 1 FROM errand_limit WHERE scope = ?1)
    OR EXISTS (SELECT 1 FROM errand_paused WHERE scope = ?1)

-- name: fair_finish
SELECT finish FROM errand_fair WHERE key = ?1

-- name: set_fair_finish
INSERT INTO errand_fair (key, finish) VALUES (?1, ?2)
ON CONFLICT (key) DO UPDATE SET finish = excluded.finish

-- Events and who wants them.

-- name: subscriptions_version
SELECT value FROM errand_counter WHERE name = 'subscriptions'

-- name: next_subscriptions_version
INSERT INTO errand_counter (name, value) VALUES ('subscriptions', 1)
ON CONFLICT (name) DO UPDATE SET value = value + 1

-- name: all_subscriptions
SELECT name, kinds, job, type, queue, url, secret_name, idle_limit_us,
       acknowledged, missed, told, created_at, read_at
FROM errand_subscription ORDER BY name

-- name: one_subscription
SELECT name, kinds, job, type, queue, url, secret_name, idle_limit_us,
       acknowledged, missed, told, created_at, read_at
FROM errand_subscription WHERE name = ?1

-- name: count_subscriptions
SELECT count(*) FROM errand_subscription

-- A new one begins after the newest event there ever was.
-- name: put_subscription
INSERT INTO errand_subscription (name, kinds, job, type, queue, url, secret_name, idle_limit_us,
                                 acknowledged, missed, told, created_at, read_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?10, 0, 0, ?9, ?9)
ON CONFLICT (name) DO UPDATE SET
    kinds = excluded.kinds, job = excluded.job, type = excluded.type, queue = excluded.queue,
    url = excluded.url, secret_name = excluded.secret_name, idle_limit_us = excluded.idle_limit_us,
    read_at = excluded.read_at

-- name: remove_subscription
DELETE FROM errand_subscription WHERE name = ?1

-- name: any_idle_subscription
SELECT 1 FROM errand_subscription WHERE idle_limit_us IS NOT NULL AND ?1 - read_at > idle_limit_us

-- name: remove_idle_subscriptions
DELETE FROM errand_subscription WHERE idle_limit_us IS NOT NULL AND ?1 - read_at > idle_limit_us

-- name: note_read
UPDATE errand_subscription SET read_at = ?2 WHERE name = ?1

-- name: acknowledge
UPDATE errand_subscription SET acknowledged = ?2, told = ?3 WHERE name = ?1

-- name: count_missed
UPDATE errand_subscription SET missed = missed + ?2 WHERE name = ?1

-- name: add_event
INSERT INTO errand_event (kind, at, subject, type, queue, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6)

-- name: newest_event
SELECT seq FROM sqlite_sequence WHERE name = 'errand_event'

-- name: oldest_event
SELECT min(seq) FROM errand_event

-- name: events_after
SELECT seq, kind, at, subject, type, queue, data FROM errand_event WHERE seq > ?1 ORDER BY seq

-- name: remove_events_to
DELETE FROM errand_event WHERE seq <= ?1

-- What all subscriptions have dealt with goes, and everything when there is none.
-- name: remove_acknowledged_events
DELETE FROM errand_event
WHERE seq <= coalesce((SELECT min(acknowledged) FROM errand_subscription), 9223372036854775807)

-- What an event says of the active job ?1.
-- name: active_job_facts
SELECT j.id, a.lane, a.attempt, j.meta FROM errand_active a JOIN errand_job j ON j.n = a.n
WHERE a.n = ?1

-- What an event says of the job with the id ?1.
-- name: job_lane_and_meta
SELECT lane, meta FROM errand_job WHERE id = ?1

-- What an event says of job number ?1.
-- name: job_facts
SELECT id, lane, meta FROM errand_job WHERE n = ?1

-- name: progress_told_at
SELECT told_at FROM errand_progress WHERE n = ?1

-- name: set_progress_told_at
UPDATE errand_progress SET told_at = ?2 WHERE n = ?1

-- name: worker_named
SELECT name, host, pid FROM errand_worker WHERE worker = ?1

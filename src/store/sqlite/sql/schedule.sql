-- Schedules, and what they made. See schema_001.sql for the tables.

-- name: find_schedule
SELECT s.schedule, s.state, s.revision, s.version, t.last_tick, s.changed_at, s.changed_by, t.last_job,
       s.rehearsal, s.rehearsal_revision, s.rehearsed_revision, s.definition, s.name
FROM errand_schedule s JOIN errand_tick t ON t.schedule = s.schedule WHERE s.name = ?1

-- name: schedules_after
SELECT s.schedule, s.state, s.revision, s.version, t.last_tick, s.changed_at, s.changed_by, t.last_job,
       s.rehearsal, s.rehearsal_revision, s.rehearsed_revision, s.definition, s.name
FROM errand_schedule s JOIN errand_tick t ON t.schedule = s.schedule
WHERE s.version > ?1 ORDER BY s.version LIMIT ?2

-- name: count_schedules
SELECT count(*) FROM errand_schedule

-- The next version of the schedules as a whole.
-- name: next_version
INSERT INTO errand_counter VALUES ('schedules', 1)
ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value

-- name: add_schedule
INSERT INTO errand_schedule (name, state, revision, version, changed_at, changed_by,
                             rehearsal_revision, rehearsed_revision, definition)
VALUES (?1, ?2, 1, ?3, ?4, ?5, 0, 0, ?6) RETURNING schedule

-- name: add_tick
INSERT INTO errand_tick (schedule, last_tick, last_seq) VALUES (?1, 0, 0)

-- A definition ?6 in place of the one before.
-- name: change_schedule
UPDATE errand_schedule SET state = ?2, revision = revision + 1, version = ?3, changed_at = ?4,
                           changed_by = ?5, definition = ?6
WHERE schedule = ?1

-- name: set_schedule_state
UPDATE errand_schedule SET state = ?2, version = ?3, changed_at = ?4, changed_by = ?5,
                           rehearsed_revision = ?6
WHERE schedule = ?1

-- name: set_last_tick
UPDATE errand_tick SET last_tick = ?2 WHERE schedule = ?1

-- name: remove_schedule
DELETE FROM errand_schedule WHERE name = ?1 RETURNING schedule

-- name: remove_tick
DELETE FROM errand_tick WHERE schedule = ?1

-- name: remove_fires
DELETE FROM errand_fire WHERE schedule = ?1

-- What firing needs to know of a schedule.
-- name: find_firing
SELECT s.schedule, s.state, s.revision, t.last_tick, t.last_job, t.last_seq, t.fired_from, t.fired_to,
       t.backfilled_from, t.backfilled_to
FROM errand_schedule s JOIN errand_tick t ON t.schedule = s.schedule WHERE s.name = ?1

-- name: set_tick
UPDATE errand_tick SET last_tick = ?2, last_job = ?3, last_seq = ?4, fired_from = ?5, fired_to = ?6,
                       backfilled_from = ?7, backfilled_to = ?8
WHERE schedule = ?1

-- The newest rehearsal: job ?2 of revision ?3.
-- name: set_rehearsal
UPDATE errand_schedule SET rehearsal = ?2, rehearsal_revision = ?3 WHERE schedule = ?1

-- name: add_fire
INSERT INTO errand_fire VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)

-- Lines below ?2, newest first, at most ?3.
-- name: fires_before
SELECT f.seq, f.at, f.kind, f.job, f.tick, f.last, f.count, f.is_counted, f.skipped
FROM errand_schedule s JOIN errand_fire f ON f.schedule = s.schedule
WHERE s.name = ?1 AND f.seq < ?2 ORDER BY f.seq DESC LIMIT ?3

-- Ticks of which the history says that they made a job: kinds tick and backfill.
-- name: made_ticks
SELECT tick FROM errand_fire WHERE schedule = ?1 AND job IS NOT NULL AND kind IN (1, 4)

-- name: fires_up_to
SELECT kind, tick FROM errand_fire WHERE schedule = ?1 AND seq <= ?2 AND job IS NOT NULL

-- name: remove_fires_up_to
DELETE FROM errand_fire WHERE schedule = ?1 AND seq <= ?2

-- name: is_unfinished
SELECT 1 FROM errand_job j WHERE j.id = ?1 AND NOT EXISTS (SELECT 1 FROM errand_done d WHERE d.n = j.n)

-- name: has_completed
SELECT 1 FROM errand_job j JOIN errand_done d ON d.n = j.n WHERE j.id = ?1 AND d.state = 6

-- Schedules without a row of the other kind; lines of history of no schedule, or behind its last one.
-- name: stray_schedule_rows
SELECT (SELECT count(*) FROM errand_schedule WHERE schedule NOT IN (SELECT schedule FROM errand_tick)),
       (SELECT count(*) FROM errand_tick WHERE schedule NOT IN (SELECT schedule FROM errand_schedule)),
       (SELECT count(*) FROM (SELECT schedule, max(seq) AS newest FROM errand_fire GROUP BY schedule) f
        WHERE NOT EXISTS (SELECT 1 FROM errand_tick t
                          WHERE t.schedule = f.schedule AND t.last_seq >= f.newest))

-- name: all_definitions
SELECT definition, name FROM errand_schedule

-- What operators do, and pruning.

-- In which table a job rests, with its life: 3 ready, 4 active, 5 blocked, 6 done, 2 waiting; no row:
-- unknown id.
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
JOIN errand_ready r ON r.lane = j.lane AND r.rank = j.rank AND r.place = j.place AND r.n = j.n
WHERE j.id = ?1
UNION ALL
SELECT j.n, 5, b.attempt, b.lease_seq, b.crashes, b.interruptions, b.flags, b.started_at, b.worker, 3
FROM errand_job j JOIN errand_key k ON k.key = j.key
JOIN errand_blocked b ON b.key_number = k.key_number AND b.place = j.place AND b.n = j.n
WHERE j.id = ?1

-- name: leave_ready_by_number
DELETE FROM errand_ready
WHERE (lane, rank, place, n) = (SELECT lane, rank, place, n FROM errand_job WHERE n = ?1)

-- name: leave_blocked_by_number
DELETE FROM errand_blocked
WHERE (key_number, place, n) = (SELECT k.key_number, j.place, j.n
                                FROM errand_job j JOIN errand_key k ON k.key = j.key WHERE j.n = ?1)

-- name: leave_done
DELETE FROM errand_done WHERE n = ?1

-- name: pause
INSERT INTO errand_paused VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING

-- name: resume
DELETE FROM errand_paused WHERE scope = ?1

-- name: set_limit
INSERT INTO errand_limit (scope, concurrency, rate, breaker, hours) VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (scope) DO UPDATE SET
    concurrency = excluded.concurrency, rate = excluded.rate, breaker = excluded.breaker,
    hours = excluded.hours, opens_at = NULL, wakes_at = NULL,
    learned = CASE WHEN excluded.breaker IS NULL THEN '' ELSE learned END,
    rest = CASE WHEN excluded.rate IS NULL THEN '' ELSE rest END

-- name: remove_limit
DELETE FROM errand_limit WHERE scope = ?1

-- A queue that becomes fair goes on from now, or from where it was: its virtual time never goes back.
-- name: set_queue
INSERT INTO errand_queue (queue, ordering, aging_us, key_concurrency, max_age_us, weights,
                          virtual_time)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
ON CONFLICT (queue) DO UPDATE SET
    ordering = excluded.ordering, aging_us = excluded.aging_us,
    key_concurrency = excluded.key_concurrency, max_age_us = excluded.max_age_us,
    weights = excluded.weights,
    virtual_time = CASE WHEN ordering = 2 THEN virtual_time
                        ELSE max(virtual_time, excluded.virtual_time) END

-- Unfinished jobs of key ?1, whatever their queue, that are not in a lane of their key yet.
-- name: jobs_to_relane
SELECT j.n, j.lane FROM (SELECT n FROM errand_ready UNION ALL SELECT n FROM errand_waiting UNION ALL
                         SELECT n FROM errand_active UNION ALL SELECT n FROM errand_blocked) u
JOIN errand_job j ON j.n = u.n JOIN errand_lane l ON l.lane = j.lane
WHERE l.key = '' AND substr(j.key, instr(j.key, '/') + 1) = ?1

-- An available job ?1 moves to lane ?2; then its row in errand_job and errand_active.
-- name: relane_ready
UPDATE errand_ready SET lane = ?2
WHERE (lane, rank, place, n) = (SELECT lane, rank, place, n FROM errand_job WHERE n = ?1)

-- name: relane_blocked
UPDATE errand_blocked SET lane = ?2
WHERE (key_number, place, n) = (SELECT k.key_number, j.place, j.n
                                FROM errand_job j JOIN errand_key k ON k.key = j.key WHERE j.n = ?1)

-- name: relane_job
UPDATE errand_job SET lane = ?2 WHERE n = ?1

-- An ended job ?1 whose key a rule names although it is not in a lane of its key.
-- name: lane_without_its_key
SELECT j.lane, substr(j.key, instr(j.key, '/') + 1)
FROM errand_job j JOIN errand_lane l ON l.lane = j.lane
WHERE j.n = ?1 AND l.key = '' AND j.key IS NOT NULL
  AND (EXISTS (SELECT 1 FROM errand_limit
               WHERE scope = 'key:' || substr(j.key, instr(j.key, '/') + 1))
       OR EXISTS (SELECT 1 FROM errand_paused
                  WHERE scope = 'key:' || substr(j.key, instr(j.key, '/') + 1)))

-- name: relane_active
UPDATE errand_active SET lane = ?2 WHERE n = ?1

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

-- Jobs of workflows are pruned with these.
-- Completed jobs from number ?1 on, in order; at most ?2 rows.
-- name: completed_from
SELECT n, finished_at, flags FROM errand_done
WHERE state = 6 AND n > ?1 AND flags & 512 = 0 ORDER BY n LIMIT ?2

-- Jobs of end state ?1 (not completed) that ended by ?2; at most ?3.
-- name: ended_by
SELECT n, flags FROM errand_done
WHERE state = ?1 AND finished_at <= ?2 AND state <> 6 AND flags & 512 = 0 ORDER BY n LIMIT ?3

-- Keys that would get the same place without their row.
-- name: forget_fair_keys
DELETE FROM errand_fair
WHERE finish <= (SELECT virtual_time FROM errand_queue
                 WHERE queue = substr(errand_fair.key, 1, instr(errand_fair.key, '/') - 1))

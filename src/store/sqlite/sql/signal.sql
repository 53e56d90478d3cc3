-- Signals. One that came is the effect "signal:NAME"; a job that waits for one has it in errand_waiting.

-- name: effect_exists
SELECT 1 FROM errand_effect WHERE n = ?1 AND name = ?2

-- Its flags and its key, QUEUE/KEY, if it waits for signal ?2.
-- name: waits_for
SELECT w.flags, j.key FROM errand_waiting w JOIN errand_job j ON j.n = w.n
WHERE w.n = ?1 AND w.signal = ?2

-- An unfinished job has effects from now on: flag 4, wherever it rests.
-- name: mark_waiting
UPDATE errand_waiting SET flags = flags | 4 WHERE n = ?1

-- name: mark_ready
UPDATE errand_ready SET flags = flags | 4
WHERE (lane, rank, place, n) = (SELECT lane, rank, place, n FROM errand_job WHERE n = ?1)

-- name: mark_active
UPDATE errand_active SET flags = flags | 4 WHERE n = ?1

-- name: mark_blocked
UPDATE errand_blocked SET flags = flags | 4
WHERE (key_number, place, n) = (SELECT k.key_number, j.place, j.n
                                FROM errand_job j JOIN errand_key k ON k.key = j.key WHERE j.n = ?1)

-- Whether it has ended; no row: there is no such job.
-- name: find_unfinished
SELECT j.n, EXISTS (SELECT 1 FROM errand_done d WHERE d.n = j.n) FROM errand_job j WHERE j.id = ?1

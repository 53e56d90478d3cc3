-- Turns of keys. A key is QUEUE/KEY; see schema_001.sql.

-- name: find_key
SELECT key_number, taken FROM errand_key WHERE key = ?1

-- The same in a queue with one turn for each key: who is known has it. Answered by the index alone.
-- name: find_key_with_one_turn
SELECT key_number, 1 FROM errand_key WHERE key = ?1

-- name: key_by_number
SELECT key, taken FROM errand_key WHERE key_number = ?1

-- The key's first turn.
-- name: add_key
INSERT INTO errand_key (key, taken, holder) VALUES (?1, 1, ?2)

-- name: count_turn
UPDATE errand_key SET taken = taken + 1, holder = CASE WHEN taken <= 0 THEN ?2 END
WHERE key_number = ?1

-- name: uncount_turn
UPDATE errand_key SET taken = taken - 1, holder = NULL WHERE key_number = ?1

-- name: forget_key
DELETE FROM errand_key WHERE key_number = ?1 AND taken <= 0

-- The list ?1: keys of which the only turn ends.
-- name: forget_keys
DELETE FROM errand_key WHERE key_number IN (SELECT value FROM errand_numbers(?1))

-- The list ?1: heirs of only turns, each by the number of the key, place and n.
-- name: heirs_to_ready
INSERT OR IGNORE INTO errand_ready (lane, rank, place, n, attempt, lease_seq, crashes, interruptions,
                                    flags, started_at, worker)
SELECT b.lane, b.rank, b.place, b.n, b.attempt, b.lease_seq, b.crashes, b.interruptions,
       b.flags | 64 | (b.key_number << 16), b.started_at, b.worker
FROM errand_numbers(?1) v
CROSS JOIN errand_blocked b ON b.key_number = v.value AND b.place = v.second AND b.n = v.third

-- name: heirs_leave_blocked
DELETE FROM errand_blocked
WHERE (key_number, place, n) IN (SELECT value, second, third FROM errand_numbers(?1))

-- name: heirs_are_holders
UPDATE errand_key SET holder = v.third FROM errand_numbers(?1) v WHERE errand_key.key_number = v.value

-- name: any_several
SELECT 1 FROM errand_key WHERE taken > 1 LIMIT 1

-- name: key_of
SELECT key FROM errand_job WHERE n = ?1

-- name: first_blocked
SELECT place, n FROM errand_blocked WHERE key_number = ?1 ORDER BY place, n LIMIT 1

-- ?4: flags to add
-- name: blocked_to_ready
INSERT OR IGNORE INTO errand_ready (lane, rank, place, n, attempt, lease_seq, crashes, interruptions,
                                    flags, started_at, worker)
SELECT lane, rank, place, n, attempt, lease_seq, crashes, interruptions, flags | ?4, started_at, worker
FROM errand_blocked WHERE key_number = ?1 AND place = ?2 AND n = ?3

-- name: leave_blocked
DELETE FROM errand_blocked WHERE key_number = ?1 AND place = ?2 AND n = ?3

-- A job that left another state stands in line for its key, which has the number ?9.
-- name: to_blocked
INSERT INTO errand_blocked (key_number, place, n, lane, rank, attempt, lease_seq, crashes,
                            interruptions, flags, started_at, worker)
SELECT ?9, place, n, lane, rank, ?2, ?3, ?4, ?5, ?6, ?7, ?8 FROM errand_job WHERE n = ?1

-- Keys between ?1 and ?2 of which jobs are blocked.
-- name: blocked_between
SELECT key_number FROM errand_key WHERE key >= ?1 AND key < ?2
AND EXISTS (SELECT 1 FROM errand_blocked b WHERE b.key_number = errand_key.key_number)

-- name: waiting_without_turn
UPDATE errand_waiting SET flags = flags & (65535 & ~64)
WHERE n = ?1 AND flags & 64 AND flags >> 16 = ?2

-- name: most_blocked
SELECT k.key, b.jobs, k.key_number, k.holder
FROM (SELECT key_number, count(*) AS jobs FROM errand_blocked GROUP BY key_number) b
JOIN errand_key k ON k.key_number = b.key_number
ORDER BY b.jobs DESC, k.key LIMIT ?1

-- name: count_blocked
SELECT count(*) FROM errand_blocked WHERE key_number = ?1

-- name: holder_of_key
SELECT key_number, holder FROM errand_key WHERE key = ?1

-- Who has a turn of the key with number ?1, oldest first: where several have or had one.
-- name: turn_holders
SELECT n FROM (SELECT n, flags FROM errand_active UNION ALL SELECT n, flags FROM errand_ready
               UNION ALL SELECT n, flags FROM errand_waiting)
WHERE flags & 64 AND flags >> 16 = ?1 ORDER BY n LIMIT ?2

-- The same of all keys.
-- name: all_turn_holders
SELECT flags >> 16, n FROM (SELECT n, flags FROM errand_active UNION ALL
                            SELECT n, flags FROM errand_ready UNION ALL
                            SELECT n, flags FROM errand_waiting)
WHERE flags & 64 ORDER BY n

-- name: count_turns
SELECT (SELECT count(*) FROM errand_active WHERE flags & 64) +
       (SELECT count(*) FROM errand_ready WHERE flags & 64) +
       (SELECT count(*) FROM errand_waiting WHERE flags & 64)

-- Keys of which as many turns are not counted as there are, or none.
-- name: miscounted_keys
SELECT count(*) FROM errand_key k
LEFT JOIN (SELECT flags >> 16 AS key_number, count(*) AS jobs
           FROM (SELECT flags FROM errand_active UNION ALL SELECT flags FROM errand_ready
                 UNION ALL SELECT flags FROM errand_waiting)
           WHERE flags & 64 GROUP BY 1) t ON t.key_number = k.key_number
WHERE k.taken <> coalesce(t.jobs, 0) OR k.taken < 1

-- Jobs with turns that are not of their key; or with a key's number and no turn; or blocked with either.
-- name: foreign_turns
SELECT count(*) FROM (SELECT n, flags FROM errand_active UNION ALL SELECT n, flags FROM errand_ready
                      UNION ALL SELECT n, flags FROM errand_waiting UNION ALL
                      SELECT n, CASE WHEN flags & (64 | ~65535) THEN 65536 END FROM errand_blocked) t
WHERE flags & (64 | ~65535)
  AND (flags & 64 = 0 OR NOT EXISTS (SELECT 1 FROM errand_job j JOIN errand_key k ON k.key = j.key
                                     WHERE j.n = t.n AND k.key_number = t.flags >> 16))

-- Keys of which somebody is noted who does not have the only turn.
-- name: wrong_holders
SELECT count(*) FROM errand_key k
LEFT JOIN (SELECT n, flags FROM errand_active UNION ALL SELECT n, flags FROM errand_ready
           UNION ALL SELECT n, flags FROM errand_waiting) t
  ON t.n = k.holder AND t.flags & 64 AND t.flags >> 16 = k.key_number
WHERE k.holder IS NOT NULL AND (k.taken <> 1 OR t.n IS NULL)

-- Blocked jobs that nobody will let in, or that stand elsewhere than their rows in errand_job say.
-- name: misplaced_blocked
SELECT count(*) FROM errand_blocked b
WHERE NOT EXISTS (SELECT 1 FROM errand_key k JOIN errand_job j ON j.key = k.key
                  WHERE k.key_number = b.key_number AND k.taken > 0 AND j.n = b.n
                    AND j.lane = b.lane AND j.rank = b.rank AND j.place = b.place)

-- name: queue_settings
SELECT ordering, aging_us, key_concurrency, weights, virtual_time, max_age_us FROM errand_queue
WHERE queue = ?1

-- name: all_queue_settings
SELECT ordering, aging_us, key_concurrency, weights, virtual_time, max_age_us, queue FROM errand_queue

-- name: id_of
SELECT id FROM errand_job WHERE n = ?1

-- name: all_limits
SELECT scope, concurrency, rate, breaker, hours, taken, learned, rest, opens_at FROM errand_limit

-- name: all_pauses
SELECT scope, since, who FROM errand_paused

-- Leases with their lanes, in order of insertion.
-- name: leases_by_lane
SELECT a.lane, j.id FROM errand_active a JOIN errand_job j ON j.n = a.n ORDER BY a.n

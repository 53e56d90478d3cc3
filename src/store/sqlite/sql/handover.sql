-- Turns of many keys go to whoever is next. A temporary table holds the batch: a job n that gives its
-- turn up, and its heir, who stood in errand_blocked. See schema_001.sql for the others.

-- name: make_handover
CREATE TEMP TABLE IF NOT EXISTS errand_handover (
    n INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    heir INTEGER,
    place INTEGER,
    attempt INTEGER,
    lease_seq INTEGER,
    crashes INTEGER,
    interruptions INTEGER,
    flags INTEGER,
    started_at INTEGER,
    worker INTEGER
)

-- name: forget_handover
DELETE FROM temp.errand_handover

-- name: note_leaving
INSERT OR IGNORE INTO temp.errand_handover (n, key) SELECT n, key FROM errand_turn WHERE n = ?1

-- Active jobs between ?1 and ?2 that have turns.
-- name: note_leaving_run
INSERT OR IGNORE INTO temp.errand_handover (n, key)
SELECT t.n, t.key FROM errand_active a CROSS JOIN errand_turn t ON t.n = a.n
WHERE a.n BETWEEN ?1 AND ?2 AND a.flags & 64

-- Those whose keys have more than one turn taken.
-- name: leaving_of_several
SELECT h.n FROM errand_key k CROSS JOIN temp.errand_handover h
WHERE k.taken > 1 AND h.key = k.key ORDER BY h.n

-- name: forget_leaving
DELETE FROM temp.errand_handover WHERE n = ?1

-- name: end_turns
DELETE FROM errand_turn WHERE n IN (SELECT n FROM temp.errand_handover)

-- name: find_heirs
UPDATE temp.errand_handover
SET (heir, place, attempt, lease_seq, crashes, interruptions, flags, started_at, worker) =
    (SELECT b.n, b.place, b.attempt, b.lease_seq, b.crashes, b.interruptions, b.flags | 64,
            b.started_at, b.worker
     FROM errand_blocked b WHERE b.key = errand_handover.key ORDER BY b.place, b.n LIMIT 1)

-- name: heirs_to_ready
INSERT OR IGNORE INTO errand_ready (lane, rank, place, n, attempt, lease_seq, crashes, interruptions,
                                    flags, started_at, worker)
SELECT j.lane, j.rank, j.place, h.heir, h.attempt, h.lease_seq, h.crashes, h.interruptions, h.flags,
       h.started_at, h.worker
FROM temp.errand_handover h CROSS JOIN errand_job j ON j.n = h.heir

-- name: heirs_take_turns
INSERT OR REPLACE INTO errand_turn (n, key)
SELECT heir, key FROM temp.errand_handover WHERE heir IS NOT NULL

-- name: heirs_leave_blocked
DELETE FROM errand_blocked
WHERE (key, place, n) IN (SELECT key, place, heir FROM temp.errand_handover WHERE heir IS NOT NULL)

-- Keys without an heir; each had one turn taken.
-- name: forget_keys
DELETE FROM errand_key WHERE key IN (SELECT key FROM temp.errand_handover WHERE heir IS NULL)

-- Looking at jobs.

-- A job with its life, whatever table it rests in. Columns as read by read_job() in inspection.cpp.
-- Ends in "WHERE", which the caller completes.
-- name: job_view
SELECT j.n, j.id, j.lane, j.priority, j.created_at,
       coalesce((SELECT nullif(due_at, 9223372036854775807) FROM errand_node o WHERE o.n = j.n),
                j.due_at),
       j.max_attempts, j.timeout_us, j.retry, j.unique_key, j.meta, j.tags, j.args,
       CASE WHEN a.n IS NOT NULL THEN 4 WHEN d.n IS NOT NULL THEN d.state
            WHEN w.n IS NOT NULL THEN w.state ELSE 3 END,
       coalesce(a.attempt, d.attempt, w.attempt, r.attempt, b.attempt),
       coalesce(a.lease_seq, d.lease_seq, w.lease_seq, r.lease_seq, b.lease_seq),
       coalesce(a.crashes, d.crashes, w.crashes, r.crashes, b.crashes),
       coalesce(a.interruptions, d.interruptions, w.interruptions, r.interruptions, b.interruptions),
       coalesce(a.flags, d.flags, w.flags, r.flags, b.flags),
       coalesce(a.started_at, d.started_at, w.started_at, r.started_at, b.started_at),
       d.finished_at, CASE WHEN w.state <> 1 THEN w.due_at END, d.result,
       (SELECT name FROM errand_worker
        WHERE worker = coalesce(a.worker, d.worker, w.worker, r.worker, b.worker)),
       j.key, coalesce(j.weight, 1), j.expires_at, b.n IS NOT NULL, j.unique_policy,
       CASE WHEN j.unique_key IS NOT NULL
            THEN (SELECT count FROM errand_suppressed s WHERE s.n = j.n) END,
       w.signal
FROM errand_job j
LEFT JOIN errand_active a ON a.n = j.n
LEFT JOIN errand_done d ON d.n = j.n
LEFT JOIN errand_waiting w ON w.n = j.n
LEFT JOIN errand_ready r
  ON r.lane = j.lane AND r.rank = j.rank AND r.place = j.place AND r.n = j.n
LEFT JOIN errand_key k ON k.key = j.key
LEFT JOIN errand_blocked b ON b.key_number = k.key_number AND b.place = j.place AND b.n = j.n
WHERE

-- name: errors_of
SELECT kind, attempt, at, type, message, worker, host, backtrace, log_tail
FROM errand_error WHERE n = ?1 ORDER BY seq

-- name: progress_of
SELECT current, total, message FROM errand_progress WHERE n = ?1

-- name: logs_of
SELECT l.attempt, l.lease_seq, l.text FROM errand_job j JOIN errand_log l ON l.n = j.n
WHERE j.id = ?1 ORDER BY l.lease_seq

-- name: count_waiting
SELECT w.state, j.lane, count(*) FROM errand_waiting w JOIN errand_job j ON j.n = w.n
GROUP BY w.state, j.lane

-- name: count_active
SELECT lane, count(*) FROM errand_active GROUP BY lane

-- name: count_queues
SELECT count(*) FROM errand_queue

-- While no queue has had other settings and no workflow runs a job's place is its due time.
-- name: count_ready
SELECT lane, count(*), min(place) FROM errand_ready GROUP BY lane

-- name: count_ready_by_due
SELECT r.lane, count(*), min(coalesce(d.due_at, j.due_at))
FROM errand_ready r JOIN errand_job j ON j.n = r.n LEFT JOIN errand_node d ON d.n = r.n
GROUP BY r.lane

-- Of lane ?1 those that were due before ?2.
-- name: count_late
SELECT (SELECT count(*) FROM errand_ready r JOIN errand_job j ON j.n = r.n
        LEFT JOIN errand_node d ON d.n = r.n
        WHERE r.lane = ?1 AND coalesce(d.due_at, j.due_at) < ?2) +
       (SELECT count(*) FROM errand_blocked b JOIN errand_job j ON j.n = b.n
        LEFT JOIN errand_node d ON d.n = b.n
        WHERE j.lane = ?1 AND coalesce(d.due_at, j.due_at) < ?2)

-- name: count_all_blocked
SELECT j.lane, count(*), min(coalesce(d.due_at, j.due_at))
FROM errand_blocked b JOIN errand_job j ON j.n = b.n LEFT JOIN errand_node d ON d.n = b.n
GROUP BY j.lane

-- name: count_done
SELECT count(*) FROM errand_done

-- name: count_done_unusual
SELECT state, count(*) FROM errand_done WHERE state <> 6 GROUP BY state

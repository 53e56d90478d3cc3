-- Workflows. See schema_001.sql for the tables; core/workflow/rules.hpp for what the counters mean.

-- name: has_workflow
SELECT 1 FROM errand_workflow WHERE id = ?1

-- name: add_workflow
INSERT INTO errand_workflow (id, name, state, cancel_requested, run, created_at, pending, released,
                             completed, failed, skipped, edges, on_success, on_failure, on_complete)
VALUES (?1, ?2, 1, 0, 1, ?3, ?4, ?5, 0, 0, 0, ?6, ?7, ?8, ?9) RETURNING workflow

-- name: workflow_view
SELECT workflow, id, name, state, cancel_requested, run, created_at, finished_at, pending, released,
       completed, failed, skipped, on_success, on_failure, on_complete
FROM errand_workflow WHERE id = ?1

-- name: workflow_numbered
SELECT workflow, id, name, state, cancel_requested, run, created_at, finished_at, pending, released,
       completed, failed, skipped, on_success, on_failure, on_complete
FROM errand_workflow WHERE workflow = ?1

-- Newest first, below number ?1; at most ?2.
-- name: workflows_before
SELECT workflow, id, name, state, cancel_requested, run, created_at, finished_at, pending, released,
       completed, failed, skipped, on_success, on_failure, on_complete
FROM errand_workflow WHERE id IS NOT NULL AND workflow < ?1 ORDER BY workflow DESC LIMIT ?2

-- The same in state ?3.
-- name: workflows_in_state_before
SELECT workflow, id, name, state, cancel_requested, run, created_at, finished_at, pending, released,
       completed, failed, skipped, on_success, on_failure, on_complete
FROM errand_workflow WHERE state = ?3 AND id IS NOT NULL AND workflow < ?1
ORDER BY workflow DESC LIMIT ?2

-- name: workflow_number
SELECT workflow FROM errand_workflow WHERE id = ?1

-- What decides about additions and retries.
-- name: workflow_standing
SELECT state, cancel_requested, id IS NULL, pending + released + completed + failed + skipped, edges
FROM errand_workflow WHERE workflow = ?1

-- name: workflow_of_job
SELECT w.id, d.name FROM errand_node d JOIN errand_workflow w ON w.workflow = d.workflow
WHERE d.n = ?1

-- name: add_node
INSERT INTO errand_node (n, workflow, state, open_parents, bad_parents, delay_us, run_at, has_key,
                         name, due_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, CASE ?3 WHEN 2 THEN 9223372036854775807 END)

-- name: add_after
INSERT INTO errand_after (n, parents) VALUES (?1, ?2)

-- name: add_edge
INSERT INTO errand_edge (parent, child, on_failure) VALUES (?1, ?2, ?3)

-- name: grow_workflow
UPDATE errand_workflow SET pending = pending + ?2, released = released + ?3, edges = edges + ?4
WHERE workflow = ?1

-- Of a parent: where it stands, and whether its end is not worked off yet.
-- name: node_by_name
SELECT n, stands, EXISTS (SELECT 1 FROM errand_ended q WHERE q.n = d.n)
FROM errand_standing d WHERE workflow = ?1 AND name = ?2

-- name: read_node
SELECT n, workflow, stands, open_parents, bad_parents, delay_us, run_at, has_key
FROM errand_standing WHERE n = ?1

-- Of the list ?1, in its order.
-- name: read_nodes
SELECT d.n, d.workflow, d.state, d.open_parents, d.bad_parents, d.delay_us, d.run_at, d.has_key
FROM errand_numbers(?1) x CROSS JOIN errand_node d ON d.n = x.value

-- The lease (?1, ?2) of row ?3, which is 0 when it is not known.
-- name: leased_job
SELECT a.n, a.flags FROM errand_job j JOIN errand_active a ON a.n = j.n
WHERE j.id = ?1 AND a.lease_seq = ?2 AND ?3 IN (0, a.n)

-- Of the list ?1, in its order, those of which it is not noted that they ended.
-- name: unended_nodes
SELECT d.n, d.workflow, d.state FROM errand_numbers(?1) x CROSS JOIN errand_node d ON d.n = x.value
WHERE d.state IN (2, 3)

-- The jobs of the list ?1, all of which are there, failed or are skipped; ?3: job_state. An UPDATE
-- by a list would gather and sort its rows first; a row that is there already is found and changed
-- in one pass.
-- name: end_nodes
INSERT INTO errand_node (n, workflow, state, open_parents, bad_parents, has_key, name)
SELECT value, 0, 0, 0, 0, 0, '' FROM errand_numbers(?1) WHERE true
ON CONFLICT (n) DO UPDATE SET state = ?2, job_state = ?3

-- One that was never released may begin for another reason: then it is due as errand_job says.
-- name: set_node_state
UPDATE errand_node SET state = ?2,
    due_at = CASE WHEN ?2 = 2 THEN due_at ELSE nullif(due_at, 9223372036854775807) END
WHERE n = ?1

-- Of each child in the list ?1 as many edges as ?2 says, and ?3 of them forbid it to begin.
-- name: close_edges
UPDATE errand_node SET open_parents = max(open_parents, ?2) - ?2,
                       bad_parents = min(bad_parents, 1 << 40) + ?3
WHERE n IN (SELECT value FROM errand_numbers(?1))

-- All edges to the children in the list ?1, which are there, are closed, none of them forbids them
-- to begin, and they are due at ?2. See end_nodes.
-- name: release_nodes
INSERT INTO errand_node (n, workflow, state, open_parents, bad_parents, has_key, name)
SELECT value, 0, 0, 0, 0, 0, '' FROM errand_numbers(?1) WHERE true
ON CONFLICT (n) DO UPDATE SET state = 3, open_parents = 0, due_at = ?2

-- name: open_edge
UPDATE errand_node SET open_parents = min(open_parents, 1 << 40) + 1,
                       bad_parents = max(bad_parents, ?2) - ?2
WHERE n = ?1

-- Edges of parent ?1 to children in ]?2, ?3], in order; at most ?4.
-- name: edges_of
SELECT child, on_failure FROM errand_edge
WHERE parent = ?1 AND child > ?2 AND child <= ?3 ORDER BY child LIMIT ?4

-- Edges of the parents in the list ?1, in its order, then by child, as that is how these loops are
-- nested; at most ?2. The first column is the place in the list.
-- name: edges_of_all
SELECT x.rowid, e.child, e.on_failure
FROM errand_numbers(?1) x CROSS JOIN errand_edge e ON e.parent = x.value
LIMIT ?2

-- Of the workflows in the list ?1. Whatever the row says there is room to count on.
-- name: change_counts
UPDATE errand_workflow SET pending = (pending & 1099511627775) + ?2,
                           released = (released & 1099511627775) + ?3,
                           completed = (completed & 1099511627775) + ?4,
                           failed = (failed & 1099511627775) + ?5,
                           skipped = (skipped & 1099511627775) + ?6
WHERE workflow IN (SELECT value FROM errand_numbers(?1))

-- The same for workflows ?1 to ?7: in one pass, as nothing has to be gathered first.
-- name: change_counts_of_run
UPDATE errand_workflow SET pending = (pending & 1099511627775) + ?2,
                           released = (released & 1099511627775) + ?3,
                           completed = (completed & 1099511627775) + ?4,
                           failed = (failed & 1099511627775) + ?5,
                           skipped = (skipped & 1099511627775) + ?6
WHERE workflow BETWEEN ?1 AND ?7

-- Of the list ?1, in its order, those that run without anything left to do.
-- name: workflows_over
SELECT w.workflow, w.cancel_requested, w.pending, w.released, w.completed, w.failed, w.skipped,
       coalesce(w.on_success, w.on_failure, w.on_complete) IS NOT NULL
FROM errand_numbers(?1) x CROSS JOIN errand_workflow w ON w.workflow = x.value
WHERE w.state = 1 AND w.pending <= 0 AND w.released <= 0

-- Whether a failed job has nobody after it, or somebody who does not ignore it.
-- name: any_failure_counts
SELECT EXISTS (SELECT 1 FROM errand_node f WHERE f.workflow = ?1 AND f.state = 5
               AND (NOT EXISTS (SELECT 1 FROM errand_edge WHERE parent = f.n)
                    OR EXISTS (SELECT 1 FROM errand_edge WHERE parent = f.n AND on_failure <> 3)))

-- Those in the list ?1 are over.
-- name: end_workflows
UPDATE errand_workflow SET state = ?2, finished_at = ?3, cancel_requested = 0
WHERE workflow IN (SELECT value FROM errand_numbers(?1))

-- name: callbacks_of
SELECT id, run, on_success, on_failure, on_complete FROM errand_workflow
WHERE workflow = ?1 AND id IS NOT NULL

-- name: continue_workflow
UPDATE errand_workflow SET state = 1, finished_at = NULL, run = min(run, 1 << 31) + 1
WHERE workflow = ?1 AND state <> 1

-- name: request_cancel
UPDATE errand_workflow SET cancel_requested = 1 WHERE workflow = ?1

-- Ends that are not worked off: the ?1 oldest, with where their jobs stand.
-- name: first_ended
SELECT q.n, q.after, d.stands FROM errand_ended q LEFT JOIN errand_standing d ON d.n = q.n
ORDER BY q.seq LIMIT ?1

-- name: any_ended
SELECT EXISTS (SELECT 1 FROM errand_ended)

-- name: put_ended
INSERT INTO errand_ended (n, after) VALUES (?1, ?2)
ON CONFLICT (n) DO UPDATE SET after = excluded.after

-- name: ended_after
SELECT after FROM errand_ended WHERE n = ?1

-- name: leave_ended
DELETE FROM errand_ended WHERE n = ?1

-- name: leave_ended_all
DELETE FROM errand_ended WHERE n IN (SELECT value FROM errand_numbers(?1))

-- name: set_due
UPDATE errand_node SET due_at = ?2 WHERE n = ?1

-- name: pending_to_scheduled
UPDATE errand_waiting SET state = 2, due_at = ?2 WHERE n = ?1

-- Of the list ?1, which have no keys; due at ?2.
-- name: pending_to_ready
INSERT INTO errand_ready (lane, rank, place, n, attempt, lease_seq, crashes, interruptions, flags,
                          started_at, worker, due_at)
SELECT w.lane, w.rank, w.place, w.n, w.attempt, w.lease_seq, w.crashes, w.interruptions, w.flags,
       w.started_at, w.worker, ?2
FROM errand_numbers(?1) x CROSS JOIN errand_waiting w ON w.n = x.value

-- name: leave_pending
DELETE FROM errand_waiting WHERE n IN (SELECT value FROM errand_numbers(?1))

-- Of the list ?1; ?3: flags that stay with an ended job
-- name: pending_to_done
INSERT INTO errand_done (n, state, finished_at, attempt, lease_seq, crashes, interruptions, flags,
                         started_at, worker)
SELECT n, 8, ?2, attempt, lease_seq, crashes, interruptions, flags & ?3, started_at, worker
FROM errand_numbers(?1) x CROSS JOIN errand_waiting w ON w.n = x.value

-- Its attempts start again.
-- name: done_to_pending
INSERT INTO errand_waiting (n, state, due_at, attempt, lease_seq, crashes, interruptions, flags,
                            started_at, worker, lane, rank, place)
SELECT e.n, 1, 9223372036854775807, 0, e.lease_seq, 0, 0, e.flags, e.started_at, e.worker,
       CASE WHEN j.key IS NULL THEN j.lane ELSE 0 END,
       CASE WHEN j.key IS NULL THEN j.rank ELSE 0 END,
       CASE WHEN j.key IS NULL THEN j.place ELSE 0 END
FROM errand_done e JOIN errand_job j ON j.n = e.n WHERE e.n = ?1

-- name: released_jobs
SELECT j.id FROM errand_standing d JOIN errand_job j ON j.n = d.n
WHERE d.workflow = ?1 AND d.stands = 3 ORDER BY d.n

-- All that waits for parents in workflow ?1 is skipped.
-- name: all_pending_to_done
INSERT INTO errand_done (n, state, finished_at, attempt, lease_seq, crashes, interruptions, flags,
                         started_at, worker)
SELECT w.n, 8, ?2, w.attempt, w.lease_seq, w.crashes, w.interruptions, w.flags & ?3, w.started_at,
       w.worker
FROM errand_node d JOIN errand_waiting w ON w.n = d.n AND w.state = 1
WHERE d.workflow = ?1 AND d.state = 2

-- name: all_leave_pending
DELETE FROM errand_waiting
WHERE n IN (SELECT n FROM errand_node WHERE workflow = ?1 AND state = 2)

-- name: all_pending_ended
INSERT INTO errand_ended (n, after)
SELECT n, 0 FROM errand_node WHERE workflow = ?1 AND state = 2 ORDER BY n
ON CONFLICT (n) DO NOTHING

-- name: skip_all_pending
UPDATE errand_node SET state = 6, job_state = NULL WHERE workflow = ?1 AND state = 2

-- Those whose job is still there.
-- name: nodes_in_state
SELECT d.n, j.id FROM errand_node d JOIN errand_job j ON j.n = d.n
WHERE d.workflow = ?1 AND d.state = ?2 ORDER BY d.n

-- The job is going to be removed: what is shown of it stays, also that it completed (?2 is 1).
-- name: keep_removed
UPDATE errand_node SET state = CASE WHEN ?2 = 1 AND state = 3 THEN 4 ELSE state END,
    (removed_id, removed_lane) = (SELECT id, lane FROM errand_job j WHERE j.n = ?1)
WHERE n = ?1

-- The jobs of workflow ?1 from number ?2 on, at most ?3.
-- name: jobs_of_workflow
SELECT d.n, d.name, d.stands, CASE d.stands WHEN 4 THEN 6 WHEN 6 THEN 8 ELSE d.job_state END,
       f.parents, coalesce(j.id, d.removed_id), coalesce(j.lane, d.removed_lane), a.n IS NOT NULL,
       w.state, p.current, p.total, p.message
FROM errand_standing d
LEFT JOIN errand_after f ON f.n = d.n
LEFT JOIN errand_job j ON j.n = d.n
LEFT JOIN errand_active a ON a.n = d.n
LEFT JOIN errand_waiting w ON w.n = d.n
LEFT JOIN errand_progress p ON p.n = a.n
WHERE d.workflow = ?1 AND d.n >= ?2 ORDER BY d.n LIMIT ?3

-- name: parents_of
SELECT d.workflow, f.parents FROM errand_job j JOIN errand_node d ON d.n = j.n
JOIN errand_after f ON f.n = d.n WHERE j.id = ?1

-- name: parent_result
SELECT p.stands, CASE p.stands WHEN 4 THEN 6 WHEN 6 THEN 8 ELSE p.job_state END,
       coalesce(j.id, p.removed_id), e.result
FROM errand_standing p
LEFT JOIN errand_job j ON j.n = p.n
LEFT JOIN errand_done e ON e.n = p.n
WHERE p.workflow = ?1 AND p.name = ?2

-- Workflows that are being pruned.
-- name: half_pruned
SELECT workflow FROM errand_workflow WHERE id IS NULL LIMIT ?1

-- Of state ?1, ended by ?2.
-- name: workflows_ended_by
SELECT workflow FROM errand_workflow
WHERE state = ?1 AND finished_at <= ?2 AND finished_at IS NOT NULL AND id IS NOT NULL LIMIT ?3

-- From now on nobody sees it.
-- name: hide_workflow
UPDATE errand_workflow SET id = NULL WHERE workflow = ?1 AND state <> 1

-- name: nodes_to_prune
SELECT d.n, coalesce(e.flags, 0) FROM errand_node d LEFT JOIN errand_done e ON e.n = d.n
WHERE d.workflow = ?1 ORDER BY d.n LIMIT ?2

-- name: remove_node
DELETE FROM errand_node WHERE n = ?1

-- name: remove_after
DELETE FROM errand_after WHERE n = ?1

-- name: remove_edges
DELETE FROM errand_edge WHERE parent = ?1

-- name: remove_workflow
DELETE FROM errand_workflow WHERE workflow = ?1
AND NOT EXISTS (SELECT 1 FROM errand_node d WHERE d.workflow = ?1)

-- name: any_runs
SELECT EXISTS (SELECT 1 FROM errand_workflow WHERE state = 1)

-- Self-check: workflows whose counts differ from their jobs, or that ended too early or not at all.
-- name: miscounted
SELECT count(*) FROM errand_workflow w LEFT JOIN
    (SELECT workflow, sum(stands = 2) AS pending, sum(stands = 3) AS released,
            sum(stands = 4) AS completed, sum(stands = 5) AS failed, sum(stands = 6) AS skipped
     FROM errand_standing GROUP BY workflow) d ON d.workflow = w.workflow
WHERE w.id IS NOT NULL
AND ((w.pending, w.released, w.completed, w.failed, w.skipped) IS NOT
     (d.pending, d.released, d.completed, d.failed, d.skipped)
     OR (w.state = 1) IS NOT (d.pending + d.released > 0))

-- Jobs whose parents are miscounted, or that wait for nothing.
-- name: misplaced
SELECT count(*) FROM errand_node c JOIN errand_workflow w ON w.workflow = c.workflow LEFT JOIN
    (SELECT e.child,
            sum(p.stands < 4 OR coalesce(q.after < e.child, 0)) AS open_parents,
            sum(e.on_failure = 1 AND p.stands > 4 AND NOT coalesce(q.after < e.child, 0)) AS bad_parents
     FROM errand_edge e JOIN errand_standing p ON p.n = e.parent LEFT JOIN errand_ended q ON q.n = e.parent
     GROUP BY e.child) t ON t.child = c.n
WHERE w.id IS NOT NULL
AND (c.open_parents <> coalesce(t.open_parents, 0) OR c.bad_parents <> coalesce(t.bad_parents, 0)
     OR (c.state = 2 AND c.open_parents = 0))

-- Jobs that stand elsewhere in their workflow than they rest.
-- name: elsewhere
SELECT count(*) FROM errand_standing d JOIN errand_job j ON j.n = d.n
LEFT JOIN errand_waiting w ON w.n = d.n
LEFT JOIN errand_done e ON e.n = d.n
WHERE (d.state = 2) IS NOT (w.state IS NOT NULL AND w.state = 1)
   OR (d.stands > 3) IS NOT (e.n IS NOT NULL)

-- Pending jobs of no workflow.
-- name: lonely
SELECT count(*) FROM errand_waiting w
WHERE w.state = 1 AND NOT EXISTS (SELECT 1 FROM errand_node d WHERE d.n = w.n)

-- Pending jobs without keys that would become ready at another place than their own.
-- name: astray
SELECT count(*) FROM errand_waiting w JOIN errand_job j ON j.n = w.n
WHERE w.state = 1 AND j.key IS NULL AND (w.lane, w.rank, w.place) <> (j.lane, j.rank, j.place)

-- name: count_workflows
SELECT count(*) FROM errand_workflow

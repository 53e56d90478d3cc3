-- Schema version 1.
--
-- errand_job holds what was enqueued and is written once. A job's state is which small table has a row
-- for its number n: errand_ready, errand_waiting, errand_active or errand_done. A change of state
-- moves a few bytes; a job in two states is refused by the self-check, a job in none as well. An
-- available job whose key has no turn for it stands in errand_blocked instead of errand_ready.
--
-- The columns attempt, lease_seq, crashes, interruptions, flags, started_at, worker are a job's "life":
-- they travel with the state row. flags: 1 has a unique key, 2 cancel requested, 4 has errors, logs,
-- progress or effects, 8 taken over from a lost worker, with 16 and 32 telling how far that one had got
-- with the job (RunMark), 64 has a turn of its key, 128 holds its unique key until it ends, 256 until it
-- is claimed, 512 belongs to a workflow; from bit 16 on, with 64, errand_key's number of that key. Times
-- are microseconds since 1970 UTC.
--
-- To change the schema add schema_002.sql with the steps from 1 to 2 and list it in schema.cpp; never
-- edit a released file. Numbers n come from errand_counter and are never used twice.

CREATE TABLE errand_counter (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO errand_counter VALUES ('next_n', 1);

-- Jobs that all rules treat alike: a queue and a type, a key if a limit or a pause names it
-- (otherwise ''), and what labels they need (core::labels_text). Ready jobs of one lane are claimed in
-- the order of one index.
CREATE TABLE errand_lane (
    lane INTEGER PRIMARY KEY,
    queue TEXT NOT NULL,
    type TEXT NOT NULL,
    key TEXT NOT NULL DEFAULT '',
    needs TEXT NOT NULL DEFAULT '',
    UNIQUE (queue, type, key, needs)
) STRICT;

-- Scopes in the text form of Scope.
CREATE TABLE errand_paused (
    scope TEXT PRIMARY KEY,
    since INTEGER NOT NULL,
    who TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- rate, breaker and hours (the window) in the text forms of Rate, Breaker and TimeWindow; what they
-- remember in those of core::RateState (taken), core::BreakerState (learned) and core::SlowDown
-- (rest). opens_at: jobs wait until then that the rate keeps; wakes_at: that all else keeps.
CREATE TABLE errand_limit (
    scope TEXT PRIMARY KEY,
    concurrency INTEGER,
    rate TEXT,
    breaker TEXT,
    hours TEXT,
    taken TEXT NOT NULL DEFAULT '',
    learned TEXT NOT NULL DEFAULT '',
    rest TEXT NOT NULL DEFAULT '',
    opens_at INTEGER,
    wakes_at INTEGER
) STRICT, WITHOUT ROWID;

-- Queues with other settings than the default ones. weights: JSON object. virtual_time: of a fair
-- queue (core::FairShare).
CREATE TABLE errand_queue (
    queue TEXT PRIMARY KEY,
    ordering INTEGER NOT NULL,
    aging_us INTEGER NOT NULL,
    key_concurrency INTEGER NOT NULL,
    max_age_us INTEGER NOT NULL,
    weights TEXT NOT NULL,
    virtual_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where the last job of a key ends in a fair queue's virtual time. key: QUEUE/KEY.
CREATE TABLE errand_fair (
    key TEXT PRIMARY KEY,
    finish INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- unique_policy: text of core::policy_text, NULL for the default one.
CREATE TABLE errand_job (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    lane INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    max_attempts INTEGER NOT NULL,
    timeout_us INTEGER,
    retry TEXT,
    rank INTEGER NOT NULL,
    place INTEGER NOT NULL,
    unique_key TEXT,
    unique_policy TEXT,
    key TEXT,
    weight INTEGER,
    expires_at INTEGER,
    meta TEXT,
    tags TEXT,
    args TEXT NOT NULL
) STRICT;

-- available. rank and place are those of errand_job (core::Place), also after a retry: a job keeps
-- its place. In errand_job, key is QUEUE/KEY. due_at: that of its errand_node, if its parents have
-- just ended, so that a claim need not look there.
CREATE TABLE errand_ready (
    lane INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    place INTEGER NOT NULL,
    n INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    lease_seq INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    interruptions INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    started_at INTEGER,
    worker INTEGER,
    due_at INTEGER,
    PRIMARY KEY (lane, rank DESC, place, n)
) STRICT, WITHOUT ROWID;

-- available, but all turns of its key are taken. lane, rank and place are those of errand_job: who
-- comes in is not looked up there, where neighbours are pages apart.
CREATE TABLE errand_blocked (
    key_number INTEGER NOT NULL,
    place INTEGER NOT NULL,
    n INTEGER NOT NULL,
    lane INTEGER NOT NULL,
    rank INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    lease_seq INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    interruptions INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    started_at INTEGER,
    worker INTEGER,
    PRIMARY KEY (key_number, place, n)
) STRICT, WITHOUT ROWID;

-- Keys of which some unfinished job has a turn (flag 64), and how many have one. While there is a row,
-- its number stands for the key. holder: who has the only turn; NULL: several have one, or had.
CREATE TABLE errand_key (
    key_number INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    taken INTEGER NOT NULL,
    holder INTEGER
) STRICT;
CREATE INDEX errand_key_several ON errand_key (key_number) WHERE taken > 1;

-- scheduled (2) and retryable (5), and pending (1), which is due at a time that never comes. signal:
-- the job waits for it, until due_at at the longest. lane, rank, place: those of errand_job if the job
-- is pending and has no key; it goes to errand_ready by them. Otherwise 0.
CREATE TABLE errand_waiting (
    n INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    lease_seq INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    interruptions INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    started_at INTEGER,
    worker INTEGER,
    signal TEXT,
    lane INTEGER NOT NULL DEFAULT 0,
    rank INTEGER NOT NULL DEFAULT 0,
    place INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX errand_waiting_due ON errand_waiting (due_at) WHERE due_at < 9223372036854775807;

CREATE TABLE errand_active (
    n INTEGER PRIMARY KEY,
    lane INTEGER NOT NULL,
    lease_until INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    lease_seq INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    interruptions INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    worker INTEGER NOT NULL
) STRICT;

-- completed (6), discarded (7), cancelled (8)
CREATE TABLE errand_done (
    n INTEGER PRIMARY KEY,
    state INTEGER NOT NULL,
    finished_at INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    lease_seq INTEGER NOT NULL,
    crashes INTEGER NOT NULL,
    interruptions INTEGER NOT NULL,
    flags INTEGER NOT NULL,
    started_at INTEGER,
    worker INTEGER,
    result TEXT
) STRICT;
-- The usual end costs no index.
CREATE INDEX errand_done_unusual ON errand_done (state, n) WHERE state <> 6;

-- Who holds a unique key: until the job lets go (flags 128 and 256), or until a time, which the job
-- need not live to see.
CREATE TABLE errand_unique (
    unique_key TEXT PRIMARY KEY,
    n INTEGER NOT NULL,
    id BLOB NOT NULL,
    until INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX errand_unique_until ON errand_unique (until) WHERE until IS NOT NULL;

-- Enqueues that added nothing, by the job that held the key. How many ever: errand_counter.
CREATE TABLE errand_suppressed (
    n INTEGER PRIMARY KEY,
    id BLOB NOT NULL,
    unique_key TEXT NOT NULL,
    count INTEGER NOT NULL,
    last_at INTEGER NOT NULL
) STRICT;
CREATE INDEX errand_suppressed_newest ON errand_suppressed (last_at);

CREATE TABLE errand_error (
    n INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    at INTEGER NOT NULL,
    type TEXT NOT NULL,
    message TEXT NOT NULL,
    worker TEXT NOT NULL,
    host TEXT NOT NULL,
    backtrace TEXT NOT NULL,
    log_tail TEXT NOT NULL,
    PRIMARY KEY (n, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE errand_log (
    n INTEGER NOT NULL,
    lease_seq INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (n, lease_seq)
) STRICT, WITHOUT ROWID;

-- told_at: when it was an event last.
CREATE TABLE errand_progress (
    n INTEGER PRIMARY KEY,
    current INTEGER NOT NULL,
    total INTEGER NOT NULL,
    message TEXT NOT NULL,
    told_at INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE errand_effect (
    n INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (n, name)
) STRICT, WITHOUT ROWID;

-- Workflows (WorkflowView). id: NULL while it is being pruned. on_success and so on: JSON of the jobs
-- that its end makes (core::new_job_text).
CREATE TABLE errand_workflow (
    workflow INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB UNIQUE,
    name TEXT NOT NULL,
    state INTEGER NOT NULL,
    cancel_requested INTEGER NOT NULL,
    run INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    finished_at INTEGER,
    pending INTEGER NOT NULL,
    released INTEGER NOT NULL,
    completed INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    skipped INTEGER NOT NULL,
    edges INTEGER NOT NULL,
    on_success TEXT,
    on_failure TEXT,
    on_complete TEXT
) STRICT;
CREATE INDEX errand_workflow_state ON errand_workflow (state);
CREATE INDEX errand_workflow_finished ON errand_workflow (state, finished_at)
    WHERE finished_at IS NOT NULL;

-- Jobs of workflows, also after the job itself was removed; n is the job's. state: core::NodeState.
-- job_state: how a failed one ended; completed and skipped ones ended as their state says. delay_us,
-- run_at: when it may begin after its parents. has_key: 1 when the job has one. due_at: since when it
-- may begin, once its parents have ended; until then, a time that never comes; NULL: as errand_job
-- says. It stands here, as neighbours in errand_job are pages apart. removed_id, removed_lane: of a
-- removed job. A row keeps its length when the job is released and completes (small numbers have
-- different lengths up to 1), so that it is overwritten where it is and no page is split.
CREATE TABLE errand_node (
    n INTEGER PRIMARY KEY,
    workflow INTEGER NOT NULL,
    state INTEGER NOT NULL,
    job_state INTEGER,
    open_parents INTEGER NOT NULL,
    bad_parents INTEGER NOT NULL,
    delay_us INTEGER,
    run_at INTEGER,
    has_key INTEGER NOT NULL,
    due_at INTEGER,
    removed_id BLOB,
    removed_lane INTEGER,
    name TEXT NOT NULL
) STRICT;

-- Where a job stands: stands is a core::NodeState. That a released job completed, as nearly all do, is
-- written in errand_done alone, and here once the job is removed. All other ends are written here.
CREATE VIEW errand_standing AS
SELECT d.*, CASE WHEN d.state = 3 AND EXISTS (SELECT 1 FROM errand_done e
                                              WHERE e.n = d.n AND e.state = 6)
                 THEN 4 ELSE d.state END AS stands
FROM errand_node d;

CREATE UNIQUE INDEX errand_node_name ON errand_node (workflow, name);
CREATE INDEX errand_node_workflow ON errand_node (workflow);
CREATE INDEX errand_node_failed ON errand_node (workflow) WHERE state = 5;

-- The parents of a node, names and policies as one list. Apart from errand_node, as it may be long
-- and a node's counters change with every parent that ends.
CREATE TABLE errand_after (
    n INTEGER PRIMARY KEY,
    parents TEXT NOT NULL
) STRICT;

-- child comes after parent. on_failure: OnFailure.
CREATE TABLE errand_edge (
    parent INTEGER NOT NULL,
    child INTEGER NOT NULL,
    on_failure INTEGER NOT NULL,
    PRIMARY KEY (parent, child)
) STRICT, WITHOUT ROWID;

-- Ended nodes whose edges are not all worked off: those to children up to `after` are.
CREATE TABLE errand_ended (
    seq INTEGER PRIMARY KEY,
    n INTEGER NOT NULL UNIQUE,
    after INTEGER NOT NULL
) STRICT;

-- AUTOINCREMENT: a worker's number is never used again. `file` is its lock file in the run folder,
-- `types` what it has handlers for and `labels` what it offers, both JSON arrays.
CREATE TABLE errand_worker (
    worker INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    queues TEXT NOT NULL,
    slots INTEGER NOT NULL,
    max_leases INTEGER NOT NULL,
    joined_at INTEGER NOT NULL,
    left_at INTEGER,
    file TEXT NOT NULL,
    types TEXT NOT NULL,
    labels TEXT NOT NULL
) STRICT;

-- A schedule as it was declared. definition: to_json_text(). version: errand_counter 'schedules', the
-- newest change of any schedule has the highest. rehearsal: id of the newest rehearsal's job.
-- rehearsed_revision: of which it is noted that a rehearsal succeeded.
CREATE TABLE errand_schedule (
    schedule INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    version INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    rehearsal BLOB,
    rehearsal_revision INTEGER NOT NULL,
    rehearsed_revision INTEGER NOT NULL,
    definition TEXT NOT NULL
) STRICT;
CREATE INDEX errand_schedule_version ON errand_schedule (version);

-- How far a schedule got: what each fire changes. last_job: id. last_seq: the newest line of its
-- history. fired and backfilled: core::ForgottenTicks.
CREATE TABLE errand_tick (
    schedule INTEGER PRIMARY KEY,
    last_tick INTEGER NOT NULL,
    last_job BLOB,
    last_seq INTEGER NOT NULL,
    fired_from INTEGER,
    fired_to INTEGER,
    backfilled_from INTEGER,
    backfilled_to INTEGER
) STRICT;

-- History: a tick that made a job, or ticks that did not (FireRecord).
CREATE TABLE errand_fire (
    schedule INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    job BLOB,
    tick INTEGER NOT NULL,
    last INTEGER NOT NULL,
    count INTEGER NOT NULL,
    is_counted INTEGER NOT NULL,
    skipped INTEGER,
    PRIMARY KEY (schedule, seq)
) STRICT, WITHOUT ROWID;

-- What happened, while somebody wants to know: only errand_event rows that a row of errand_subscription
-- has not acknowledged, the newest Events::max_events_kept of them, none missing in between.
-- AUTOINCREMENT: a seq is never used again. data: JSON object.
CREATE TABLE errand_event (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    kind INTEGER NOT NULL,
    at INTEGER NOT NULL,
    subject TEXT NOT NULL,
    type TEXT NOT NULL,
    queue TEXT NOT NULL,
    data TEXT NOT NULL
) STRICT;

-- kinds: bit k for the kind with the number k, 0 for all. job: id. Empty texts: any. missed: ever;
-- told: how many of these it knows of. Each change counts errand_counter 'subscriptions' up.
CREATE TABLE errand_subscription (
    name TEXT PRIMARY KEY,
    kinds INTEGER NOT NULL,
    job BLOB,
    type TEXT NOT NULL,
    queue TEXT NOT NULL,
    url TEXT NOT NULL,
    secret_name TEXT NOT NULL,
    idle_limit_us INTEGER,
    acknowledged INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    told INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    read_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

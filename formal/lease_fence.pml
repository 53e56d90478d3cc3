/* One job, some runners, two rescuers. A lease may run out at any time, and a process may stand
 * still between any two steps and then go on, so settlements and renewals come late.
 *
 * Shown: only the present holder of the lease changes the job; a lease is settled at most once,
 * also when a lost answer makes its holder send again; the job ends once; it does end.
 * Bounds: the numbers below. Broken twins: -DNO_FENCE, -DATTEMPT_AS_FENCE. */

#define RUNNERS 2
#define RESCUERS 2
#define MAX_ATTEMPTS 2
#define CRASH_BUDGET 2
#define NOBODY 255

mtype = { available, taken, ended };
mtype = { done, fail, snooze, crash };
mtype = { ok, lease_lost, already_settled };

mtype job = available;
byte lease_seq = 0, attempt = 0, crashed = 0;
bool ran_out = false;

/* What may still go wrong. Bounded, so that every run comes to an end. */
byte expiries = 2, snoozes = 1, deaths = 1, lost_answers = 1;

/* Kept only for the assertions; no process decides by them. */
byte owner = NOBODY;
bool settled[16];
bool stale_settlement = false, stale_renewal = false, settled_twice = false, ended_twice = false;
bool wrong_answer = false;
byte ends = 0;

#if defined(NO_FENCE)
#define HOLDS (job == taken)
#elif defined(ATTEMPT_AS_FENCE)
#define HOLDS (job == taken && attempt == my_attempt)
#else
#define HOLDS (job == taken && lease_seq == my_seq)
#endif

inline end_job() {
    job = ended;
    ends++;
    ended_twice = (ends > 1);
    assert(!ended_twice)
}

inline record() {
    stale_settlement = (owner != _pid);
    assert(!stale_settlement);
    settled_twice = settled[my_seq];
    assert(!settled_twice);
    settled[my_seq] = true;
    owner = NOBODY;
    ran_out = false;
    if
    :: outcome == done -> end_job()
    :: outcome == fail && attempt >= MAX_ATTEMPTS -> end_job()
    :: outcome == fail && attempt < MAX_ATTEMPTS -> job = available
    :: outcome == snooze -> attempt--; job = available
    :: outcome == crash ->
        attempt--;
        crashed++;
        if
        :: crashed >= CRASH_BUDGET -> end_job()
        :: else -> job = available
        fi
    fi
}

inline settle() {
    atomic {
        if
        :: HOLDS -> record(); answer = ok
        :: !HOLDS && job != taken && lease_seq == my_seq -> answer = already_settled
        :: !HOLDS && !(job != taken && lease_seq == my_seq) -> answer = lease_lost
        fi;
        wrong_answer = (answer == already_settled && !settled[my_seq]);
        assert(!wrong_answer)
    }
}

active [RUNNERS] proctype runner() {
    byte my_seq, my_attempt;
    mtype outcome, answer;
    do
    :: atomic {
        job == available ->
        job = taken; lease_seq++; attempt++;
        my_seq = lease_seq; my_attempt = attempt; owner = _pid
       }
       do
       :: atomic {  /* a renewal, perhaps a late one */
            ran_out && HOLDS ->
            stale_renewal = (owner != _pid);
            assert(!stale_renewal);
            ran_out = false
          }
       :: outcome = done; break
       :: outcome = fail; break
       :: atomic { snoozes > 0 -> snoozes--; outcome = snooze }; break
       :: atomic { deaths > 0 -> deaths-- }; goto next  /* dies, and another one comes */
       od;
send:  settle();
       if
       :: atomic { lost_answers > 0 -> lost_answers-- }; goto send
       :: skip
       fi;
next:  atomic { my_seq = 0; my_attempt = 0; outcome = 0; answer = 0 }
    :: job == ended -> break
    od
}

active [RESCUERS] proctype rescuer() {
    byte my_seq, my_attempt;
    mtype outcome = crash, answer;
    do
    :: atomic {
        job == taken && ran_out ->
        lease_seq++; ran_out = false;
        my_seq = lease_seq; my_attempt = attempt; owner = _pid
       }
       settle();
       atomic { my_seq = 0; my_attempt = 0; answer = 0 }
    :: job == ended -> break
    od
}

/* Time passes. A dead holder's lease runs out for certain, any other one perhaps. */
active proctype clock() {
    do
    :: atomic { expiries > 0 && job == taken && !ran_out -> expiries--; ran_out = true }
    :: atomic { timeout && job == taken && !ran_out -> ran_out = true }
    :: job == ended -> break
    od
}

#ifdef LIVENESS
ltl the_job_ends { <> (job == ended) }
#endif

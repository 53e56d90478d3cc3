/* One job, one worker that may die or stall at any point, two rescuers that race and may die
 * themselves, after taking the job over and before settling it. Whoever dies is followed by a new
 * one under a new number. The worker's mark says how far the job got.
 *
 * Shown: a lease counts at most one crash; a job that never started has none counted; a job that
 * was running when its worker died is not let off; the crash budget is kept; the job ends.
 * Bounds: the numbers below. Broken twins: -DREFRESH_BEFORE_LOOK, -DFORGET_MARK. */

#define RESCUERS 2
#define CRASH_BUDGET 2
#define NUMBERS 8   /* more workers, rescuers and leases than any claim_no has */

mtype = { available, taken, completed, discarded };
mtype = { claimed, started, finished };

/* The store: the job, its lease, and what the take-over keeps beside it. */
mtype job = available;
byte lease_seq = 0, holder = 0, crashed = 0;
bool ran_out = false, taken_before = false;
mtype mark = claimed, kept_mark = claimed;
bool dead[NUMBERS];
byte last_number = 0;

/* What may still go wrong. */
byte deaths = 2, rescuer_deaths = 1, stalls = 1;

/* Kept only for the assertions. A run is one claim of the job. */
byte claim_no = 0;
bool began[NUMBERS], died_running[NUMBERS], counted[NUMBERS];
bool counted_twice = false, counted_unstarted = false, crash_forgotten = false;
bool budget_passed = false, job_lost = false;

#define ENDED (job == completed || job == discarded)
#define LOST (job == taken && (dead[holder] || ran_out))

inline join(me) { last_number++; me = last_number }

inline die(me) {
    dead[me] = true;
    if
    :: job == taken && holder == me && mark == started -> died_running[claim_no] = true
    :: else
    fi
}

active proctype worker() {
    byte me, my_seq;
    atomic { join(me) }
    do
    :: atomic {
        job == available ->
        job = taken; lease_seq++; claim_no++; my_seq = lease_seq; holder = me;
        ran_out = false; taken_before = false; mark = claimed; kept_mark = claimed
       }
       if
       :: atomic { deaths > 0 -> deaths--; die(me) }; goto again
       :: skip
       fi;
       atomic {  /* a mark under an old lease_seq is not found by anybody */
        if
        :: holder == me && lease_seq == my_seq -> mark = started; began[claim_no] = true
        :: else
        fi
       }
       if
       :: atomic { deaths > 0 -> deaths--; die(me) }; goto again
       :: skip
       fi;
       atomic {
        if
        :: holder == me && lease_seq == my_seq -> mark = finished
        :: else
        fi
       }
       if
       :: atomic { deaths > 0 -> deaths--; die(me) }; goto again
       :: skip
       fi;
       atomic {
        if
        :: job == taken && lease_seq == my_seq -> job = completed; holder = 0; ran_out = false
        :: else  /* lease_lost */
        fi;
        my_seq = 0
       }
       goto next;
again: atomic { join(me); my_seq = 0 }
next:  skip
    :: ENDED -> break
    od
}

/* As core/decide.hpp: started is a crash; claimed and finished give the job back. */
inline settle_taken() {
    if
    :: job == taken && lease_seq == my_seq ->
        if
        :: found == started ->
            counted_twice = counted[my_run];
            assert(!counted_twice);
            counted_unstarted = !began[my_run];
            assert(!counted_unstarted);
            counted[my_run] = true;
            crashed++;
            budget_passed = (crashed > CRASH_BUDGET);
            assert(!budget_passed);
            if
            :: crashed >= CRASH_BUDGET -> job = discarded
            :: else -> job = available
            fi
        :: else ->
            crash_forgotten = died_running[my_run];
            assert(!crash_forgotten);
            job = available
        fi;
        holder = 0; ran_out = false
    :: else  /* lease_lost */
    fi
}

active [RESCUERS] proctype rescuer() {
    byte me, my_seq, my_run, seen;
    bool seen_dead;
    mtype found;
    atomic { join(me) }
    do
#ifdef REFRESH_BEFORE_LOOK
    :: atomic { LOST -> dead[holder] = false; ran_out = false }
#else
    :: atomic { LOST -> seen = holder; seen_dead = dead[holder] }
#endif
       /* Looking and taking are two steps, so the taking asks again. */
       atomic {
        if
        :: job == taken && holder == seen && (seen_dead || ran_out) ->
            found = (taken_before -> kept_mark : mark);
#ifdef FORGET_MARK
            kept_mark = claimed;
#else
            kept_mark = found;
#endif
            taken_before = true;
            lease_seq++; holder = me; ran_out = false;
            my_seq = lease_seq; my_run = claim_no
        :: else -> goto next
        fi
       }
       if
       :: atomic { rescuer_deaths > 0 -> rescuer_deaths--; die(me); join(me) }; goto next
       :: skip
       fi;
       atomic { settle_taken() }
next:  atomic { my_seq = 0; my_run = 0; seen = 0; seen_dead = false; found = 0 }
    :: ENDED -> break
    od
}

/* A holder is silent so long that its lease runs out, and may go on later. */
active proctype clock() {
    do
    :: atomic { stalls > 0 && job == taken && !ran_out -> stalls--; ran_out = true }
    :: break
    od
}

/* When nothing moves any more. */
active proctype at_the_end() {
    timeout ->
    job_lost = !ENDED;
    assert(!job_lost)
}

#ifdef LIVENESS
ltl the_job_ends { <> ENDED }
#endif

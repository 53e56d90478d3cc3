/* One worker: a claimer, a runner per slot, the settler; and a rescuer elsewhere that may take a
 * lease over at any time. The settler writes what is finished in one transaction. A transaction may
 * fail, and the answer to one that was committed may be lost: the settler cannot tell these apart
 * and sends the same batch again. A slot is free only when its settlement is known.
 *
 * Shown: each job is completed exactly once and none is lost; a lease is settled at most once; the
 * worker never holds more leases than it has slots; a slot is freed once.
 * Bounds: the numbers below. Broken twins: -DFREE_SLOT_EARLY, -DDROP_ON_ERROR. */

#define JOBS 3
#define SLOTS 2
#define BATCH 2

mtype = { available, taken, completed };
mtype = { unused, running, finished, gathered };
mtype = { ok, already_settled, lease_lost };

/* The store. */
mtype job[JOBS] = available;
byte lease_seq[JOBS];

/* The worker: its slots, and how many of them are held or reserved. */
mtype phase[SLOTS] = unused;
byte slot_job[SLOTS], slot_seq[SLOTS];
byte held = 0;

/* What may still go wrong. */
byte claim_failures = 1, write_failures = 2, lost_answers = 1, take_overs = 1;

/* Kept only for the assertions. */
byte completions[JOBS], leased = 0;
bool taken_over[JOBS];
bool too_many_leases = false, too_many_held = false, freed_twice = false;
bool completed_twice = false, wrong_answer = false, job_lost = false, slot_lost = false;

#define ALL_COMPLETED (job[0] == completed && job[1] == completed && job[2] == completed)
#define SOME_AVAILABLE (job[0] == available || job[1] == available || job[2] == available)
#define SOME_TAKEN (job[0] == taken || job[1] == taken || job[2] == taken)

inline give_back_slot() {
    freed_twice = (held == 0);
    assert(!freed_twice);
    held--
}

active proctype claimer() {
    byte j, s, seq;
    do
    :: atomic {
        held < SLOTS && SOME_AVAILABLE ->
        held++;
        too_many_held = (held > SLOTS);
        assert(!too_many_held)
       }
       if
       :: atomic { claim_failures > 0 -> claim_failures--; give_back_slot() }
       :: atomic { !SOME_AVAILABLE -> give_back_slot() }
       :: atomic {
            SOME_AVAILABLE ->
            if
            :: job[0] == available -> j = 0
            :: job[1] == available -> j = 1
            :: job[2] == available -> j = 2
            fi;
            job[j] = taken; lease_seq[j]++; taken_over[j] = false;
            seq = lease_seq[j];
            leased++;
            too_many_leases = (leased > SLOTS);
            assert(!too_many_leases)
          }
          atomic {
            if
            :: phase[0] == unused -> s = 0
            :: phase[1] == unused -> s = 1
            fi;
            slot_job[s] = j; slot_seq[s] = seq; phase[s] = running;
            s = 0; j = 0; seq = 0
          }
       fi
    :: ALL_COMPLETED -> break
    od
}

/* The handlers: they return in any order. */
active proctype runners() {
    do
    :: phase[0] == running -> phase[0] = finished
    :: phase[1] == running -> phase[1] = finished
    :: ALL_COMPLETED && held == 0 -> break
    od
}

inline gather_slot(s) {
    item_slot[count] = s;
    item_job[count] = slot_job[s];
    item_seq[count] = slot_seq[s];
    count++;
#ifdef FREE_SLOT_EARLY
    phase[s] = unused;
    give_back_slot()
#else
    phase[s] = gathered
#endif
}

inline settle_item(j, seq, answer) {
    if
    :: job[j] == taken && lease_seq[j] == seq ->
        completions[j]++;
        completed_twice = (completions[j] > 1);
        assert(!completed_twice);
        job[j] = completed;
        leased--;
        answer = ok
    :: job[j] != taken && lease_seq[j] == seq -> answer = already_settled
    :: lease_seq[j] != seq -> answer = lease_lost
    fi
}

active proctype settler() {
    byte item_slot[BATCH], item_job[BATCH], item_seq[BATCH];
    mtype answer[BATCH];
    byte count = 0, i = 0;
    do
    :: atomic {
        phase[0] == finished || phase[1] == finished ->
        do
        :: count < BATCH && phase[0] == finished -> gather_slot(0)
        :: count < BATCH && phase[1] == finished -> gather_slot(1)
        :: count > 0 -> break  /* a batch may be smaller than what is there */
        od
       }
send:  if
       :: atomic { write_failures > 0 -> write_failures-- }; goto unknown
       :: atomic {
            do
            :: i < count -> settle_item(item_job[i], item_seq[i], answer[i]); i++
            :: else -> break
            od;
            i = 0
          }
          if
          :: atomic { lost_answers > 0 -> lost_answers-- }; goto unknown
          :: goto known
          fi
       fi;
unknown:
#ifdef DROP_ON_ERROR
       goto forget;
#else
       goto send;
#endif
known: atomic {
        do
        :: i < count ->
            wrong_answer = (answer[i] == already_settled && completions[item_job[i]] != 1) ||
                           (answer[i] == lease_lost && lease_seq[item_job[i]] == item_seq[i]);
            assert(!wrong_answer);
            i++
        :: else -> break
        od;
        i = 0
       }
forget: atomic {
        do
        :: i < count ->
#ifndef FREE_SLOT_EARLY
            phase[item_slot[i]] = unused;
            give_back_slot();
#endif
            item_slot[i] = 0; item_job[i] = 0; item_seq[i] = 0; answer[i] = 0;
            i++
        :: else -> break
        od;
        i = 0; count = 0
       }
    :: ALL_COMPLETED && held == 0 -> break
    od
}

/* Takes a lease over and gives the job back: a new lease_seq, and available again. */
active proctype rescuer() {
    byte j;
    do
    :: atomic {
        take_overs > 0 && SOME_TAKEN ->
        if
        :: job[0] == taken -> j = 0
        :: job[1] == taken -> j = 1
        :: job[2] == taken -> j = 2
        fi;
        take_overs--;
        lease_seq[j]++; taken_over[j] = true; job[j] = available; leased--; j = 0
       }
    :: break
    od
}

/* When nothing moves any more. */
active proctype at_the_end() {
    timeout ->
    job_lost = !(completions[0] == 1 && completions[1] == 1 && completions[2] == 1);
    assert(!job_lost);
    slot_lost = (held != 0 || leased != 0);
    assert(!slot_lost)
}

#ifdef LIVENESS
ltl all_jobs_complete { <> ALL_COMPLETED }
#endif

/*
 * sched/fair.h - who has had how much of the CPUs, and who goes first.
 * Layer: sched. Pure: functions of values (sched/fair_test.c).
 *
 * Each vcpu has a virtual run time: the ns it ran, scaled by its weight. The
 * one that has least runs. Who slept does not collect a claim for that time
 * beyond FAIR_CREDIT_NS, but is ahead of those who did not sleep.
 */
#ifndef SCHED_FAIR_H
#define SCHED_FAIR_H

#include "lib/types.h"

#define FAIR_WEIGHT    256U /* the usual; twice as much runs twice as long */
#define FAIR_SLICE_NS  10000000UL /* a turn, while another one waits */
#define FAIR_CREDIT_NS 5000000UL
#define FAIR_MARGIN_NS 500000UL /* not worth a switch before its turn ends */
/* A turn is not cut shorter: who makes requests of others is about to sleep, or
 * makes more of them, and they are served together, instead of each by a switch
 * there and back. (Xen's ratelimit_us.) */
#define FAIR_GRAIN_NS 1000000UL
/* But between two that run no longer than this each time they wake, and then
 * sleep: one asks, the other answers, and if it does so at once the first one
 * need not go to sleep. */
#define FAIR_BRIEF_NS 50000UL

/* Run times grow for centuries, but weights are a guest administrator's choice:
 * they are compared by their difference. */
static inline bool fair_is_before(uint64_t a, uint64_t b)
{
    return (int64_t)(a - b) < 0;
}

/* What a run of `ns` adds. weight is not 0. */
static inline uint64_t fair_charge(uint64_t ns, uint32_t weight)
{
    return weight == FAIR_WEIGHT ? ns : ns * FAIR_WEIGHT / weight;
}

/* The run time of one that wakes, where `floor` is that of the last chosen. */
static inline uint64_t fair_wake(uint64_t runtime, uint64_t floor)
{
    uint64_t least = floor - FAIR_CREDIT_NS;

    return fair_is_before(runtime, least) ? least : runtime;
}

/* The same of one that did not sleep, but was not let run: it has no claim. */
static inline uint64_t fair_join(uint64_t runtime, uint64_t floor)
{
    return fair_is_before(runtime, floor) ? floor : runtime;
}

/* The run time of one that lets another go first: it gives up its lead, or it
 * would take the CPU back before the other one has done anything. */
static inline uint64_t fair_yield(uint64_t runtime, uint64_t first)
{
    return fair_is_before(runtime, first) ? first : runtime;
}

/* Does one that has come to wait take the CPU from the running one, once its
 * turn has lasted its grain? */
static inline bool fair_preempts(uint64_t waiting, uint64_t running)
{
    return fair_is_before(waiting + FAIR_MARGIN_NS, running);
}

/* Does one that has woken take the CPU at once? brief: each ran no longer than
 * FAIR_BRIEF_NS, when it last woke and since. */
static inline bool fair_cuts_in(uint64_t woken, uint64_t running, bool brief)
{
    return brief && fair_is_before(woken, running + FAIR_MARGIN_NS);
}

/* Does the first that waits follow one whose turn has lasted `turn_ns`? */
static inline bool fair_follows(uint64_t waiting, uint64_t running,
                                uint64_t turn_ns)
{
    return (turn_ns >= FAIR_GRAIN_NS && fair_preempts(waiting, running)) ||
           (turn_ns >= FAIR_SLICE_NS && !fair_is_before(running, waiting));
}

/*
 * A cap: what all vcpus of a domain together may run, in per cent of one CPU.
 * Each period gives a budget; what was run beyond it is owed to the next ones.
 */
#define FAIR_PERIOD_NS   10000000UL
#define FAIR_PERIODS_MAX 10000UL /* enough for any debt, too few to wrap */

struct fair_cap {
    uint32_t percent; /* 0: none */
    int64_t budget_ns;
    uint64_t filled_ns; /* when the present period began */
};

static inline int64_t fair_quota(const struct fair_cap *cap)
{
    return (int64_t)(cap->percent * (FAIR_PERIOD_NS / 100));
}

static inline void fair_set_cap(struct fair_cap *cap, uint32_t percent,
                                uint64_t now)
{
    cap->percent = percent;
    cap->filled_ns = now;
    cap->budget_ns = fair_quota(cap);
}

static inline void fair_fill(struct fair_cap *cap, uint64_t now)
{
    uint64_t periods = (now - cap->filled_ns) / FAIR_PERIOD_NS;

    cap->filled_ns += periods * FAIR_PERIOD_NS;
    periods = MIN(periods, FAIR_PERIODS_MAX);
    cap->budget_ns = MIN(cap->budget_ns + (int64_t)periods * fair_quota(cap),
                         fair_quota(cap));
}

#endif

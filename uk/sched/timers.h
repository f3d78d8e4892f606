/*
 * timers.h - what is to happen at which time. Layer: sched. Pure. Locks: events
 * are masked.
 */
#ifndef UK_SCHED_TIMERS_H
#define UK_SCHED_TIMERS_H

#include "lib/types.h"

struct timer {
    struct timer *next, **link; /* link: NULL if it is not set */
    uint64_t at_ns;             /* of the monotonic clock */
    void (*fire)(struct timer *t);
};

struct timers {
    struct timer *first; /* the earliest; equal ones in the order of setting */
};

/* Set again, it moves. */
void timer_set(struct timers *list, struct timer *t, uint64_t at_ns);
void timer_cancel(struct timer *t);

/* Fires those that are due, each unset before. */
void timers_run(struct timers *list, uint64_t now_ns);

#endif

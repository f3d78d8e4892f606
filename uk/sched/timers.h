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

/*
 * Times that come again and again. The first may lie before the clock's
 * beginning, and wraps around then.
 */
struct period {
    uint64_t due_ns;      /* the first that is not counted yet */
    uint64_t interval_ns; /* 0: there is only this one */
};

/* Is one shorter than that, several are told together. */
#define PERIOD_LEAST_NS 100000UL

/* How long until it is due; 0: it is. */
uint64_t period_left(const struct period *p, uint64_t now_ns);
/* Counts those until now. */
uint64_t period_count(struct period *p, uint64_t now_ns);
/* How long until the next is to be told, after those until now are counted. */
uint64_t period_wait(const struct period *p, uint64_t now_ns);

#endif

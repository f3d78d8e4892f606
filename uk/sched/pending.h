/*
 * pending.h - signals that were sent and not taken yet. Layer: sched. Pure.
 * Locks: events are masked. Source: POSIX.1-2017, 2.4.
 */
#ifndef UK_SCHED_PENDING_H
#define UK_SCHED_PENDING_H

#include <signal.h>

#include "lib/types.h"

struct pending_signal {
    struct pending_signal *next;
    siginfo_t info;
};

struct pending {
    uint64_t set; /* bit n - 1 for signal n */
    struct pending_signal *first, **last;
};

enum { SIGNALS = 64, FIRST_REAL_TIME = 32 };

static inline uint64_t signal_bit(int signal)
{
    return 1UL << (signal - 1);
}

void pending_init(struct pending *p);

/*
 * Adds it; false if it is there already and of the kind of which one is kept.
 * Without `new` only the signal is kept, not what is said of it.
 */
bool pending_add(struct pending *p, int signal, struct pending_signal *new);

/*
 * Takes the first of the lowest signal in `allowed`, or gives 0. What was kept
 * of it is *taken, or NULL.
 */
int pending_take(struct pending *p, uint64_t allowed,
                 struct pending_signal **taken);

/* Takes one that a timer of timer_create() has sent, or gives NULL. */
struct pending_signal *pending_take_timer(struct pending *p, int id);

#endif

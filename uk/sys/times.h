/* times.h - times as programs give them. Layer: sys. */
#ifndef UK_SYS_TIMES_H
#define UK_SYS_TIMES_H

#include "lib/types.h"

struct rlimit;
struct timespec;

/* A span from now, by the monotonic clock. */
uint64_t times_after(uint64_t span_ns);

/*
 * When that is by the monotonic clock, in nanoseconds: a span from now, or a
 * time of `clock`. 0, -EFAULT or -EINVAL.
 */
long times_deadline(int clock, bool absolute, const struct timespec *time,
                    uint64_t *ns);

/* The same of a timer that comes again, whose time was taken already: what is
 * past is not made now, and may lie before the monotonic clock's beginning. */
long times_begin(int clock, bool absolute, const struct timespec *time,
                 uint64_t *ns);
bool times_are_valid(const struct timespec *time);
/* In nanoseconds, as far as that can be. */
uint64_t times_ns(const struct timespec *time);

/* What a clock says; false for one that is not there. */
bool times_read(int clock, uint64_t *ns);

/*
 * Clocks of processor time do not pass while others wait for them: when to look
 * whether `left_ns` more have passed.
 */
bool times_is_cpu(int clock);
uint64_t times_look_again(uint64_t left_ns);

/* Signals when the program has used as much processor time. */
void timers_limit_cpu(const struct rlimit *new);

#endif

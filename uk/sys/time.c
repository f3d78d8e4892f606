/* time.c - the calls about clocks. Layer: sys. */
#include <sys/time.h>
#include <time.h>

#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "xen/clock.h"

/* What a clock says; false for one that is not there. */
static bool clock_read(int clock, uint64_t *ns)
{
    switch (clock) {
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *ns = clock_wall_ns();
        return true;
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
    case CLOCK_PROCESS_CPUTIME_ID:
    case CLOCK_THREAD_CPUTIME_ID:
        *ns = clock_monotonic_ns();
        return true;
    default:
        return false;
    }
}

long uk_clock_gettime(int clock, struct timespec *out);

/* entry.S calls it on the program's own stack, with events on. */
long uk_clock_gettime(int clock, struct timespec *out)
{
    uint64_t ns;

    if (!clock_read(clock, &ns))
        return -EINVAL;
    out->tv_sec = (time_t)(ns / NS_PER_S);
    out->tv_nsec = (long)(ns % NS_PER_S);
    return 0;
}

/* For the table; entry.S has a shorter way. */
long sys_clock_gettime(int clock, struct timespec *out)
{
    return user_writes(out, sizeof(*out)) ? uk_clock_gettime(clock, out)
                                          : -EFAULT;
}

long sys_clock_getres(int clock, struct timespec *out)
{
    uint64_t ns;

    if (!clock_read(clock, &ns))
        return -EINVAL;
    if (out && !user_writes(out, sizeof(*out)))
        return -EFAULT;
    if (out)
        *out = (struct timespec){.tv_nsec = 1};
    return 0;
}

long sys_gettimeofday(struct timeval *out, void *zone)
{
    uint64_t ns = clock_wall_ns();

    (void)zone;
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    out->tv_sec = (time_t)(ns / NS_PER_S);
    out->tv_usec = (suseconds_t)(ns % NS_PER_S / 1000);
    return 0;
}

uint64_t times_after(uint64_t span_ns)
{
    uint64_t now = clock_monotonic_ns();

    return span_ns > NEVER - now ? NEVER : now + span_ns;
}

long times_deadline(int clock, bool absolute, const struct timespec *time,
                    uint64_t *ns)
{
    uint64_t span, now;

    if (!user_reads(time, sizeof(*time)))
        return -EFAULT;
    if (!clock_read(clock, &now) || time->tv_sec < 0 || time->tv_nsec < 0 ||
        time->tv_nsec >= (long)NS_PER_S)
        return -EINVAL;
    span =
        minimum((uint64_t)time->tv_sec, UINT64_MAX / 4 / NS_PER_S) * NS_PER_S +
        (uint64_t)time->tv_nsec;
    if (absolute)
        span = span > now ? span - now : 0;
    *ns = times_after(span);
    return 0;
}

static void tell_rest(uint64_t deadline, struct timespec *rest)
{
    uint64_t now = clock_monotonic_ns();
    uint64_t left = deadline > now ? deadline - now : 0;

    if (!rest || !user_writes(rest, sizeof(*rest)))
        return;
    rest->tv_sec = (time_t)(left / NS_PER_S);
    rest->tv_nsec = (long)(left % NS_PER_S);
}

long sys_clock_nanosleep(int clock, int flags, const struct timespec *time,
                         struct timespec *rest)
{
    struct wait_queue nobody = {.first = NULL};
    bool absolute = flags & TIMER_ABSTIME;
    uint64_t deadline;
    long error;

    if (clock == CLOCK_THREAD_CPUTIME_ID)
        return -EINVAL;
    error = times_deadline(clock, absolute, time, &deadline);
    if (!error)
        error = sched_wait(&nobody, deadline);
    if (error == -RESTART)
        error = -EINTR;
    if (error == -EINTR && !absolute)
        tell_rest(deadline, rest);
    return error == -ETIMEDOUT ? 0 : error;
}

long sys_nanosleep(const struct timespec *time, struct timespec *rest)
{
    return sys_clock_nanosleep(CLOCK_MONOTONIC, 0, time, rest);
}

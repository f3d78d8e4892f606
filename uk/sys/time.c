/* time.c - the calls about clocks. Layer: sys. */
#include <sys/time.h>
#include <time.h>

#include "sys/sys.h"
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

long sys_clock_gettime(int clock, struct timespec *out)
{
    uint64_t ns;

    if (!clock_read(clock, &ns))
        return -EINVAL;
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    out->tv_sec = (time_t)(ns / NS_PER_S);
    out->tv_nsec = (long)(ns % NS_PER_S);
    return 0;
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

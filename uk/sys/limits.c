/*
 * limits.c - the calls about what the process may use and has used: there
 * is one process. Layer: sys.
 */
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

#include "lib/string.h"
#include "mm/limits.h"
#include "mm/pages.h"
#include "mm/stack.h"
#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "xen/clock.h"

enum { PID = 1, TICKS_A_SECOND = 100 };

/* What has to be done besides remembering it. */
static void enforce(unsigned which, const struct rlimit *old,
                    const struct rlimit *new)
{
    if (which == RLIMIT_CPU)
        timers_limit_cpu(new);
    if (which == RLIMIT_STACK && old->rlim_cur != new->rlim_cur)
        stack_resize(new->rlim_cur,
                     ((uint64_t *)(void *)thread_current()->kstack_top)[-1]);
}

static long set_limit(unsigned which, const struct rlimit *new)
{
    struct rlimit old = limit_get(which), copy = *new;
    long error = limit_set(which, &copy, sys_geteuid() == 0);

    if (!error)
        enforce(which, &old, &copy);
    return error;
}

long sys_prlimit64(int pid, unsigned which, const struct rlimit *new,
                   struct rlimit *old)
{
    struct rlimit before;
    long error = 0;

    if (pid != 0 && pid != PID)
        return -ESRCH;
    if (which >= RLIM_NLIMITS)
        return -EINVAL;
    if ((new && !user_reads(new, sizeof(*new))) ||
        (old && !user_writes(old, sizeof(*old))))
        return -EFAULT;
    before = limit_get(which);
    if (new)
        error = set_limit(which, new);
    if (!error && old)
        *old = before;
    return error;
}

long sys_getrlimit(unsigned which, struct rlimit *out)
{
    return user_writes(out, sizeof(*out)) ? sys_prlimit64(0, which, NULL, out)
                                          : -EFAULT;
}

long sys_setrlimit(unsigned which, const struct rlimit *new)
{
    return user_reads(new, sizeof(*new)) ? sys_prlimit64(0, which, new, NULL)
                                         : -EFAULT;
}

long sys_getrusage(int who, struct rusage *out)
{
    uint64_t ns = sched_cpu_ns(who == RUSAGE_THREAD ? thread_current() : NULL);

    if (who != RUSAGE_SELF && who != RUSAGE_CHILDREN && who != RUSAGE_THREAD)
        return -EINVAL;
    if (!user_writes(out, offsetof(struct rusage, __reserved)))
        return -EFAULT;
    memset(out, 0, offsetof(struct rusage, __reserved));
    if (who == RUSAGE_CHILDREN)
        return 0;
    out->ru_utime.tv_sec = (time_t)(ns / NS_PER_S);
    out->ru_utime.tv_usec = (suseconds_t)(ns % NS_PER_S / 1000);
    out->ru_maxrss = (long)(pages_frames()->count - pages_frames()->free) * 4;
    return 0;
}

long sys_times(struct tms *out)
{
    const uint64_t tick = NS_PER_S / TICKS_A_SECOND;
    long ticks = (long)(clock_monotonic_ns() / tick);

    if (out && !user_writes(out, sizeof(*out)))
        return -EFAULT;
    if (out)
        *out = (struct tms){.tms_utime = (long)(sched_cpu_ns(NULL) / tick)};
    return ticks;
}

/*
 * limits.c - the calls about what the process may use and has used: there
 * is one process. Layer: sys.
 */
#include <sys/resource.h>
#include <sys/times.h>
#include <time.h>

#include "lib/string.h"
#include "mm/pages.h"
#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/user.h"
#include "vfs/file.h"
#include "xen/clock.h"

enum { PID = 1, STACK_BYTES = 8 << 20, TICKS_A_SECOND = 100 };

/* A limit can be lowered and raised up to its maximum, which only falls. What
 * is enforced is the number of descriptors and memory, as there is of it. */
static struct rlimit limits[RLIM_NLIMITS];

static void fill_limits(void)
{
    for (unsigned i = 0; i < RLIM_NLIMITS; i++)
        limits[i].rlim_cur = limits[i].rlim_max = RLIM_INFINITY;
    limits[RLIMIT_NOFILE].rlim_cur = limits[RLIMIT_NOFILE].rlim_max = FDS;
    limits[RLIMIT_STACK].rlim_cur = STACK_BYTES;
    limits[RLIMIT_CORE].rlim_cur = limits[RLIMIT_CORE].rlim_max = 0;
}

long sys_prlimit64(int pid, unsigned which, const struct rlimit *new,
                   struct rlimit *old)
{
    struct rlimit copy;

    if (!limits[RLIMIT_NOFILE].rlim_max)
        fill_limits();
    if (pid != 0 && pid != PID)
        return -ESRCH;
    if (which >= RLIM_NLIMITS)
        return -EINVAL;
    if ((new && !user_reads(new, sizeof(*new))) ||
        (old && !user_writes(old, sizeof(*old))))
        return -EFAULT;
    copy = limits[which];
    if (new &&new->rlim_cur > new->rlim_max)
        return -EINVAL;
    if (new &&new->rlim_max > copy.rlim_max)
        return -EPERM;
    /* Only what can be kept is taken. */
    if (new &&which != RLIMIT_CORE && memcmp(new, &copy, sizeof(copy)) != 0)
        return -EPERM;
    if (old)
        *old = copy;
    return 0;
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

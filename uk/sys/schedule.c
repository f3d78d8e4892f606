/*
 * schedule.c - the calls about which thread runs when. Layer: sys. Source:
 * POSIX.1-2017 2.8.4, sched_setscheduler, sched_rr_get_interval.
 */
#include <sched.h>
#include <time.h>

#include "lib/string.h"
#include "sched/futex.h"
#include "sched/thread.h"
#include "sys/sys.h"
#include "sys/user.h"

enum { PRIORITY_MOST = 99 };

static bool is_policy(int policy)
{
    return policy == SCHED_OTHER || policy == SCHED_FIFO || policy == SCHED_RR;
}

static struct thread *find(int tid)
{
    return tid ? thread_find(tid) : thread_current();
}

long sys_sched_get_priority_max(int policy)
{
    if (!is_policy(policy))
        return -EINVAL;
    return policy == SCHED_OTHER ? 0 : PRIORITY_MOST;
}

long sys_sched_get_priority_min(int policy)
{
    if (!is_policy(policy))
        return -EINVAL;
    return policy == SCHED_OTHER ? 0 : 1;
}

long sys_sched_getscheduler(int tid)
{
    const struct thread *t = find(tid);

    if (tid < 0)
        return -EINVAL;
    return t ? t->policy : -ESRCH;
}

long sys_sched_setscheduler(int tid, int policy,
                            const struct sched_param *param)
{
    struct thread *t = find(tid);
    int priority;

    if (tid < 0)
        return -EINVAL;
    if (!user_reads(param, sizeof(int)))
        return -EFAULT;
    if (!t)
        return -ESRCH;
    priority = param->sched_priority;
    if (!is_policy(policy) || priority < sys_sched_get_priority_min(policy) ||
        priority > sys_sched_get_priority_max(policy))
        return -EINVAL;
    sched_set_priority(t, policy, priority);
    futex_rank_changed(t);
    return 0;
}

long sys_sched_getparam(int tid, struct sched_param *out)
{
    const struct thread *t = find(tid);

    if (tid < 0)
        return -EINVAL;
    if (!t)
        return -ESRCH;
    if (!user_writes(out, sizeof(int)))
        return -EFAULT;
    out->sched_priority = t->priority;
    return 0;
}

long sys_sched_setparam(int tid, const struct sched_param *param)
{
    const struct thread *t = find(tid);

    if (tid < 0)
        return -EINVAL;
    return t ? sys_sched_setscheduler(tid, t->policy, param) : -ESRCH;
}

long sys_sched_rr_get_interval(int tid, struct timespec *out)
{
    const struct thread *t = find(tid);

    if (tid < 0)
        return -EINVAL;
    if (!t)
        return -ESRCH;
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    *out = (struct timespec){.tv_nsec =
                                 t->policy == SCHED_FIFO ? 0 : SCHED_SLICE_NS};
    return 0;
}

static uint64_t all_cpus(void)
{
    return ~0UL >> (64 - cpus_count());
}

long sys_sched_getaffinity(int tid, size_t size, uint64_t *mask)
{
    const struct thread *t = find(tid);

    if (!t)
        return -ESRCH;
    if (size < sizeof(*mask) || size % sizeof(*mask))
        return -EINVAL;
    if (!user_writes(mask, sizeof(*mask)))
        return -EFAULT;
    *mask = t->affinity & all_cpus();
    return sizeof(*mask);
}

long sys_sched_setaffinity(int tid, size_t size, const uint64_t *mask)
{
    struct thread *t = find(tid);
    uint64_t wanted = 0;

    if (!t)
        return -ESRCH;
    size = minimum(size, sizeof(wanted));
    if (!user_reads(mask, size))
        return -EFAULT;
    memcpy(&wanted, mask, size);
    wanted &= all_cpus();
    if (!wanted)
        return -EINVAL;
    sched_set_affinity(t, (uint32_t)wanted);
    return 0;
}

long sys_getcpu(unsigned *cpu, unsigned *node)
{
    if ((cpu && !user_writes(cpu, sizeof(*cpu))) ||
        (node && !user_writes(node, sizeof(*node))))
        return -EFAULT;
    if (cpu)
        *cpu = percpu()->id;
    if (node)
        *node = 0;
    return 0;
}

/* A flush is over when each processor has answered an interrupt. */
long sys_membarrier(int command, unsigned flags)
{
    enum { GLOBAL = 1, EXPEDITED = 8, REGISTER = 16 };
    switch (flags ? -1 : command) {
    case 0:
        return GLOBAL | EXPEDITED | REGISTER;
    case GLOBAL:
    case EXPEDITED:
        cpus_flush();
        return 0;
    case REGISTER:
        return 0;
    default:
        return -EINVAL;
    }
}

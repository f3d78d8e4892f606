/*
 * ids.c - the calls about who the process is: it starts as root, leads its own
 * session and group, and has no children. Layer: sys. Source: POSIX.1-2017
 * setuid, setreuid, getpriority, waitid; setresuid(2).
 */
#include <sys/resource.h>
#include <sys/wait.h>

#include "lib/string.h"
#include "sched/thread.h"
#include "sys/sys.h"
#include "sys/user.h"

enum { PID = 1, GROUPS = 32, NICE_WORST = 19, NICE_BEST = -20 };

/* Real, effective and saved; users, then groups. */
struct ids {
    uint32_t real, effective, saved;
};

static struct ids user, group;
static gid_t groups[GROUPS];
static int groups_count, niceness;

static bool is_privileged(void)
{
    return user.effective == 0;
}

long sys_getuid(void)
{
    return user.real;
}

long sys_geteuid(void)
{
    return user.effective;
}

long sys_getgid(void)
{
    return group.real;
}

long sys_getegid(void)
{
    return group.effective;
}

static bool may_become(const struct ids *i, uint32_t id)
{
    return is_privileged() || id == UINT32_MAX || id == i->real ||
           id == i->effective || id == i->saved;
}

/* -1 leaves one as it is. */
static long set_three(struct ids *i, uint32_t real, uint32_t effective,
                      uint32_t saved)
{
    if (!may_become(i, real) || !may_become(i, effective) ||
        !may_become(i, saved))
        return -EPERM;
    i->real = real == UINT32_MAX ? i->real : real;
    i->effective = effective == UINT32_MAX ? i->effective : effective;
    i->saved = saved == UINT32_MAX ? i->saved : saved;
    return 0;
}

static long set_one(struct ids *i, uint32_t id)
{
    if (id == UINT32_MAX)
        return -EINVAL;
    return is_privileged() ? set_three(i, id, id, id)
                           : set_three(i, UINT32_MAX, id, UINT32_MAX);
}

/* The saved one follows, if the real one is set or the effective one becomes
 * another than that. */
static long set_two(struct ids *i, uint32_t real, uint32_t effective)
{
    bool follows =
        real != UINT32_MAX || (effective != UINT32_MAX && effective != i->real);
    long error = set_three(i, real, effective, UINT32_MAX);

    if (!error && follows)
        i->saved = i->effective;
    return error;
}

static long get_three(const struct ids *i, uint32_t *real, uint32_t *effective,
                      uint32_t *saved)
{
    if (!user_writes(real, 4) || !user_writes(effective, 4) ||
        !user_writes(saved, 4))
        return -EFAULT;
    *real = i->real;
    *effective = i->effective;
    *saved = i->saved;
    return 0;
}

long sys_setuid(uid_t id)
{
    return set_one(&user, id);
}

long sys_setgid(gid_t id)
{
    return set_one(&group, id);
}

long sys_setreuid(uid_t real, uid_t effective)
{
    return set_two(&user, real, effective);
}

long sys_setregid(gid_t real, gid_t effective)
{
    return set_two(&group, real, effective);
}

long sys_setresuid(uid_t real, uid_t effective, uid_t saved)
{
    return set_three(&user, real, effective, saved);
}

long sys_setresgid(gid_t real, gid_t effective, gid_t saved)
{
    return set_three(&group, real, effective, saved);
}

long sys_getresuid(uid_t *real, uid_t *effective, uid_t *saved)
{
    return get_three(&user, real, effective, saved);
}

long sys_getresgid(gid_t *real, gid_t *effective, gid_t *saved)
{
    return get_three(&group, real, effective, saved);
}

long sys_getgroups(int size, gid_t *list)
{
    if (size < 0 || (size > 0 && size < groups_count))
        return -EINVAL;
    if (size > 0 && !user_writes(list, (size_t)groups_count * sizeof(*list)))
        return -EFAULT;
    if (size > 0)
        memcpy(list, groups, (size_t)groups_count * sizeof(*list));
    return groups_count;
}

long sys_setgroups(size_t size, const gid_t *list)
{
    if (!is_privileged())
        return -EPERM;
    if (size > GROUPS)
        return -EINVAL;
    if (!user_reads(list, size * sizeof(*list)))
        return -EFAULT;
    memcpy(groups, list, size * sizeof(*list));
    groups_count = (int)size;
    return 0;
}

/* ------------------------------------------------- process and its group */
long sys_getpgid(int pid)
{
    return pid == 0 || pid == PID ? PID : -ESRCH;
}

long sys_getsid(int pid)
{
    return sys_getpgid(pid);
}

long sys_getpgrp(void)
{
    return PID;
}

/* A session's leader keeps its group. */
long sys_setpgid(int pid, int to)
{
    if (to < 0)
        return -EINVAL;
    return pid == 0 || pid == PID ? -EPERM : -ESRCH;
}

long sys_setsid(void)
{
    return -EPERM;
}

static bool is_self(int which, unsigned who)
{
    return (which == PRIO_PROCESS && thread_find(who ? (int)who : PID)) ||
           (which == PRIO_PGRP && who <= PID) ||
           (which == PRIO_USER && (who == 0 || who == user.real));
}

static bool is_which(int which)
{
    return which == PRIO_PROCESS || which == PRIO_PGRP || which == PRIO_USER;
}

/* Linux gives it so that no answer is negative. */
long sys_getpriority(int which, unsigned who)
{
    if (!is_which(which))
        return -EINVAL;
    return is_self(which, who) ? 20 - niceness : -ESRCH;
}

/* It is one for all threads: nobody is there to be nice to. */
long sys_setpriority(int which, unsigned who, int to)
{
    to = to > NICE_WORST ? NICE_WORST : to < NICE_BEST ? NICE_BEST : to;
    if (!is_which(which))
        return -EINVAL;
    if (!is_self(which, who))
        return -ESRCH;
    if (to < niceness && !is_privileged())
        return -EACCES;
    niceness = to;
    return 0;
}

long sys_wait4(int pid, int *status, int options, struct rusage *usage)
{
    (void)pid, (void)status, (void)usage;
    return options & ~(WNOHANG | WUNTRACED | WCONTINUED) ? -EINVAL : -ECHILD;
}

long sys_waitid(int type, unsigned id, siginfo_t *info, int options)
{
    enum { KNOWN = WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED };

    (void)id, (void)info;
    if (options & ~KNOWN || !(options & (WEXITED | WSTOPPED | WCONTINUED)) ||
        type < P_ALL || type > P_PGID)
        return -EINVAL;
    return -ECHILD;
}

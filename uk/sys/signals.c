/* signals.c - the calls about signals. Layer: sys. */
#include <signal.h>
#include <time.h>

#include "lib/string.h"
#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"

enum { SET_BYTES = 8, PID = 1 };

static bool is_signal(int signal)
{
    return signal >= 1 && signal <= SIGNALS;
}

long sys_rt_sigaction(int signal, const struct signal_action *new,
                      struct signal_action *old, size_t size)
{
    struct signal_action copy;

    if (size != SET_BYTES || !is_signal(signal) ||
        (new && (signal == SIGKILL || signal == SIGSTOP)))
        return -EINVAL;
    if ((new && !user_reads(new, sizeof(*new))) ||
        (old && !user_writes(old, sizeof(*old))))
        return -EFAULT;
    copy = *signal_action(signal);
    if (new)
        *signal_action(signal) = *new;
    if (new &&signal_is_ignored(signal))
        signal_discard(signal);
    if (old)
        *old = copy;
    return 0;
}

long sys_rt_sigprocmask(int how, const uint64_t *new, uint64_t *old,
                        size_t size)
{
    uint64_t mask = thread_current()->signal_mask, set;

    if (size != SET_BYTES)
        return -EINVAL;
    if ((new && !user_reads(new, SET_BYTES)) ||
        (old && !user_writes(old, SET_BYTES)))
        return -EFAULT;
    set = new ? *new : 0;
    if (old)
        *old = mask;
    if (!new)
        return 0;
    switch (how) {
    case SIG_BLOCK:
        signal_set_mask(mask | set);
        return 0;
    case SIG_UNBLOCK:
        signal_set_mask(mask & ~set);
        return 0;
    case SIG_SETMASK:
        signal_set_mask(set);
        return 0;
    default:
        return -EINVAL;
    }
}

long sys_rt_sigpending(uint64_t *set, size_t size)
{
    if (size != SET_BYTES)
        return -EINVAL;
    if (!user_writes(set, SET_BYTES))
        return -EFAULT;
    *set = signal_pending() & thread_current()->signal_mask;
    return 0;
}

static long send(struct thread *to, int signal, int code)
{
    if (signal && !is_signal(signal))
        return -EINVAL;
    if (signal)
        signal_send_simple(to, signal, code);
    return 0;
}

/* There is one process, and it is its own group. */
long sys_kill(int pid, int signal)
{
    if (pid > PID || pid < -PID)
        return -ESRCH;
    return send(NULL, signal, SI_USER);
}

long sys_tkill(int tid, int signal)
{
    struct thread *t = tid > 0 ? thread_find(tid) : NULL;

    if (tid <= 0)
        return -EINVAL;
    return t ? send(t, signal, SI_TKILL) : -ESRCH;
}

long sys_tgkill(int pid, int tid, int signal)
{
    return pid == PID ? sys_tkill(tid, signal) : -ESRCH;
}

static long queue(struct thread *to, int signal, const siginfo_t *info)
{
    siginfo_t copy;
    long error = 0;

    if (signal && !is_signal(signal))
        return -EINVAL;
    if (!user_reads(info, sizeof(*info)))
        return -EFAULT;
    copy = *info;
    copy.si_signo = signal;
    if (signal)
        error = signal_send(to, &copy);
    return error < 0 ? error : 0;
}

long sys_rt_sigqueueinfo(int pid, int signal, const siginfo_t *info)
{
    return pid == PID ? queue(NULL, signal, info) : -ESRCH;
}

long sys_rt_tgsigqueueinfo(int pid, int tid, int signal, const siginfo_t *info)
{
    struct thread *t = pid == PID ? thread_find(tid) : NULL;

    return t ? queue(t, signal, info) : -ESRCH;
}

static long wait_for_handler(void)
{
    struct wait_queue nobody = {.first = NULL};

    while (!sched_wait(&nobody, NEVER))
        ;
    percpu()->work = 1;
    return -EINTR;
}

long sys_pause(void)
{
    return wait_for_handler();
}

/* The old mask is in force again when the handler returns. */
long sys_rt_sigsuspend(const uint64_t *mask, size_t size)
{
    struct thread *t = thread_current();

    if (size != SET_BYTES)
        return -EINVAL;
    if (!user_reads(mask, SET_BYTES))
        return -EFAULT;
    t->saved_mask = t->signal_mask;
    t->mask_is_saved = true;
    signal_set_mask(*mask);
    return wait_for_handler();
}

long sys_rt_sigtimedwait(const uint64_t *set, siginfo_t *info,
                         const struct timespec *time, size_t size)
{
    struct thread *t = thread_current();
    struct wait_queue nobody = {.first = NULL};
    uint64_t deadline = NEVER, wanted;
    siginfo_t taken = {.si_signo = 0};
    int signal;
    long error = 0;

    if (size != SET_BYTES)
        return -EINVAL;
    if (!user_reads(set, SET_BYTES) ||
        (info && !user_writes(info, sizeof(*info))))
        return -EFAULT;
    if (time)
        error = times_deadline(CLOCK_MONOTONIC, false, time, &deadline);
    if (error)
        return error;
    wanted = *set;
    t->signals_awaited = wanted;
    while (!(signal = signal_take(wanted, &taken)) && !error)
        error = sched_wait(&nobody, deadline);
    t->signals_awaited = 0;
    signals_pass_on(wanted);
    if (!signal)
        return error == -ETIMEDOUT ? -EAGAIN : -EINTR;
    if (info && !user_writes(info, sizeof(*info)))
        return -EFAULT;
    if (info)
        *info = taken;
    return signal;
}

long sys_sigaltstack(const stack_t *new, stack_t *old)
{
    struct thread *t = thread_current();
    uint64_t sp = ((uint64_t *)(void *)t->kstack_top)[-1];
    bool inside = sp - (uintptr_t)t->alternate.ss_sp < t->alternate.ss_size;

    if ((new && !user_reads(new, sizeof(*new))) ||
        (old && !user_writes(old, sizeof(*old))))
        return -EFAULT;
    if (old) {
        *old = t->alternate;
        old->ss_flags = !t->alternate.ss_size ? SS_DISABLE
                        : inside              ? SS_ONSTACK
                                              : 0;
    }
    if (!new)
        return 0;
    if (inside)
        return -EPERM;
    if (new->ss_flags & ~SS_DISABLE)
        return -EINVAL;
    if (!(new->ss_flags &SS_DISABLE) && new->ss_size < MINSIGSTKSZ)
        return -ENOMEM;
    t->alternate = *new;
    if (new->ss_flags & SS_DISABLE)
        t->alternate = (stack_t){.ss_flags = SS_DISABLE};
    return 0;
}

long sys_rt_sigreturn(void)
{
    signal_return();
}

/* timers.c - the calls about timers that send signals. Layer: sys. */
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "lib/string.h"
#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "xen/clock.h"

enum { TIMERS = 64 };

/* A timer and what it sends, again and again if it has an interval. */
struct alarm {
    struct timer timer;
    uint64_t interval_ns;
    uint64_t cpu_at_ns; /* of a clock of processor time */
    int clock, tid;     /* 0: the program */
    int overrun;        /* of the signal taken last */
    uint64_t missed;    /* since the one that is not taken yet */
    bool used, sent;    /* sent: it is not taken yet, and no other is sent */
    siginfo_t info;
};

/* Behind those of timer_create(): setitimer()'s, by its numbers, and
 * RLIMIT_CPU's. */
enum { LIMIT = 3, MAXIMUM, OTHERS };
static struct alarm alarms[TIMERS + OTHERS];

/* Not yet time by the processor's clock? Then it is set again. */
static bool is_early(struct alarm *a)
{
    uint64_t now;

    if (!times_is_cpu(a->clock) || !times_read(a->clock, &now))
        return false;
    if (now < a->cpu_at_ns) {
        sched_set_timer(&a->timer, times_look_again(a->cpu_at_ns - now));
        return true;
    }
    a->cpu_at_ns = now + a->interval_ns;
    return false;
}

static void fire(struct timer *t)
{
    struct alarm *a = (struct alarm *)t;
    uint64_t now = clock_monotonic_ns();
    struct thread *to = a->tid ? thread_find(a->tid) : NULL;

    if (is_early(a))
        return;
    if (a->interval_ns) {
        uint64_t missed = (now - t->at_ns) / a->interval_ns;

        a->missed += missed;
        sched_set_timer(t, t->at_ns + (missed + 1) * a->interval_ns);
    }
    if (a->sent)
        a->missed++;
    else if (a->info.si_signo && (!a->tid || to))
        a->sent = signal_send(to, &a->info) && a->used;
}

static struct alarm *find(int id)
{
    return id >= 0 && id < TIMERS && alarms[id].used ? &alarms[id] : NULL;
}

/* Its overruns are those until now. */
static void taken(siginfo_t *info)
{
    struct alarm *a = find(info->si_timerid);

    if (!a || !a->sent)
        return;
    a->sent = false;
    a->overrun = (int)minimum(a->missed, (uint64_t)INT_MAX);
    a->missed = 0;
    info->si_overrun = a->overrun;
}

static uint64_t left_ns(const struct alarm *a)
{
    uint64_t now = clock_monotonic_ns();

    if (!a->timer.link)
        return 0;
    if (times_is_cpu(a->clock) && times_read(a->clock, &now))
        return a->cpu_at_ns > now ? a->cpu_at_ns - now : 1;
    return a->timer.at_ns > now ? a->timer.at_ns - now : 1;
}

static void arm(struct alarm *a, uint64_t at_ns, uint64_t interval_ns)
{
    uint64_t now;

    a->timer.fire = fire;
    a->interval_ns = interval_ns;
    if (times_is_cpu(a->clock) && times_read(a->clock, &now))
        a->cpu_at_ns = now + (at_ns - clock_monotonic_ns());
    if (at_ns)
        sched_set_timer(&a->timer, at_ns);
    else
        timer_cancel(&a->timer);
}

/* ---------------------------------------------------------- timer_create */
long sys_timer_create(int clock, const struct sigevent *event, int *id)
{
    int i = 0;
    long error = sys_clock_getres(clock, NULL);

    if (error)
        return error;
    if ((event && !user_reads(event, sizeof(*event))) ||
        !user_writes(id, sizeof(*id)))
        return -EFAULT;
    while (i < TIMERS && alarms[i].used)
        i++;
    if (i == TIMERS)
        return -EAGAIN;
    memset(&alarms[i], 0, sizeof(alarms[i]));
    alarms[i].clock = clock;
    alarms[i].info.si_code = SI_TIMER;
    alarms[i].info.si_timerid = i;
    alarms[i].info.si_signo = SIGALRM;
    alarms[i].info.si_value.sival_int = i;
    if (event) {
        enum { THREAD_ID = 4 };

        if (event->sigev_notify != SIGEV_NONE &&
            (event->sigev_signo < 1 || event->sigev_signo > SIGNALS))
            return -EINVAL;
        alarms[i].info.si_signo =
            event->sigev_notify == SIGEV_NONE ? 0 : event->sigev_signo;
        alarms[i].info.si_value = event->sigev_value;
        if (event->sigev_notify == THREAD_ID)
            alarms[i].tid = event->sigev_notify_thread_id;
    }
    signals_on_timer(taken);
    alarms[i].used = true;
    *id = i;
    return 0;
}

static struct timespec spec(uint64_t ns)
{
    return (struct timespec){.tv_sec = (time_t)(ns / NS_PER_S),
                             .tv_nsec = (long)(ns % NS_PER_S)};
}

long sys_timer_gettime(int id, struct itimerspec *out)
{
    const struct alarm *a = find(id);

    if (!a)
        return -EINVAL;
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    out->it_interval = spec(a->interval_ns);
    out->it_value = spec(left_ns(a));
    return 0;
}

static uint64_t nanoseconds(const struct timespec *t)
{
    return (uint64_t)t->tv_sec * NS_PER_S + (uint64_t)t->tv_nsec;
}

long sys_timer_settime(int id, int flags, const struct itimerspec *new,
                       struct itimerspec *old)
{
    struct alarm *a = find(id);
    uint64_t at, unused;
    long error;

    if (!a)
        return -EINVAL;
    if (!user_reads(new, sizeof(*new)))
        return -EFAULT;
    error =
        times_deadline(a->clock, flags & TIMER_ABSTIME, &new->it_value, &at);
    if (!error)
        error = times_deadline(a->clock, false, &new->it_interval, &unused);
    if (!error && old)
        error = sys_timer_gettime(id, old);
    if (error)
        return error;
    if (!nanoseconds(&new->it_value))
        at = 0;
    a->missed = 0;
    arm(a, at, nanoseconds(&new->it_interval));
    return 0;
}

long sys_timer_getoverrun(int id)
{
    const struct alarm *a = find(id);

    return a ? a->overrun : -EINVAL;
}

long sys_timer_delete(int id)
{
    struct alarm *a = find(id);

    if (!a)
        return -EINVAL;
    timer_cancel(&a->timer);
    a->used = false;
    return 0;
}

/* ------------------------------------------------------------- setitimer */
static struct timeval value(uint64_t ns)
{
    return (struct timeval){.tv_sec = (time_t)(ns / NS_PER_S),
                            .tv_usec = (suseconds_t)(ns % NS_PER_S / 1000)};
}

long sys_getitimer(int which, struct itimerval *out)
{
    const struct alarm *a = &alarms[TIMERS + which];

    if (which < ITIMER_REAL || which > ITIMER_PROF)
        return -EINVAL;
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    out->it_interval = value(a->interval_ns);
    out->it_value = value(left_ns(a));
    return 0;
}

static bool is_value(const struct timeval *v)
{
    return v->tv_sec >= 0 && v->tv_usec >= 0 && v->tv_usec < 1000000;
}

static uint64_t value_ns(const struct timeval *v)
{
    return minimum((uint64_t)v->tv_sec, INT64_MAX / NS_PER_S) * NS_PER_S +
           (uint64_t)v->tv_usec * 1000;
}

long sys_setitimer(int which, const struct itimerval *new,
                   struct itimerval *old)
{
    static const int signals[] = {SIGALRM, SIGVTALRM, SIGPROF};
    struct alarm *a = &alarms[TIMERS + which];
    uint64_t span, interval;
    long error = 0;

    if (which < ITIMER_REAL || which > ITIMER_PROF)
        return -EINVAL;
    if (!user_reads(new, sizeof(*new)))
        return -EFAULT;
    if (!is_value(&new->it_value) || !is_value(&new->it_interval))
        return -EINVAL;
    if (old)
        error = sys_getitimer(which, old);
    if (error)
        return error;
    span = minimum(value_ns(&new->it_value), UINT64_MAX / 4);
    interval = value_ns(&new->it_interval);
    if (which == ITIMER_REAL && !span)
        interval = 0; /* as Linux has it; others keep theirs */
    a->clock =
        which == ITIMER_REAL ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    a->info.si_signo = signals[which];
    a->info.si_code = SI_KERNEL;
    arm(a, span ? clock_monotonic_ns() + span : 0, interval);
    return 0;
}

long sys_alarm(unsigned seconds)
{
    struct itimerval new = {.it_value = {.tv_sec = seconds}};
    struct alarm *a = &alarms[TIMERS];
    uint64_t left = left_ns(a);

    a->clock = CLOCK_MONOTONIC;
    a->info.si_signo = SIGALRM;
    a->info.si_code = SI_KERNEL;
    arm(a, seconds ? clock_monotonic_ns() + value_ns(&new.it_value) : 0, 0);
    return (long)((left + NS_PER_S - 1) / NS_PER_S);
}

/* ------------------------------------------------------------ RLIMIT_CPU */
static void limit_cpu(struct alarm *a, int signal, uint64_t seconds)
{
    uint64_t used = sched_cpu_ns(NULL), most = UINT64_MAX / 4 / NS_PER_S;
    uint64_t at = minimum(seconds, most) * NS_PER_S;

    a->clock = CLOCK_PROCESS_CPUTIME_ID;
    a->info.si_signo = signal;
    a->info.si_code = SI_KERNEL;
    at = at > used ? at - used : 1;
    arm(a, seconds == RLIM_INFINITY ? 0 : clock_monotonic_ns() + at, NS_PER_S);
}

/* It is told again each second, until the maximum. */
void timers_limit_cpu(const struct rlimit *new)
{
    limit_cpu(&alarms[TIMERS + LIMIT], SIGXCPU, new->rlim_cur);
    limit_cpu(&alarms[TIMERS + MAXIMUM], SIGKILL, new->rlim_max);
}

/* timers.c - the calls about timers that send signals. Layer: sys. */
#include <limits.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <time.h>

#include "lib/string.h"
#include "mm/heap.h"
#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "xen/clock.h"

/* A timer and what it sends, again and again if it has an interval. */
struct alarm {
    struct timer timer;
    struct period period; /* by its clock: the monotonic or a processor's */
    int clock, tid;       /* 0: the program */
    int overrun;          /* of the signal taken last */
    uint64_t missed;      /* since the one that is not taken yet */
    bool sent;            /* it is not taken yet, and no other is sent */
    siginfo_t info;
};

/* setitimer()'s, by its numbers, and RLIMIT_CPU's. */
enum { LIMIT = 3, MAXIMUM, ALARMS };
static struct alarm alarms[ALARMS];

/* timer_create()'s by their numbers, as many as were there at once. */
enum { ROOM_FIRST = 32, ROOM_MOST = 4096 };
static struct alarm **made;
static int room;

static bool read_clock(const struct alarm *a, uint64_t *now)
{
    if (times_is_cpu(a->clock))
        return times_read(a->clock, now);
    *now = clock_monotonic_ns();
    return true;
}

/* Not yet time: a processor's clock is looked at again and again. */
static void look_again(struct alarm *a, uint64_t left)
{
    sched_set_timer(&a->timer, times_is_cpu(a->clock) ? times_look_again(left)
                                                      : times_after(left));
}

static void tell(struct alarm *a, uint64_t times)
{
    struct thread *to = a->tid ? thread_find(a->tid) : NULL;

    if (a->sent) {
        a->missed += times;
    } else if (a->info.si_signo && (!a->tid || to)) {
        a->sent = signal_send(to, &a->info) > 0 && a->info.si_code == SI_TIMER;
        a->missed = times - 1;
    }
}

static void fire(struct timer *t)
{
    struct alarm *a = (struct alarm *)t;
    uint64_t now, times;

    if (!read_clock(a, &now))
        return;
    times = period_count(&a->period, now);
    if (!times)
        look_again(a, period_wait(&a->period, now));
    else if (a->period.interval_ns)
        sched_set_timer(t, times_after(period_wait(&a->period, now)));
    if (times)
        tell(a, times);
}

static struct alarm *find(int id)
{
    return id >= 0 && id < room ? made[id] : NULL;
}

/* Its overruns are those until now. */
static void taken(siginfo_t *info)
{
    struct alarm *a = find(info->si_timerid);
    uint64_t now;

    if (!a || !a->sent)
        return;
    if (a->period.interval_ns && a->timer.link && read_clock(a, &now))
        a->missed += period_count(&a->period, now);
    a->sent = false;
    a->overrun = (int)minimum(a->missed, (uint64_t)INT_MAX);
    a->missed = 0;
    info->si_overrun = a->overrun;
}

static uint64_t left_ns(const struct alarm *a)
{
    struct period p = a->period;
    uint64_t now, left;

    if (!a->timer.link || !read_clock(a, &now))
        return 0;
    if (p.interval_ns)
        period_count(&p, now);
    left = period_left(&p, now);
    return left ? left : 1;
}

/* `at_ns` is of the monotonic clock, and may be past; 0: off. */
static void arm(struct alarm *a, uint64_t at_ns, uint64_t interval_ns)
{
    uint64_t now;

    timer_cancel(&a->timer);
    a->timer.fire = fire;
    a->period = (struct period){.due_ns = at_ns, .interval_ns = interval_ns};
    if (!at_ns || !read_clock(a, &now))
        return;
    if (times_is_cpu(a->clock))
        a->period.due_ns += now - clock_monotonic_ns();
    if (period_left(&a->period, now))
        sched_set_timer(&a->timer, at_ns);
    else
        fire(&a->timer);
}

/* ---------------------------------------------------------- timer_create */
static void make_room(void)
{
    int more = room ? 2 * room : ROOM_FIRST;
    struct alarm **new =
        more <= ROOM_MOST ? heap_alloc((size_t)more * sizeof(*new)) : NULL;

    if (!new)
        return;
    if (room) {
        memcpy(new, made, (size_t)room * sizeof(*new));
        heap_free(made, (size_t)room * sizeof(*new));
    }
    made = new;
    room = more;
}

/* A number that is free; `room` if there is no memory for another. */
static int free_number(void)
{
    int i = 0;

    while (i < room && made[i])
        i++;
    if (i == room)
        make_room();
    return i;
}

/* What it sends: SIGALRM with its number, if nothing else is asked for. */
static long choose(struct alarm *a, int id, const struct sigevent *e)
{
    enum { THREAD_ID = 4 };

    a->info.si_code = SI_TIMER;
    a->info.si_timerid = id;
    a->info.si_signo = SIGALRM;
    a->info.si_value.sival_int = id;
    if (!e)
        return 0;
    if (e->sigev_notify != SIGEV_NONE &&
        (e->sigev_signo < 1 || e->sigev_signo > SIGNALS))
        return -EINVAL;
    a->info.si_signo = e->sigev_notify == SIGEV_NONE ? 0 : e->sigev_signo;
    a->info.si_value = e->sigev_value;
    if (e->sigev_notify == THREAD_ID)
        a->tid = e->sigev_notify_thread_id;
    return 0;
}

long sys_timer_create(int clock, const struct sigevent *event, int *id)
{
    struct alarm new = {.clock = clock}, *a;
    struct sigevent e;
    int i;
    long error = sys_clock_getres(clock, NULL);

    if (error)
        return error;
    if ((event && !user_take(&e, event, sizeof(e))) ||
        !user_writes(id, sizeof(*id)))
        return -EFAULT;
    i = free_number();
    error = choose(&new, i, event ? &e : NULL);
    if (error)
        return error;
    a = i < room ? heap_alloc(sizeof(*a)) : NULL;
    if (!a)
        return -EAGAIN;
    *a = new;
    made[i] = a;
    signals_on_timer(taken);
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
    out->it_interval = spec(a->period.interval_ns);
    out->it_value = spec(left_ns(a));
    return 0;
}

long sys_timer_settime(int id, int flags, const struct itimerspec *new,
                       struct itimerspec *old)
{
    struct alarm *a = find(id);
    uint64_t at, interval;
    struct itimerspec copy;
    bool off;
    long error;

    if (!a)
        return -EINVAL;
    if (!user_take(&copy, new, sizeof(copy)))
        return -EFAULT;
    off = !copy.it_value.tv_sec && !copy.it_value.tv_nsec;
    interval = times_ns(&copy.it_interval);
    error = times_begin(a->clock, flags & TIMER_ABSTIME, &copy.it_value, &at);
    if (!error && !times_are_valid(&copy.it_interval))
        error = -EINVAL;
    if (!error && old)
        error = sys_timer_gettime(id, old);
    if (error)
        return error;
    a->missed = 0;
    arm(a, off ? 0 : at, interval);
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
    made[id] = NULL;
    heap_free(a, sizeof(*a));
    signal_discard_timer(id);
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
    const struct alarm *a = &alarms[which];

    if (which < ITIMER_REAL || which > ITIMER_PROF)
        return -EINVAL;
    if (!user_writes(out, sizeof(*out)))
        return -EFAULT;
    out->it_interval = value(a->period.interval_ns);
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
    struct itimerval copy;
    static const int signals[] = {SIGALRM, SIGVTALRM, SIGPROF};
    struct alarm *a = &alarms[which];
    uint64_t span, interval;
    long error = 0;

    if (which < ITIMER_REAL || which > ITIMER_PROF)
        return -EINVAL;
    if (!user_take(&copy, new, sizeof(copy)))
        return -EFAULT;
    if (!is_value(&copy.it_value) || !is_value(&copy.it_interval))
        return -EINVAL;
    if (old)
        error = sys_getitimer(which, old);
    if (error)
        return error;
    span = minimum(value_ns(&copy.it_value), UINT64_MAX / 4);
    interval = value_ns(&copy.it_interval);
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
    struct alarm *a = &alarms[ITIMER_REAL];
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
    limit_cpu(&alarms[LIMIT], SIGXCPU, new->rlim_cur);
    limit_cpu(&alarms[MAXIMUM], SIGKILL, new->rlim_max);
}

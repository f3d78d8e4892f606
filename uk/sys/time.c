/* time.c - the calls about clocks. Layer: sys. */
#include <sys/time.h>
#include <time.h>

#include "sched/signal.h"
#include "sys/sys.h"
#include "sys/times.h"
#include "sys/user.h"
#include "xen/clock.h"

#define CPU_LOOK_NS 1000000UL

/*
 * Clocks of processor time by number, as Linux packs it: the inverted process
 * or thread above three bits, of which 4 says a thread.
 */
static bool read_cpu_clock(int clock, uint64_t *ns)
{
    enum { THREAD = 4, SCHEDULED = 2, KIND = 3 };
    int id = (int)(~(uint32_t)clock >> 3);
    const struct thread *t = id ? thread_find(id) : thread_current();

    if (clock >= 0 || (clock & KIND) > SCHEDULED || !t ||
        (!(clock & THREAD) && id > 1))
        return false;
    *ns = sched_cpu_ns(clock & THREAD ? t : NULL);
    return true;
}

bool times_read(int clock, uint64_t *ns)
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
        *ns = clock_monotonic_ns();
        return true;
    case CLOCK_PROCESS_CPUTIME_ID:
        *ns = sched_cpu_ns(NULL);
        return true;
    case CLOCK_THREAD_CPUTIME_ID:
        *ns = sched_cpu_ns(thread_current());
        return true;
    default:
        return read_cpu_clock(clock, ns);
    }
}

/* entry.S has a shorter way for most. */
long sys_clock_gettime(int clock, struct timespec *out)
{
    uint64_t ns;

    if (!times_read(clock, &ns))
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

    if (!times_read(clock, &ns))
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

uint64_t times_ns(const struct timespec *time)
{
    return minimum((uint64_t)time->tv_sec, UINT64_MAX / 4 / NS_PER_S) *
               NS_PER_S +
           (uint64_t)time->tv_nsec;
}

bool times_are_valid(const struct timespec *time)
{
    return time->tv_sec >= 0 && time->tv_nsec >= 0 &&
           time->tv_nsec < (long)NS_PER_S;
}

/* From now; less than 0 for what is past. */
static long read_span(int clock, bool absolute, const struct timespec *time,
                      int64_t *span)
{
    uint64_t now;

    if (!times_read(clock, &now) || !times_are_valid(time))
        return -EINVAL;
    *span = (int64_t)(times_ns(time) - (absolute ? now : 0));
    return 0;
}

long times_deadline(int clock, bool absolute, const struct timespec *time,
                    uint64_t *ns)
{
    struct timespec copy;
    int64_t span = 0;
    long error = user_take(&copy, time, sizeof(copy))
                     ? read_span(clock, absolute, &copy, &span)
                     : -EFAULT;

    *ns = times_after(span > 0 ? (uint64_t)span : 0);
    return error;
}

long times_begin(int clock, bool absolute, const struct timespec *time,
                 uint64_t *ns)
{
    int64_t span = 0;
    long error = read_span(clock, absolute, time, &span);

    *ns = clock_monotonic_ns() + (uint64_t)span;
    return error;
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

bool times_is_cpu(int clock)
{
    return clock < 0 || clock == CLOCK_PROCESS_CPUTIME_ID ||
           clock == CLOCK_THREAD_CPUTIME_ID;
}

uint64_t times_look_again(uint64_t left_ns)
{
    return times_after(left_ns > CPU_LOOK_NS ? left_ns : CPU_LOOK_NS);
}

/* Until others have used as much. */
static long wait_for_cpu(int clock, uint64_t span)
{
    struct wait_queue nobody = {.first = NULL};
    uint64_t now, end;

    if (!times_read(clock, &now))
        return -EINVAL;
    for (end = now + span; now < end;) {
        long error = sched_wait(&nobody, times_look_again(end - now));

        if (error == -RESTART)
            return -EINTR;
        if (!times_read(clock, &now))
            break;
    }
    return 0;
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
    if (!error && times_is_cpu(clock))
        return wait_for_cpu(clock, deadline - clock_monotonic_ns());
    while (!error)
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

long sys_clock_settime(int clock, const struct timespec *time)
{
    struct timespec copy;

    if (!user_take(&copy, time, sizeof(copy)))
        return -EFAULT;
    if (clock != CLOCK_REALTIME || !times_are_valid(&copy) ||
        (uint64_t)copy.tv_sec > UINT64_MAX / 4 / NS_PER_S)
        return -EINVAL;
    clock_set_wall_ns(times_ns(&copy));
    return 0;
}

/* A time zone is nobody's business here. */
long sys_settimeofday(const struct timeval *time, const void *zone)
{
    struct timeval t;

    (void)zone;
    if (!user_take(&t, time, sizeof(t)))
        return -EFAULT;
    if (t.tv_usec < 0 || t.tv_usec >= 1000000 || t.tv_sec < 0 ||
        (uint64_t)t.tv_sec > UINT64_MAX / 4 / NS_PER_S)
        return -EINVAL;
    clock_set_wall_ns((uint64_t)t.tv_sec * NS_PER_S +
                      (uint64_t)t.tv_usec * 1000);
    return 0;
}

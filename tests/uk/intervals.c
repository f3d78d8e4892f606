/* intervals.c - timers that come again and again: oftener than can be told, and
 * since long ago. */
/* expect: 0 failures */
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define MS 1000000LL

enum { MANY = 1000 };

static volatile long told, times;

static void count(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)context;
    told++;
    times += 1 + info->si_overrun;
}

static long long ns(clockid_t clock)
{
    struct timespec t;

    CHECK(clock_gettime(clock, &t) == 0);
    return t.tv_sec * 1000 * MS + t.tv_nsec;
}

static struct timespec spec(long long time)
{
    return (struct timespec){.tv_sec = time / (1000 * MS),
                             .tv_nsec = time % (1000 * MS)};
}

static timer_t make(clockid_t clock)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGRTMIN};
    timer_t id;

    CHECK(timer_create(clock, &event, &id) == 0);
    told = times = 0;
    return id;
}

/* The program goes on, and every time is counted. */
static void very_short(void)
{
    struct itimerspec fast = {{0, 10}, {0, 10}}, off = {{0, 0}, {0, 0}};
    timer_t id = make(CLOCK_MONOTONIC);
    long long from = ns(CLOCK_MONOTONIC), took;

    CHECK(timer_settime(id, 0, &fast, NULL) == 0);
    while (ns(CLOCK_MONOTONIC) - from < 50 * MS)
        ;
    CHECK(timer_settime(id, 0, &off, NULL) == 0);
    took = ns(CLOCK_MONOTONIC) - from;
    CHECK(told > 0 && told <= took / 100000 + 2);
    CHECK(times >= 25 * MS / 10 && times <= took / 10 + 1);
    CHECK(timer_delete(id) == 0);
}

static void very_short_file(void)
{
    struct itimerspec fast = {{0, 10}, {0, 10}}, now;
    int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    long long from = ns(CLOCK_MONOTONIC), took, all = 0;
    uint64_t n;

    CHECK(timerfd_settime(fd, 0, &fast, NULL) == 0);
    while (ns(CLOCK_MONOTONIC) - from < 50 * MS) {
        CHECK(poll(&p, 1, 1000) == 1 && read(fd, &n, sizeof(n)) == sizeof(n));
        all += (long long)n;
    }
    took = ns(CLOCK_MONOTONIC) - from;
    CHECK(all >= 25 * MS / 10 && all <= took / 10 + 1);
    CHECK(timerfd_gettime(fd, &now) == 0);
    CHECK(now.it_value.tv_nsec > 0 && now.it_value.tv_nsec <= 10);
    CHECK(close(fd) == 0);
}

/* It began a second ago: the times since then count, and it keeps step. */
static void since_long(void)
{
    struct itimerspec t = {.it_value = spec(ns(CLOCK_REALTIME) - 1000 * MS),
                           .it_interval = {.tv_nsec = 300 * MS}};
    int fd = timerfd_create(CLOCK_REALTIME, TFD_NONBLOCK);
    timer_t id = make(CLOCK_REALTIME);
    struct itimerspec left;
    uint64_t n = 0;

    CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, NULL) == 0);
    CHECK(timer_settime(id, TIMER_ABSTIME, &t, NULL) == 0);
    CHECK(read(fd, &n, sizeof(n)) == sizeof(n) && n == 4);
    CHECK(told == 1 && times == 4);
    CHECK(timerfd_gettime(fd, &left) == 0 && left.it_value.tv_sec == 0);
    CHECK(left.it_value.tv_nsec <= 200 * MS);
    CHECK(timer_gettime(id, &left) == 0 && left.it_value.tv_sec == 0);
    CHECK(left.it_value.tv_nsec <= 200 * MS);
    t.it_value = (struct timespec){.tv_nsec = 1};
    t.it_interval = (struct timespec){.tv_sec = 1};
    CHECK(timerfd_settime(fd, TFD_TIMER_ABSTIME, &t, NULL) == 0);
    CHECK(read(fd, &n, sizeof(n)) == sizeof(n));
    CHECK((long long)n <= ns(CLOCK_REALTIME) / (1000 * MS) + 1);
    CHECK((long long)n >= ns(CLOCK_REALTIME) / (1000 * MS) - 9);
    CHECK(timer_delete(id) == 0 && close(fd) == 0);
}

/* With a timer goes what it has sent, and nothing else. */
static void deleted(void)
{
    struct itimerspec soon = {.it_value = {.tv_nsec = 1}};
    timer_t ids[2] = {make(CLOCK_MONOTONIC), make(CLOCK_MONOTONIC)};
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, NULL);
    for (int i = 0; i < 2; i++)
        CHECK(timer_settime(ids[i], 0, &soon, NULL) == 0);
    usleep(20000);
    CHECK(timer_delete(ids[0]) == 0);
    CHECK(told == 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK(told == 1 && times == 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    CHECK(timer_settime(ids[1], 0, &soon, NULL) == 0);
    usleep(20000);
    CHECK(timer_delete(ids[1]) == 0);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    CHECK(told == 1);
}

/* More than POSIX's 32, and each is its own. */
static void many(void)
{
    struct itimerspec soon = {.it_value = {.tv_nsec = 20 * MS}};
    timer_t ids[MANY];

    for (int i = 0; i < MANY; i++)
        ids[i] = make(CLOCK_MONOTONIC);
    for (int i = 0; i < MANY; i++)
        CHECK(timer_settime(ids[i], 0, &soon, NULL) == 0);
    for (int i = 0; i < MANY; i += 2)
        CHECK(timer_delete(ids[i]) == 0);
    for (int i = 0; i < 1000 && told < MANY / 2; i++)
        usleep(1000);
    for (int i = 1; i < MANY; i += 2)
        CHECK(timer_delete(ids[i]) == 0);
    CHECK(told >= MANY / 2 && told <= MANY);
    CHECK(timer_delete(ids[0]) != 0);
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = count, .sa_flags = SA_SIGINFO};

    CHECK(sigaction(SIGRTMIN, &a, NULL) == 0);
    deleted();
    many();
    since_long();
    very_short_file();
    very_short();
    return done();
}

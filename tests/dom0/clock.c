/*
 * clock.c - the monotonic clock never runs backwards (10 million reads, or as
 * many as 20 seconds allow), the vdso and the system call agree, and no sleep
 * or timer ends early.
 */
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>

#include "check.h"

#define READS    10000000L
#define LIMIT_NS 20000000000LL
#define SLEEPS   100

static int64_t to_ns(struct timespec t)
{
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static int64_t now_ns(void)
{
    struct timespec t;

    CHECK(clock_gettime(CLOCK_MONOTONIC, &t) == 0);
    return to_ns(t);
}

static int64_t now_by_call_ns(void)
{
    struct timespec t;

    CHECK(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &t) == 0);
    return to_ns(t);
}

static long read_many(void)
{
    int64_t first = now_ns(), last = first;
    long reads;

    for (reads = 0; reads < READS && last - first < LIMIT_NS; reads++) {
        int64_t now = now_ns();

        if (now < last)
            fail("the clock went back by %ld ns after %ld reads",
                 (long)(last - now), reads);
        last = now;
    }
    return reads;
}

static void compare_ways(void)
{
    for (int i = 0; i < 10000; i++) {
        int64_t before = now_ns(), call = now_by_call_ns(), after = now_ns();

        if (before > call || call > after)
            fail("vdso %ld, system call %ld, vdso %ld", (long)before,
                 (long)call, (long)after);
    }
}

static int64_t sleep_once(long ns)
{
    struct timespec wait = {0, ns};
    int64_t before = now_ns();

    CHECK(nanosleep(&wait, NULL) == 0);
    return now_ns() - before;
}

static int64_t sleep_many(void)
{
    int64_t worst = 0;

    for (int i = 0; i < SLEEPS; i++) {
        long ns = 1000L + 137000L * i;
        int64_t over = sleep_once(ns) - ns;

        if (over < 0)
            fail("a sleep of %ld ns was %ld ns short", ns, (long)-over);
        if (over > worst)
            worst = over;
    }
    return worst;
}

static void run_timer(void)
{
    struct itimerspec every = {{0, 2000000}, {0, 2000000}};
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    int64_t start = now_ns();
    uint64_t expired, total = 0;

    CHECK(fd >= 0);
    CHECK(timerfd_settime(fd, 0, &every, NULL) == 0);
    while (total < 200) {
        CHECK(read(fd, &expired, sizeof(expired)) == sizeof(expired));
        total += expired;
        CHECK(now_ns() - start >= (int64_t)total * 2000000);
    }
}

int main(void)
{
    int64_t worst;
    long reads;

    compare_ways();
    worst = sleep_many();
    run_timer();
    reads = read_many();
    return pass("%ld reads never backwards, no sleep early (worst %ld us late)",
                reads, (long)(worst / 1000));
}

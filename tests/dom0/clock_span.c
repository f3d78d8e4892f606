/*
 * clock_span.c [SECONDS] - prints CLOCK-BEGIN and CLOCK-END with the monotonic
 * and the real-time clock, SECONDS (60) apart: half asleep, half spinning.
 * The host, which sees the lines arrive, compares (clock_compare).
 */
#include <time.h>

#include "check.h"

static double read_clock(clockid_t which)
{
    struct timespec t;

    CHECK(clock_gettime(which, &t) == 0);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void report(const char *what)
{
    printf("%s %.6f %.6f\n", what, read_clock(CLOCK_MONOTONIC),
           read_clock(CLOCK_REALTIME));
    fflush(stdout);
}

static void sleep_for(double seconds)
{
    struct timespec wait = {(time_t)seconds,
                            (long)((seconds - (double)(time_t)seconds) * 1e9)};

    while (nanosleep(&wait, &wait) != 0)
        CHECK(errno == EINTR);
}

static void spin_for(double seconds)
{
    double end = read_clock(CLOCK_MONOTONIC) + seconds;

    while (read_clock(CLOCK_MONOTONIC) < end)
        ;
}

int main(int argc, char **argv)
{
    double seconds = argc > 1 ? atof(argv[1]) : 60;
    double begin = read_clock(CLOCK_MONOTONIC), span;

    report("CLOCK-BEGIN");
    sleep_for(seconds / 2);
    spin_for(seconds / 2);
    report("CLOCK-END");
    span = read_clock(CLOCK_MONOTONIC) - begin;
    CHECK(span >= seconds);
    return pass("%.3f s by this system's clock", span);
}

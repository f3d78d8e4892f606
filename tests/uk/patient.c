/* patient.c - a clock, a timer and a thread go on, however long the domain lies
 * in between; asked to end, it does so. Argument: ticks until the end. */
/* args: patient 3 */
/* expect: tick 3: 0 failures */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static atomic_ulong counted, alarms;

static void *count(void *arg)
{
    struct timespec ms = {.tv_nsec = 1000000};

    for (;; counted++)
        nanosleep(&ms, NULL);
    return arg;
}

static double now(void);

/* On each vcpu but one somebody runs all the time, and time only goes on. */
static void *watch(void *arg)
{
    for (double before = now(), t; (t = now()) >= before; before = t)
        ;
    CHECK(!"time goes back");
    return arg;
}

static void on_alarm(int signal)
{
    (void)signal;
    alarms++;
}

static void on_term(int signal)
{
    static const char text[] = "asked to end\n";

    (void)signal;
    _exit(write(1, text, sizeof(text) - 1) > 0 ? 7 : 1);
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* A tick is 300 ms of the clock; the others have gone on as well. */
static void tick(void)
{
    struct timespec rest = {.tv_nsec = 300000000};
    unsigned long before = counted, alarms_before = alarms;
    double start = now();

    while (nanosleep(&rest, &rest))
        ;
    CHECK(now() - start >= 0.3 && now() - start < 5);
    CHECK(counted > before && alarms > alarms_before);
}

int main(int argc, char **argv)
{
    const struct itimerspec each = {{0, 100000000}, {0, 100000000}};
    int ticks = argc > 1 ? atoi(argv[1]) : 3;
    pthread_t thread;
    timer_t timer;

    signal(SIGALRM, on_alarm);
    signal(SIGTERM, on_term);
    CHECK(pthread_create(&thread, NULL, count, NULL) == 0);
    for (long i = sysconf(_SC_NPROCESSORS_ONLN); i > 1; i--)
        CHECK(pthread_create(&thread, NULL, watch, NULL) == 0);
    printf("%ld vcpus\n", sysconf(_SC_NPROCESSORS_ONLN));
    CHECK(timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0);
    CHECK(timer_settime(timer, 0, &each, NULL) == 0);
    for (int i = 1; i <= ticks; i++) {
        tick();
        printf("tick %d: %d failures\n", i, failures);
        fflush(stdout);
    }
    return failures != 0;
}

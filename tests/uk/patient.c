/* patient.c - a clock, a timer and a thread go on, however long the domain lies
 * in between; asked to end, it does so. Arguments: ticks until the end; whether
 * a thread keeps the vcpu busy, with something in all vector registers. */
/* hosted: yes */
/* args: patient 3 busy */
/* expect: tick 3: 0 failures */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
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

enum { VECTORS = 4, TURNS = 20000000 };

/* Without a call, so that they are nowhere else. */
__attribute__((target("avx"))) static void keep_wide(const char *in, char *out)
{
    unsigned long turns = TURNS;

    __asm__ volatile("vmovdqu (%1), %%ymm0; vmovdqu 32(%1), %%ymm5;"
                     "vmovdqu 64(%1), %%ymm8; vmovdqu 96(%1), %%ymm15;"
                     "1: dec %0; jnz 1b;"
                     "vmovdqu %%ymm0, (%2); vmovdqu %%ymm5, 32(%2);"
                     "vmovdqu %%ymm8, 64(%2); vmovdqu %%ymm15, 96(%2);"
                     "vzeroupper"
                     : "+r"(turns)
                     : "r"(in), "r"(out)
                     : "memory", "xmm0", "xmm5", "xmm8", "xmm15");
}

static void keep(const char *in, char *out)
{
    unsigned long turns = TURNS;

    __asm__ volatile("movdqu (%1), %%xmm0; movdqu 32(%1), %%xmm5;"
                     "movdqu 64(%1), %%xmm8; movdqu 96(%1), %%xmm15;"
                     "1: dec %0; jnz 1b;"
                     "movdqu %%xmm0, (%2); movdqu %%xmm5, 32(%2);"
                     "movdqu %%xmm8, 64(%2); movdqu %%xmm15, 96(%2)"
                     : "+r"(turns)
                     : "r"(in), "r"(out)
                     : "memory", "xmm0", "xmm5", "xmm8", "xmm15");
}

static void *stay_busy(void *arg)
{
    bool wide = __builtin_cpu_supports("avx");
    char in[VECTORS * 32], out[VECTORS * 32];

    printf("%s\n", wide ? "AVX is kept" : "SSE is kept");
    for (int n = 0;; n++) {
        for (size_t i = 0; i < sizeof(in); i++)
            out[i] = in[i] = (char)(n + (int)i * 7);
        (wide ? keep_wide : keep)(in, out);
        CHECK(memcmp(in, out, sizeof(in)) == 0);
    }
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
    if (argc > 2)
        CHECK(pthread_create(&thread, NULL, stay_busy, NULL) == 0);
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

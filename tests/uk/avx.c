/* avx.c - the upper halves of YMM registers stay a thread's own: over slices,
 * handlers that use them, and calls. */
/* args: --vcpus 2 --cpu max,-smap avx */
/* expect: 0 failures */
/* timeout: 20 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

enum { THREADS = 5, WORDS = 8 };

static atomic_int heard;

__attribute__((target("avx"))) static void fill(const uint64_t *with)
{
    __asm__ volatile("vmovdqu (%0), %%ymm0; vmovdqu 32(%0), %%ymm15;"
                     "vmovdqu (%0), %%ymm7"
                     :
                     : "r"(with)
                     : "memory");
}

__attribute__((target("avx"))) static void look(uint64_t *at)
{
    __asm__ volatile("vmovdqu %%ymm0, (%0); vmovdqu %%ymm15, 32(%0)"
                     :
                     : "r"(at)
                     : "memory");
}

/* Holds them for some slices without a call. */
static void hold(uint64_t seed, unsigned long turns)
{
    uint64_t mine[WORDS], seen[WORDS];

    for (int i = 0; i < WORDS; i++)
        mine[i] = seed * 1000 + (uint64_t)i;
    fill(mine);
    __asm__ volatile("1: dec %0; jnz 1b" : "+r"(turns));
    look(seen);
    CHECK(memcmp(mine, seen, sizeof(mine)) == 0);
}

static void *work(void *arg)
{
    for (int i = 0; i < 10; i++)
        hold((uint64_t)(long)arg * 100 + (uint64_t)i, 3000000);
    return NULL;
}

static void on_signal(int signal)
{
    static const uint64_t zeros[WORDS];

    (void)signal;
    fill(zeros);
    __asm__ volatile("vzeroall");
    heard++;
}

/* The frame has them, where Linux has them, and what is changed there is. */
static void on_change(int signal, siginfo_t *info, void *context)
{
    char *fpu = (void *)((ucontext_t *)context)->uc_mcontext.fpregs;
    uint64_t high[2];

    (void)signal;
    (void)info;
    CHECK(*(uint32_t *)(fpu + 464) == 0x46505853);
    memcpy(high, fpu + 576, sizeof(high));
    CHECK(high[0] == 12 && high[1] == 13);
    high[0] = 99;
    memcpy(fpu + 576, high, sizeof(high));
}

/* What is wrong there is not loaded. */
static void on_damage(int signal, siginfo_t *info, void *context)
{
    char *fpu = (void *)((ucontext_t *)context)->uc_mcontext.fpregs;

    (void)signal;
    (void)info;
    memset(fpu + 24, 0xff, 4);
    memset(fpu + 512, 0xff, 64);
    heard++;
}

static void handlers(void)
{
    const uint64_t mine[WORDS] = {10, 11, 12, 13, 14, 15, 16, 17};
    struct sigaction a = {.sa_handler = on_signal};
    uint64_t seen[WORDS];

    sigaction(SIGUSR1, &a, NULL);
    fill(mine);
    raise(SIGUSR1);
    look(seen);
    CHECK(heard == 1 && memcmp(seen, mine, sizeof(mine)) == 0);
    a.sa_flags = SA_SIGINFO;
    a.sa_sigaction = on_change;
    sigaction(SIGUSR1, &a, NULL);
    fill(mine);
    raise(SIGUSR1);
    look(seen);
    CHECK(seen[1] == 11 && seen[2] == 99 && seen[3] == 13);
    a.sa_sigaction = on_damage;
    sigaction(SIGUSR1, &a, NULL);
    raise(SIGUSR1);
    CHECK(heard == 2);
}

int main(void)
{
    timer_t timer;
    struct sigevent e = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGALRM};
    struct itimerspec often = {{0, 1000000}, {0, 1000000}};
    struct sigaction a = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    pthread_t t[THREADS];

    CHECK(__builtin_cpu_supports("avx"));
    if (failures)
        return done();
    handlers();
    sigaction(SIGALRM, &a, NULL);
    CHECK(timer_create(CLOCK_MONOTONIC, &e, &timer) == 0);
    CHECK(timer_settime(timer, 0, &often, NULL) == 0);
    for (long i = 0; i < THREADS; i++)
        CHECK(pthread_create(&t[i], NULL, work, (void *)(i + 1)) == 0);
    work((void *)(long)(THREADS + 1));
    for (int i = 0; i < THREADS; i++)
        CHECK(pthread_join(t[i], NULL) == 0);
    CHECK(heard > 10);
    return done();
}

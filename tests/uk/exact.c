/* exact.c - a signal comes before a call or behind it, as if the call were one
 * instruction: what cancels a thread looks whether it is at a call. */
/* expect: 0 failures */
#include <signal.h>
#include <stdint.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

enum { WAY_IN = 20, ENOUGH = 1000 };

extern const char pv_syscall[];
static volatile int heard, inside;

static void look(int signal, siginfo_t *info, void *context)
{
    uint64_t at = (uint64_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];

    (void)signal;
    (void)info;
    heard++;
    inside += at - (uintptr_t)pv_syscall < WAY_IN;
}

int main(void)
{
    struct sigaction a = {.sa_sigaction = look, .sa_flags = SA_SIGINFO};
    struct itimerspec often = {{0, 20000}, {0, 20000}};
    timer_t timer;

    CHECK(sigaction(SIGALRM, &a, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, NULL, &timer) == 0);
    CHECK(timer_settime(timer, 0, &often, NULL) == 0);
    while (heard < ENOUGH)
        for (int i = 0; i < 100; i++)
            CHECK(getpid() == 1 && getppid() == 0);
    CHECK(inside == 0);
    return done();
}

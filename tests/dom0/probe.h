/*
 * probe.h - memory accesses that may fault, with the fault reported.
 *
 * probe_init() first.  One thread only.
 */
#ifndef TESTS_DOM0_PROBE_H
#define TESTS_DOM0_PROBE_H

#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

#include "check.h"

struct probe_fault {
    int signal;    /* 0: the access succeeded */
    int code;      /* si_code */
    void *address; /* si_addr */
    long vector;   /* REG_TRAPNO */
    long error;    /* REG_ERR */
};

static struct probe_fault probe_last;
static sigjmp_buf probe_return;

static inline void probe_on_signal(int number, siginfo_t *info, void *context)
{
    greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

    probe_last.signal = number;
    probe_last.code = info->si_code;
    probe_last.address = info->si_addr;
    probe_last.vector = (long)regs[REG_TRAPNO];
    probe_last.error = (long)regs[REG_ERR];
    siglongjmp(probe_return, 1);
}

static inline void probe_init(void)
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP};
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_NODEFER};

    action.sa_sigaction = probe_on_signal;
    for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        CHECK(sigaction(numbers[i], &action, NULL) == 0);
}

/* Calls run(argument); what faulted is in probe_last.  Returns the signal. */
static inline int probe(void (*run)(void *), void *argument)
{
    memset(&probe_last, 0, sizeof(probe_last));
    if (sigsetjmp(probe_return, 0) == 0)
        run(argument);
    return probe_last.signal;
}

static inline void probe_do_read(void *address)
{
    (void)*(volatile unsigned char *)address;
}

static inline void probe_do_write(void *address)
{
    *(volatile unsigned char *)address = 0x5a;
}

static inline void probe_do_call(void *address)
{
    ((void (*)(void))address)();
}

static inline int probe_read(const void *address)
{
    return probe(probe_do_read, (void *)(uintptr_t)address);
}

static inline int probe_write(void *address)
{
    return probe(probe_do_write, address);
}

static inline int probe_call(void *address)
{
    return probe(probe_do_call, address);
}

#endif

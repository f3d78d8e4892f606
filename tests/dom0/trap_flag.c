/*
 * trap_flag.c - a process single-steps itself with TF, and uses int3
 * in both encodings: the right number of SIGTRAPs, each at the right place.
 */
#include <signal.h>
#include <sys/syscall.h>
#include <ucontext.h>

#include "check.h"

#define ROUNDS 500

static volatile unsigned traps;
static volatile uintptr_t last_rip;
static volatile int last_code;

extern char stepped_end[], after_int3[], after_int_3[];

static void on_trap(int number, siginfo_t *info, void *context)
{
    (void)number;
    traps++;
    last_code = info->si_code;
    last_rip = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}

/* Sets TF by popf; the trap of each instruction follows it. */
#define SET_TF   "pushf\n orl $0x100, (%%rsp)\n popf\n"
#define CLEAR_TF "pushf\n andl $~0x100, (%%rsp)\n popf\n"

static void step_plain(void)
{
    traps = 0;
    /* 5 nops, pushf, and: the popf that clears TF traps as well (8). */
    __asm__ volatile("lea -256(%%rsp), %%rsp\n" SET_TF
                     "nop\n nop\n nop\n nop\n nop\n" CLEAR_TF
                     "stepped_end: lea 256(%%rsp), %%rsp\n"
                     :
                     :
                     : "cc", "memory");
    CHECK_EQUAL(traps, 8);
    CHECK_EQUAL(last_rip, (uintptr_t)stepped_end);
}

/* Whether the instruction after the system call traps is the CPU's choice. */
static void step_call(void)
{
    long result;

    traps = 0;
    __asm__ volatile("lea -256(%%rsp), %%rsp\n mov %1, %%eax\n" SET_TF
                     "syscall\n nop\n" CLEAR_TF "lea 256(%%rsp), %%rsp\n"
                     : "=&a"(result)
                     : "i"(SYS_getpid)
                     : "rcx", "r11", "cc", "memory");
    CHECK_EQUAL(result, getpid());
    CHECK(traps == 4 || traps == 5);
}

static void step_repeat(void)
{
    static char from[16] = "fifteen letters", to[16];
    void *source = from, *target = to;
    long count = sizeof(from);

    traps = 0;
    memset(to, 0, sizeof(to));
    __asm__ volatile("lea -256(%%rsp), %%rsp\n" SET_TF "rep movsb\n" CLEAR_TF
                     "lea 256(%%rsp), %%rsp\n"
                     : "+S"(source), "+D"(target), "+c"(count)
                     :
                     : "cc", "memory");
    CHECK(memcmp(from, to, sizeof(to)) == 0);
    CHECK(traps >= 4);
}

static void breakpoints(void)
{
    traps = 0;
    __asm__ volatile("int3\n after_int3:");
    CHECK_EQUAL(traps, 1);
    CHECK_EQUAL(last_rip, (uintptr_t)after_int3);
    CHECK_EQUAL(last_code, SI_KERNEL);
    __asm__ volatile(".byte 0xcd, 0x03\n after_int_3:");
    CHECK_EQUAL(traps, 2);
    CHECK_EQUAL(last_rip, (uintptr_t)after_int_3);
}

int main(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    action.sa_sigaction = on_trap;
    CHECK(sigaction(SIGTRAP, &action, NULL) == 0);
    for (int i = 0; i < ROUNDS; i++) {
        step_plain();
        step_call();
        step_repeat();
        breakpoints();
    }
    return pass("%d rounds of self-stepping and int3", ROUNDS);
}

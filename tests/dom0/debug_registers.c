/*
 * debug_registers.c - hardware breakpoints and watchpoints set through
 * PTRACE_POKEUSER stop the traced child, and nobody else.
 */
#include <signal.h>
#include <stddef.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "check.h"

#define ROUNDS 50

#define DR7_ENABLE(n) (1UL << (2 * (n)))
#define DR7_TYPE(n, rw, length)                                                \
    ((unsigned long)((rw) | ((length) << 2)) << (16 + 4 * (n)))
#define LENGTH_1   0
#define LENGTH_4   3
#define LENGTH_8   2
#define RW_EXECUTE 0
#define RW_WRITE   1
#define RW_ACCESS  3

static volatile uint64_t watched_write;
static volatile uint32_t watched_access;

__attribute__((noinline)) static void watched_function(void)
{
    __asm__ volatile("" : : : "memory");
}

static void touch_all(void)
{
    watched_function();
    watched_write = 1;
    (void)watched_write;
    (void)watched_access;
}

static void be_child(void)
{
    CHECK(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
    raise(SIGSTOP);
    for (int i = 0; i < ROUNDS; i++)
        touch_all();
    _exit(0);
}

static long poke(pid_t pid, int number, unsigned long value)
{
    size_t at = offsetof(struct user, u_debugreg) + 8 * (size_t)number;

    return ptrace(PTRACE_POKEUSER, pid, at, value);
}

static unsigned long peek(pid_t pid, int number)
{
    size_t at = offsetof(struct user, u_debugreg) + 8 * (size_t)number;

    errno = 0;
    return (unsigned long)ptrace(PTRACE_PEEKUSER, pid, at, 0);
}

static void arm(pid_t pid)
{
    CHECK(poke(pid, 0, (uintptr_t)watched_function) == 0);
    CHECK(poke(pid, 1, (uintptr_t)&watched_write) == 0);
    CHECK(poke(pid, 2, (uintptr_t)&watched_access) == 0);
    CHECK(poke(pid, 7,
               DR7_ENABLE(0) | DR7_TYPE(0, RW_EXECUTE, LENGTH_1) |
                   DR7_ENABLE(1) | DR7_TYPE(1, RW_WRITE, LENGTH_8) |
                   DR7_ENABLE(2) | DR7_TYPE(2, RW_ACCESS, LENGTH_4)) == 0);
    CHECK_EQUAL(peek(pid, 0), (uintptr_t)watched_function);
    CHECK_EQUAL(peek(pid, 1), (uintptr_t)&watched_write);
}

static void refuse_kernel_addresses(pid_t pid)
{
    CHECK(poke(pid, 3, 0xffff830000000000UL) == -1);
    CHECK(poke(pid, 3, 0xffffffff81000000UL) == -1);
}

static void expect_stop(pid_t pid, int number)
{
    siginfo_t info;
    int status;

    CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFSTOPPED(status));
    CHECK_EQUAL(WSTOPSIG(status), SIGTRAP);
    CHECK_EQUAL(peek(pid, 6) & 0xf, 1UL << number);
    CHECK(ptrace(PTRACE_GETSIGINFO, pid, 0, &info) == 0);
    CHECK_EQUAL(info.si_code, TRAP_HWBKPT);
    CHECK(poke(pid, 6, 0) == 0);
}

int main(void)
{
    int status;
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0)
        be_child();
    CHECK(waitpid(pid, &status, 0) == pid);
    arm(pid);
    refuse_kernel_addresses(pid);
    for (int i = 0; i < ROUNDS; i++) {
        expect_stop(pid, 0);
        touch_all();
        expect_stop(pid, 1);
        expect_stop(pid, 2);
    }
    CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(status, 0);
    return pass("%d stops at a breakpoint and two watchpoints", 3 * ROUNDS);
}

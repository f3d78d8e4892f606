/*
 * ptrace_step.c - a tracer steps a child one instruction at a time: every
 * instruction stops once, also around a system call, and registers can be
 * read and changed in between.
 */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>

#include "check.h"

#define TURNS 100

extern char traced_begin[], traced_call[], traced_after[], traced_end[];

/* 1 + 2 * TURNS instructions, a system call of 2, and one more. */
static void run_traced(void)
{
    __asm__ volatile("traced_begin: mov %0, %%ecx\n"
                     "1: dec %%ecx\n"
                     "   jnz 1b\n"
                     "traced_call: mov %1, %%eax\n"
                     "   syscall\n"
                     "traced_after: mov %%rax, %%r12\n"
                     "traced_end: nop\n"
                     :
                     : "i"(TURNS), "i"(SYS_getpid)
                     : "rax", "rcx", "r11", "r12", "cc", "memory");
}

static void be_child(void)
{
    CHECK(ptrace(PTRACE_TRACEME, 0, 0, 0) == 0);
    raise(SIGSTOP);
    run_traced();
    _exit(0);
}

static void step(pid_t pid, struct user_regs_struct *regs)
{
    int status;

    CHECK(ptrace(PTRACE_SINGLESTEP, pid, 0, 0) == 0);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFSTOPPED(status));
    CHECK_EQUAL(WSTOPSIG(status), SIGTRAP);
    CHECK(ptrace(PTRACE_GETREGS, pid, 0, regs) == 0);
}

static void step_to(pid_t pid, struct user_regs_struct *regs, char *address)
{
    for (int i = 0; i < 100000; i++) {
        if (regs->rip == (uintptr_t)address)
            return;
        step(pid, regs);
    }
    fail("the child never came to %p", (void *)address);
}

static void step_through_loop(pid_t pid, struct user_regs_struct *regs)
{
    unsigned steps = 0;

    step(pid, regs);
    CHECK_EQUAL(regs->rcx, TURNS);
    while (regs->rip != (uintptr_t)traced_call) {
        CHECK(steps <= 2 * TURNS);
        step(pid, regs);
        steps++;
        CHECK_EQUAL(regs->rcx, TURNS - (steps + 1) / 2);
    }
    CHECK_EQUAL(steps, 2 * TURNS);
}

static void step_through_call(pid_t pid, struct user_regs_struct *regs)
{
    step(pid, regs);
    CHECK_EQUAL(regs->rax, SYS_getpid);
    step(pid, regs);
    CHECK_EQUAL(regs->rip, (uintptr_t)traced_after);
    CHECK_EQUAL(regs->rax, pid);
    regs->rax = 0x123456789abcdef0ULL;
    CHECK(ptrace(PTRACE_SETREGS, pid, 0, regs) == 0);
    step(pid, regs);
    CHECK_EQUAL(regs->rip, (uintptr_t)traced_end);
    CHECK_EQUAL(regs->r12, 0x123456789abcdef0ULL);
}

int main(void)
{
    struct user_regs_struct regs;
    int status;
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0)
        be_child();
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFSTOPPED(status));
    CHECK(ptrace(PTRACE_GETREGS, pid, 0, &regs) == 0);
    step_to(pid, &regs, traced_begin);
    step_through_loop(pid, &regs);
    step_through_call(pid, &regs);
    CHECK(ptrace(PTRACE_CONT, pid, 0, 0) == 0);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(status, 0);
    return pass("%d steps, each one instruction", 2 * TURNS + 4);
}

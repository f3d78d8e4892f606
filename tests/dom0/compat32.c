/*
 * compat32.c - a 32-bit static program (built with -m32): system calls by
 * int 0x80 and by the vdso's sysenter or syscall, registers kept over both,
 * thread-local storage, signals, fork, and the way into 64-bit code and back.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"

#define ROUNDS 2000

struct registers {
    uint32_t eax, ebx, ecx, edx, esi, edi, ebp;
};

static uintptr_t vdso_entry __attribute__((used)); /* by name */
static __thread volatile int local = 5;
static sigjmp_buf jump;
static volatile uintptr_t fault_address;

/* getpid; every register but eax holds a value of its own. */
#define CALL(NAME, INSTRUCTION)                                                \
    __attribute__((naked, noinline)) static void NAME(struct registers *r      \
                                                      __attribute__((unused))) \
    {                                                                          \
        __asm__("pushl %ebp\n pushl %ebx\n pushl %esi\n pushl %edi\n"          \
                "pushl 20(%esp)\n"                                             \
                "movl $20, %eax\n movl $0x11111111, %ebx\n"                    \
                "movl $0x22222222, %ecx\n movl $0x33333333, %edx\n"            \
                "movl $0x44444444, %esi\n movl $0x55555555, %edi\n"            \
                "movl $0x66666666, %ebp\n" INSTRUCTION "\n"                    \
                "pushl %edi\n movl 4(%esp), %edi\n"                            \
                "movl %eax, (%edi)\n movl %ebx, 4(%edi)\n"                     \
                "movl %ecx, 8(%edi)\n movl %edx, 12(%edi)\n"                   \
                "movl %esi, 16(%edi)\n popl 20(%edi)\n"                        \
                "movl %ebp, 24(%edi)\n addl $4, %esp\n"                        \
                "popl %edi\n popl %esi\n popl %ebx\n popl %ebp\n ret");        \
    }

CALL(call_by_interrupt, "int $0x80")
CALL(call_by_vdso, "call *vdso_entry")

static void check_call(void (*call)(struct registers *))
{
    struct registers r;

    call(&r);
    CHECK_EQUAL(r.eax, (uint32_t)getpid());
    CHECK_EQUAL(r.ebx, 0x11111111);
    CHECK_EQUAL(r.ecx, 0x22222222);
    CHECK_EQUAL(r.edx, 0x33333333);
    CHECK_EQUAL(r.esi, 0x44444444);
    CHECK_EQUAL(r.edi, 0x55555555);
    CHECK_EQUAL(r.ebp, 0x66666666);
}

static void on_fault(int number, siginfo_t *info, void *unused)
{
    (void)number;
    (void)unused;
    fault_address = (uintptr_t)info->si_addr;
    siglongjmp(jump, 1);
}

static void check_fault(void)
{
    volatile char *const bad = (char *)0x1234;

    fault_address = 0;
    if (sigsetjmp(jump, 1) == 0)
        *bad = 1;
    CHECK_EQUAL(fault_address, 0x1234);
}

/* Runs 64-bit code in this process: a far call to Linux's 64-bit segment. */
static uint32_t call_long_mode(void)
{
    uint32_t result;

    __asm__ volatile("lcall $0x33, $1f\n"
                     "jmp 2f\n"
                     ".code64\n"
                     "1: movabs $0x123456789abcdef0, %%rax\n"
                     "shr $32, %%rax\n"
                     "lretl\n"
                     ".code32\n"
                     "2:\n"
                     : "=a"(result)
                     :
                     : "cc", "memory");
    return result;
}

static void *use_local(void *unused)
{
    for (int i = 0; i < 100; i++) {
        local++;
        sched_yield();
    }
    CHECK_EQUAL(local, 105);
    return unused;
}

static void check_threads(void)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++)
        CHECK(pthread_create(&threads[i], NULL, use_local, NULL) == 0);
    for (int i = 0; i < 4; i++)
        CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK_EQUAL(local, 5);
}

static void check_fork(void)
{
    int status;
    pid_t pid = fork();

    CHECK(pid >= 0);
    if (pid == 0)
        _exit(local);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(WEXITSTATUS(status), 5);
}

int main(void)
{
    struct sigaction action = {.sa_flags = SA_SIGINFO};

    action.sa_sigaction = on_fault;
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    vdso_entry = getauxval(AT_SYSINFO);
    CHECK(vdso_entry != 0);
    for (int i = 0; i < ROUNDS; i++) {
        check_call(call_by_interrupt);
        check_call(call_by_vdso);
        check_fault();
        CHECK_EQUAL(call_long_mode(), 0x12345678);
    }
    check_threads();
    check_fork();
    return pass("32-bit code: %d calls by int 0x80 and by the vdso", ROUNDS);
}

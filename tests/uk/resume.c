/* resume.c - a program that is interrupted goes on with every register and flag
 * as it was, or as a handler changed it. */
/* hosted: yes */
/* expect: 0 failures */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "check.h"

/* Fills the registers, stays in a loop, and sees whether one is another. */
uint64_t keep_registers(uint64_t turns);
__asm__(".text\n"
        "keep_registers:\n"
        "    push %rbx\n push %rbp\n push %r12\n push %r13\n"
        "    push %r14\n push %r15\n"
        "    mov $0x1001, %eax\n mov $0x1002, %ebx\n mov $0x1003, %ecx\n"
        "    mov $0x1004, %edx\n mov $0x1005, %esi\n mov $0x1006, %ebp\n"
        "    mov $0x1007, %r8d\n mov $0x1008, %r9d\n mov $0x1009, %r10d\n"
        "    mov $0x100a, %r11d\n mov $0x100b, %r12d\n mov $0x100c, %r13d\n"
        "    mov $0x100d, %r14d\n mov $0x100e, %r15d\n"
        "1:  stc\n"
        "    .rept 50\n nop\n .endr\n"
        "    jnc 2f\n"
        "    dec %rdi\n"
        "    jnz 1b\n"
        "2:  sub $0x1001, %rax\n sub $0x1002, %rbx\n sub $0x1003, %rcx\n"
        "    sub $0x1004, %rdx\n sub $0x1005, %rsi\n sub $0x1006, %rbp\n"
        "    sub $0x1007, %r8\n sub $0x1008, %r9\n sub $0x1009, %r10\n"
        "    sub $0x100a, %r11\n sub $0x100b, %r12\n sub $0x100c, %r13\n"
        "    sub $0x100d, %r14\n sub $0x100e, %r15\n"
        "    or %rdi, %rax\n or %rbx, %rax\n or %rcx, %rax\n"
        "    or %rdx, %rax\n or %rsi, %rax\n or %rbp, %rax\n"
        "    or %r8, %rax\n or %r9, %rax\n or %r10, %rax\n"
        "    or %r11, %rax\n or %r12, %rax\n or %r13, %rax\n"
        "    or %r14, %rax\n or %r15, %rax\n"
        "    pop %r15\n pop %r14\n pop %r13\n pop %r12\n"
        "    pop %rbp\n pop %rbx\n"
        "    ret\n");

static volatile sig_atomic_t ticks, steps, done_with;
static sigjmp_buf back;

static void tick(int signal)
{
    (void)signal;
    ticks++;
}

static void *other(void *unused)
{
    while (!done_with)
        if (keep_registers(1000))
            return (void *)1;
    return unused;
}

static void while_interrupted(void)
{
    struct itimerval often = {{0, 300}, {0, 300}}, never = {{0, 0}, {0, 0}};
    pthread_t t;
    void *result = NULL;

    signal(SIGALRM, tick);
    CHECK(pthread_create(&t, NULL, other, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    while (ticks < 500)
        if (keep_registers(1000)) {
            CHECK(!"kept");
            break;
        }
    CHECK(setitimer(ITIMER_REAL, &never, NULL) == 0);
    done_with = 1;
    CHECK(pthread_join(t, &result) == 0 && result == NULL);
}

/* Behind an instruction that faults, with other contents of a register. */
static void change(int signal, siginfo_t *info, void *context)
{
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;

    (void)signal, (void)info;
    r[REG_RIP] += 2;
    r[REG_RAX] = 0x1234;
    r[REG_EFL] |= 1;
}

static void as_changed(void)
{
    struct sigaction a = {.sa_sigaction = change, .sa_flags = SA_SIGINFO};
    uint64_t rax = 1;
    char carry = 0;

    CHECK(sigaction(SIGILL, &a, NULL) == 0);
    __asm__ volatile("clc; ud2; setc %1" : "+a"(rax), "=r"(carry) : : "cc");
    CHECK(rax == 0x1234 && carry == 1);
}

static void step(int signal, siginfo_t *info, void *context)
{
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;

    (void)signal, (void)info;
    if (++steps == 20)
        r[REG_EFL] &= ~0x100L;
}

static void in_single_steps(void)
{
    struct sigaction a = {.sa_sigaction = step, .sa_flags = SA_SIGINFO};
    uint64_t n = 0;

    CHECK(sigaction(SIGTRAP, &a, NULL) == 0);
    __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq\n"
                     ".rept 50\n inc %0\n .endr"
                     : "+r"(n)
                     :
                     : "cc");
    CHECK(n == 50 && steps == 20);
}

static void jump_away(int signal, siginfo_t *info, void *context)
{
    greg_t *r = ((ucontext_t *)context)->uc_mcontext.gregs;

    (void)info;
    if (signal == SIGSEGV)
        siglongjmp(back, 1);
    r[REG_RIP] = 16;
}

static void to_nowhere(void)
{
    struct sigaction a = {.sa_sigaction = jump_away, .sa_flags = SA_SIGINFO};

    CHECK(sigaction(SIGILL, &a, NULL) == 0);
    CHECK(sigaction(SIGSEGV, &a, NULL) == 0);
    if (sigsetjmp(back, 1) == 0) {
        __asm__ volatile("ud2");
        CHECK(!"reached");
    }
}

/* Every bit of MXCSR that the processor says it has, DAZ too. */
static void with_mxcsr(void)
{
    static _Alignas(16) char image[512];
    uint32_t before, all, after = 0;

    __asm__ volatile("fxsave %0" : "=m"(image));
    memcpy(&all, image + 28, sizeof(all));
    all = all ? all : 0xffbf;
    __asm__ volatile("stmxcsr %0" : "=m"(before));
    signal(SIGUSR1, tick);
    ticks = 0;
    __asm__ volatile("ldmxcsr %0" : : "m"(all));
    raise(SIGUSR1);
    __asm__ volatile("stmxcsr %0" : "=m"(after));
    __asm__ volatile("ldmxcsr %0" : : "m"(before));
    CHECK(ticks == 1 && after == all);
}

int main(void)
{
    with_mxcsr();
    while_interrupted();
    as_changed();
    in_single_steps();
    to_nowhere();
    return done();
}

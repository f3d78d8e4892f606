/*
 * syscall_abi.c - a system call keeps every register but rax, rcx and r11,
 * and the flags AC, ID and NT (DF where it is safe to try), whether it returns
 * by sysret or iret, with and without a switch of process in between; so do
 * page faults and signals.
 */
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "check.h"

#define ROUNDS 10000

#define FLAG_CF (1UL << 0)
#define FLAG_DF (1UL << 10)
#define FLAG_OF (1UL << 11)
#define FLAG_NT (1UL << 14)
#define FLAG_AC (1UL << 18)
#define FLAG_ID (1UL << 21)

enum {
    RAX,
    RBX,
    RCX,
    RDX,
    RSI,
    RDI,
    RBP,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15,
    RFLAGS,
    REGISTERS
};

static volatile sig_atomic_t alarms;
static uint64_t flags_tried = FLAG_CF | FLAG_OF | FLAG_NT | FLAG_AC | FLAG_ID;

/*
 * Loads all registers from `in`, runs one instruction sequence, stores all to
 * `out`.  in[RFLAGS] goes through popf.
 */
#define WITH_REGISTERS(NAME, CODE)                                             \
    __attribute__((naked, noinline)) static void NAME(                         \
        const uint64_t *in __attribute__((unused)),                            \
        uint64_t *out __attribute__((unused)))                                 \
    {                                                                          \
        __asm__("push %rbx\n push %rbp\n push %r12\n push %r13\n"              \
                "push %r14\n push %r15\n push %rsi\n"                          \
                "push 120(%rdi)\n"                                             \
                "mov (%rdi), %rax\n mov 8(%rdi), %rbx\n"                       \
                "mov 16(%rdi), %rcx\n mov 24(%rdi), %rdx\n"                    \
                "mov 32(%rdi), %rsi\n mov 48(%rdi), %rbp\n"                    \
                "mov 56(%rdi), %r8\n mov 64(%rdi), %r9\n"                      \
                "mov 72(%rdi), %r10\n mov 80(%rdi), %r11\n"                    \
                "mov 88(%rdi), %r12\n mov 96(%rdi), %r13\n"                    \
                "mov 104(%rdi), %r14\n mov 112(%rdi), %r15\n"                  \
                "mov 40(%rdi), %rdi\n popf\n" CODE "\n"                        \
                "pushf\n push %rdi\n mov 16(%rsp), %rdi\n"                     \
                "mov %rax, (%rdi)\n mov %rbx, 8(%rdi)\n"                       \
                "mov %rcx, 16(%rdi)\n mov %rdx, 24(%rdi)\n"                    \
                "mov %rsi, 32(%rdi)\n pop 40(%rdi)\n"                          \
                "mov %rbp, 48(%rdi)\n mov %r8, 56(%rdi)\n"                     \
                "mov %r9, 64(%rdi)\n mov %r10, 72(%rdi)\n"                     \
                "mov %r11, 80(%rdi)\n mov %r12, 88(%rdi)\n"                    \
                "mov %r13, 96(%rdi)\n mov %r14, 104(%rdi)\n"                   \
                "mov %r15, 112(%rdi)\n pop 120(%rdi)\n"                        \
                "push $0x202\n popf\n pop %rsi\n"                              \
                "pop %r15\n pop %r14\n pop %r13\n pop %r12\n"                  \
                "pop %rbp\n pop %rbx\n ret");                                  \
    }

WITH_REGISTERS(do_syscall, "syscall")
WITH_REGISTERS(do_int80, "int $0x80")
WITH_REGISTERS(do_load, "movb (%r15), %r14b")

static void randomize(uint64_t *registers, uint64_t *seed)
{
    for (int i = 0; i < RFLAGS; i++)
        registers[i] = next_random(seed);
    registers[RFLAGS] = 0x202 | (next_random(seed) & flags_tried);
}

/* `clobbered` is a set of register numbers. */
static void compare(const char *what, const uint64_t *in, const uint64_t *out,
                    unsigned clobbered)
{
    for (int i = 0; i < REGISTERS; i++)
        if (in[i] != out[i] && !(clobbered & 1u << i))
            fail("%s: register %d is %#lx, not %#lx", what, i, out[i], in[i]);
}

#define BY_SYSCALL (1u << RAX | 1u << RCX | 1u << R11)

static void check_syscall(const char *what, long number, uint64_t argument,
                          uint64_t wanted, uint64_t *seed)
{
    uint64_t in[REGISTERS], out[REGISTERS];

    randomize(in, seed);
    in[RAX] = (uint64_t)number;
    in[RDI] = argument;
    in[RSI] = 0;
    do_syscall(in, out);
    compare(what, in, out, BY_SYSCALL);
    CHECK_EQUAL(out[RAX], wanted);
}

/* A 32-bit call clears r8 to r11 on its way in; ABI of entry_INT80_compat. */
static void check_int80(uint64_t *seed)
{
    uint64_t in[REGISTERS], out[REGISTERS];

    randomize(in, seed);
    in[RAX] = 20; /* getpid */
    do_int80(in, out);
    compare("int 0x80", in, out,
            1u << RAX | 1u << R8 | 1u << R9 | 1u << R10 | 1u << R11);
    CHECK_EQUAL(out[RAX], getpid());
}

static void check_fault(unsigned char *page, uint64_t *seed)
{
    uint64_t in[REGISTERS], out[REGISTERS];

    CHECK(madvise(page, PAGE_BYTES, MADV_DONTNEED) == 0);
    randomize(in, seed);
    in[R15] = (uintptr_t)page;
    do_load(in, out);
    compare("page fault", in, out, 1u << R14);
    CHECK_EQUAL(out[R14], in[R14] & ~0xffUL);
}

static void on_alarm(int number)
{
    (void)number;
    alarms++;
}

static void start_alarms(void)
{
    struct sigaction action = {.sa_handler = on_alarm, .sa_flags = SA_RESTART};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGALRM};
    struct itimerspec every = {{0, 3000000}, {0, 3000000}};
    timer_t timer;

    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &every, NULL) == 0);
}

int main(void)
{
    unsigned char *page = map_anonymous(PAGE_BYTES);
    uint64_t seed = 0x853c49e6748fea9bULL;
    struct timespec wait = {0, 1000};
    pid_t pid = fork();

    /*
     * Xen 4.17 hands a system call to its guest kernel with the user's DF
     * still set, unlike a CPU: Linux copies backwards, signal frames break.
     */
    if (!runs_on_xen())
        flags_tried |= FLAG_DF;
    CHECK(pid >= 0);
    if (pid == 0)
        for (;;)
            sched_yield();
    start_alarms();
    for (int i = 0; i < ROUNDS; i++) {
        check_syscall("getpid", SYS_getpid, 0, (uint64_t)getpid(), &seed);
        check_syscall("no such call", 9999, 0, (uint64_t)-ENOSYS, &seed);
        check_syscall("sched_yield", SYS_sched_yield, 0, 0, &seed);
        check_int80(&seed);
        check_fault(page, &seed);
        if (i % 50 == 0) {
            CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &wait, NULL) != EFAULT);
        }
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    CHECK(alarms > 0);
    return pass("registers and flags%s kept over %d calls, int 0x80 and "
                "faults (%d signals between)",
                flags_tried & FLAG_DF ? ", DF too," : " but DF", 3 * ROUNDS,
                (int)alarms);
}

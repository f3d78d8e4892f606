/* events.c - signals, timers, and hypercalls through privcmd. */
#include "pvbench.h"

static void h_nop(int s)
{
    (void)s;
}
static void h_skip(int s, siginfo_t *i, void *c)
{
    (void)s;
    (void)i;
    ((ucontext_t *)c)->uc_mcontext.gregs[REG_RIP] += 7;
}
static void h_nopi(int s, siginfo_t *i, void *c)
{
    (void)s;
    (void)i;
    (void)c;
}
void b_signal(long n)
{
    struct sigaction sa = {.sa_handler = h_nop}, old;
    sigaction(SIGUSR1, &sa, &old);
    pid_t me = getpid();
    START();
    for (long i = 0; i < n; i++)
        sc2(SYS_kill, me, SIGUSR1);
    STOP();
    sigaction(SIGUSR1, &old, 0);
}
void b_segv(long n)
{
    struct sigaction sa = {.sa_sigaction = h_skip, .sa_flags = SA_SIGINFO}, old;
    sigaction(SIGSEGV, &sa, &old);
    /* movb $0,(%rax): make it exactly 7 bytes with a disp32: c6 80 disp32 ib */
    START();
    for (long i = 0; i < n; i++)
        asm volatile(".byte 0xc6,0x80,0,0,0,0,0" : : "a"(16UL) : "memory");
    STOP();
    sigaction(SIGSEGV, &old, 0);
}
void b_int3(long n)
{
    struct sigaction sa = {.sa_sigaction = h_nopi, .sa_flags = SA_SIGINFO}, old;
    sigaction(SIGTRAP, &sa, &old);
    START();
    for (long i = 0; i < n; i++)
        asm volatile("int3");
    STOP();
    sigaction(SIGTRAP, &old, 0);
}

/* reports the mean elapsed time; the summary subtracts 100000 */
void b_nanosleep(long n)
{
    struct timespec ts = {0, 100000};
    prctl(PR_SET_TIMERSLACK, 1);
    START();
    for (long i = 0; i < n; i++)
        nanosleep(&ts, 0);
    STOP();
}

struct privcmd_hcall {
    u64 op, arg[5];
};
#define PRIVCMD_HYPERCALL _IOC(_IOC_NONE, 'P', 0, sizeof(struct privcmd_hcall))
int pfd = -1;
/* the cost of the ioctl path alone (unknown command) */
void b_hc_ioctl(long n)
{
    struct privcmd_hcall h = {0};
    START();
    for (long i = 0; i < n; i++)
        sc3(SYS_ioctl, pfd, _IOC(_IOC_NONE, 'P', 99, 0), (long)&h);
    STOP();
}
static void hcn(long n, u64 op, u64 a0, u64 a1, u64 a2, u64 a3)
{
    struct privcmd_hcall h = {op, {a0, a1, a2, a3, 0}};
    long r = ioctl(pfd, PRIVCMD_HYPERCALL, &h);
    static u64 seen;
    if (!(seen & (1ULL << (cur & 63)))) {
        seen |= 1ULL << (cur & 63);
        printf("# hcall op %lu -> %ld (errno %d)\n", (long)op, r,
               r < 0 ? errno : 0);
    }
    START();
    for (long i = 0; i < n; i++)
        sc3(SYS_ioctl, pfd, PRIVCMD_HYPERCALL, (long)&h);
    STOP();
}
void b_hc_bad(long n)
{
    hcn(n, 50, 0, 0, 0, 0);
} /* -ENOSYS */
void b_hc_version(long n)
{
    hcn(n, 17, 0, 0, 0, 0);
} /* xen_version(version) */
void b_hc_evtchn(long n)
{
    hcn(n, 32, 99, 0, 0, 0);
} /* event_channel_op(bad cmd) */
void b_hc_yield(long n)
{
    hcn(n, 29, 0, 0, 0, 0);
} /* sched_op(yield) */
void b_hc_mmu0(long n)
{
    hcn(n, 1, 0, 0, 0, 0x7ff0);
} /* mmu_update, 0 requests */
static struct mc {
    u64 op, result, args[6];
} * mcl;
/* multicall of 10 xen_version */
void b_hc_multi10(long n)
{
    if (!mcl)
        mcl = (void *)anon(PG);
    for (int i = 0; i < 10; i++)
        mcl[i] = (struct mc){.op = 17};
    hcn(n, 13, (u64)(uintptr_t)mcl, 10, 0, 0);
}

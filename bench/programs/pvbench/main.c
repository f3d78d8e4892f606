/*
 * pvbench - micro benchmarks for comparing native Linux, PV dom0 and PV domU.
 *
 * Times are TSC ticks.  Under QEMU "-icount shift=0,sleep=off" the TSC runs at
 * 1 GHz and advances by exactly one tick per executed guest instruction, so
 * every "ns" is one instruction (of user + guest kernel + hypervisor), plus
 * the jumps over real idle time.
 *
 *   pvbench micro [-s SCALE%] [-r REPETITIONS] [-p] [NAME...]
 *       the small benchmarks; -p: hypercalls through privcmd as well
 *   pvbench smp CPUS NAME...   by a process on each of so many CPUs at once
 *   pvbench list               their names
 *   pvbench tsc LABEL [K]      print the TSC, execute mark 240+K
 *   pvbench seed               credit fixed entropy to the kernel
 *   pvbench blk DEVICE [MIB]   O_DIRECT reads and writes
 *   pvbench tcpsrv PORT        server for tcpcli (runs once)
 *   pvbench tcpcli IP PORT [MIB]   streams both ways, ping-pong
 *
 * Each measured section is bracketed by executing a magic NOP
 * (0f 1f 84 00 <0x50564d00+2*id+{0,1}>), which does nothing by itself but lets
 * the hvprof TCG plugin take counter snapshots.
 */
#include "pvbench.h"

unsigned cur;
u64 t_acc, t_beg;

asm(".text\n.balign 16\n.globl pvmark_tab\npvmark_tab:\n.set i,0\n"
    ".rept 256\n.byte 0x0f,0x1f,0x84,0x00\n.long 0x50564d00+i\nret\n"
    ".balign 16,0x90\n.set i,i+1\n.endr\n");

static struct bench {
    const char *name;
    void (*fn)(long);
    long n;
    int hc;
    const char *what;
} B[] = {
    {"null_loop", b_null, 1000000, 0, "empty user loop, per iteration"},
    {"memcpy_1M", b_memcpy, 4, 0, "user copy of 1 MiB"},
    {"spin_2M", b_spin, 100, 0, "2M-instruction user spin (tick overhead)"},
    {"rdtsc", b_rdtsc, 10000, 0, "rdtsc"},
    {"cpuid", b_cpuid, 10000, 0, "cpuid(0) in user space"},
    {"getpid", b_getpid, 10000, 0, "getpid, raw syscall"},
    {"clock_vdso", b_gtod_vdso, 10000, 0,
     "clock_gettime(MONOTONIC), libc/vdso"},
    {"clock_sys", b_gtod_sys, 10000, 0,
     "clock_gettime(MONOTONIC), raw syscall"},
    {"gtod_sys", b_gettimeofday_sys, 10000, 0, "gettimeofday, raw syscall"},
    {"read_zero", b_read_zero, 10000, 0, "read(/dev/zero, 1)"},
    {"write_null", b_write_null, 10000, 0, "write(/dev/null, 1)"},
    {"stat", b_stat, 4000, 0, "stat(/dev/null)"},
    {"open_close", b_openclose, 4000, 0, "open+close(/dev/null)"},
    {"poll_100", b_poll100, 1000, 0, "poll of 100 pipes, no wait"},
    {"arch_set_gs", b_set_fs, 4000, 0, "arch_prctl(ARCH_SET_GS)"},
    {"pipe_self", b_pipe_self, 4000, 0, "pipe write+read 1 byte, one process"},
    {"pipe_pp", b_pipe_pp, 2000, 0,
     "pipe ping-pong, 2 processes, round trip (2 switches)"},
    {"unix_pp", b_unix_pp, 2000, 0,
     "AF_UNIX ping-pong, round trip (2 switches)"},
    {"tcp_pp", b_tcp_pp, 500, 0, "TCP loopback ping-pong, round trip"},
    {"tcp_stream", b_tcp_stream, 8, 0, "TCP loopback stream, per MiB"},
    {"yield_pp", b_yield_pp, 2000, 0,
     "sched_yield with 2 runnable processes (rarely switches)"},
    {"futex_pp", b_futex_pp, 2000, 0,
     "futex ping-pong, 2 threads, round trip (2 switches)"},
    {"thread", b_thread, 200, 0, "pthread create+join"},
    {"fork_exit", b_fork, 100, 0, "fork+exit+wait (small static process)"},
    {"fork16M", b_fork16m, 1, 0, "fork+exit+wait, 16 MiB freshly written"},
    {"vfork_exit", b_vfork, 200, 0, "vfork+exit+wait"},
    {"fork_exec", b_forkexec, 50, 0, "fork+exec(static)+exit+wait"},
    {"anon_fault", b_anon, 2048, 0, "anonymous first-touch fault, per 4K page"},
    {"anon_thp", b_anon_thp, 2048, 0,
     "the same, huge pages wanted (madvise), per 4K"},
    {"zero_fault", b_zeropage, 2048, 0,
     "anonymous read fault (zero page), per page"},
    {"cow_fault", b_cow, 2048, 0, "copy-on-write fault after fork, per page"},
    {"unmap_page", b_munmap_touched, 2048, 0,
     "munmap of touched pages, per page"},
    {"file_rd", b_file_rd, 2048, 0,
     "tmpfs file read fault, per page (16-page fault-around)"},
    {"file_wr", b_file_wr, 2048, 0, "tmpfs shared write fault, per page"},
    {"mmap_unmap", b_mmap, 2000, 0, "mmap+munmap, untouched"},
    {"mmap_touch", b_mmap_touch, 2000, 0, "mmap+touch+munmap, one page"},
    {"mprotect_1", b_mprotect1, 2000, 0, "mprotect RO+RW pair, 1 page"},
    {"mprotect_256", b_mprotect256, 100, 0, "mprotect RO+RW pair, 256 pages"},
    {"wprot_fault", b_wprot_fault, 2000, 0,
     "mprotect RO+RW pair + write to the page"},
    {"signal", b_signal, 2000, 0, "kill(self)+handler+sigreturn"},
    {"segv", b_segv, 2000, 0, "SIGSEGV+handler+sigreturn"},
    {"int3", b_int3, 2000, 0, "int3+SIGTRAP handler+sigreturn"},
    {"nanosleep_100us", b_nanosleep, 100, 0, "nanosleep(100us), elapsed"},
    {"hc_ioctl", b_hc_ioctl, 4000, 1, "privcmd: unknown ioctl (baseline)"},
    {"hc_bad", b_hc_bad, 4000, 1, "privcmd: unknown hypercall"},
    {"hc_version", b_hc_version, 4000, 1, "privcmd: xen_version(0)"},
    {"hc_evtchn", b_hc_evtchn, 4000, 1, "privcmd: event_channel_op(bad)"},
    {"hc_yield", b_hc_yield, 4000, 1, "privcmd: sched_op(yield)"},
    {"hc_mmu0", b_hc_mmu0, 4000, 1, "privcmd: mmu_update(0 entries)"},
    {"hc_multi10", b_hc_multi10, 1000, 1,
     "privcmd: multicall of 10 xen_version"},
};
#define NB (int)(sizeof B / sizeof B[0])

static int micro(int argc, char **argv)
{
    long scale = 100;
    int reps = 5, hc = 0, i = 0;
    static u64 res[64][16];
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (!strcmp(argv[i], "-s"))
            scale = atol(argv[++i]);
        else if (!strcmp(argv[i], "-r"))
            reps = atoi(argv[++i]);
        else if (!strcmp(argv[i], "-p"))
            hc = 1;
    }
    if (reps > 16)
        reps = 16;
    if (hc) {
        pfd = open("/dev/xen/privcmd", O_RDWR);
        if (pfd < 0)
            hc = 0;
    }
    struct timespec a, b;
    u64 t0 = rdtsc();
    clock_gettime(CLOCK_MONOTONIC, &a);
    do
        clock_gettime(CLOCK_MONOTONIC, &b);
    while ((b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec <
           10000000);
    t0 = rdtsc() - t0;
    printf("# tsc ticks per monotonic us: %.3f\n",
           t0 * 1000.0 / ((b.tv_sec - a.tv_sec) * 1e9 + b.tv_nsec - a.tv_nsec));
    fflush(stdout);
    static char done[64];
    static long nn[64];
    for (int k = 0; k < NB; k++) {
        int want = i >= argc;
        for (int j = i; j < argc; j++)
            want |= !strcmp(argv[j], B[k].name);
        if (!want || (B[k].hc && !hc))
            continue;
        long n = B[k].n * scale / 100;
        if (n < 1)
            n = 1;
        nn[k] = n;
        cur = 127;
        B[k].fn(n / 10 + 1); /* warm up, unnamed */
        cur = k;
        for (int r = 0; r < reps; r++) {
            B[k].fn(n);
            res[k][r] = t_acc;
        }
        done[k] = 1;
    }
    for (int k = 0; k < NB; k++) {
        if (!done[k])
            continue;
        u64 mn = -1, sum = 0;
        for (int r = 0; r < reps; r++) {
            sum += res[k][r];
            if (res[k][r] < mn)
                mn = res[k][r];
        }
        printf("R %d %s n=%ld reps=%d min=%.2f mean=%.2f\n", k, B[k].name,
               nn[k], reps, (double)mn / nn[k], (double)sum / reps / nn[k]);
    }
    fflush(stdout);
    return 0;
}

/* The copy leaves 2 MB mapped, which is what a process here has to be forked.
 */
static int on_cpus(int cpus, int argc, char **argv)
{
    cur = 127;
    b_memcpy(1);
    for (int i = 0; i < argc; i++)
        for (int k = 0; k < NB; k++)
            if (!strcmp(argv[i], B[k].name))
                smp(B[k].name, cpus, 5, B[k].fn, B[k].n);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "nop"))
        return 0;
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, 0, _IOFBF, 16384);
    if (argc > 1 &&
        !strcmp(argv[1], "seed")) { /* fixed entropy: getrandom() never waits,
                                       and runs stay repeatable */
        struct {
            int bits, size;
            unsigned char buf[512];
        } e = {4096, 512, {0}};
        for (int i = 0; i < 512; i++)
            e.buf[i] = i * 7 + 1;
        int fd = open("/dev/random", O_RDWR);
        return fd < 0 || ioctl(fd, _IOW('R', 3, int[2]), &e) ? 1 : 0;
    }
    if (argc > 2 && !strcmp(argv[1], "tsc")) {
        mark(240 + (argc > 3 ? atoi(argv[3]) : 0));
        printf("TSC %s %llu\n", argv[2], (unsigned long long)rdtsc());
        fflush(stdout);
        return 0;
    }
    if (argc > 2 && !strcmp(argv[1], "blk"))
        return blk(argv[2], argc > 3 ? atol(argv[3]) : 64);
    if (argc > 2 && !strcmp(argv[1], "tcpsrv"))
        return tcpsrv(atoi(argv[2]));
    if (argc > 3 && !strcmp(argv[1], "tcpcli"))
        return tcpcli(argv[2], atoi(argv[3]), argc > 4 ? atol(argv[4]) : 8);
    if (argc > 1 && !strcmp(argv[1], "list")) {
        for (int k = 0; k < NB; k++)
            printf("L %d %s | %s\n", k, B[k].name, B[k].what);
        return 0;
    }
    if (argc > 2 && !strcmp(argv[1], "smp"))
        return on_cpus(atoi(argv[2]), argc - 3, argv + 3);
    if (argc > 1 && !strcmp(argv[1], "micro"))
        return micro(argc - 2, argv + 2);
    printf("usage: see the source\n");
    return 2;
}

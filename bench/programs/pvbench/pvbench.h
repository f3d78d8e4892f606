/*
 * pvbench.h - what the benchmarks share: marks for the plugin, the clock, raw
 * system calls and memory.
 *
 * A benchmark b_NAME(n) performs its operation n times between START() and
 * STOP(); t_acc is what that took.
 */
#ifndef BENCH_PVBENCH_H
#define BENCH_PVBENCH_H

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

typedef uint64_t u64;
#ifndef FUTEX_WAIT_PRIVATE
#define FUTEX_WAIT_PRIVATE 128
#define FUTEX_WAKE_PRIVATE 129
#endif

/* Entry k is the magic NOP of mark k and a return. */
extern char pvmark_tab[];
static inline void mark(unsigned k)
{
    ((void (*)(void))(pvmark_tab + 16 * (k & 255)))();
}

static inline u64 rdtsc(void)
{
    uint32_t a, d;
    asm volatile("rdtsc" : "=a"(a), "=d"(d) : : "memory");
    return (u64)d << 32 | a;
}

extern unsigned cur;     /* id of the running benchmark */
extern u64 t_acc, t_beg; /* its duration, when it began */
#define START()                                                                \
    do {                                                                       \
        mark(2 * cur);                                                         \
        t_beg = rdtsc();                                                       \
    } while (0)
#define STOP()                                                                 \
    do {                                                                       \
        t_acc = rdtsc() - t_beg;                                               \
        mark(2 * cur + 1);                                                     \
    } while (0)

__attribute__((noreturn)) static inline void die(const char *s)
{
    printf("FAIL %s: %s\n", s, strerror(errno));
    fflush(stdout);
    _exit(1);
}
#define CK(x)                                                                  \
    ({                                                                         \
        __typeof__(x) r_ = (x);                                                \
        if (r_ == (__typeof__(x))-1)                                           \
            die(#x);                                                           \
        r_;                                                                    \
    })

#define PG 4096UL
static inline char *anon(size_t n)
{
    char *p =
        mmap(0, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED)
        die("mmap");
    return p;
}
/* 2 MiB aligned anonymous area of n bytes (n multiple of 2 MiB) */
static inline char *anon2m(size_t n)
{
    size_t m = 2UL << 20;
    char *p = anon(n + m), *q = (char *)(((uintptr_t)p + m - 1) & ~(m - 1));
    if (q > p)
        munmap(p, q - p);
    munmap(q + n, (p + n + m) - (q + n));
    return q;
}
static inline void touch(volatile char *p, size_t n)
{
    for (size_t i = 0; i < n; i += PG)
        p[i] = 1;
}

static inline long sc0(long nr)
{
    long r;
    asm volatile("syscall" : "=a"(r) : "0"(nr) : "rcx", "r11", "memory");
    return r;
}
static inline long sc2(long nr, long a, long b)
{
    long r;
    asm volatile("syscall"
                 : "=a"(r)
                 : "0"(nr), "D"(a), "S"(b)
                 : "rcx", "r11", "memory");
    return r;
}
static inline long sc3(long nr, long a, long b, long c)
{
    long r;
    asm volatile("syscall"
                 : "=a"(r)
                 : "0"(nr), "D"(a), "S"(b), "d"(c)
                 : "rcx", "r11", "memory");
    return r;
}

void b_null(long n);
void b_memcpy(long n);
void b_spin(long n);
void b_rdtsc(long n);
void b_cpuid(long n);
void b_getpid(long n);
void b_gtod_vdso(long n);
void b_gtod_sys(long n);
void b_gettimeofday_sys(long n);
void b_read_zero(long n);
void b_write_null(long n);
void b_stat(long n);
void b_openclose(long n);
void b_poll100(long n);
void b_set_fs(long n);
void b_pipe_self(long n);
void b_pipe_pp(long n);
void b_unix_pp(long n);
void b_tcp_pp(long n);
void b_tcp_stream(long n);
void b_yield_pp(long n);
void b_futex_pp(long n);
void b_thread(long n);
void b_fork(long n);
void b_fork16m(long n);
void b_vfork(long n);
void b_forkexec(long n);
void b_anon(long n);
void b_anon_thp(long n);
void b_zeropage(long n);
void b_cow(long n);
void b_munmap_touched(long n);
void b_file_rd(long n);
void b_file_wr(long n);
void b_mmap(long n);
void b_mmap_touch(long n);
void b_mprotect1(long n);
void b_mprotect256(long n);
void b_wprot_fault(long n);
void b_signal(long n);
void b_segv(long n);
void b_int3(long n);
void b_nanosleep(long n);
void b_hc_ioctl(long n);
void b_hc_bad(long n);
void b_hc_version(long n);
void b_hc_evtchn(long n);
void b_hc_yield(long n);
void b_hc_mmu0(long n);
void b_hc_multi10(long n);

/* Open on /dev/xen/privcmd while hypercalls are measured. */
extern int pfd;

/* The least of reps runs, by `cpus` processes at once: prints the ticks of each
 * one's each operation. */
void smp(const char *name, int cpus, int reps, void (*fn)(long), long n);
int blk(const char *dev, long mib);
int tcpsrv(int port);
int tcpcli(const char *ip, int port, long mib);

#define ID_BLK 100
#define ID_NET 110

#endif

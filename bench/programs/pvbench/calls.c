/* calls.c - computation without the kernel, and plain system calls. */
#include "pvbench.h"

void b_null(long n)
{
    START();
    for (long i = 0; i < n; i++)
        asm volatile("");
    STOP();
}
void b_memcpy(long n)
{
    static char *a, *b;
    if (!a) {
        a = anon(1 << 20);
        b = anon(1 << 20);
        touch(a, 1 << 20);
        touch(b, 1 << 20);
    }
    START();
    for (long i = 0; i < n; i++) {
        /* explicit 64-byte loop: independent of libc and of rep movs */
        u64 *d = (u64 *)b, *s = (u64 *)a;
        for (long k = 0; k < (1 << 20) / 8; k += 8) {
            u64 x0 = s[k], x1 = s[k + 1], x2 = s[k + 2], x3 = s[k + 3];
            u64 x4 = s[k + 4], x5 = s[k + 5], x6 = s[k + 6], x7 = s[k + 7];
            d[k] = x0;
            d[k + 1] = x1;
            d[k + 2] = x2;
            d[k + 3] = x3;
            d[k + 4] = x4;
            d[k + 5] = x5;
            d[k + 6] = x6;
            d[k + 7] = x7;
            asm volatile("" ::: "memory");
        }
    }
    STOP();
}
/* n ticks of 1M loop iterations of exactly 2 instructions */
void b_spin(long n)
{
    START();
    for (long i = 0; i < n; i++) {
        long c = 1000000;
        asm volatile("1: dec %0; jnz 1b" : "+r"(c) : : "cc");
    }
    STOP();
}
void b_rdtsc(long n)
{
    START();
    for (long i = 0; i < n; i++)
        rdtsc();
    STOP();
}
void b_cpuid(long n)
{
    START();
    for (long i = 0; i < n; i++) {
        unsigned a = 0, b, c = 0, d;
        asm volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    }
    STOP();
}

void b_getpid(long n)
{
    START();
    for (long i = 0; i < n; i++)
        sc0(SYS_getpid);
    STOP();
}
void b_gtod_vdso(long n)
{
    struct timespec ts;
    clock_gettime(CLOCK_MONOTONIC, &ts);
    START();
    for (long i = 0; i < n; i++)
        clock_gettime(CLOCK_MONOTONIC, &ts);
    STOP();
}
void b_gtod_sys(long n)
{
    struct timespec ts;
    START();
    for (long i = 0; i < n; i++)
        sc2(SYS_clock_gettime, CLOCK_MONOTONIC, (long)&ts);
    STOP();
}
void b_gettimeofday_sys(long n)
{
    struct timeval tv;
    START();
    for (long i = 0; i < n; i++)
        sc2(SYS_gettimeofday, (long)&tv, 0);
    STOP();
}
void b_read_zero(long n)
{
    char c;
    int fd = CK(open("/dev/zero", O_RDONLY));
    START();
    for (long i = 0; i < n; i++)
        sc3(SYS_read, fd, (long)&c, 1);
    STOP();
    close(fd);
}
void b_write_null(long n)
{
    char c = 0;
    int fd = CK(open("/dev/null", O_WRONLY));
    START();
    for (long i = 0; i < n; i++)
        sc3(SYS_write, fd, (long)&c, 1);
    STOP();
    close(fd);
}
void b_stat(long n)
{
    struct stat st;
    START();
    for (long i = 0; i < n; i++)
        sc2(SYS_stat, (long)"/dev/null", (long)&st);
    STOP();
}
void b_openclose(long n)
{
    START();
    for (long i = 0; i < n; i++) {
        long fd = sc3(SYS_open, (long)"/dev/null", O_RDONLY, 0);
        sc2(SYS_close, fd, 0);
    }
    STOP();
}
void b_poll100(long n)
{
    struct pollfd p[100];
    int fds[2];
    CK(pipe(fds));
    for (int i = 0; i < 100; i++)
        p[i] = (struct pollfd){.fd = fds[0], .events = POLLIN};
    START();
    for (long i = 0; i < n; i++)
        sc3(SYS_poll, (long)p, 100, 0);
    STOP();
    close(fds[0]);
    close(fds[1]);
}
void b_set_fs(long n)
{
    unsigned long old;
    sc2(SYS_arch_prctl, 0x1004 /* GET_GS */, (long)&old);
    START();
    for (long i = 0; i < n; i++)
        sc2(SYS_arch_prctl, 0x1001 /* SET_GS */, 0x12340000);
    STOP();
    sc2(SYS_arch_prctl, 0x1001, old);
}

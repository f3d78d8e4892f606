/* memory.c - processes and page tables. */
#include "pvbench.h"

static char *const self = "/proc/self/exe";

void b_fork(long n)
{
    START();
    for (long i = 0; i < n; i++) {
        pid_t p = CK(fork());
        if (!p)
            _exit(0);
        waitpid(p, 0, 0);
    }
    STOP();
}
/* one fork of a process with 4096 freshly written
                                 pages; n ignored */
void b_fork16m(long n)
{
    size_t sz = 16 << 20;
    char *m = anon2m(sz);
    (void)n;
    madvise(m, sz, MADV_NOHUGEPAGE);
    touch(m, sz);
    START();
    pid_t p = CK(fork());
    if (!p)
        _exit(0);
    waitpid(p, 0, 0);
    STOP();
    munmap(m, sz);
}
void b_vfork(long n)
{
    START();
    for (long i = 0; i < n; i++) {
        pid_t p = vfork();
        if (!p)
            _exit(0);
        waitpid(p, 0, 0);
    }
    STOP();
}
void b_forkexec(long n)
{
    char *av[] = {"pvbench", "nop", 0}, *ev[] = {0};
    START();
    for (long i = 0; i < n; i++) {
        pid_t p = CK(fork());
        if (!p) {
            execve(self, av, ev);
            _exit(1);
        }
        waitpid(p, 0, 0);
    }
    STOP();
}

/* first touch of n 4K pages; page table pages included */
void b_anon(long n)
{
    char *p = anon2m((n * PG + (2UL << 20) - 1) & ~((2UL << 20) - 1));
    size_t sz = (n * PG + (2UL << 20) - 1) & ~((2UL << 20) - 1);
    madvise(p, sz, MADV_NOHUGEPAGE);
    START();
    touch(p, n * PG);
    STOP();
    munmap(p, sz);
}
/* the same with the default THP policy */
void b_anon_thp(long n)
{
    size_t sz = (n * PG + (2UL << 20) - 1) & ~((2UL << 20) - 1);
    char *p = anon2m(sz);
    madvise(p, sz, MADV_HUGEPAGE);
    START();
    touch(p, n * PG);
    STOP();
    munmap(p, sz);
}
/* read fault mapping the zero page */
void b_zeropage(long n)
{
    size_t sz = (n * PG + (2UL << 20) - 1) & ~((2UL << 20) - 1);
    volatile char *p = anon2m(sz);
    madvise((void *)p, sz, MADV_NOHUGEPAGE);
    START();
    for (long i = 0; i < n; i++)
        (void)p[i * PG];
    STOP();
    munmap((void *)p, sz);
}
void b_cow(long n)
{
    size_t sz = (n * PG + (2UL << 20) - 1) & ~((2UL << 20) - 1);
    char *p = anon2m(sz);
    u64 *res =
        mmap(0, PG, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    madvise(p, sz, MADV_NOHUGEPAGE);
    touch(p, n * PG);
    *res = 1;
    pid_t pid = CK(fork());
    if (!pid) {
        START();
        touch(p, n * PG);
        STOP();
        *res = t_acc;
        _exit(0);
    }
    waitpid(pid, 0, 0);
    t_acc = *res;
    munmap(p, sz);
    munmap(res, PG);
}
/* unmap n touched pages, per page */
void b_munmap_touched(long n)
{
    size_t sz = (n * PG + (2UL << 20) - 1) & ~((2UL << 20) - 1);
    char *p = anon2m(sz);
    madvise(p, sz, MADV_NOHUGEPAGE);
    touch(p, n * PG);
    START();
    munmap(p, sz);
    STOP();
}
static int tmpfile_n(long n)
{
    int fd = memfd_create("pv", 0);
    if (fd < 0)
        die("memfd");
    static char buf[4096];
    memset(buf, 1, sizeof buf);
    for (long i = 0; i < n; i++)
        if (write(fd, buf, PG) != (ssize_t)PG)
            die("write");
    return fd;
}
/* read faults on a cached tmpfs file (fault-around) */
void b_file_rd(long n)
{
    int fd = tmpfile_n(n);
    volatile char *p = mmap(0, n * PG, PROT_READ, MAP_SHARED, fd, 0);
    START();
    for (long i = 0; i < n; i++)
        (void)p[i * PG];
    STOP();
    munmap((void *)p, n * PG);
    close(fd);
}
/* write faults on a cached tmpfs file: one fault per page */
void b_file_wr(long n)
{
    int fd = tmpfile_n(n);
    char *p = mmap(0, n * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    START();
    touch(p, n * PG);
    STOP();
    munmap(p, n * PG);
    close(fd);
}
void b_mmap(long n)
{
    START();
    for (long i = 0; i < n; i++) {
        char *p = anon(PG);
        munmap(p, PG);
    }
    STOP();
}
void b_mmap_touch(long n)
{
    START();
    for (long i = 0; i < n; i++) {
        char *p = anon(PG);
        *(volatile char *)p = 1;
        munmap(p, PG);
    }
    STOP();
}
/* one RO+RW pair on one touched page */
void b_mprotect1(long n)
{
    char *p = anon(3 * PG);
    touch(p, 3 * PG);
    START();
    for (long i = 0; i < n; i++) {
        mprotect(p + PG, PG, PROT_READ);
        mprotect(p + PG, PG, PROT_READ | PROT_WRITE);
    }
    STOP();
    munmap(p, 3 * PG);
}
/* the same on 256 touched pages (writes in
                                     between re-fault nothing) */
void b_mprotect256(long n)
{
    size_t sz = 2UL << 20;
    char *p = anon2m(sz);
    madvise(p, sz, MADV_NOHUGEPAGE);
    touch(p, sz);
    START();
    for (long i = 0; i < n; i++) {
        mprotect(p + PG, 256 * PG, PROT_READ);
        mprotect(p + PG, 256 * PG, PROT_READ | PROT_WRITE);
    }
    STOP();
    munmap(p, sz);
}
/* mprotect RO, mprotect RW, then write:
                                     protection fault each time */
void b_wprot_fault(long n)
{
    char *p = anon(3 * PG);
    touch(p, 3 * PG);
    START();
    for (long i = 0; i < n; i++) {
        mprotect(p + PG, PG, PROT_READ);
        mprotect(p + PG, PG, PROT_READ | PROT_WRITE);
        p[PG] = 2;
    }
    STOP();
    munmap(p, 3 * PG);
}

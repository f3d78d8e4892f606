/* limits.c - what setrlimit() limits: descriptors, memory, the size of files,
 * processor time, the stack; and who may raise it. */
/* args: --memory 64M limits */
/* expect: 0 failures */
/* expect: signal: 9 */
/* exit: 137 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

enum { MB = 1 << 20 };

static volatile sig_atomic_t signals, last;

static void count(int signal)
{
    signals++;
    last = signal;
}

static void set(int which, rlim_t now, rlim_t maximum)
{
    struct rlimit r = {now, maximum}, back;

    CHECK(setrlimit(which, &r) == 0);
    CHECK(getrlimit(which, &back) == 0);
    CHECK(back.rlim_cur == now && back.rlim_max == maximum);
}

static void arguments(void)
{
    struct rlimit r = {2, 1}, *nowhere = (struct rlimit *)16;

    FAILS(setrlimit(RLIMIT_AS, &r), EINVAL);
    FAILS(getrlimit(RLIM_NLIMITS, &r), EINVAL);
    FAILS(getrlimit(-1, &r), EINVAL);
    FAILS(getrlimit(RLIMIT_AS, nowhere), EFAULT);
    FAILS(prlimit(1 << 30, RLIMIT_AS, NULL, &r), ESRCH);
    CHECK(getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_cur == 0);
    set(RLIMIT_CORE, 4096, RLIM_INFINITY);
    CHECK(prlimit(0, RLIMIT_CORE, &(struct rlimit){1, 2}, &r) == 0);
    CHECK(r.rlim_cur == 4096 && r.rlim_max == RLIM_INFINITY);
}

static void descriptors(void)
{
    struct rlimit old, many;
    struct pollfd fds[10] = {{.fd = -1}};
    int fd, ends[2];

    CHECK(getrlimit(RLIMIT_NOFILE, &old) == 0);
    many = (struct rlimit){old.rlim_max + 1, old.rlim_max + 1};
    FAILS(setrlimit(RLIMIT_NOFILE, &many), EPERM);
    set(RLIMIT_NOFILE, 5, old.rlim_max);
    CHECK(sysconf(_SC_OPEN_MAX) == 5);
    CHECK(dup(1) == 3 && (fd = open("/", O_RDONLY)) == 4);
    FAILS(open("/", O_RDONLY), EMFILE);
    FAILS(open("/tmp/none", O_CREAT | O_WRONLY, 0600), EMFILE);
    FAILS(access("/tmp/none", F_OK), ENOENT);
    FAILS(dup(1), EMFILE);
    FAILS(dup2(1, 5), EBADF);
    FAILS(fcntl(1, F_DUPFD, 5), EINVAL);
    FAILS(pipe(ends), EMFILE);
    FAILS(poll(fds, 10, 0), EINVAL);
    CHECK(close(3) == 0 && dup2(1, 3) == 3 && dup2(1, 4) == 4);
    set(RLIMIT_NOFILE, 2, old.rlim_max);
    CHECK(close(3) == 0 && close(4) == 0);
    FAILS(dup(1), EMFILE);
    set(RLIMIT_NOFILE, old.rlim_cur, old.rlim_max);
    CHECK((fd = dup(1)) == 3 && close(fd) == 0);
}

static void *map(void *at, size_t size, int prot, int flags)
{
    return mmap(at, size, prot, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
}

/* Everything that is mapped counts, memory or not. */
static size_t all_mapped(void)
{
    unsigned long pages = 0;
    FILE *f = fopen("/proc/self/statm", "r");

    CHECK(f && fscanf(f, "%lu", &pages) == 1);
    fclose(f);
    return pages * 4096;
}

static void addresses(void)
{
    char *p, *q;

    set(RLIMIT_AS, all_mapped() + 4 * MB, RLIM_INFINITY);
    FAILS(map(NULL, 5 * MB, PROT_READ, 0), ENOMEM);
    FAILS(map(NULL, 5 * MB, PROT_NONE, 0), ENOMEM);
    p = map(NULL, 3 * MB, PROT_READ | PROT_WRITE, 0);
    CHECK(p != MAP_FAILED);
    FAILS(map(NULL, 2 * MB, PROT_READ | PROT_WRITE, 0), ENOMEM);
    FAILS(mremap(p, 3 * MB, 6 * MB, MREMAP_MAYMOVE), ENOMEM);
    q = map(p, 3 * MB, PROT_READ | PROT_WRITE, MAP_FIXED);
    CHECK(q == p);
    CHECK(malloc(6 * MB) == NULL && errno == ENOMEM);
    CHECK(munmap(p, 3 * MB) == 0);
    set(RLIMIT_AS, RLIM_INFINITY, RLIM_INFINITY);
    CHECK((p = malloc(6 * MB)) != NULL);
    free(p);
}

static void data(void)
{
    long end = syscall(SYS_brk, 0);
    char *p, *q;

    p = map(NULL, 3 * MB, PROT_READ, 0);
    CHECK(p != MAP_FAILED);
    set(RLIMIT_DATA, 2 * MB, RLIM_INFINITY);
    CHECK((q = map(NULL, 3 * MB, PROT_READ, 0)) != MAP_FAILED);
    CHECK(munmap(q, 3 * MB) == 0);
    FAILS(map(NULL, 3 * MB, PROT_READ | PROT_WRITE, 0), ENOMEM);
    FAILS(mprotect(p, 3 * MB, PROT_READ | PROT_WRITE), ENOMEM);
    CHECK(syscall(SYS_brk, end + 3 * MB) == end);
    set(RLIMIT_DATA, RLIM_INFINITY, RLIM_INFINITY);
    CHECK(mprotect(p, 3 * MB, PROT_READ | PROT_WRITE) == 0);
    CHECK(munmap(p, 3 * MB) == 0);
}

static void file_size(void)
{
    int fd = open("/tmp/f", O_RDWR | O_CREAT | O_TRUNC, 0600);
    char text[100] = "x";

    signals = 0;
    signal(SIGXFSZ, count);
    set(RLIMIT_FSIZE, 150, RLIM_INFINITY);
    CHECK(write(fd, text, 100) == 100 && write(fd, text, 100) == 50);
    CHECK(signals == 0);
    FAILS(write(fd, text, 1), EFBIG);
    CHECK(signals == 1 && last == SIGXFSZ);
    FAILS(pwrite(fd, text, 10, 1000), EFBIG);
    FAILS(ftruncate(fd, 151), EFBIG);
    FAILS(truncate("/tmp/f", 1000), EFBIG);
    FAILS(fallocate(fd, 0, 100, 100), EFBIG);
    CHECK(signals == 5 && lseek(fd, 0, SEEK_END) == 150);
    CHECK(pwrite(fd, text, 100, 140) == 10 && pwrite(fd, text, 10, 0) == 10);
    CHECK(ftruncate(fd, 150) == 0 && ftruncate(fd, 0) == 0);
    signal(SIGXFSZ, SIG_IGN);
    FAILS(ftruncate(fd, 151), EFBIG);
    CHECK(signals == 5);
    set(RLIMIT_FSIZE, RLIM_INFINITY, RLIM_INFINITY);
    CHECK(ftruncate(fd, 151) == 0 && close(fd) == 0);
}

static int use_stack(size_t bytes)
{
    volatile char room[bytes];

    room[0] = 1;
    return room[0];
}

static void stack(void)
{
    struct rlimit r;

    CHECK(getrlimit(RLIMIT_STACK, &r) == 0);
    CHECK(r.rlim_cur >= 128 << 10 && r.rlim_cur <= 8 * MB);
    CHECK(use_stack(r.rlim_cur - (64 << 10)) == 1);
    set(RLIMIT_STACK, 6 * MB, RLIM_INFINITY);
    CHECK(use_stack(6 * MB - (64 << 10)) == 1);
    set(RLIMIT_STACK, 256 << 10, RLIM_INFINITY);
    CHECK(use_stack(100 << 10) == 1);
    set(RLIMIT_STACK, r.rlim_cur, RLIM_INFINITY);
    CHECK(use_stack(r.rlim_cur - (64 << 10)) == 1);
}

static void privilege(void)
{
    struct rlimit r;

    set(RLIMIT_FSIZE, 1000, 2000);
    set(RLIMIT_FSIZE, 1000, 3000);
    CHECK(setuid(5) == 0);
    r = (struct rlimit){1000, 3001};
    FAILS(setrlimit(RLIMIT_FSIZE, &r), EPERM);
    set(RLIMIT_FSIZE, 500, 2500);
    set(RLIMIT_FSIZE, 2500, 2500);
}

/* Told each second behind the limit, and ended by the maximum. */
static void processor_time(void)
{
    clock_t before;

    signals = 0;
    signal(SIGXCPU, count);
    set(RLIMIT_CPU, 1, 3);
    while (!signals)
        ;
    CHECK(last == SIGXCPU);
    CHECK(clock() >= CLOCKS_PER_SEC && clock() < CLOCKS_PER_SEC * 3 / 2);
    before = clock();
    while (signals < 2)
        ;
    CHECK(clock() - before > CLOCKS_PER_SEC * 7 / 10);
    done();
    for (;;)
        ;
}

int main(void)
{
    arguments();
    descriptors();
    addresses();
    data();
    file_size();
    stack();
    privilege();
    processor_time();
}

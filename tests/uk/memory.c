/* memory.c - mapping, protection, and the end of memory. */
/* args: --memory 16M memory */
/* expect: 0 failures */
/* timeout: 20 */
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

enum {
    PAGE = 4096,
    RW = PROT_READ | PROT_WRITE,
    ANON = MAP_PRIVATE | MAP_ANONYMOUS
};

static char *map(size_t pages, int prot)
{
    return mmap(NULL, pages * PAGE, prot, ANON, -1, 0);
}

static void mapping(void)
{
    char *p = map(10, RW), *q;

    CHECK(p != MAP_FAILED && (uintptr_t)p % PAGE == 0);
    for (int i = 0; i < 10 * PAGE; i++)
        CHECK(p[i] == 0);
    memset(p, 1, 10 * PAGE);
    CHECK(munmap(p + 2 * PAGE, 3 * PAGE) == 0);
    q = mmap(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    CHECK(q == p + 2 * PAGE && q[0] == 0 && p[2 * PAGE - 1] == 1);
    FAILS(mmap(p, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
    FAILS(mmap(NULL, 0, RW, ANON, -1, 0), EINVAL);
    FAILS(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
    FAILS(mmap(NULL, PAGE, RW | PROT_EXEC, ANON, -1, 0), ENOTSUP);
    FAILS(mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0), EBADF);
    FAILS(munmap(p + 1, PAGE), EINVAL);
    CHECK(munmap(p, 10 * PAGE) == 0);
}

static void protecting(void)
{
    char *p = map(4, PROT_NONE);
    int fd = open("/dev/zero", O_RDWR);

    CHECK(mprotect(p + PAGE, 2 * PAGE, RW) == 0);
    p[PAGE] = 7;
    CHECK(mprotect(p + PAGE, PAGE, PROT_NONE) == 0);
    FAILS(read(fd, p + PAGE, 1), EFAULT);
    FAILS(write(fd, p + PAGE, 1), EFAULT);
    FAILS(read(fd, p + 2 * PAGE, 2 * PAGE), EFAULT);
    CHECK(mprotect(p + PAGE, PAGE, PROT_READ) == 0 && p[PAGE] == 7);
    FAILS(read(fd, p + PAGE, 1), EFAULT);
    CHECK(write(fd, p + PAGE, 1) == 1);
    CHECK(mprotect(p + PAGE, PAGE, PROT_WRITE) == 0 && p[PAGE] == 7);
    CHECK(read(fd, p + PAGE, 1) == 1 && write(fd, p + PAGE, 1) == 1);
    FAILS(mprotect(p, 5 * PAGE, PROT_READ), ENOMEM);
    FAILS(mprotect(p, PAGE, RW | PROT_EXEC), ENOTSUP);
    FAILS(read(fd, NULL, 1), EFAULT);
    FAILS(read(fd, (void *)0xffff800000000000UL, 1), EFAULT);
    FAILS(read(fd, (void *)0xffff880000000000UL, 1), EFAULT);
    CHECK(munmap(p, 4 * PAGE) == 0);
    p = map(1, PROT_WRITE);
    CHECK(read(fd, p, PAGE) == PAGE && munmap(p, PAGE) == 0);
    close(fd);
}

static void resizing(void)
{
    char *p = map(3, RW), *q, *r;

    strcpy(p, "kept");
    CHECK(mremap(p, 3 * PAGE, PAGE, 0) == p);
    CHECK(mremap(p, PAGE, 2 * PAGE, 0) == p && p[PAGE] == 0);
    q = mmap(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    FAILS(mremap(p, 2 * PAGE, 3 * PAGE, 0), ENOMEM);
    r = mremap(p, 2 * PAGE, 100 * PAGE, MREMAP_MAYMOVE);
    CHECK(r != MAP_FAILED && r != p && strcmp(r, "kept") == 0);
    CHECK(r[99 * PAGE] == 0);
    CHECK(madvise(r, PAGE, MADV_DONTNEED) == 0 && r[0] == 0);
    CHECK(munmap(q, PAGE) == 0 && munmap(r, 100 * PAGE) == 0);
}

/* A move takes no memory for what there is, and none of it is lost. */
static void moving_most(void)
{
    size_t pages = 64;
    char *p, *q, *r;

    while ((p = map(pages, RW)) != MAP_FAILED && munmap(p, pages * PAGE) == 0)
        pages += 64;
    pages = pages / 4 * 3;
    p = map(pages, RW);
    for (size_t i = 0; i < pages; i++)
        p[i * PAGE] = (char)(i % 127);
    q = mmap(p + pages * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    FAILS(mremap(p, pages * PAGE, 2 * pages * PAGE, MREMAP_MAYMOVE), ENOMEM);
    for (size_t i = 0; i < pages; i++)
        CHECK(p[i * PAGE] == (char)(i % 127));
    r = mremap(p, pages * PAGE, (pages + 1) * PAGE, MREMAP_MAYMOVE);
    CHECK(r != MAP_FAILED && r != p);
    if (r == MAP_FAILED)
        r = p;
    for (size_t i = 0; i < pages; i++)
        CHECK(r[i * PAGE] == (char)(i % 127));
    CHECK(munmap(q, PAGE) == 0 && munmap(r, (pages + 1) * PAGE) == 0);
}

/* A file's mapping that grew is one mapping still. */
static void moving_a_file(void)
{
    int fd = open("/tmp/grown", O_RDWR | O_CREAT, 0600);
    char *p, *q;

    CHECK(ftruncate(fd, 4 * PAGE) == 0 && pwrite(fd, "end", 3, 3 * PAGE) == 3);
    p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    p[0] = 'X';
    p = mremap(p, PAGE, 2 * PAGE, MREMAP_MAYMOVE);
    CHECK(p != MAP_FAILED);
    q = mmap(p + 2 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0);
    p = mremap(p, 2 * PAGE, 3 * PAGE, MREMAP_MAYMOVE);
    CHECK(p != MAP_FAILED);
    p = mremap(p, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
    CHECK(p != MAP_FAILED && p[0] == 'X' &&
          memcmp(p + 3 * PAGE, "end", 3) == 0);
    CHECK(munmap(q, PAGE) == 0 && munmap(p, 4 * PAGE) == 0);
    CHECK(unlink("/tmp/grown") == 0 && close(fd) == 0);
}

/* Parts that differed are one again, with one use of the file. */
static void joining_a_file(void)
{
    int fd = open("/tmp/joined", O_RDWR | O_CREAT, 0600);
    char *p, *q;

    CHECK(ftruncate(fd, 8 * PAGE) == 0 && pwrite(fd, "end", 3, 3 * PAGE) == 3);
    for (int kind = 0; kind < 2; kind++) {
        p = mmap(NULL, 3 * PAGE, RW, kind ? MAP_PRIVATE : MAP_SHARED, fd, 0);
        p[PAGE] = 'x';
        CHECK(mprotect(p + PAGE, PAGE, PROT_NONE) == 0);
        CHECK(mprotect(p + PAGE, PAGE, RW) == 0 && p[PAGE] == 'x');
        q = mremap(p, 3 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
        CHECK(q != MAP_FAILED && q[PAGE] == 'x' && q[3 * PAGE] == 'e');
        CHECK(munmap(q, 4 * PAGE) == 0);
    }
    CHECK(unlink("/tmp/joined") == 0);
    p = mmap(NULL, 3 * PAGE, RW, MAP_SHARED, fd, 0);
    for (int i = 0; i < 3; i++)
        CHECK(mmap(p + i * PAGE, PAGE, RW, MAP_SHARED | MAP_FIXED, fd,
                   (off_t)i * PAGE) == p + i * PAGE);
    CHECK(close(fd) == 0 && munmap(p, PAGE) == 0);
    CHECK(munmap(p + 2 * PAGE, PAGE) == 0 && p[PAGE] == 'x');
    CHECK(munmap(p + PAGE, PAGE) == 0);
}

static void reading_only(void)
{
    int fd = open("/tmp/read", O_RDWR | O_CREAT, 0600), only;
    char *p, *q;

    CHECK(write(fd, "text", 4) == 4);
    only = open("/tmp/read", O_RDONLY);
    FAILS(mmap(NULL, PAGE, RW, MAP_SHARED, only, 0), EACCES);
    p = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, only, 0);
    FAILS(mprotect(p, PAGE, RW), EACCES);
    CHECK(mprotect(p, PAGE, PROT_NONE) == 0);
    CHECK(mprotect(p, PAGE, PROT_READ) == 0 && p[0] == 't');
    q = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, only, 0);
    CHECK(mprotect(q, PAGE, RW) == 0);
    q[0] = 'T';
    CHECK(p[0] == 't' && madvise(q, PAGE, MADV_DONTNEED) == 0 && q[0] == 't');
    CHECK(munmap(p, PAGE) == 0 && munmap(q, PAGE) == 0);
    CHECK(unlink("/tmp/read") == 0 && close(fd) == 0 && close(only) == 0);
}

/* What is shared stays; what was not reserved is given back. */
static void forgetting(void)
{
    enum { MUCH = 64UL << 20, PART = 1UL << 20 };
    char *p = mmap(NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    p[0] = 7;
    CHECK(madvise(p, PAGE, MADV_DONTNEED) == 0 && p[0] == 7);
    CHECK(munmap(p, PAGE) == 0);
    p = mmap(NULL, MUCH, RW, ANON | MAP_NORESERVE, -1, 0);
    for (size_t at = 0; at < MUCH; at += PART) {
        memset(p + at, 7, PART);
        CHECK(madvise(p + at, PART, MADV_DONTNEED) == 0 && p[at] == 0);
        CHECK(madvise(p + at, PART, MADV_DONTNEED) == 0);
    }
    CHECK(munmap(p, MUCH) == 0);
}

/* All memory, several times over: nothing is lost. */
static void exhausting(void)
{
    void *blocks[4096];
    int n = 0, before = 0;

    for (int round = 0; round < 3; round++) {
        for (n = 0; n < 4096 && (blocks[n] = malloc(100000)) != NULL; n++)
            memset(blocks[n], n, 100000);
        CHECK(errno == ENOMEM && n > 60);
        CHECK(round == 0 || n >= before - 1);
        before = n;
        while (n > 0)
            free(blocks[--n]);
    }
    FAILS(mmap(NULL, 1UL << 40, RW, ANON, -1, 0), ENOMEM);
    CHECK(malloc(1UL << 50) == NULL);
}

/* Reserved memory comes as it is touched. */
static void reserving(void)
{
    char *p = mmap(NULL, 1UL << 30, RW, ANON | MAP_NORESERVE, -1, 0);

    CHECK(p != MAP_FAILED);
    for (size_t at = 0; at < 1UL << 30; at += 1UL << 26)
        CHECK(p[at]++ == 0);
    CHECK(mprotect(p, 1UL << 30, PROT_NONE) == 0);
    CHECK(mprotect(p, 1UL << 30, RW) == 0 && p[0] == 1 && p[PAGE] == 0);
    CHECK(munmap(p, 1UL << 30) == 0);
    p = mmap(NULL, 1UL << 30, PROT_NONE, ANON, -1, 0);
    FAILS(mprotect(p, 1UL << 30, RW), ENOMEM);
    FAILS(mprotect(p + PAGE, 1UL << 29, RW), ENOMEM);
    p = mremap(p, 1UL << 30, (1UL << 30) - PAGE, 0);
    CHECK(p != MAP_FAILED && mremap(p, (1UL << 30) - PAGE, 1UL << 30, 0) == p);
    CHECK(munmap(p, 1UL << 30) == 0);
}

static void sharing_a_file(void)
{
    char text[4] = "";
    int fd = open("/tmp/shared", O_RDWR | O_CREAT, 0600);
    char *p, *q;

    CHECK(write(fd, "abcd", 4) == 4);
    p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    q = mmap(NULL, PAGE, RW, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED && q != MAP_FAILED && memcmp(q, "abcd", 5) == 0);
    p[0] = 'X';
    q[1] = 'Y';
    CHECK(pread(fd, text, 4, 0) == 4 && memcmp(text, "Xbcd", 4) == 0);
    CHECK(pwrite(fd, "Z", 1, 2) == 1 && p[2] == 'Z');
    CHECK(unlink("/tmp/shared") == 0 && close(fd) == 0 && p[3] == 'd');
    CHECK(munmap(p, PAGE) == 0 && munmap(q, PAGE) == 0);
}

/* Where there is nothing, the kernel says so; and what is cut off is gone. */
static void behind_the_end(void)
{
    int fd = open("/tmp/short", O_RDWR | O_CREAT, 0600);
    int zero = open("/dev/zero", O_RDWR);
    unsigned char seen[2];
    char *p, *q;

    CHECK(ftruncate(fd, 100) == 0);
    p = mmap(NULL, 2 * PAGE, RW, MAP_SHARED, fd, 0);
    FAILS(read(zero, p + PAGE, 1), EFAULT);
    FAILS(write(zero, p, PAGE + 1), EFAULT);
    CHECK(read(zero, p, PAGE) == PAGE);
    CHECK(pwrite(fd, "x", 1, PAGE) == 1 && p[PAGE] == 'x');
    q = mmap(NULL, 2 * PAGE, RW, MAP_PRIVATE, fd, 0);
    q[PAGE] = 'y';
    CHECK(ftruncate(fd, PAGE) == 0 && ftruncate(fd, 2 * PAGE) == 0);
    CHECK(p[PAGE] == 0 && q[PAGE] == 0);
    CHECK(pwrite(fd, "z", 1, PAGE) == 1 && p[PAGE] == 'z');
    CHECK(ftruncate(fd, 1) == 0);
    FAILS(write(zero, p + PAGE, 1), EFAULT);
    CHECK(munmap(p, 2 * PAGE) == 0 && munmap(q, 2 * PAGE) == 0);
    p = map(1, RW);
    FAILS(mincore(p, SIZE_MAX, seen), ENOMEM);
    FAILS(msync(p, SIZE_MAX - PAGE / 2, MS_SYNC), ENOMEM);
    CHECK(munmap(p, PAGE) == 0 && unlink("/tmp/short") == 0);
    close(zero);
    close(fd);
}

static sigjmp_buf out_of_memory;

static void no_memory(int signal, siginfo_t *info, void *context)
{
    (void)context;
    siglongjmp(out_of_memory, info->si_code == BUS_ADRERR ? signal : -1);
}

static int64_t blocks_of(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 ? st.st_blocks : -1;
}

/* A mapping of a hole is as large as it likes; the kernel reaches it, too. */
static void mapping_holes(int prot, int flags)
{
    const size_t size = 1UL << 30, at = size - PAGE;
    int fd = open("/tmp/sparse", O_RDWR | O_CREAT, 0600);
    int zero = open("/dev/zero", O_RDWR);
    char *p, *q;

    CHECK(ftruncate(fd, (off_t)size) == 0);
    p = mmap(NULL, size, prot, flags, fd, 0);
    CHECK(p != MAP_FAILED && blocks_of(fd) == 0);
    q = map(16, RW);
    CHECK(q != MAP_FAILED && munmap(q, 16 * PAGE) == 0);
    CHECK(p[0] == 0 && p[size / 2] == 0);
    CHECK(write(zero, p + at, PAGE) == PAGE && write(fd, p + PAGE, 5) == 5);
    CHECK(flags & MAP_SHARED || blocks_of(fd) == 8);
    CHECK(mprotect(p, size, RW) == 0 && blocks_of(fd) <= 8 * 4);
    p[1] = 'p';
    CHECK(read(zero, p + size / 4, 2 * PAGE) == 2 * PAGE);
    CHECK(pread(fd, p + at, 1, 1) == 1);
    CHECK(p[at] == (flags & MAP_SHARED ? 'p' : 0) && p[1] == 'p');
    CHECK(munmap(p, size) == 0 && unlink("/tmp/sparse") == 0);
    close(zero);
    close(fd);
}

/* Room for more than there is in all: SIGBUS comes where it ends. */
static void touching_too_much(int flags)
{
    const size_t size = 1UL << 30;
    int fd = open("/tmp/sparse", O_RDWR | O_CREAT, 0600);
    struct sigaction act = {.sa_sigaction = no_memory, .sa_flags = SA_SIGINFO};
    volatile size_t at = 0;
    char *p, *q;
    int caught;

    CHECK(sigaction(SIGBUS, &act, NULL) == 0);
    CHECK(ftruncate(fd, (off_t)size) == 0);
    p = mmap(NULL, size, RW, flags, fd, 0);
    caught = sigsetjmp(out_of_memory, 1);
    for (; !caught && at < size; at += PAGE)
        p[at] = 1;
    CHECK(caught == SIGBUS && at > 8 << 20 && at < 16 << 20 && p[0] == 1);
    CHECK(munmap(p, size) == 0 && ftruncate(fd, 0) == 0);
    q = map(2000, RW);
    CHECK(q != MAP_FAILED && munmap(q, 2000 * PAGE) == 0);
    CHECK(unlink("/tmp/sparse") == 0 && close(fd) == 0);
    signal(SIGBUS, SIG_DFL);
}

/* The end of a file is not looked for page by page. */
static void mapping_far_behind(void)
{
    const size_t size = 1UL << 40;
    int fd = open("/tmp/empty", O_RDWR | O_CREAT, 0600);
    char *p = mmap(NULL, size, RW, MAP_SHARED, fd, 0);

    CHECK(p != MAP_FAILED && mprotect(p, size, PROT_READ) == 0);
    FAILS(mlock(p, size), ENOMEM);
    FAILS(write(fd, p, 1), EFAULT);
    CHECK(ftruncate(fd, PAGE) == 0 && p[0] == 0);
    CHECK(munmap(p, size) == 0);
    CHECK(unlink("/tmp/empty") == 0 && close(fd) == 0);
}

/* What was written behind the end was never in the file. */
static void growing_a_file(void)
{
    int fd = open("/tmp/grows", O_RDWR | O_CREAT, 0600);
    char *p, text[8] = "";

    CHECK(write(fd, "abc", 3) == 3);
    p = mmap(NULL, PAGE, RW, MAP_SHARED, fd, 0);
    memset(p + 3, 'x', PAGE - 3);
    CHECK(ftruncate(fd, 5) == 0 && p[3] == 0 && p[4] == 0);
    CHECK(pwrite(fd, "!", 1, 7) == 1 && pread(fd, text, 8, 0) == 8);
    CHECK(memcmp(text, "abc\0\0\0\0!", 8) == 0);
    memset(p + 8, 'x', PAGE - 8);
    CHECK(posix_fallocate(fd, 0, PAGE) == 0 && p[8] == 0 && p[PAGE - 1] == 0);
    CHECK(munmap(p, PAGE) == 0 && unlink("/tmp/grows") == 0 && close(fd) == 0);
}

/* What nobody has touched costs nothing to take away. */
static void much_of_nothing(void)
{
    char *p = mmap(NULL, 1UL << 40, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);

    CHECK(p != MAP_FAILED && mprotect(p + (1UL << 39), PAGE, RW) == 0);
    CHECK(p[1UL << 39] == 0 && munmap(p, 1UL << 40) == 0);
}

/* What leads to memory goes with it. */
static void mapping_everywhere(void)
{
    const size_t apart = 1UL << 30, many = apart / 64;
    char *place = (char *)0x200000000000UL, *p, *q;
    long available = sysconf(_SC_AVPHYS_PAGES);

    for (int i = 0; i < 100; i++, place += apart) {
        p = mmap(place, PAGE, RW, ANON, -1, 0);
        CHECK(p == place && *p == 0);
        if (p == MAP_FAILED)
            break;
        *p = 1;
        CHECK(munmap(p, PAGE) == 0);
    }
    for (int i = 0; i < 2; i++, place += 4 * apart) {
        p = mmap(place, 4 * apart, RW, ANON | MAP_NORESERVE, -1, 0);
        for (size_t at = 0; at < 4 * apart; at += many)
            p[at] = 1;
        q = mmap(p + 4 * apart, PAGE, RW, ANON | MAP_FIXED, -1, 0);
        q[0] = 2;
        p = mremap(p, 4 * apart, 5 * apart, MREMAP_MAYMOVE);
        CHECK(p != MAP_FAILED && p[many] == 1 && q[0] == 2);
        CHECK(munmap(p, 5 * apart) == 0 && q[0] == 2 && munmap(q, PAGE) == 0);
    }
    CHECK(available > 1000 && sysconf(_SC_AVPHYS_PAGES) > available - 50);
}

int main(void)
{
    mapping();
    protecting();
    resizing();
    sharing_a_file();
    behind_the_end();
    mapping_holes(RW, MAP_SHARED);
    mapping_holes(RW, MAP_PRIVATE);
    mapping_holes(PROT_READ, MAP_SHARED);
    mapping_holes(PROT_READ, MAP_PRIVATE);
    mapping_holes(RW, MAP_SHARED | MAP_NORESERVE);
    mapping_holes(RW, MAP_PRIVATE | MAP_NORESERVE);
    touching_too_much(MAP_SHARED);
    touching_too_much(MAP_PRIVATE);
    mapping_far_behind();
    growing_a_file();
    much_of_nothing();
    moving_a_file();
    joining_a_file();
    reading_only();
    moving_most();
    reserving();
    mapping_everywhere();
    exhausting();
    forgetting();
    return done();
}

/* memory.c - mapping, protection, and the end of memory. */
/* args: --memory 16M memory */
/* expect: 0 failures */
#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
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
    FAILS(mprotect(p, 5 * PAGE, PROT_READ), ENOMEM);
    FAILS(mprotect(p, PAGE, RW | PROT_EXEC), ENOTSUP);
    FAILS(read(fd, NULL, 1), EFAULT);
    FAILS(read(fd, (void *)0xffff800000000000UL, 1), EFAULT);
    FAILS(read(fd, (void *)0xffff880000000000UL, 1), EFAULT);
    CHECK(munmap(p, 4 * PAGE) == 0);
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

/* What nobody has touched costs nothing to take away. */
static void much_of_nothing(void)
{
    char *p = mmap(NULL, 1UL << 40, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);

    CHECK(p != MAP_FAILED && mprotect(p + (1UL << 39), PAGE, RW) == 0);
    CHECK(p[1UL << 39] == 0 && munmap(p, 1UL << 40) == 0);
}

int main(void)
{
    mapping();
    protecting();
    resizing();
    sharing_a_file();
    behind_the_end();
    much_of_nothing();
    moving_a_file();
    reading_only();
    moving_most();
    reserving();
    exhausting();
    forgetting();
    return done();
}

/*
 * big_mappings.c - a large heap grows and shrinks, and pages scattered over
 * the whole address space (every level of page table) hold their contents,
 * move with mremap and come back zeroed.
 */
#include <sys/wait.h>

#include "probe.h"

#define HEAP_BYTES (96L << 20)
#define SPARSE     (4UL << 40)
#define TOUCHES    400
#define MOVES      200

static void heap(void)
{
    char *start = sbrk(0), *p;

    CHECK(sbrk(HEAP_BYTES) == start);
    for (long at = 0; at < HEAP_BYTES; at += (long)PAGE_BYTES)
        *(long *)(start + at) = at;
    for (long at = 0; at < HEAP_BYTES; at += (long)PAGE_BYTES)
        CHECK_EQUAL(*(long *)(start + at), at);
    CHECK(brk(start) == 0);
    CHECK_EQUAL(probe_read(start + PAGE_BYTES), SIGSEGV);
    p = sbrk(PAGE_BYTES * 4);
    CHECK(p == start);
    CHECK_EQUAL(*(long *)(p + 2 * PAGE_BYTES), 0);
    CHECK(brk(start) == 0);
}

static uint64_t *touch_address(char *base, int i)
{
    uint64_t seed = (uint64_t)i + 1;

    next_random(&seed);
    return (uint64_t *)(base + (next_random(&seed) % SPARSE & ~7UL));
}

static void verify_sparse(char *base)
{
    for (int i = 0; i < TOUCHES; i++)
        CHECK_EQUAL(*touch_address(base, i), (uintptr_t)i * 3 + 1);
}

static void sparse(void)
{
    int status;
    pid_t pid;
    char *base = mmap(NULL, SPARSE, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    CHECK(base != MAP_FAILED);
    for (int i = 0; i < TOUCHES; i++)
        *touch_address(base, i) = (uintptr_t)i * 3 + 1;
    pid = fork();
    CHECK(pid >= 0);
    verify_sparse(base);
    if (pid == 0)
        _exit(0);
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(status, 0);
    CHECK(munmap(base, SPARSE) == 0);
}

/* One page at the edges of what the four levels can address. */
static void edges(void)
{
    static const uintptr_t at[] = {
        0x10000,        0x3ffff000,     0x40000000,     0x7fffff000,
        0x8000000000,   0x7ffffff000,   0x3fffffffe000, 0x400000000000,
        0x555500000000, 0x7f0000000000,
    };

    for (unsigned i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
        uint64_t *p =
            mmap((void *)at[i], PAGE_BYTES, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

        if (p == MAP_FAILED && errno == EEXIST)
            continue;
        CHECK(p == (void *)at[i]);
        *p = at[i];
        CHECK_EQUAL(*p, at[i]);
        CHECK(munmap(p, PAGE_BYTES) == 0);
        CHECK_EQUAL(probe_read(p), SIGSEGV);
    }
}

static void move(void)
{
    size_t bytes = 64 * PAGE_BYTES;
    char *p = map_anonymous(bytes);

    for (size_t i = 0; i < bytes; i += PAGE_BYTES)
        p[i] = (char)(i / PAGE_BYTES + 1);
    for (int n = 0; n < MOVES; n++) {
        char *target = map_anonymous(bytes);
        char *q =
            mremap(p, bytes, bytes, MREMAP_MAYMOVE | MREMAP_FIXED, target);

        CHECK(q == target);
        CHECK_EQUAL(probe_read(p), SIGSEGV);
        p = q;
        for (size_t i = 0; i < bytes; i += PAGE_BYTES)
            CHECK(p[i] == (char)(i / PAGE_BYTES + 1));
    }
    CHECK(munmap(p, bytes) == 0);
}

int main(void)
{
    probe_init();
    for (int i = 0; i < 3; i++) {
        heap();
        sparse();
        edges();
        move();
    }
    return pass("%ld MB of heap, %d pages over %lu TB, %d moves",
                HEAP_BYTES >> 20, TOUCHES, SPARSE >> 40, MOVES);
}

/*
 * memory_walk.c - 64 MB keep what was written, also across a fork that
 * copies every page on write.
 */
#include <sys/wait.h>

#include "check.h"

#define BYTES  (64UL << 20)
#define PAGES  (BYTES / PAGE_BYTES)
#define STRIDE 7919 /* a prime: visits every page in a scattered order */
#define WORDS  (PAGE_BYTES / sizeof(uint64_t))

static uint64_t *memory;

static uint64_t word_value(size_t index, uint64_t seed)
{
    return (index ^ seed) * 0x9e3779b97f4a7c15ULL;
}

static void fill(uint64_t seed)
{
    for (size_t k = 0; k < PAGES; k++) {
        size_t page = k * STRIDE % PAGES;

        for (size_t i = page * WORDS; i < (page + 1) * WORDS; i++)
            memory[i] = word_value(i, seed);
    }
}

static void verify(uint64_t seed)
{
    for (size_t i = 0; i < BYTES / sizeof(uint64_t); i++)
        if (memory[i] != word_value(i, seed))
            fail("word %zu is %#lx, not %#lx", i, memory[i],
                 word_value(i, seed));
}

static void verify_zero(void)
{
    for (size_t i = 0; i < BYTES / sizeof(uint64_t); i++)
        if (memory[i] != 0)
            fail("fresh word %zu is %#lx", i, memory[i]);
}

static void run_child(void)
{
    verify(1);
    fill(2);
    verify(2);
    _exit(0);
}

int main(void)
{
    int status;
    pid_t pid;

    memory = map_anonymous(BYTES);
    verify_zero();
    fill(1);
    verify(1);
    pid = fork();
    CHECK(pid >= 0);
    if (pid == 0)
        run_child();
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK_EQUAL(status, 0);
    verify(1);
    return pass("%lu MB hold their contents across a fork", BYTES >> 20);
}

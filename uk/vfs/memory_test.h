/*
 * memory_test.h - what files in memory stand on, for their tests on the host:
 * a heap whose blocks the sanitizers watch, which knows their sizes and has as
 * much as a test says, and frames where the direct map has them.
 */
#ifndef UK_VFS_MEMORY_TEST_H
#define UK_VFS_MEMORY_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "mm/heap.h"
#include "mm/limits.h"
#include "mm/pages.h"
#include "sched/signal.h"
#include "vfs/file.h"
#include "vfs/wait.h"
#include "xen/clock.h"

enum { FRAMES = 64, KEPT = 24 /* that files leave to others */ };

struct block {
    size_t size;
    aligned_(16) char bytes[];
};

static uint16_t frame_uses[FRAMES];
static struct frames frames;
static long blocks, blocks_left; /* in use; and before the heap is empty */
static uint64_t now_ns;

/* Nobody waits. */
void files_changed(void)
{
}

void node_changed(struct node *n, short events)
{
    (void)n, (void)events;
}

/* Nothing is mapped. */
void space_cut_off(const struct backing *b, uint64_t first_page)
{
    (void)b, (void)first_page;
}

void *heap_alloc(size_t size)
{
    struct block *b;

    if (blocks_left == 0)
        return NULL;
    b = calloc(1, sizeof(*b) + size);
    if (!b)
        return NULL;
    b->size = size;
    blocks++;
    blocks_left--;
    return b->bytes;
}

void heap_free(void *p, size_t size)
{
    struct block *b;

    if (!p)
        return;
    b = (struct block *)((char *)p - sizeof(*b));
    assert_int_equal(b->size, size);
    blocks--;
    free(b);
}

uint32_t pages_alloc(uint32_t n)
{
    uint32_t frame = frames_alloc(&frames, n);

    if (frame != FRAME_NONE)
        memset(direct(frame), 0, n * PAGE_BYTES);
    return frame;
}

struct frames *pages_frames(void)
{
    return &frames;
}

uint64_t clock_wall_ns(void)
{
    return now_ns += NS_PER_S;
}

void signal_send_simple(struct thread *to, int signal, int code)
{
    (void)to, (void)code;
    fail_msg("signal %d", signal);
}

static int memory_setup(void **state)
{
    void *at =
        mmap((void *)DIRECT_BASE, FRAMES * PAGE_BYTES, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    (void)state;
    memset(at, 0xee, FRAMES * PAGE_BYTES);
    frames_init(&frames, frame_uses, FRAMES);
    frames_give(&frames, 0, FRAMES);
    blocks_left = LONG_MAX;
    return at == MAP_FAILED;
}

#endif

/*
 * thread_memory.c - see thread_internal.h: what a thread takes, and gives back.
 */
#include "mm/heap.h"
#include "mm/pages.h"
#include "sched/fpu.h"
#include "sched/thread_internal.h"

enum { KSTACK_FRAMES = KSTACK_BYTES / PAGE_BYTES };

static void free_memory(struct thread *t)
{
    if (t->kstack_top)
        pages_free(direct_frame(t->kstack_top - KSTACK_BYTES), KSTACK_FRAMES);
    heap_free(t->fpu, fpu_bytes);
    heap_free(t, sizeof(*t));
}

struct thread *thread_alloc(void)
{
    struct thread *t = heap_alloc(sizeof(*t));
    uint32_t stack = pages_alloc_raw(KSTACK_FRAMES);

    if (!t && stack != FRAME_NONE)
        pages_free(stack, KSTACK_FRAMES);
    if (!t)
        return NULL;
    if (stack != FRAME_NONE)
        t->kstack_top = (char *)direct(stack) + KSTACK_BYTES;
    t->fpu = heap_alloc(fpu_bytes);
    if (t->fpu && t->kstack_top) {
        t->affinity = UINT32_MAX;
        pending_init(&t->pending);
        return t;
    }
    free_memory(t);
    return NULL;
}

void thread_free(struct thread *t)
{
    struct pending_signal *lost;

    while (pending_take(&t->pending, ~0UL, &lost))
        heap_free(lost, sizeof(*lost));
    free_memory(t);
}

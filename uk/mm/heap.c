/*
 * heap.c - see heap.h: powers of two below a page have a list of free ones
 * each, the rest is whole frames.
 */
#include "mm/heap.h"
#include "lib/string.h"
#include "mm/pages.h"

enum { SMALLEST_SHIFT = 5U, CLASSES = 7U }; /* 32 to 2048 bytes */

struct free_object {
    struct free_object *next;
};

static struct free_object *lists[CLASSES];

static unsigned class_of(size_t size)
{
    unsigned bits = size > 1 ? 64 - (unsigned)__builtin_clzl(size - 1) : 0;

    return bits <= SMALLEST_SHIFT ? 0 : minimum(bits - SMALLEST_SHIFT, CLASSES);
}

static bool refill(unsigned c)
{
    uint32_t frame = pages_alloc(1);
    size_t size = 1UL << (SMALLEST_SHIFT + c);

    if (frame == FRAME_NONE)
        return false;
    for (size_t at = 0; at < PAGE_BYTES; at += size)
        heap_free((char *)direct(frame) + at, size);
    return true;
}

void *heap_alloc_raw(size_t size)
{
    unsigned c = class_of(size);
    struct free_object *o = lists[c];

    if (!o && !refill(c))
        return NULL;
    o = lists[c];
    lists[c] = o->next;
    return o;
}

void *heap_alloc(size_t size)
{
    unsigned c = class_of(size);
    uint32_t frame;
    void *p;

    if (c == CLASSES) {
        frame = size <= UINT32_MAX
                    ? pages_alloc((uint32_t)(page_up(size) >> 12))
                    : FRAME_NONE;
        return frame == FRAME_NONE ? NULL : direct(frame);
    }
    p = heap_alloc_raw(size);
    return p ? memset(p, 0, 1UL << (SMALLEST_SHIFT + c)) : NULL;
}

void heap_free(void *p, size_t size)
{
    unsigned c = class_of(size);
    struct free_object *o = p;

    if (!p)
        return;
    if (c == CLASSES) {
        pages_free(direct_frame(p), (uint32_t)(page_up(size) >> 12));
        return;
    }
    o->next = lists[c];
    lists[c] = o;
}

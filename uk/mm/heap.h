/*
 * heap.h - the kernel's small objects. Layer: mm. Locks: events are masked.
 */
#ifndef UK_MM_HEAP_H
#define UK_MM_HEAP_H

#include "lib/types.h"

/* Zeroed, 16-aligned; NULL without memory. Whoever frees it knows its size. */
void *heap_alloc(size_t size);
/* The same with whatever is in it; of less than a page. */
void *heap_alloc_raw(size_t size);
void heap_free(void *p, size_t size);

#endif

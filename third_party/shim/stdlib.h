/*
 * third_party/shim/stdlib.h - there is no heap: whoever asks it gets nothing.
 * All memory comes through the allocators that unpack.c passes.
 */
#ifndef SHIM_STDLIB_H
#define SHIM_STDLIB_H
#include <stddef.h>
static inline void *malloc(size_t n)
{
    (void)n;
    return NULL;
}
static inline void *calloc(size_t n, size_t size)
{
    (void)n;
    (void)size;
    return NULL;
}
static inline void free(void *p)
{
    (void)p;
}
#endif

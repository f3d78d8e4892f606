/*
 * lib/memory.h - what lib/memory.c is made of, and what a hot path has inline.
 * Layer: lib. Pure.
 */
#ifndef LIB_MEMORY_H
#define LIB_MEMORY_H

#include "lib/types.h"

/* Unaligned accesses that may overlap objects of any type. */
struct any64 {
    uint64_t v;
} __packed __attribute__((may_alias));

struct any32 {
    uint32_t v;
} __packed __attribute__((may_alias));

struct any16 {
    uint16_t v;
} __packed __attribute__((may_alias));

static inline uint64_t load64(const void *p)
{
    return ((const struct any64 *)p)->v;
}

static inline uint32_t load32(const void *p)
{
    return ((const struct any32 *)p)->v;
}

static inline uint16_t load16(const void *p)
{
    return ((const struct any16 *)p)->v;
}

static inline void store64(void *p, uint64_t v)
{
    ((struct any64 *)p)->v = v;
}

static inline void store32(void *p, uint32_t v)
{
    ((struct any32 *)p)->v = v;
}

static inline void store16(void *p, uint16_t v)
{
    ((struct any16 *)p)->v = v;
}

/* n > 16; right for overlap too as long as d < s. */
static inline void copy_upwards(unsigned char *d, const unsigned char *s,
                                size_t n)
{
    size_t words = (n - 1) / 8;
    uint64_t last = load64(s + n - 8);
    unsigned char *end = d + n;

    __asm__ volatile("rep movsq" : "+D"(d), "+S"(s), "+c"(words) : : "memory");
    store64(end - 8, last);
}

/* May memory be copied upwards? Else the destination begins in the source. */
static inline bool is_upwards(const void *dst, const void *src, size_t n)
{
    return (uintptr_t)dst - (uintptr_t)src >= n;
}

#endif

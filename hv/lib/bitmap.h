/*
 * lib/bitmap.h - bits in arrays of 64-bit words. Layer: lib. Pure.
 * The caller keeps bit numbers within the array.
 */
#ifndef LIB_BITMAP_H
#define LIB_BITMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BITMAP_WORDS(bits) (((bits) + 63UL) / 64)

static inline uint64_t bitmap_mask(size_t bit)
{
    return 1UL << (bit % 64);
}

static inline bool bitmap_test(const uint64_t *map, size_t bit)
{
    return __atomic_load_n(&map[bit / 64], __ATOMIC_RELAXED) & bitmap_mask(bit);
}

/* Atomic, a full barrier; they return what the bit was. */
static inline bool bitmap_test_and_set(uint64_t *map, size_t bit)
{
    return __atomic_fetch_or(&map[bit / 64], bitmap_mask(bit),
                             __ATOMIC_SEQ_CST) &
           bitmap_mask(bit);
}

static inline bool bitmap_test_and_clear(uint64_t *map, size_t bit)
{
    return __atomic_fetch_and(&map[bit / 64], ~bitmap_mask(bit),
                              __ATOMIC_SEQ_CST) &
           bitmap_mask(bit);
}

#endif

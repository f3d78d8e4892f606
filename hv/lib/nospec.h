/*
 * lib/nospec.h - indices that a guest chose, behind a check that the CPU may
 * mispredict (Spectre v1; docs/security.md). Layer: lib. Pure.
 */
#ifndef LIB_NOSPEC_H
#define LIB_NOSPEC_H

#include "lib/types.h"

/* `index` if it is below `limit`, else 0, without a branch. */
static inline uint64_t index_nospec(uint64_t index, uint64_t limit)
{
    uint64_t mask;

    __asm__("cmp %2, %1\n\t"
            "sbb %0, %0"
            : "=r"(mask)
            : "r"(index), "rm"(limit)
            : "cc");
    return index & mask;
}

/* `value` unless `zero` is 0, then an address of no use: all ones. */
static inline uint64_t spoil_if_zero(uint64_t value, uint64_t zero)
{
    __asm__("cmp $1, %0\n\t"
            "sbb %0, %0"
            : "+r"(zero)
            :
            : "cc");
    return value | zero;
}

#endif

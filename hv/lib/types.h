/*
 * lib/types.h - the scalars that must not be mixed. Layer: lib.
 */
#ifndef LIB_TYPES_H
#define LIB_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/compiler.h"

#define PAGE_SHIFT 12
#define PAGE_SIZE  4096UL
#define PAGE_MASK  (~(PAGE_SIZE - 1))

/* A virtual address of the hypervisor or of a guest. */
typedef uint64_t vaddr_t;
/* A machine (physical) address. */
typedef uint64_t paddr_t;

/* A machine frame number. */
typedef struct mfn {
    uint64_t n;
} mfn_t;

/* A guest's own frame number: what the M2P holds and its P2M is indexed by. */
typedef struct pfn {
    uint64_t n;
} pfn_t;

#define MFN_INVALID_N (~0UL)

static inline mfn_t mfn(uint64_t n)
{
    return (mfn_t){n};
}

static inline mfn_t mfn_add(mfn_t m, uint64_t frames)
{
    return (mfn_t){m.n + frames};
}

static inline mfn_t paddr_to_mfn(paddr_t addr)
{
    return (mfn_t){addr >> PAGE_SHIFT};
}

static inline paddr_t mfn_to_paddr(mfn_t m)
{
    return m.n << PAGE_SHIFT;
}

#endif

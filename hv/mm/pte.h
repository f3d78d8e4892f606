/*
 * mm/pte.h - page-table entries. Layer: mm. Source: Intel SDM 3A 4.5.
 */
#ifndef MM_PTE_H
#define MM_PTE_H

#include "lib/types.h"

#define PTE_P     (1UL << 0)
#define PTE_RW    (1UL << 1)
#define PTE_US    (1UL << 2)
#define PTE_PWT   (1UL << 3)
#define PTE_PCD   (1UL << 4)
#define PTE_A     (1UL << 5)
#define PTE_D     (1UL << 6)
#define PTE_PSE   (1UL << 7) /* L2, L3; in L1 this is PAT */
#define PTE_PAT   (1UL << 7)
#define PTE_G     (1UL << 8)
#define PTE_AVAIL (7UL << 9)
#define PTE_NX    (1UL << 63)
#define PTE_ADDR  0x000ffffffffff000UL
/* Xen's mark of a guest-kernel mapping (its US bit is set by us). */
#define PTE_GUEST_KERNEL (1UL << 52)

#define PTES 512

/* Bits 12-51 by two shifts: shorter than with the mask as a constant. */
static inline mfn_t pte_mfn(uint64_t pte)
{
    return mfn(pte << 12 >> 24);
}

static inline uint64_t pte_make(mfn_t m, uint64_t flags)
{
    return mfn_to_paddr(m) | flags;
}

/* Index of va in a table of the level (1-4). */
static inline unsigned pte_index(vaddr_t va, unsigned level)
{
    return (unsigned)(va >> (12 + 9 * (level - 1))) & (PTES - 1);
}

#endif

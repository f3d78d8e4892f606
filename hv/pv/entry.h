/*
 * pv/entry.h - which page-table entries a guest may write. Layer: pv. Pure.
 * Source: docs/abi.md, page-table entries.
 */
#ifndef PV_ENTRY_H
#define PV_ENTRY_H

#include "mm/pte.h"

#define PTE_COMMON                                                             \
    (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D | PTE_AVAIL |                     \
     0x7ff0000000000000UL /* 52-62 */ | PTE_NX | PTE_ADDR)
#define PTE_CACHE (PTE_PWT | PTE_PCD | PTE_PAT)

/* Is a present L1 entry legal? `caching`: it may choose how it is
 * cached. */
static inline bool l1_entry_is_legal(uint64_t pte, bool caching)
{
    uint64_t allowed = PTE_COMMON | PTE_G | (caching ? PTE_CACHE : 0);

    return !(pte & ~allowed);
}

static inline bool upper_entry_is_legal(uint64_t pte)
{
    return !(pte & ~PTE_COMMON);
}

/*
 * What is stored for a legal L1 entry: guest kernel and user both run in ring
 * 3, so US is set; a mapping that lacked it is marked as the kernel's. Never
 * global: the two L4s of a process differ.
 */
static inline uint64_t l1_entry_normalise(uint64_t pte)
{
    if (!(pte & PTE_US))
        pte |= PTE_US | PTE_GUEST_KERNEL;
    return pte & ~PTE_G;
}

static inline uint64_t upper_entry_normalise(uint64_t pte, unsigned level)
{
    return pte | PTE_US | (level == 4 ? PTE_A : 0);
}

#endif

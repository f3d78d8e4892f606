/* pages_internal.h - what pages.c and pages_boot.c share. Layer: mm. */
#ifndef UK_MM_PAGES_INTERNAL_H
#define UK_MM_PAGES_INTERNAL_H

#include "mm/pages.h"

#define PTE_PRESENT  (1UL << 0)
#define PTE_WRITE    (1UL << 1)
#define PTE_USER     (1UL << 2)
#define PTE_ACCESSED (1UL << 5)
#define PTE_DIRTY    (1UL << 6)
#define PTE_NO_EXEC  (1UL << 63)
#define PTE_FRAME    0x000ffffffffff000UL
#define PTE_READ_ONLY                                                          \
    (PTE_PRESENT | PTE_USER | PTE_ACCESSED | PTE_DIRTY | PTE_NO_EXEC)
#define PTE_TABLE                                                              \
    (PTE_PRESENT | PTE_WRITE | PTE_USER | PTE_ACCESSED | PTE_DIRTY)

enum { SLOTS = 512 };

/* What pages_boot.c finds out for pages.c. */
struct memory {
    uint64_t *mfn_of; /* of each frame, seen through the direct map */
    uint32_t count;
    uint32_t top_table;
    struct frames frames;
};

extern struct memory memory;

/* Takes out what the table of level 1 for `va` maps, the builder's own. */
void pages_drop_table(uint64_t va);

/* Queues the write of a table's slot. */
void pages_write_slot(uint32_t table, unsigned slot, uint64_t entry);

#endif

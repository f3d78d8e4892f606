/*
 * The first address space: all of it is mapped by small pages, read-only where
 * a page table is and writable elsewhere; the L4 is pinned; and no table can be
 * written by an instruction, but for L1 entries.
 */
#include "guest.h"

#define MAPPED (4UL << 20)

static bool is_table(uint64_t va)
{
    return va >= start_info->pt_base &&
           va < start_info->pt_base + PAGES(start_info->nr_pt_frames);
}

static void check_page(uint64_t va)
{
    uint64_t pte = *pte_find((void *)va, 1);

    CHECK_EQ(pte_mfn(pte), p2m[va_to_pfn((void *)va)]);
    CHECK_EQ(pte & (PTE_P | PTE_US | PTE_NX), PTE_P | PTE_US);
    CHECK(on_xen || !(pte & PTE_G)); /* which Xen sets when it validates */
    CHECK_EQ(!(pte & PTE_RW), is_table(va));
}

static void *table(unsigned level)
{
    uint64_t *slot = pte_find(image_start, level + 1);

    return mfn_to_va(pte_mfn(*slot));
}

void test(void)
{
    for (uint64_t va = KERNEL_BASE; va < KERNEL_BASE + MAPPED; va += PAGE_SIZE)
        if (va != KERNEL_BASE + MAPPED)
            check_page(va);
    CHECK_EQ(try_read((void *)(KERNEL_BASE + MAPPED)), VECTOR_PF);
    CHECK_EQ(pin(4, kernel_l4()), -EINVAL);
    CHECK_EQ(try_write(&kernel_l4()[1], 0), VECTOR_PF);
    CHECK_EQ(try_write((uint64_t *)table(3) + 1, 0), VECTOR_PF);
    CHECK_EQ(try_write((uint64_t *)table(2) + 511, 0), VECTOR_PF);
    CHECK_EQ(last_fault()->fault.error, PF_P | PF_W);
    /* Not for lack of a mapping: they can be read. */
    CHECK_EQ(kernel_l4()[1], 0);
    /* No table can be mapped writable, by any way to map it. */
    for (unsigned level = 1; level <= 3; level++)
        CHECK_EQ(page_protect(table(level), true), -EBUSY);
    CHECK_EQ(page_protect(kernel_l4(), true), -EBUSY);
}

/*
 * The initial domain can map device memory that is nobody's, in any caching
 * mode, but not the local APIC, the I/O APIC, nor memory as a table.
 */
/* not-as-guest: it is about device memory, which only dom0 has */
#include "guest.h"

void test(void)
{
    volatile uint32_t *window = page_alloc();
    uint64_t *l2 = page_alloc();
    void *w = (void *)(uintptr_t)window;

    /* The VGA's memory, and an address where nothing answers. */
    CHECK_EQ(page_map(w, pte_make(0xa0, PTE_RW_FLAGS | PTE_PCD)), 0);
    CHECK_EQ(try_read(window), NO_FAULT);
    CHECK_EQ(page_map(w, pte_make(0xe0000, PTE_RW_FLAGS | PTE_PCD | PTE_PWT)),
             0);
    CHECK_EQ(try_read(window), NO_FAULT);
    CHECK_EQ(page_map(w, pte_make(0xa0, PTE_RW_FLAGS)), 0);
    /* Written back to memory makes no sense there. */
    CHECK_DIFFERS(*pte_find(w, 1) & (PTE_PWT | PTE_PCD), 0, PTE_PWT | PTE_PCD);
    CHECK_EQ(page_map(w, pte_make(0xfee00, PTE_RW_FLAGS)), -EPERM);
    CHECK_EQ(page_map(w, pte_make(0xfee00, PTE_RO_FLAGS)), -EPERM);
    CHECK_DIFFERS(page_map(w, pte_make(0xfec00, PTE_RW_FLAGS)), -EPERM, 0);
    CHECK_EQ(on_xen && *pte_find(w, 1) & PTE_RW, false);
    page_protect(l2, false);
    CHECK_EQ(pin(2, l2), 0);
    CHECK_EQ(pte_write(&l2[0], pte_make(0xa0, PTE_RW_FLAGS)), -EINVAL);
    CHECK_EQ(pte_write(&l2[0], pte_make(0xe0000, PTE_RW_FLAGS)), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_PIN_L1_TABLE, 0xe0000, 0), -EINVAL);
    CHECK_EQ(page_protect(w, true), 0);
}

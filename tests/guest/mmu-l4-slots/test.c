/*
 * Slots 256 to 271 of every L4 are the hypervisor's: no update can touch them,
 * what a new L4 has in them does not matter, and what is there can be used by
 * nobody but by reads of the M2P.
 */
#include "guest.h"

static void updates(uint64_t *l4, uint64_t entry)
{
    for (unsigned slot = 256; slot <= 271; slot++) {
        CHECK_EQ(pte_write(&l4[slot], 0), -EINVAL);
        CHECK_EQ(pte_write(&l4[slot], entry), -EINVAL);
    }
    CHECK_EQ(pte_write(&l4[255], entry), 0);
    CHECK_EQ(pte_write(&l4[272], entry), 0);
    CHECK_EQ(pte_write(&l4[255], 0), 0);
    CHECK_EQ(pte_write(&l4[272], 0), 0);
}

void test(void)
{
    void *page = page_alloc();
    struct tree t = tree_make(0, page, 1, PTE_RW_FLAGS);
    uint64_t entry = pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS);
    uint64_t *l4 = page_alloc();

    updates(kernel_l4(), entry);
    for (unsigned slot = 256; slot <= 271; slot++)
        l4[slot] = slot & 1 ? entry : ~0UL;
    l4[511] = kernel_l4()[511];
    page_protect(l4, false);
    CHECK_EQ(pin(4, l4), 0);
    for (unsigned slot = 256; slot <= 271; slot++)
        CHECK(l4[slot] != entry && l4[slot] != ~0UL);
    updates(l4, entry);
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(l4), 0), 0);
    CHECK_EQ(try_read((char *)HV_START + (1UL << 39)), VECTOR_PF);
    CHECK_EQ(M2P[va_to_mfn(page)], va_to_pfn(page));
    /* The other tables are as they were. */
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, va_to_mfn(kernel_l4()), 0), 0);
    CHECK_EQ(unpin(l4), 0);
    CHECK_EQ(page_protect(l4, true), 0);
}

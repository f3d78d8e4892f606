/*
 * mmu_update to a frame that is no page table is a plain store of eight bytes;
 * to one that is another's or descriptors, it is refused.
 */
#include "guest.h"

void test(void)
{
    uint64_t *page = page_alloc(), frame;
    uint64_t *unmapped = page_alloc();
    struct mmu_update u;

    page[5] = 1;
    u = (struct mmu_update){va_to_maddr(&page[5]), 0x1122334455667788};
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), 0);
    CHECK_EQ(page[5], 0x1122334455667788);
    /* Whatever looks like an entry: it is none. */
    u.val = pte_make(1, PTE_RW_FLAGS);
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), 0);
    CHECK_EQ(page[5], u.val);
    /* A page that is only mapped read-only, or nowhere. */
    page_protect(page, false);
    u.val = 3;
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), 0);
    CHECK_EQ(page[5], 3);
    u.ptr = va_to_maddr(unmapped);
    page_unmap(unmapped);
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), 0);
    page_protect(unmapped, false);
    CHECK_EQ(unmapped[0], 3);
    /* Descriptors are changed by update_descriptor only. */
    u = (struct mmu_update){va_to_maddr(&page[5]), 0};
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), 0);
    frame = va_to_mfn(page);
    CHECK_EQ(set_gdt(&frame, 16), 0);
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), IN_USE);
    CHECK_EQ(set_gdt(NULL, 0), 0);
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), 0);
}

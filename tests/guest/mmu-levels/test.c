/*
 * A table is of one level: it cannot be pinned as another, be referred to by a
 * table that is not one above, nor have entries that fit another level.
 */
#include "guest.h"

#define VA 0x10000000UL

void test(void)
{
    void *page = page_alloc();
    struct tree t = tree_make(VA, page, 1, PTE_RW_FLAGS);
    uint64_t *l4 = page_alloc(), *l2 = page_alloc();

    CHECK_EQ(pin(3, t.l3), 0);
    CHECK_EQ(pin(2, t.l3), IN_USE);
    CHECK_EQ(pin(4, t.l3), IN_USE);
    CHECK_EQ(pin(1, t.l2), IN_USE);
    CHECK_EQ(pin(3, t.l2), IN_USE);
    CHECK_EQ(pin(2, t.l1), IN_USE);

    /* An L4 that refers to an L2, an L1, and a page that is written. */
    page_protect(l4, false);
    page_protect(l2, false);
    CHECK_EQ(pin(4, l4), 0);
    CHECK_EQ(pte_write(&l4[0], pte_make(va_to_mfn(t.l2), PTE_RW_FLAGS)),
             IN_USE);
    CHECK_EQ(pte_write(&l4[0], pte_make(va_to_mfn(t.l1), PTE_RW_FLAGS)),
             IN_USE);
    CHECK_EQ(pte_write(&l4[0], pte_make(va_to_mfn(page), PTE_RW_FLAGS)),
             IN_USE);
    CHECK_EQ(l4[0], 0);
    CHECK_EQ(pte_write(&l4[0], pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS)), 0);

    /* An L2 entry cannot refer to an L3. */
    CHECK_EQ(pin(2, l2), 0);
    CHECK_EQ(pte_write(&l2[0], pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS)),
             IN_USE);
    CHECK_EQ(pte_write(&l2[0], pte_make(va_to_mfn(l4), PTE_RW_FLAGS)), IN_USE);
    /* A page of data that is no table as it is, but a fine empty one. */
    uint64_t *data = page_alloc();

    data[7] = 0x7fffffffff000UL | PTE_P;
    page_protect(data, false);
    CHECK_EQ(pin(1, data), -EPERM);
    CHECK_EQ(pin(2, data), -EINVAL);
    page_protect(data, true);
    data[7] = 0x7fffffffff000UL;
    page_protect(data, false);
    CHECK_EQ(pin(1, data), 0);
}

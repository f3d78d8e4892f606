/*
 * A table is pinned once and unpinned once; a pin keeps its whole tree as
 * tables, an unpin lets all of it go; a table that an upper one refers to stays
 * a table without its pin.
 */
#include "guest.h"

#define VA 0x10000000UL

static void tree(void)
{
    void *page = page_alloc();
    struct tree t = tree_make(VA, page, 1, PTE_RW_FLAGS);

    CHECK_EQ(pin(3, t.l3), 0);
    CHECK_EQ(pin(3, t.l3), -EINVAL);
    CHECK_EQ(page_protect(t.l1, true), -EBUSY);
    CHECK_EQ(page_protect(t.l2, true), -EBUSY);
    CHECK_EQ(pin(1, t.l1), 0);
    CHECK_EQ(unpin(t.l3), 0);
    CHECK_EQ(unpin(t.l3), -EINVAL);
    /* What was only held by the L3 is free, what has its own pin is not. */
    CHECK_EQ(page_protect(t.l2, true), 0);
    CHECK_EQ(page_protect(t.l1, true), -EBUSY);
    CHECK_EQ(pin(1, page), IN_USE);
    CHECK_EQ(unpin(t.l1), 0);
    CHECK_EQ(page_protect(t.l1, true), 0);
}

static void in_use(void)
{
    void *page = page_alloc();
    struct tree t = tree_map(VA, page, 1, PTE_RW_FLAGS);

    CHECK_EQ(unpin(t.l3), -EINVAL);
    CHECK_EQ(pin(3, t.l3), 0);
    CHECK_EQ(unpin(t.l3), 0);
    CHECK_EQ(page_protect(t.l3, true), -EBUSY);
    CHECK_EQ(try_write((void *)VA, 0x5a), NO_FAULT);
    CHECK_EQ(*(uint64_t *)page, 0x5a);
    CHECK_EQ(pte_write(&kernel_l4()[0], 0), 0);
    CHECK_EQ(page_protect(t.l3, true), 0);
    CHECK_EQ(try_read((void *)VA), VECTOR_PF);
}

static void loaded(void)
{
    /* What CR3 points at stays an L4 without its pin. */
    CHECK_EQ(unpin(kernel_l4()), 0);
    CHECK_EQ(unpin(kernel_l4()), -EINVAL);
    CHECK_EQ(page_protect(kernel_l4(), true), -EBUSY);
    CHECK_EQ(pin(4, kernel_l4()), 0);
}

void test(void)
{
    tree();
    in_use();
    loaded();
}

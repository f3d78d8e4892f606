/*
 * Tables that refer to themselves or to each other: a linear entry of an L4 is
 * taken read-only as Xen does, a writable one is refused, and a cycle of lower
 * tables cannot be made at all.
 */
#include "guest.h"

static uint64_t ro(const void *page)
{
    return pte_make(va_to_mfn(page), PTE_RO_FLAGS);
}

static uint64_t rw(const void *page)
{
    return pte_make(va_to_mfn(page), PTE_RW_FLAGS);
}

static void l1_in_itself(void)
{
    uint64_t *l1 = page_alloc();

    l1[0] = rw(l1);
    page_protect(l1, false);
    CHECK_EQ(pin(1, l1), -EBUSY);
    page_protect(l1, true);
    l1[0] = ro(l1);
    page_protect(l1, false);
    CHECK_EQ(pin(1, l1), 0);
    CHECK_EQ(pte_write(&l1[1], rw(l1)), -EBUSY);
    CHECK_EQ(unpin(l1), 0);
}

static void upper_in_itself(unsigned level)
{
    uint64_t *table = page_alloc();

    table[0] = rw(table);
    page_protect(table, false);
    CHECK(pin(level, table) != 0);
    page_protect(table, true);
    table[0] = ro(table);
    page_protect(table, false);
    CHECK(pin(level, table) != 0 || unpin(table) == 0);
    page_protect(table, true);
    table[0] = 0;
    page_protect(table, false);
    CHECK_EQ(pin(level, table), 0);
    CHECK(pte_write(&table[1], rw(table)) != 0);
    CHECK_EQ(table[1], 0);
    CHECK_EQ(unpin(table), 0);
    CHECK_EQ(page_protect(table, true), 0);
}

/* Two L3s, each in the other. */
static void cycle(void)
{
    uint64_t *a = page_alloc(), *b = page_alloc();

    a[0] = rw(b);
    b[0] = rw(a);
    page_protect(a, false);
    page_protect(b, false);
    CHECK(pin(3, a) != 0);
    CHECK(pin(2, b) != 0);
    CHECK_EQ(page_protect(a, true), 0);
    CHECK_EQ(page_protect(b, true), 0);
}

#define SLOT 300UL

void test(void)
{
    const uint64_t *linear = (void *)(0xffffUL << 48 | SLOT << 39 | SLOT << 30 |
                                      SLOT << 21 | SLOT << 12);

    l1_in_itself();
    for (unsigned level = 2; level <= 4; level++)
        upper_in_itself(level);
    cycle();
    CHECK_DIFFERS(pte_write(&kernel_l4()[SLOT], ro(kernel_l4())), -EBUSY, 0);
    if (!on_xen)
        return;
    CHECK_EQ(linear[511], kernel_l4()[511]);
}

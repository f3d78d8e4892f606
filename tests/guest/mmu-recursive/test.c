/*
 * Tables that refer to themselves or to each other: a linear entry is taken if
 * it is read-only, shows the tables and lets nobody write them, nor read the
 * hypervisor's (XSA-182); a cycle of lower tables cannot be made at all.
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

/* Where the linear entry shows the table below L4 slot a, L3 slot b, ... */
static uint64_t *shown(uint64_t a, uint64_t b, uint64_t c)
{
    return (uint64_t *)(0xffffUL << 48 | SLOT << 39 | a << 30 | b << 21 |
                        c << 12);
}

static void linear_l4(void)
{
    uint64_t *l4 = kernel_l4(), *slot = &l4[SLOT];
    const uint64_t *shown_l4 = shown(SLOT, SLOT, SLOT);

    CHECK_EQ(pte_write(slot, rw(l4)), -EINVAL);
    REQUIRE_EQ(pte_write(slot, ro(l4)), 0);
    CHECK_EQ(shown_l4[511], l4[511]);
    CHECK_EQ(shown(SLOT, SLOT, 511)[510], *pte_find(image_start, 3));
    CHECK_EQ(try_write(&shown(SLOT, SLOT, SLOT)[1], 0), VECTOR_PF);
    CHECK_EQ(try_write(&shown(SLOT, SLOT, 511)[1], 0), VECTOR_PF);
    /* Not by one bit alone, in no way to say it. */
    CHECK_EQ(pte_write(slot, rw(l4)), -EINVAL);
    CHECK_EQ(pte_write_cmd(slot, rw(l4), MMU_PT_UPDATE_PRESERVE_AD), -EINVAL);
    CHECK_EQ(pte_write(slot, ro(l4) | PTE_D), 0);
    CHECK_EQ(update_va_mapping(shown_l4, rw(image_start), 0), -EINVAL);
    CHECK_EQ(try_write(&shown(SLOT, SLOT, SLOT)[1], 0), VECTOR_PF);
    for (unsigned i = 257; i < 272; i++)
        CHECK_EQ(try_read(shown(SLOT, SLOT, i)), VECTOR_PF);
    CHECK_EQ(pte_write(slot, 0), 0);
    CHECK_EQ(mmuext(MMUEXT_TLB_FLUSH_LOCAL, 0, 0), 0);
    CHECK_EQ(try_read(shown_l4), VECTOR_PF);
    /* It is left to the end of the domain, too. */
    CHECK_EQ(pte_write(slot, ro(l4)), 0);
}

void test(void)
{
    l1_in_itself();
    for (unsigned level = 2; level <= 4; level++)
        upper_in_itself(level);
    cycle();
    linear_l4();
}

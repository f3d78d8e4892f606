/*
 * Where absent entries are checked for L1TF, those are taken that hold nothing,
 * or an address without RAM, as Linux's inverted ones.
 */
/* not-as-guest: Xen gives a guest shadow tables instead of a crash */
/* hv-args: pv-l1tf=dom0 */
#include "guest.h"

static const uint64_t safe[] = {0,
                                0xf7e,
                                PTE_NX | 0x200,
                                PTE_ADDR & ~0xfffffUL,
                                0x00003ffffffff000,
                                0x0000080000000000,
                                0x1000080000000f7e};

/* The slot before the one that is changed keeps its page. */
static void each(uint64_t *slot)
{
    for (unsigned i = 0; i < ARRAY_SIZE(safe); i++) {
        CHECK_EQ(pte_write(slot, safe[i]), 0);
        CHECK_EQ(*slot, safe[i]);
    }
    CHECK_EQ(pte_write(slot, 0), 0);
}

static uint64_t *table(unsigned level)
{
    uint64_t *t = page_alloc();

    for (unsigned i = 0; i < ARRAY_SIZE(safe); i++)
        t[32 + 32 * i] = safe[i];
    page_protect(t, false);
    REQUIRE_EQ(pin(level, t), 0);
    return t;
}

void test(void)
{
    uint64_t *l1;

    if (on_xen)
        skip("takes no address as safe on a CPU that is not open to L1TF");
    l1 = table(1);
    each(&l1[3]);
    each(&table(2)[3]);
    each(&table(3)[3]);
    each(&table(4)[3]);
    /* By an instruction. */
    *(volatile uint64_t *)&l1[4] = safe[3];
    CHECK_EQ(l1[4], safe[3]);
}

/*
 * Each bit of an entry is taken, changed or refused as the ABI says, at every
 * level; an entry that is not present may hold anything.
 */
#include "guest.h"

static uint64_t *l1, *l2, *l3;
static uint64_t page_pte, l1_pte, l2_pte;

static void l1_bits(void)
{
    static const uint64_t kept[] = {PTE_RW,    PTE_A,     PTE_D,     1UL << 9,
                                    1UL << 10, 1UL << 11, 1UL << 52, 1UL << 53,
                                    1UL << 58, 1UL << 59, 1UL << 62, PTE_NX,
                                    PTE_PWT,   PTE_PCD,   PTE_PAT};

    for (unsigned i = 0; i < ARRAY_SIZE(kept); i++) {
        uint64_t pte = page_pte | kept[i];

        if (!is_initial && kept[i] & (PTE_PWT | PTE_PCD | PTE_PAT)) {
            CHECK_EQ(pte_write(&l1[3], pte), -EINVAL);
            continue;
        }
        CHECK_EQ(pte_write(&l1[3], pte), 0);
        CHECK_EQ(l1[3] & ~PTE_G, pte);
        CHECK_EQ(pte_write(&l1[3], 0), 0);
    }
    /* Without the user bit it gets it, and is marked as the kernel's. */
    CHECK_EQ(pte_write(&l1[3], page_pte & ~PTE_US), 0);
    CHECK_EQ(l1[3], page_pte | PTE_US | PTE_GUEST_KERNEL);
    CHECK_EQ(pte_write(&l1[3], page_pte), 0);
    CHECK_EQ(l1[3], on_xen ? page_pte | PTE_G : page_pte);
    /* Addresses that no frame has. */
    CHECK_EQ(pte_write(&l1[3], page_pte | 1UL << 51), -EPERM);
    CHECK_EQ(pte_write(&l1[3], 0x1234567fffffffe), 0);
    CHECK_EQ(l1[3], 0x1234567fffffffe);
    CHECK_EQ(pte_write(&l1[3], 0), 0);
}

static void upper_bits(uint64_t *slot, uint64_t below, unsigned level)
{
    static const uint64_t refused[] = {PTE_PSE, PTE_PWT, PTE_PCD, PTE_G};
    static const uint64_t kept[] = {1UL << 9, 1UL << 11, PTE_NX, PTE_A};

    for (unsigned i = 0; i < ARRAY_SIZE(refused); i++)
        CHECK_EQ(pte_write(slot, below | refused[i]), -EINVAL);
    CHECK_EQ(*slot, 0);
    for (unsigned i = 0; i < ARRAY_SIZE(kept); i++) {
        CHECK_EQ(pte_write(slot, below | kept[i]), 0);
        CHECK_EQ(*slot, below | kept[i] | (level == 4 ? PTE_A : 0));
        CHECK_EQ(pte_write(slot, 0), 0);
    }
    CHECK_EQ(pte_write(slot, below & ~PTE_US), 0);
    CHECK_EQ(*slot & PTE_US, PTE_US);
    CHECK_EQ(pte_write(slot, 0), 0);
    /* Not present: anything. */
    CHECK_EQ(pte_write(slot, ~1UL), 0);
    CHECK_EQ(*slot, ~1UL);
    CHECK_EQ(pte_write(slot, 0), 0);
}

static uint64_t *table(unsigned level)
{
    uint64_t *t = page_alloc();

    page_protect(t, false);
    REQUIRE_EQ(pin(level, t), 0);
    return t;
}

void test(void)
{
    uint64_t flags = PTE_P | PTE_US;

    page_pte = pte_make(va_to_mfn(page_alloc()), flags);
    l1 = table(1);
    l2 = table(2);
    l3 = table(3);
    l1_pte = pte_make(va_to_mfn(l1), flags);
    l2_pte = pte_make(va_to_mfn(l2), flags);
    l1_bits();
    upper_bits(&l2[5], l1_pte, 2);
    upper_bits(&l3[5], l2_pte, 3);
    upper_bits(&kernel_l4()[5], pte_make(va_to_mfn(l3), flags), 4);
}

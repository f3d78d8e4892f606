/*
 * update_va_mapping finds the entry by the tables as they are now: also when an
 * upper entry changed just before in the same multicall, without a flush in
 * between (XSA-286).
 */
#include "guest.h"

#define VA 0x40000000UL

static struct multicall_entry va_mapping(uint64_t pte)
{
    struct multicall_entry m = {.op = __HYPERVISOR_update_va_mapping,
                                .args = {VA, pte, UVMF_INVLPG}};

    return m;
}

void test(void)
{
    uint64_t *page = page_alloc(), mapped = pte_make(va_to_mfn(page), 0);
    struct tree a = tree_make(VA, page, 0, 0), b = tree_make(VA, page, 0, 0);
    uint64_t *l3 = a.l3, *slot = &l3[VA >> 30 & 511];
    struct mmu_update u = {va_to_maddr(slot),
                           pte_make(va_to_mfn(b.l2), PTE_RW_FLAGS)};
    struct multicall_entry list[3];

    REQUIRE_EQ(pin(2, a.l2), 0);
    REQUIRE_EQ(pin(2, b.l2), 0);
    REQUIRE_EQ(pte_write(kernel_l4(), pte_make(va_to_mfn(l3), PTE_RW_FLAGS)),
               0);
    for (unsigned i = 0; i < 8; i++) {
        CHECK_EQ(pte_write(slot, pte_make(va_to_mfn(a.l2), PTE_RW_FLAGS)), 0);
        CHECK_EQ(pte_write(b.l1, 0), 0);
        list[0] = va_mapping(0);
        list[1] =
            (struct multicall_entry){.op = __HYPERVISOR_mmu_update,
                                     .args = {(uint64_t)&u, 1, 0, DOMID_SELF}};
        list[2] = va_mapping(mapped | PTE_RW_FLAGS);
        CHECK_EQ(multicall(list, 3), 0);
        CHECK_EQ(a.l1[0], 0);
        CHECK_EQ(pte_mfn(b.l1[0]), va_to_mfn(page));
        CHECK_EQ(try_write((uint64_t *)VA, i + 1), NO_FAULT);
        CHECK_EQ(*page, i + 1);
    }
}

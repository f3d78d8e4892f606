/*
 * A kernel with an INIT_P2M note finds the p2m list there, apart from its
 * mapping, with tables that are tables; first_p2m_pfn tells which frames it
 * took.
 */
/* notes: -DINIT_P2M=0x8000000000 */
#include "guest.h"

void test(void)
{
    const struct start_info *s = start_info;
    uint64_t last = s->first_p2m_pfn + s->nr_p2m_frames - 1;

    CHECK_EQ(s->mfn_list, 0x8000000000);
    CHECK((uint64_t)s < KERNEL_BASE + (4UL << 20));
    CHECK(s->first_p2m_pfn >= 0x400);
    /* 16 frames of list, an L1, an L2 and an L3 at least. */
    CHECK(s->nr_p2m_frames >= 16 && s->nr_p2m_frames <= 16 + 3);
    for (uint64_t pfn = 0; pfn < s->nr_pages; pfn++)
        if (M2P[p2m[pfn]] != pfn)
            CHECK_EQ(M2P[p2m[pfn]], pfn);
    CHECK_EQ(pin(1, mfn_to_va(p2m[0])), IN_USE);
    CHECK_EQ(try_write((void *)(uintptr_t)&p2m[last], p2m[last]), NO_FAULT);
    /* What is behind the list, in its last page, can be written too. */
    CHECK_EQ(kernel_l4()[1] & PTE_P, PTE_P);
}

/*
 * MMU_MACHPHYS_UPDATE changes the M2P entry of a frame of the caller's, to any
 * number, and of no other frame.
 */
#include "guest.h"

static long machphys(uint64_t mfn, uint64_t pfn)
{
    struct mmu_update u = {mfn * PAGE_SIZE | MMU_MACHPHYS_UPDATE, pfn};

    return mmu_update(&u, 1, NULL, DOMID_SELF);
}

void test(void)
{
    uint64_t mfn = va_to_mfn(page_alloc());
    uint64_t pfn = M2P[mfn];
    uint64_t limit = (uint64_t)memory_op(XENMEM_maximum_ram_page, NULL);

    CHECK_EQ(machphys(mfn, 0x123), 0);
    CHECK_EQ(M2P[mfn], 0x123);
    CHECK_EQ(machphys(mfn, ~0UL), 0);
    CHECK_EQ(M2P[mfn], ~0UL);
    CHECK_EQ(machphys(mfn, pfn), 0);
    CHECK_EQ(machphys(0, 1), -EINVAL);       /* the first page: not ours */
    CHECK_EQ(machphys(0xa0, 1), -EINVAL);    /* no memory */
    CHECK_EQ(machphys(0xfee00, 1), -EINVAL); /* the local APIC */
    CHECK_EQ(machphys(limit, 1), -EINVAL);
    CHECK_EQ(machphys(1UL << 39, 1), -EINVAL);
    CHECK_EQ(machphys(start_info->shared_info >> 12, 5), 0);
    CHECK_EQ(M2P[start_info->shared_info >> 12], 5);
}

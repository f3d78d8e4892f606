/*
 * The frame of shared_info is the hypervisor's, lent for writing: it can be
 * mapped as often as wanted, but be no table, no descriptors, and not be given
 * back; and with no caching but the usual.
 */
#include "guest.h"

void test(void)
{
    uint64_t mfn = start_info->shared_info / PAGE_SIZE, frame = mfn;
    uint8_t *a = page_alloc(), *b = page_alloc();
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    events_init();
    CHECK_EQ(page_map(a, pte_make(mfn, PTE_RW_FLAGS)), 0);
    CHECK_EQ(page_map(b, pte_make(mfn, PTE_RO_FLAGS)), 0);
    a[0xf00] = 0x5a;
    CHECK_EQ(b[0xf00], 0x5a);
    CHECK_EQ(((uint8_t *)shared_info)[0xf00], 0x5a);
    page_unmap(a);
    page_unmap(b);
    CHECK(mmuext(MMUEXT_PIN_L1_TABLE, mfn, 0) < 0);
    CHECK(mmuext(MMUEXT_PIN_L4_TABLE, mfn, 0) < 0);
    CHECK(mmuext(MMUEXT_NEW_USER_BASEPTR, mfn, 0) < 0);
    CHECK(set_gdt(&frame, 16) < 0);
    set_xen_guest_handle(r.extent_start, (xen_pfn_t *)&frame);
    /* Xen counts it, and lets it be. */
    CHECK_DIFFERS(memory_op(XENMEM_decrease_reservation, &r), 0, 1);
    CHECK_EQ(((uint8_t *)shared_info)[0xf00], 0x5a);
    CHECK(now_ns() > 0);
}

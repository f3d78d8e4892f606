/*
 * decrease_reservation takes frames of the guest and gives them back when the
 * last mapping goes; populate_physmap fills places with frames and puts
 * them into the M2P; the counts follow.
 */
#include "guest.h"

static long change(unsigned op, uint64_t *frames, uint64_t n, unsigned order)
{
    struct xen_memory_reservation r = {
        .nr_extents = n, .extent_order = order, .domid = DOMID_SELF};

    set_xen_guest_handle(r.extent_start, (xen_pfn_t *)frames);
    return memory_op(op, &r);
}

static long pages(void)
{
    domid_t self = DOMID_SELF;

    return memory_op(XENMEM_current_reservation, &self);
}

static void one_frame(void)
{
    uint64_t *page = page_alloc(), pfn = va_to_pfn(page);
    uint64_t mfn = va_to_mfn(page), frame;
    long before = pages();

    *page = 0x1234;
    frame = mfn;
    CHECK_EQ(change(XENMEM_decrease_reservation, &frame, 1, 0), 1);
    /* It is mapped, so it is still there, but given back only once. */
    CHECK_EQ(*page, 0x1234);
    CHECK_DIFFERS(change(XENMEM_decrease_reservation, &frame, 1, 0), 0, 1);
    CHECK_EQ(pages(), before);
    page_unmap(page);
    CHECK_EQ(pages(), before - 1);
    CHECK_EQ(change(XENMEM_decrease_reservation, &frame, 1, 0), 0);

    frame = pfn;
    CHECK_EQ(change(XENMEM_populate_physmap, &frame, 1, 0), 1);
    CHECK_EQ(pages(), before);
    CHECK_EQ(M2P[frame], pfn);
    CHECK_EQ(page_map(page, pte_make(frame, PTE_RW_FLAGS)), 0);
    CHECK(on_xen || *page == 0);
}

static void several(void)
{
    uint64_t pfn[4], mfn[4];

    for (unsigned i = 0; i < 4; i++) {
        pfn[i] = pfn_unmapped();
        mfn[i] = p2m[pfn[i]];
    }
    CHECK_EQ(change(XENMEM_decrease_reservation, mfn, 4, 0), 4);
    CHECK_EQ(change(XENMEM_populate_physmap, pfn, 1, 2), 1);
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(M2P[pfn[0] + i], M2P[pfn[0]] + i);
    /* One too many: dom0's maximum. */
    CHECK_EQ(pfn[0] & 3, 0);
}

static void beyond_maximum(void)
{
    domid_t self = DOMID_SELF;
    long max = memory_op(XENMEM_maximum_reservation, &self);
    uint64_t frame = start_info->nr_pages + 10;

    CHECK_EQ(memory_op(XENMEM_maximum_gpfn, &self) >= 0, true);
    if (max == pages())
        CHECK_EQ(change(XENMEM_populate_physmap, &frame, 1, 0), 0);
    else
        CHECK(max > pages());
}

void test(void)
{
    one_frame();
    several();
    beyond_maximum();
}

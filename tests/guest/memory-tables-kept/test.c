/*
 * A frame that is given back while it is a page table, a GDT or mapped stays
 * what it is until that use ends; none of it comes back as another's memory
 * before.
 */
#include "guest.h"

static long give(uint64_t mfn)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    set_xen_guest_handle(r.extent_start, (xen_pfn_t *)&mfn);
    return memory_op(XENMEM_decrease_reservation, &r);
}

static bool comes_back(uint64_t mfn)
{
    uint64_t frame;
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = DOMID_SELF};

    for (unsigned i = 0; i < 4; i++) {
        frame = va_to_pfn(image_end) + 0x2000 + i;
        set_xen_guest_handle(r.extent_start, (xen_pfn_t *)&frame);
        if (memory_op(XENMEM_populate_physmap, &r) == 1 && frame == mfn)
            return true;
    }
    return false;
}

static void table(void)
{
    void *page = page_alloc();
    struct tree t = tree_map(0x10000000, page, 1, PTE_RW_FLAGS);
    uint64_t mfn = va_to_mfn(t.l1);

    page_unmap(t.l1);
    give(mfn);
    CHECK(!comes_back(mfn));
    CHECK_EQ(try_write((void *)0x10000000, 7), NO_FAULT);
    CHECK_EQ(*(uint64_t *)page, 7);
    CHECK_EQ(pte_write(&kernel_l4()[0], 0), 0);
}

static void descriptors(void)
{
    uint64_t *gdt = page_alloc(), frame = va_to_mfn(gdt);

    page_unmap(gdt);
    CHECK_EQ(set_gdt(&frame, 16), 0);
    give(frame);
    CHECK(!comes_back(frame));
    CHECK_EQ(set_gdt(NULL, 0), 0);
}

static void pinned(void)
{
    uint64_t *l4 = page_alloc(), mfn = va_to_mfn(l4);

    page_protect(l4, false);
    CHECK_EQ(pin(4, l4), 0);
    page_unmap(l4);
    give(mfn);
    CHECK(!comes_back(mfn));
    CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, mfn, 0) == 0, true);
}

void test(void)
{
    table();
    descriptors();
    pinned();
}

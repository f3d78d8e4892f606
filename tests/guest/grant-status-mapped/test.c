/*
 * The status frames of a grant table of version 2 can be mapped, and as long as
 * they are there is no way back to version 1, which would free them (XSA-255).
 */
#include "guest.h"

static long set_version(unsigned version)
{
    struct gnttab_set_version v = {.version = version};

    return grant_table_op(GNTTABOP_set_version, &v, 1);
}

static uint64_t status_frame(void)
{
    struct gnttab_get_status_frames g = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t frame = ~0UL;

    set_xen_guest_handle(g.frame_list, &frame);
    REQUIRE_EQ(grant_table_op(GNTTABOP_get_status_frames, &g, 1), 0);
    REQUIRE_EQ(g.status, GNTST_okay);
    return frame;
}

static void mapped(uint64_t *window, uint64_t flags)
{
    REQUIRE_EQ(set_version(2), 0);
    REQUIRE_EQ(page_map(window, pte_make(status_frame(), flags)), 0);
    CHECK_EQ(set_version(1), -EBUSY);
    CHECK_EQ(try_read(window), NO_FAULT);
    CHECK_EQ(page_map(window, 0), 0);
    CHECK_EQ(set_version(1), 0);
}

void test(void)
{
    uint64_t *window = page_alloc();

    if (set_version(2) == -ENOSYS)
        skip("no grant tables of version 2");
    mapped(window, PTE_RO_FLAGS);
    mapped(window, PTE_RW_FLAGS);
}

/*
 * The first eight grants may be in use while their table changes its version:
 * the toolstack has them mapped. Such a use goes on, and its end is marked
 * where the entry's marks are by then, and nowhere else.
 */
#include "guest.h"

/* 0 and 1 are those that the tools make for a guest's console and its store. */
#define REF   5
#define OTHER 2 /* its frame is where version 1 has the flags of REF */
#define MARKS (GTF_reading | GTF_writing)

static union grant_entry_v2 *v2;
static struct grant_entry_v1 *v1;
static grant_status_t *status;
static grant_handle_t handle;

static long set_version(unsigned n)
{
    struct gnttab_set_version s = {.version = n};

    return grant_table_op(GNTTABOP_set_version, &s, 1);
}

static void show_entries(void)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t frame;

    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)&frame);
    REQUIRE_EQ(grant_table_op(GNTTABOP_setup_table, &s, 1), 0);
    REQUIRE_EQ(s.status, GNTST_okay);
    v1 = page_alloc();
    v2 = (void *)v1;
    REQUIRE_EQ(page_map(v1, pte_make(frame, PTE_RW_FLAGS)), 0);
}

static void show_status(void)
{
    struct gnttab_get_status_frames g = {.nr_frames = 1, .dom = DOMID_SELF};
    uint64_t frame;

    set_xen_guest_handle(g.frame_list, &frame);
    REQUIRE_EQ(grant_table_op(GNTTABOP_get_status_frames, &g, 1), 0);
    REQUIRE_EQ(g.status, GNTST_okay);
    REQUIRE_EQ(page_map(status, pte_make(frame, PTE_RW_FLAGS)), 0);
}

static void map(void *where)
{
    struct gnttab_map_grant_ref m = {.host_addr = (uint64_t)where,
                                     .flags = GNTMAP_host_map,
                                     .ref = REF,
                                     .dom = own_domid()};

    REQUIRE_EQ(grant_table_op(GNTTABOP_map_grant_ref, &m, 1), 0);
    REQUIRE_EQ(m.status, GNTST_okay);
    handle = m.handle;
}

static void unmap(void *where)
{
    struct gnttab_unmap_grant_ref u = {.host_addr = (uint64_t)where,
                                       .handle = handle};

    CHECK_EQ(grant_table_op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    CHECK_EQ(u.status, GNTST_okay);
}

static void from_1_to_2(void *window)
{
    map(window);
    CHECK_EQ(v1[REF].flags, GTF_permit_access | MARKS);
    REQUIRE_EQ(set_version(2), 0);
    show_status();
    CHECK_EQ(v2[REF].hdr.flags, GTF_permit_access);
    CHECK_EQ(status[REF], MARKS);
    v2[OTHER].full_page.frame = ~0UL;
    unmap(window);
    CHECK_EQ(status[REF], 0);
    CHECK_EQ(v2[OTHER].full_page.frame, ~0UL);
}

static void from_2_to_1(void *window)
{
    map(window);
    CHECK_EQ(status[REF], MARKS);
    page_unmap(status);
    REQUIRE_EQ(set_version(1), 0);
    CHECK_EQ(v1[REF].flags, GTF_permit_access | MARKS);
    unmap(window);
    CHECK_EQ(v1[REF].flags, GTF_permit_access);
}

static void there_and_back(void *window)
{
    map(window);
    REQUIRE_EQ(set_version(2), 0);
    REQUIRE_EQ(set_version(1), 0);
    CHECK_EQ(v1[REF].flags, GTF_permit_access | MARKS);
    unmap(window);
    CHECK_EQ(v1[REF].flags, GTF_permit_access);
}

void test(void)
{
    uint64_t *page = page_alloc(), *window = page_alloc();

    page_unmap(window);
    status = page_alloc();
    show_entries();
    v1[REF].domid = own_domid();
    v1[REF].frame = (uint32_t)va_to_mfn(page);
    v1[REF].flags = GTF_permit_access;
    from_1_to_2(window);
    from_2_to_1(window);
    there_and_back(window);
}

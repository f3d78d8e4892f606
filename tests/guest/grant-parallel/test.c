/*
 * Two vcpus use the same grants at once: they map, copy, swap entries, and
 * change the table's version under each other. What is mapped is mapped until
 * its unmapping, every operation has one of its own answers, and in the end no
 * entry is in use.
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
/* timeout: 30 */
#include "guest.h"

#define REF    100
#define SWAPS  120
#define ROUNDS 1500

static uint64_t *frames, *page, *windows[2];
static volatile bool other_done;

static void grant(void)
{
    struct grant_entry_v1 *v1 = (void *)frames;
    union grant_entry_v2 *v2 = (void *)frames;
    struct gnttab_get_version g = {.dom = DOMID_SELF};

    grant_table_op(GNTTABOP_get_version, &g, 1);
    if (g.version == 2) {
        v2[REF].full_page.frame = va_to_mfn(page);
        v2[REF].hdr.domid = own_domid();
        barrier();
        v2[REF].hdr.flags = GTF_permit_access;
    } else {
        v1[REF].frame = (uint32_t)va_to_mfn(page);
        v1[REF].domid = own_domid();
        barrier();
        v1[REF].flags = GTF_permit_access;
    }
}

/* True: it was mapped. The other vcpu may have taken the grant away before. */
static bool map_and_unmap(uint64_t *window)
{
    struct gnttab_map_grant_ref m = {.host_addr = (uint64_t)window,
                                     .flags = GNTMAP_host_map,
                                     .ref = REF,
                                     .dom = own_domid()};
    struct gnttab_unmap_grant_ref u = {.host_addr = (uint64_t)window};

    if (grant_table_op(GNTTABOP_map_grant_ref, &m, 1) || m.status)
        return false;
    CHECK_EQ(READ_ONCE(*window), 0x9a6e);
    u.handle = m.handle;
    CHECK_EQ(grant_table_op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    CHECK_EQ(u.status, GNTST_okay);
    return true;
}

/* From the granted page to a frame, and back. */
static void copy(uint64_t *page_of_own)
{
    struct gnttab_copy c[2];

    memset(c, 0, sizeof(c));
    c[0].source.u.ref = c[1].dest.u.ref = REF;
    c[0].source.domid = c[1].dest.domid = own_domid();
    c[0].dest.domid = c[1].source.domid = DOMID_SELF;
    c[0].dest.u.gmfn = c[1].source.u.gmfn = va_to_mfn(page_of_own);
    c[0].len = c[1].len = 8;
    c[0].flags = GNTCOPY_source_gref;
    c[1].flags = GNTCOPY_dest_gref;
    *page_of_own = 0;
    CHECK_EQ(grant_table_op(GNTTABOP_copy, &c[0], 1), 0);
    CHECK_EQ(*page_of_own, c[0].status ? 0 : 0x9a6e);
    *page_of_own = 0x9a6e;
    CHECK_EQ(grant_table_op(GNTTABOP_copy, &c[1], 1), 0);
}

static void swap(unsigned seed)
{
    struct gnttab_swap_grant_ref s = {.ref_a = SWAPS + seed % 7,
                                      .ref_b = SWAPS + seed % 5};

    CHECK_EQ(grant_table_op(GNTTABOP_swap_grant_ref, &s, 1), 0);
    CHECK_EQ(s.status, GNTST_okay);
}

static long set_version(unsigned version)
{
    struct gnttab_set_version s = {.version = version};
    long rc = grant_table_op(GNTTABOP_set_version, &s, 1);

    CHECK(rc == 0 || rc == -EBUSY);
    return rc;
}

static unsigned work(unsigned self)
{
    uint64_t *to = windows[self] + 512;
    unsigned mapped = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        mapped += map_and_unmap(windows[self]);
        copy(to);
        swap(i);
        if (i % 16 == self)
            set_version(1 + (i / 16 + self) % 2);
        if (i % 8 == 0)
            grant();
    }
    return mapped;
}

static void other(void *arg)
{
    (void)arg;
    work(1);
    other_done = true;
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

void test(void)
{
    struct gnttab_setup_table s = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t frame;

    frames = page_alloc();
    page = page_alloc();
    *page = 0x9a6e;
    for (unsigned i = 0; i < 2; i++)
        windows[i] = pages_alloc(2);
    set_xen_guest_handle(s.frame_list, (xen_pfn_t *)&frame);
    CHECK_EQ(grant_table_op(GNTTABOP_setup_table, &s, 1), 0);
    REQUIRE_EQ(page_map(frames, pte_make(frame, PTE_RW_FLAGS)), 0);
    grant();
    for (unsigned i = 0; i < 2; i++)
        page_unmap(windows[i]);
    vcpu_launch(1, other, NULL);
    CHECK(work(0) > 0);
    while (!other_done)
        sched_op(SCHEDOP_yield, NULL);
    CHECK_EQ(set_version(1), 0);
    CHECK_EQ(set_version(2), 0);
    CHECK_EQ(set_version(1), 0);
    grant();
    CHECK(map_and_unmap(windows[0]));
}

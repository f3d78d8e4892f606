/*
 * Grants between domains: mapped both ways, copied, refused to whom they were
 * not given. Whoever dies lets go of what it had mapped; whose frame is mapped
 * stays until it is not.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

#define REF  20
#define COPY 21

static struct sibling s;
static uint64_t page[512] __aligned(4096); /* of each domain */
static uint64_t second[512] __aligned(4096);
static volatile uint64_t step;
static struct grant_entry_v1 *table;

static void setup_table(void)
{
    uint64_t frame = 0;
    struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = 1};

    set_xen_guest_handle(op.frame_list, &frame);
    REQUIRE_EQ(grant_table_op(GNTTABOP_setup_table, &op, 1), 0);
    table = page_alloc();
    REQUIRE_EQ(page_map(table, pte_make(frame, PTE_RW_FLAGS)), 0);
}

static void grant(unsigned ref, unsigned to, const void *what, unsigned flags)
{
    table[ref].domid = (domid_t)to;
    table[ref].frame = (uint32_t)va_to_mfn(what);
    barrier();
    table[ref].flags = (uint16_t)(GTF_permit_access | flags);
}

static struct gnttab_map_grant_ref map(unsigned dom, unsigned ref, void *where)
{
    struct gnttab_map_grant_ref m = {.host_addr = (uint64_t)where,
                                     .flags = GNTMAP_host_map,
                                     .ref = ref,
                                     .dom = (domid_t)dom};

    CHECK_EQ(grant_table_op(GNTTABOP_map_grant_ref, &m, 1), 0);
    return m;
}

static int16_t unmap(void *where, grant_handle_t handle)
{
    struct gnttab_unmap_grant_ref u = {.host_addr = (uint64_t)where,
                                       .handle = handle};

    CHECK_EQ(grant_table_op(GNTTABOP_unmap_grant_ref, &u, 1), 0);
    return u.status;
}

static int16_t copy_from(unsigned dom, unsigned ref, void *to)
{
    struct gnttab_copy c;

    memset(&c, 0, sizeof(c));
    c.source.u.ref = ref;
    c.source.domid = (domid_t)dom;
    c.dest.u.gmfn = va_to_mfn(to);
    c.dest.domid = DOMID_SELF;
    c.len = 64;
    c.flags = GNTCOPY_source_gref;
    CHECK_EQ(grant_table_op(GNTTABOP_copy, &c, 1), 0);
    return c.status;
}

/* The sibling: grants to its maker, maps what it is granted, and dies so. */
static void run(void)
{
    struct gnttab_setup_table op = {.dom = 0, .nr_frames = 1};
    uint64_t *window = page_alloc(), frame;

    setup_table();
    set_xen_guest_handle(op.frame_list, &frame);
    CHECK_EQ(grant_table_op(GNTTABOP_setup_table, &op, 1), 0);
    CHECK_EQ(op.status, GNTST_permission_denied);
    page[0] = 0x51b;
    grant(REF, 0, page, 0);
    grant(COPY, 0, page, GTF_readonly);
    CHECK_EQ(map(0, REF + 5, window).status, GNTST_general_error);
    CHECK_EQ(map(0, REF + 6, window).status, GNTST_general_error);
    CHECK_EQ(map(0, REF, window).status, GNTST_okay);
    CHECK_EQ(window[0], 0xd0);
    window[1] = 0x51c;
    step = 1;
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

static bool step_is(uint64_t n)
{
    volatile uint64_t *seen = sibling_at(&s, &step);
    bool is = *seen == n;

    foreign_unmap((void *)(uint64_t)seen);
    return is;
}

/* It is dead, but there is what we have of it. */
static void check_after_death(uint64_t *window, grant_handle_t handle)
{
    struct xen_domctl_getdomaininfo info;

    CHECK_EQ(table[REF].flags & (GTF_reading | GTF_writing),
             GTF_reading | GTF_writing);
    CHECK_EQ(domain_do(XEN_DOMCTL_destroydomain, s.id), 0);
    CHECK_EQ(table[REF].flags & (GTF_reading | GTF_writing), 0);
    REQUIRE(domain_info(s.id, &info));
    CHECK_EQ(info.flags & XEN_DOMINF_dying, XEN_DOMINF_dying);
    CHECK_EQ(info.tot_pages, 1);
    CHECK_EQ(window[0], 0x51b);
    window[5] = 7;
    CHECK(domain_exists(s.id));
    CHECK_EQ(unmap(window, handle), GNTST_okay);
    CHECK(EVENTUALLY(!domain_exists(s.id)));
    CHECK_EQ(map(s.id, REF, window).status, GNTST_bad_domain);
    CHECK_EQ(copy_from(s.id, COPY, second), GNTST_bad_domain);
}

void test(void)
{
    uint64_t *window = page_alloc(), before;
    struct gnttab_map_grant_ref m;

    setup_table();
    sibling_make(&s, 1, run);
    domain_destroy(s.id);
    /* A first handle, whose page stays. */
    grant(REF, 0, page, 0);
    CHECK_EQ(unmap(window, map(0, REF, window).handle), GNTST_okay);
    before = free_pages_settled();
    sibling_make(&s, 1, run);
    page[0] = 0xd0;
    grant(REF, s.id, page, 0);
    grant(REF + 5, s.id + 1U, second, 0); /* somebody else's */
    sibling_start(&s);
    if (!EVENTUALLY(step_is(1)))
        sibling_wait(&s);
    CHECK_EQ(page[1], 0x51c);
    m = map(s.id, REF, window);
    CHECK_EQ(m.status, GNTST_okay);
    CHECK_EQ(window[0], 0x51b);
    CHECK_EQ(m.dev_bus_addr, s.mfn[va_to_pfn(page)] * PAGE_SIZE);
    CHECK_EQ(copy_from(s.id, COPY, second), GNTST_okay);
    CHECK_EQ(second[0], 0x51b);
    CHECK_EQ(copy_from(s.id, COPY + 1, second), GNTST_general_error);
    check_after_death(window, m.handle);
    CHECK(EVENTUALLY(free_pages() == before));
}

/*
 * When there is next to no free memory, a domain is made or -ENOMEM is the
 * answer, wherever in between it is missing; and nothing is lost then.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static domid_t hog;
static uint64_t frames[512];

static long take(unsigned n, unsigned order)
{
    struct xen_memory_reservation r = {
        .nr_extents = n, .extent_order = order, .domid = hog};

    set_xen_guest_handle(r.extent_start, frames);
    return memory_op(XENMEM_increase_reservation, &r);
}

/* Maps a page of the domain that it grants: the uses and handles of that. */
static void map_grant(domid_t id, uint64_t table, uint64_t frame)
{
    struct gnttab_map_grant_ref map = {.host_addr = (uint64_t)page_alloc(),
                                       .flags = GNTMAP_host_map,
                                       .dom = id};
    struct gnttab_unmap_grant_ref unmap = {.host_addr = map.host_addr};
    grant_entry_v1_t *entry = foreign_map(id, table, true);

    REQUIRE(entry != NULL);
    entry[0] = (grant_entry_v1_t){GTF_permit_access, 0, (uint32_t)frame};
    foreign_unmap(entry);
    page_unmap((void *)map.host_addr);
    CHECK_EQ(grant_table_op(GNTTABOP_map_grant_ref, &map, 1), 0);
    CHECK(map.status == GNTST_okay || map.status == GNTST_no_space);
    if (map.status)
        return;
    unmap.handle = map.handle;
    CHECK_EQ(grant_table_op(GNTTABOP_unmap_grant_ref, &unmap, 1), 0);
    CHECK_EQ(unmap.status, GNTST_okay);
}

/* Leaves so many pages, or what the hypervisor keeps for itself. */
static void eat(uint64_t rest)
{
    while (free_pages() > rest + 600 && take(1, 9) == 1)
        ;
    while (free_pages() > rest && take(1, 0) == 1)
        ;
}

static bool is_answer(long rc)
{
    return rc == 0 || rc == -ENOMEM;
}

static void use(domid_t id)
{
    static uint8_t map[20 * 4];
    struct evtchn_alloc_unbound port = {.dom = id, .remote_dom = 0};
    struct xen_mem_acquire_resource res;
    struct xen_foreign_memory_map m;
    struct xen_domctl op;
    uint64_t list[4];
    long rc;

    memset(&op, 0, sizeof(op));
    op.u.max_mem.max_memkb = 40;
    CHECK_EQ(domain_op(XEN_DOMCTL_max_mem, id, &op), 0);
    op.u.max_vcpus.max = 2;
    CHECK(is_answer(domain_op(XEN_DOMCTL_max_vcpus, id, &op)));
    CHECK(domain_populate(id, 0, 4, list) <= 4);
    memset(&res, 0, sizeof(res));
    res.domid = id;
    res.type = XENMEM_resource_grant_table;
    res.nr_frames = 4;
    set_xen_guest_handle(res.frame_list, list);
    rc = memory_op(XENMEM_acquire_resource, &res);
    CHECK(is_answer(rc) || (on_xen && rc < 0));
    memset(&m, 0, sizeof(m));
    m.domid = id;
    m.map.nr_entries = 4;
    set_xen_guest_handle(m.map.buffer, map);
    CHECK(is_answer(memory_op(XENMEM_set_memory_map, &m)));
    CHECK(is_answer(event_channel_op(EVTCHNOP_alloc_unbound, &port)));
    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.vcpucontext.ctxt,
                         (struct vcpu_guest_context *)0x1000);
    CHECK(domain_op(XEN_DOMCTL_setvcpucontext, id, &op) < 0);
}

/* What a map needs it keeps: first this is missing, then what comes next. */
static void try_map(void)
{
    struct xen_mem_acquire_resource res;
    domid_t id = domain_new(1, 8);
    uint64_t table, frame;

    REQUIRE_EQ(domain_populate(id, 0, 1, &frame), 1);
    memset(&res, 0, sizeof(res));
    res.domid = id;
    res.type = XENMEM_resource_grant_table;
    res.nr_frames = 1;
    set_xen_guest_handle(res.frame_list, &table);
    REQUIRE_EQ(memory_op(XENMEM_acquire_resource, &res), 0);
    for (unsigned i = 0; i < 10; i++) {
        fault_at(1 + i % 2);
        map_grant(id, table, frame);
    }
    fault_at(0);
    domain_destroy(id);
}

static uint64_t kept;

static void try_one(void)
{
    struct xen_domctl op = domain_config(2);
    uint64_t before = free_pages();
    long rc = domain_op(XEN_DOMCTL_createdomain, 0, &op);

    CHECK(is_answer(rc));
    if (!rc) {
        use(op.domain);
        domain_destroy(op.domain);
    }
    kept += before - free_pages();
    if (!on_xen && !option_number("faults", 0)) /* it has caches */
        CHECK_EQ(free_pages(), before);
}

/* With memory enough, but for one allocation each. */
static void try_faults(void)
{
    for (unsigned n = 1; n <= option_number("faults", 0); n++) {
        fault_at(n);
        try_one();
    }
    fault_at(0);
}

void test(void)
{
    uint64_t before;

    if (option_number("faults", 0)) {
        kept = free_pages();
        try_map();
        kept -= free_pages();
        try_faults();
        CHECK(kept <= 3); /* by us, for all maps */
        return;
    }
    domain_destroy(domain_new(1, 8));
    before = free_pages_settled();
    hog = domain_new(1, 1 << 20);
    for (int rest = 80; rest >= 0; rest -= rest > 60 ? 7 : 1) {
        eat((unsigned)rest);
        try_one();
    }
    domain_destroy(hog);
    if (on_xen)
        CHECK(free_pages_settled() + 128 > before);
    else
        CHECK_EQ(free_pages_settled(), before);
}

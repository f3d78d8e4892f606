/*
 * When there is next to no free memory, a domain is made or -ENOMEM is the
 * answer, wherever in between it is missing; and nothing is lost then.
 */
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
    if (!on_xen) /* it has caches */
        CHECK_EQ(free_pages(), before);
}

void test(void)
{
    uint64_t before;

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

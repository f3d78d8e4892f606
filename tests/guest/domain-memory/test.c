/*
 * Memory of another domain: populate, increase, decrease and exchange stop at
 * its limit, its numbers are told, it gets a memory map, frames are claimed
 * for it, and the frames of its grant table are found and mapped.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

#define NONE 999

static domid_t id;
static uint64_t frames[16];

static long reservation(unsigned op, unsigned n, unsigned order)
{
    struct xen_memory_reservation r = {
        .nr_extents = n, .extent_order = order, .domid = id};

    set_xen_guest_handle(r.extent_start, frames);
    return memory_op(op, &r);
}

static long number(unsigned op, domid_t of)
{
    return memory_op(op, &of);
}

static void check_limit(void)
{
    CHECK_EQ(number(XENMEM_current_reservation, id), 0);
    CHECK_EQ(number(XENMEM_maximum_reservation, id), 8);
    CHECK_EQ(number(XENMEM_current_reservation, NONE), -ESRCH);
    CHECK_EQ(number(XENMEM_maximum_reservation, NONE), -ESRCH);
    CHECK_EQ(number(XENMEM_maximum_gpfn, NONE), -ESRCH);
    CHECK_EQ(number(XENMEM_maximum_gpfn, id), 0);
    CHECK_EQ(domain_populate(id, 0, 5, frames), 5);
    for (unsigned i = 0; i < 5; i++)
        CHECK_EQ(M2P[frames[i]], i);
    CHECK_EQ(number(XENMEM_current_reservation, id), 5);
    CHECK_EQ(reservation(XENMEM_decrease_reservation, 2, 0), 2);
    CHECK_EQ(number(XENMEM_current_reservation, id), 3);
    CHECK_EQ(reservation(XENMEM_decrease_reservation, 2, 0), 0);
    CHECK_EQ(reservation(XENMEM_increase_reservation, 1, 2), 1);
    CHECK_EQ(number(XENMEM_current_reservation, id), 7);
    CHECK_EQ(domain_populate(id, 0, 5, frames), 1);
    CHECK_EQ(number(XENMEM_current_reservation, id), 8);
    CHECK_EQ(reservation(XENMEM_increase_reservation, 1, 0), 0);
    CHECK_EQ(domain_populate(NONE, 0, 1, frames + 8), 0);
}

static void check_exchange(void)
{
    static uint64_t in, out;
    struct xen_memory_exchange x;
    uint32_t *page;

    REQUIRE_EQ(domain_populate(id, 7, 1, &in), 1);
    memset(&x, 0, sizeof(x));
    x.in.nr_extents = x.out.nr_extents = 1;
    x.in.domid = x.out.domid = id;
    set_xen_guest_handle(x.in.extent_start, &in);
    set_xen_guest_handle(x.out.extent_start, &out);
    page = foreign_map(id, in, true);
    REQUIRE(page != NULL);
    out = 7;
    CHECK_EQ(memory_op(XENMEM_exchange, &x), -EINVAL); /* it is mapped */
    foreign_unmap(page);
    x.nr_exchanged = 0;
    CHECK_EQ(memory_op(XENMEM_exchange, &x), 0);
    CHECK_EQ(x.nr_exchanged, 1);
    CHECK_EQ(M2P[out], 7);
    CHECK(foreign_map(id, in, true) == NULL || in == out);
    x.in.domid = x.out.domid = NONE;
    x.nr_exchanged = 0;
    CHECK_EQ(memory_op(XENMEM_exchange, &x), -ESRCH);
}

static long set_map(domid_t of, unsigned n, void *from)
{
    struct xen_foreign_memory_map m;

    memset(&m, 0, sizeof(m));
    m.domid = of;
    m.map.nr_entries = n;
    set_xen_guest_handle(m.map.buffer, from);
    return memory_op(XENMEM_set_memory_map, &m);
}

static void check_map(void)
{
    static uint8_t map[2048 * 20];

    CHECK_EQ(set_map(id, 2, map), 0);
    CHECK_EQ(set_map(id, 1024, map), 0);
    CHECK_EQ(set_map(id, 1025, map), -EINVAL);
    CHECK_EQ(set_map(id, ~0U, map), -EINVAL);
    CHECK_EQ(set_map(id, 1, (void *)0x1000), -EFAULT);
    CHECK_EQ(set_map(id, 1, (void *)HV_START), -EFAULT);
    CHECK_EQ(set_map(NONE, 1, map), -ESRCH);
    CHECK_EQ(set_map(id, 0, map), 0);
    CHECK_EQ(memory_op(XENMEM_set_memory_map, 0x1000), -EFAULT);
}

static long claim(uint64_t pages)
{
    struct xen_memory_reservation r = {.nr_extents = pages, .domid = id};

    return memory_op(XENMEM_claim_pages, &r);
}

static uint64_t outstanding(void)
{
    struct xen_domctl_getdomaininfo info;

    REQUIRE(domain_info(id, &info));
    return info.outstanding_pages;
}

static void check_claim(void)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = id};
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.max_mem.max_memkb = 20 * 4;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_max_mem, id, &op), 0);
    CHECK_EQ(number(XENMEM_current_reservation, id), 8);
    CHECK_EQ(claim(8), -EINVAL);
    CHECK_EQ(claim(21), -EINVAL);
    CHECK_EQ(claim(19), 0);
    CHECK_EQ(outstanding(), 11);
    CHECK_EQ(claim(19), -EINVAL);
    CHECK_EQ(domain_populate(id, 20, 3, frames), 3);
    CHECK_EQ(outstanding(), 8);
    CHECK_EQ(claim(0), 0);
    CHECK_EQ(outstanding(), 0);
    CHECK_EQ(claim(0), 0);
    op.u.max_mem.max_memkb = ~0UL;
    REQUIRE_EQ(domain_op(XEN_DOMCTL_max_mem, id, &op), 0);
    CHECK_EQ(claim(0x800000), -ENOMEM);
    CHECK_EQ(claim(free_pages() + 11), 0); /* and those it has */
    id = 0; /* what is claimed is not for others */
    CHECK_EQ(domain_populate(0, 0x5000, 16, frames), 0);
    CHECK_EQ(memory_op(XENMEM_claim_pages, 0x1000), -EFAULT);
    id = r.domid;
    r.extent_order = 1;
    CHECK_EQ(memory_op(XENMEM_claim_pages, &r), -EINVAL);
    r.extent_order = 0;
    r.mem_flags = 1;
    CHECK_EQ(memory_op(XENMEM_claim_pages, &r), -EINVAL);
    r.mem_flags = 0;
    r.domid = NONE;
    CHECK_EQ(memory_op(XENMEM_claim_pages, &r), -EINVAL);
}

static long acquire(domid_t of, struct xen_mem_acquire_resource *r)
{
    r->domid = of;
    r->type = XENMEM_resource_grant_table;
    return memory_op(XENMEM_acquire_resource, r);
}

static void check_resource(void)
{
    static uint64_t list[8];
    struct xen_mem_acquire_resource r;
    struct grant_entry_v1 *table;

    memset(&r, 0, sizeof(r));
    CHECK_EQ(acquire(id, &r), 0);
    CHECK_EQ(r.nr_frames, 4);
    r.nr_frames = 1;
    CHECK_EQ(acquire(id, &r), -EINVAL);
    set_xen_guest_handle(r.frame_list, list);
    CHECK_EQ(acquire(id, &r), 0);
    table = foreign_map(id, list[0], true);
    REQUIRE(table != NULL);
    table[9].domid = 5;
    CHECK_EQ(table[9].domid, 5);
    foreign_unmap(table);
    r.nr_frames = 4;
    CHECK_EQ(acquire(id, &r), 0);
    CHECK(list[3] != list[0]);
    r.nr_frames = 5;
    CHECK_EQ(acquire(id, &r), -EINVAL);
    r.nr_frames = 1;
    r.frame = 4;
    CHECK_EQ(acquire(id, &r), -EINVAL);
    r.frame = ~0UL;
    CHECK_EQ(acquire(id, &r), -EINVAL);
    r.frame = 0;
    CHECK_EQ(acquire(DOMID_SELF, &r), -ESRCH);
    CHECK_EQ(acquire(0, &r), -EPERM);
    CHECK_EQ(acquire(NONE, &r), -ESRCH);
    r.id = 7;
    CHECK_EQ(acquire(id, &r), -EINVAL);
    r.id = 0;
    r.pad = 1;
    CHECK_EQ(acquire(id, &r), -EINVAL);
    r.pad = 0;
    set_xen_guest_handle(r.frame_list, (uint64_t *)0x1000);
    CHECK_EQ(acquire(id, &r), -EFAULT);
    r.type = XENMEM_resource_ioreq_server;
    CHECK_EQ(memory_op(XENMEM_acquire_resource, &r), -EINVAL);
    r.type = 77;
    CHECK_EQ(memory_op(XENMEM_acquire_resource, &r), -EOPNOTSUPP);
}

/* Of all domains. */
static uint64_t claims(void)
{
    struct xen_sysctl op;

    memset(&op, 0, sizeof(op));
    op.cmd = XEN_SYSCTL_physinfo;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    REQUIRE_EQ(sysctl(&op), 0);
    return op.u.physinfo.outstanding_pages;
}

void test(void)
{
    uint64_t before;

    id = domain_new(1, 8);
    domain_destroy(id);
    before = free_pages_settled();
    id = domain_new(1, 8);
    check_limit();
    CHECK_EQ(reservation(XENMEM_decrease_reservation, 1, 0), 1);
    check_exchange();
    check_map();
    check_resource();
    check_claim();
    CHECK_EQ(claims(), outstanding());
    domain_destroy(id);
    CHECK(EVENTUALLY(claims() == 0));
    CHECK(EVENTUALLY(free_pages() == before));
    CHECK_EQ(free_pages(), before);
}

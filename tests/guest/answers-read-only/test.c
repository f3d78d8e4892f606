/*
 * What is asked rightly, but where the answer cannot be written, is -EFAULT (of
 * a list that counts what is done: as far as it came), and ports that were made
 * for it are taken back.
 */
/* not-as-guest: it gives a toolstack's orders */
#define __XEN_TOOLS__ 1
#include "guest.h"
#include <xen/sysctl.h>

static uint64_t *page; /* that is read-only or not */
static domid_t id;

/* Asked with a page that was filled before; by number for the others. */
static long ask(unsigned call, unsigned cmd, unsigned count)
{
    switch (call) {
    case __HYPERVISOR_domctl:
    case __HYPERVISOR_sysctl:
    case __HYPERVISOR_platform_op:
        return hypercall(call, (uint64_t)page, 0, 0, 0, 0);
    default:
        return hypercall(call, cmd, (uint64_t)page, count, 0, 0);
    }
}

/* ------------------------------------------- orders of the toolstack */

static const struct order {
    unsigned call, cmd, version;
    const char *name;
} orders[] = {
#define DOMCTL(name)                                                           \
    {                                                                          \
        __HYPERVISOR_domctl, XEN_DOMCTL_##name, XEN_DOMCTL_INTERFACE_VERSION,  \
            #name                                                              \
    }
#define SYSCTL(name)                                                           \
    {                                                                          \
        __HYPERVISOR_sysctl, XEN_SYSCTL_##name, XEN_SYSCTL_INTERFACE_VERSION,  \
            #name                                                              \
    }
#define PLATFORM(name)                                                         \
    {                                                                          \
        __HYPERVISOR_platform_op, XENPF_##name, XENPF_INTERFACE_VERSION, #name \
    }
    DOMCTL(getdomaininfo),
    DOMCTL(get_address_size),
    DOMCTL(getvcpuinfo),
    DOMCTL(scheduler_op),
    DOMCTL(gettscinfo),
    DOMCTL(get_ext_vcpucontext),
    DOMCTL(getvcpuextstate),
    DOMCTL(get_vcpu_msrs),
    DOMCTL(get_cpu_policy),
    SYSCTL(readconsole),
    SYSCTL(physinfo),
    SYSCTL(sched_id),
    SYSCTL(getdomaininfolist),
    SYSCTL(getcpuinfo),
    SYSCTL(availheap),
    SYSCTL(cputopoinfo),
    SYSCTL(numainfo),
    SYSCTL(cpupool_op),
    SYSCTL(get_cpu_levelling_caps),
    SYSCTL(get_cpu_featureset),
    SYSCTL(get_cpu_policy),
    PLATFORM(get_cpu_version),
    PLATFORM(get_cpuinfo),
};

static void fill_order(const struct order *o)
{
    struct xen_domctl *op = (void *)page;
    struct xen_sysctl *s = (void *)page;

    memset(page, 0, PAGE_SIZE);
    op->cmd = o->cmd;
    op->interface_version = o->version;
    if (o->call == __HYPERVISOR_domctl) {
        op->domain = id;
        if (o->cmd == XEN_DOMCTL_scheduler_op) {
            op->u.scheduler_op.sched_id = XEN_SCHEDULER_CREDIT2;
            op->u.scheduler_op.cmd = XEN_DOMCTL_SCHEDOP_getinfo;
        }
    } else if (o->call == __HYPERVISOR_sysctl &&
               o->cmd == XEN_SYSCTL_cpupool_op) {
        s->u.cpupool_op.op = XEN_SYSCTL_CPUPOOL_OP_FREEINFO;
    }
}

static void check_orders(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(orders); i++) {
        const struct order *o = &orders[i];
        long good, bad;

        fill_order(o);
        good = ask(o->call, o->cmd, 0);
        fill_order(o);
        page_protect(page, false);
        bad = ask(o->call, o->cmd, 0);
        page_protect(page, true);
        if (good || bad != -EFAULT)
            print("%s: %ld, read-only: %ld\n", o->name, good, bad);
        CHECK_EQ(good, 0);
        CHECK_EQ(bad, -EFAULT);
    }
}

/* --------------------------------------------------------- event channels */

static evtchn_port_t new_port(void)
{
    struct evtchn_alloc_unbound op = {.dom = DOMID_SELF,
                                      .remote_dom = DOMID_SELF};

    REQUIRE_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &op), 0);
    return op.port;
}

static void port_op(unsigned cmd, const void *op, size_t bytes)
{
    memcpy(page, op, bytes);
    page_protect(page, false);
    CHECK_EQ(ask(__HYPERVISOR_event_channel_op, cmd, 0), -EFAULT);
    page_protect(page, true);
}

/* In Xen a port stays that nobody knows of. */
static void check_ports(void)
{
    struct evtchn_alloc_unbound unbound = {.dom = DOMID_SELF,
                                           .remote_dom = DOMID_SELF};
    struct evtchn_bind_interdomain pair = {.remote_dom = DOMID_SELF};
    struct evtchn_bind_virq virq = {.virq = VIRQ_DEBUG};
    struct evtchn_status status = {.dom = DOMID_SELF};
    struct evtchn_bind_ipi ipi = {.vcpu = 0};
    evtchn_port_t next;

    pair.remote_port = new_port();
    next = new_port();
    event_close(next);
    status.port = pair.remote_port;
    port_op(EVTCHNOP_status, &status, sizeof(status));
    port_op(EVTCHNOP_alloc_unbound, &unbound, sizeof(unbound));
    port_op(EVTCHNOP_bind_ipi, &ipi, sizeof(ipi));
    port_op(EVTCHNOP_bind_virq, &virq, sizeof(virq));
    port_op(EVTCHNOP_bind_interdomain, &pair, sizeof(pair));
    if (on_xen)
        return;
    CHECK_EQ(new_port(), next);
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_virq, &virq), 0);
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_interdomain, &pair), 0);
}

/* ------------------------------------------------------- grants and memory */

static void grant_op(unsigned cmd, const void *op, size_t bytes, long wanted)
{
    memcpy(page, op, bytes);
    page_protect(page, false);
    CHECK_EQ(ask(__HYPERVISOR_grant_table_op, cmd, 1), wanted);
    page_protect(page, true);
}

static void check_grants(void)
{
    struct gnttab_map_grant_ref map = {.host_addr = (uint64_t)page_alloc(),
                                       .flags = GNTMAP_host_map,
                                       .ref = 9,
                                       .dom = DOMID_SELF};
    struct gnttab_unmap_grant_ref unmap = {.handle = 77};
    struct gnttab_setup_table setup = {.dom = DOMID_SELF, .nr_frames = 0};
    struct gnttab_query_size query = {.dom = DOMID_SELF};
    struct gnttab_get_version version = {.dom = DOMID_SELF};
    struct gnttab_set_version set = {.version = 1};
    struct gnttab_swap_grant_ref swap = {.ref_a = 9, .ref_b = 10};
    struct gnttab_copy copy;

    memset(&copy, 0, sizeof(copy));
    copy.source.domid = copy.dest.domid = DOMID_SELF;
    copy.source.u.gmfn = copy.dest.u.gmfn = va_to_mfn(page_alloc());
    copy.len = 8;
    grant_op(GNTTABOP_map_grant_ref, &map, sizeof(map), -EFAULT);
    grant_op(GNTTABOP_unmap_grant_ref, &unmap, sizeof(unmap), -EFAULT);
    grant_op(GNTTABOP_setup_table, &setup, sizeof(setup), -EFAULT);
    grant_op(GNTTABOP_query_size, &query, sizeof(query), -EFAULT);
    grant_op(GNTTABOP_get_version, &version, sizeof(version), -EFAULT);
    grant_op(GNTTABOP_set_version, &set, sizeof(set), -EFAULT);
    grant_op(GNTTABOP_swap_grant_ref, &swap, sizeof(swap), -EFAULT);
    grant_op(GNTTABOP_copy, &copy, sizeof(copy), -EFAULT);
}

static long pages_of(domid_t domid)
{
    return memory_op(XENMEM_current_reservation, &domid);
}

/* The list is what cannot be written; what was given is the domain's. */
static void check_memory(void)
{
    struct xen_memory_reservation r = {.nr_extents = 2, .domid = id};
    struct xen_memory_exchange x;

    set_xen_guest_handle(r.extent_start, page);
    page[0] = page[1] = 3;
    page_protect(page, false);
    CHECK_EQ(memory_op(XENMEM_populate_physmap, &r), 0);
    CHECK_EQ(memory_op(XENMEM_increase_reservation, &r), 0);
    CHECK(pages_of(id) <= 2);
    page_protect(page, true);

    memset(&x, 0, sizeof(x));
    x.in.nr_extents = x.out.nr_extents = 1;
    x.in.domid = x.out.domid = DOMID_SELF;
    page[0] = va_to_mfn(page_alloc());
    set_xen_guest_handle(x.in.extent_start, page);
    set_xen_guest_handle(x.out.extent_start, page + 1);
    page_protect(page, false);
    CHECK(memory_op(XENMEM_exchange, &x) < 0);
    page_protect(page, true);
    CHECK_EQ(x.nr_exchanged, 0);
}

void test(void)
{
    events_init();
    page = page_alloc();
    id = domain_new(1, 8);
    check_orders();
    check_ports();
    check_grants();
    check_memory();
    domain_destroy(id);
}

/*
 * While one vcpu makes and destroys a domain, others map its frames, pin its
 * tables, give and take memory, bind ports, map its grants and pause it. Each
 * call works or is refused, and nothing of the domain is left.
 */
/* not-as-guest: it gives a toolstack's orders */
/* hv-args: dom0_max_vcpus=3 */
/* smp: 3 */
#include "guest.h"

static struct sibling s;
static volatile uint64_t counter;
static volatile bool go, over, idle[3];

static void nothing(void)
{
    for (;;)
        counter++;
}

/* Until there is something to disturb; false: no more. */
static bool next_round(unsigned id)
{
    while (!go && !over) {
        idle[id] = true;
        yield();
    }
    idle[id] = false;
    return !over;
}

static void try_memory(uint64_t *list)
{
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = s.id};
    struct xen_memory_exchange x;

    if (domain_populate(s.id, 2000, 4, list) == 4) {
        memset(&x, 0, sizeof(x));
        x.in.nr_extents = x.out.nr_extents = 4;
        x.in.domid = x.out.domid = s.id;
        set_xen_guest_handle(x.in.extent_start, list);
        set_xen_guest_handle(x.out.extent_start, list);
        memory_op(XENMEM_exchange, &x);
    }
    set_xen_guest_handle(r.extent_start, list);
    memory_op(XENMEM_decrease_reservation, &r);
}

static void try_tables(uint64_t frame)
{
    static const unsigned cmds[] = {MMUEXT_UNPIN_TABLE, MMUEXT_PIN_L4_TABLE,
                                    MMUEXT_PIN_L1_TABLE};
    struct mmuext_op op;

    for (unsigned i = 0; i < ARRAY_SIZE(cmds); i++) {
        memset(&op, 0, sizeof(op));
        op.cmd = cmds[i];
        op.arg1.mfn = i == 2 ? frame : s.mfn[s.l4];
        mmuext_op(&op, 1, NULL, s.id);
    }
}

static void disturb_memory(void *arg)
{
    uint64_t *window = page_alloc(), list[4];

    (void)arg;
    while (next_round(1)) {
        for (unsigned i = 3; i < 9; i++)
            update_va_mapping_otherdomain(
                window, pte_make(s.mfn[i], PTE_RW_FLAGS), UVMF_INVLPG, s.id);
        page_protect(window, true);
        try_memory(list);
        try_tables(list[0]);
    }
}

static void disturb_events(void *arg)
{
    uint64_t *window = page_alloc();

    (void)arg;
    while (next_round(2)) {
        struct evtchn_alloc_unbound a = {.dom = s.id, .remote_dom = 0};
        struct evtchn_bind_interdomain b = {.remote_dom = s.id};
        struct gnttab_map_grant_ref m = {.host_addr = (uint64_t)window,
                                         .flags = GNTMAP_host_map,
                                         .ref = 3,
                                         .dom = s.id};
        struct xen_domctl op;

        if (!event_channel_op(EVTCHNOP_alloc_unbound, &a)) {
            b.remote_port = a.port;
            if (!event_channel_op(EVTCHNOP_bind_interdomain, &b)) {
                event_send(b.local_port);
                event_close(b.local_port);
            }
        }
        grant_table_op(GNTTABOP_map_grant_ref, &m, 1);
        if (!domain_do(XEN_DOMCTL_pausedomain, s.id))
            domain_do(XEN_DOMCTL_unpausedomain, s.id);
        memset(&op, 0, sizeof(op));
        domain_op(XEN_DOMCTL_getdomaininfo, s.id, &op);
        set_xen_guest_handle(op.u.vcpucontext.ctxt, sibling_context(&s));
        op.u.vcpucontext.vcpu = 0;
        domain_op(XEN_DOMCTL_setvcpucontext, s.id, &op);
    }
}

static void once(uint64_t cycles)
{
    uint64_t end;

    sibling_make(&s, 1, nothing);
    sibling_start(&s);
    end = rdtsc() + cycles;
    go = true;
    while (rdtsc() < end)
        yield();
    REQUIRE_EQ(domain_do(XEN_DOMCTL_destroydomain, s.id), 0);
    go = false;
    CHECK(EVENTUALLY(idle[1] && idle[2]));
    CHECK(EVENTUALLY(!domain_exists(s.id)));
}

void test(void)
{
    events_init();
    vcpu_launch(1, disturb_memory, NULL);
    vcpu_launch(2, disturb_events, NULL);
    for (unsigned i = 0; i < 8; i++)
        once((uint64_t)i << 22);
    over = true;
    CHECK(EVENTUALLY(vcpu_op(VCPUOP_is_up, 1, NULL) == 0));
    CHECK(EVENTUALLY(vcpu_op(VCPUOP_is_up, 2, NULL) == 0));
}

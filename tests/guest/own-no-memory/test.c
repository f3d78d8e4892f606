/*
 * What the hypervisor needs memory for while a guest does things for itself -
 * FIFO event channels, interrupts, devices, another vcpu, an exchange of frames
 * - and what a toolstack reads of a vcpu: -ENOMEM where there is none, without
 * a change, and the same can be done when there is some.
 *
 * With faults=N on its command line, in an image of `make FAULTS=1`, each
 * allocation fails once; otherwise all is done once.
 */
/* not-as-guest: it gives a toolstack's orders */
/* hv-args: dom0_max_vcpus=2 */
/* cpu: max,-smap */
#include "guest.h"

static unsigned missing; /* how often memory was */

/* Repeats what fn does with one more allocation granted, until it succeeds. */
static void walk(const char *what, long (*fn)(void), unsigned at_least)
{
    long rc = -ENOMEM;

    missing = 0;
    for (unsigned n = 1; rc == -ENOMEM && n <= 10; n++) {
        if (option_number("faults", 0))
            fault_at(n);
        rc = fn();
        missing += rc == -ENOMEM;
    }
    if (option_number("faults", 0))
        fault_at(0);
    if (rc || (option_number("faults", 0) && missing < at_least))
        print("%s: %ld, memory was missing %u times\n", what, rc, missing);
    CHECK_EQ(rc, 0);
    if (option_number("faults", 0))
        CHECK(missing >= at_least);
}

static void *control;

static long fifo(void)
{
    struct evtchn_init_control op = {.control_gfn = va_to_mfn(control)};

    return event_channel_op(EVTCHNOP_init_control, &op);
}

static long fifo_array(void)
{
    struct evtchn_expand_array op = {.array_gfn = va_to_mfn(page_alloc())};

    return event_channel_op(EVTCHNOP_expand_array, &op);
}

static long pirq(void)
{
    struct evtchn_bind_pirq b = {.pirq = 11};

    return event_channel_op(EVTCHNOP_bind_pirq, &b);
}

static void line_of_pirq(void)
{
    struct physdev_setup_gsi gsi = {.gsi = 11, .triggering = 1, .polarity = 1};
    struct physdev_map_pirq map = {.domid = DOMID_SELF,
                                   .type = MAP_PIRQ_TYPE_GSI,
                                   .index = 11,
                                   .pirq = 11};

    CHECK_EQ(physdev_op(PHYSDEVOP_setup_gsi, &gsi), 0);
    CHECK_EQ(physdev_op(PHYSDEVOP_map_pirq, &map), 0);
}

static long device(void)
{
    struct physdev_pci_device_add add = {.bus = 0, .devfn = 0};

    return physdev_op(PHYSDEVOP_pci_device_add, &add);
}

static void nothing(void *arg)
{
    (void)arg;
}

static long vcpu(void)
{
    return vcpu_op(VCPUOP_initialise, 1, vcpu_context(1, nothing, NULL));
}

static uint64_t in, out;

static long exchange(void)
{
    struct xen_memory_exchange e = {
        .in = {.nr_extents = 1, .domid = DOMID_SELF},
        .out = {.nr_extents = 1, .domid = DOMID_SELF}};
    long rc;

    set_xen_guest_handle(e.in.extent_start, (xen_pfn_t *)&in);
    set_xen_guest_handle(e.out.extent_start, (xen_pfn_t *)&out);
    rc = memory_op(XENMEM_exchange, &e);
    CHECK_EQ(e.nr_exchanged, rc ? 0 : 1);
    return rc;
}

static void exchange_page(void)
{
    uint64_t *page = page_alloc(), old = va_to_mfn(page);
    uint64_t pfn = va_to_pfn(page);

    *page = 77;
    CHECK_EQ(page_map(page, 0), 0);
    in = old;
    out = pfn;
    walk("exchange", exchange, 2);
    CHECK_EQ(M2P[out], pfn);
    CHECK_EQ(page_map(page, pte_make(out, PTE_RW_FLAGS)), 0);
}

static domid_t other;

static long extstate(void)
{
    static struct {
        uint64_t xcr0, accumulated;
        uint8_t area[4096];
    } image __aligned(64);
    struct xen_domctl op = {.u.vcpuextstate = {.size = 0}};
    long rc = domain_op(XEN_DOMCTL_getvcpuextstate, other, &op);

    set_xen_guest_handle(op.u.vcpuextstate.buffer, &image.xcr0);
    op.u.vcpuextstate.size = 16;
    rc = rc ? rc : domain_op(XEN_DOMCTL_getvcpuextstate, other, &op);
    image.xcr0 = image.accumulated = 3;
    op.u.vcpuextstate.size = 16 + 576; /* x87 and SSE, with the header */
    return rc ? rc : domain_op(XEN_DOMCTL_setvcpuextstate, other, &op);
}

void test(void)
{
    struct xen_domctl op;

    events_init();
    line_of_pirq();
    walk("pirq", pirq, 1);
    walk("device", device, 1);
    control = page_alloc();
    walk("fifo", fifo, 1);
    walk("fifo array", fifo_array, 0);
    walk("vcpu", vcpu, 1);
    exchange_page();
    other = domain_new(1, 8);
    memset(&op, 0, sizeof(op));
    op.u.max_vcpus.max = 1;
    CHECK_EQ(domain_op(XEN_DOMCTL_max_vcpus, other, &op), 0);
    walk("extended state", extstate, 2);
    domain_destroy(other);
}

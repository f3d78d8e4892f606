/*
 * What a domain may touch of the machine: its ports and its device memory begin
 * as none, are given and taken by domctl, and nobody gives what he does not
 * have. NMIs are sent by sendtrigger, the wall clock is moved by
 * settimeoffset, and hypercall_init fills a page of its.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

#define PORT 0x378 /* nobody's */
#define VGA  0xb8

static struct sibling s;
static volatile uint64_t step, nmis;
static bool nmi_came(struct frame *f)
{
    (void)f;
    nmis++;
    return true;
}

static void read_port(void *arg)
{
    (void)arg;
    inb(PORT);
}

static void wait_step(uint64_t n)
{
    while (READ_ONCE(step) < n)
        yield();
}

/* Device memory may be mapped past the caches, as a driver wants it; RAM not,
 * for what we check of it would not be what is there (XSA-402). Xen lets that
 * be and flushes caches where it counts. */
static void check_caching(void *page)
{
    uint64_t own = pte_make(va_to_mfn(page), PTE_RW_FLAGS | PTE_PCD);
    void *other = page_alloc();

    CHECK_EQ(update_va_mapping(other, own, 0), on_xen ? 0 : -EINVAL);
    CHECK_EQ(update_va_mapping(other, pte_make(VGA, PTE_RW_FLAGS | PTE_PCD), 0),
             0);
}

static void run(void)
{
    struct physdev_set_iopl iopl = {.iopl = 1};
    void *page = page_alloc();

    trap_set_hook(VECTOR_NMI, nmi_came);
    events_init();
    CHECK_EQ(physdev_op(PHYSDEVOP_set_iopl, &iopl), 0);
    CHECK_EQ(update_va_mapping(page, pte_make(VGA, PTE_RW_FLAGS), 0), -EPERM);
    CHECK_EQ(shared_info->wc_sec_hi, 0);
    step = 1;
    wait_step(2);
    CHECK_EQ(update_va_mapping(page, pte_make(VGA, PTE_RW_FLAGS), 0), 0);
    CHECK_EQ(update_va_mapping(page, pte_make(VGA + 1, PTE_RW_FLAGS), 0),
             -EPERM);
    check_caching(page_alloc());
    CHECK_EQ(fault_of(read_port, NULL), NO_FAULT);
    CHECK(shared_info->wc_sec_hi == 1 || shared_info->wc_sec_hi == 2);
    page_protect(page, true);
    step = 3;
    wait_step(4);
    CHECK_EQ(update_va_mapping(page, pte_make(VGA, PTE_RW_FLAGS), 0), -EPERM);
    CHECK(EVENTUALLY(nmis == 1));
}

static long iomem(uint64_t first, uint64_t count, bool allow)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.iomem_permission.first_mfn = first;
    op.u.iomem_permission.nr_mfns = count;
    op.u.iomem_permission.allow_access = allow;
    return domain_op(XEN_DOMCTL_iomem_permission, s.id, &op);
}

static long ioport(uint32_t first, uint32_t count, bool allow)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.ioport_permission.first_port = first;
    op.u.ioport_permission.nr_ports = count;
    op.u.ioport_permission.allow_access = allow;
    return domain_op(XEN_DOMCTL_ioport_permission, s.id, &op);
}

static long irq(uint32_t pirq, bool allow)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.irq_permission.pirq = pirq;
    op.u.irq_permission.allow_access = allow;
    return domain_op(XEN_DOMCTL_irq_permission, s.id, &op);
}

static long trigger(unsigned which, unsigned vcpu)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.sendtrigger.trigger = which;
    op.u.sendtrigger.vcpu = vcpu;
    return domain_op(XEN_DOMCTL_sendtrigger, s.id, &op);
}

static void check_args(void)
{
    CHECK_EQ(iomem(VGA, 0, true), -EINVAL);
    CHECK_EQ(iomem(~0UL, 2, true), -EINVAL);
    CHECK_EQ(iomem(1UL << 52, 1, true), -EPERM);
    CHECK_EQ(iomem(0xfee00, 1, true), -EPERM); /* the local APIC */
    CHECK_EQ(ioport(0, 0, true), -EINVAL);
    CHECK_EQ(ioport(0xffff, 2, true), -EINVAL);
    CHECK_EQ(ioport(0xffffffff, 2, true), -EINVAL);
    CHECK_EQ(ioport(0x3f8, 1, true), -EPERM); /* the console */
    CHECK_EQ(irq(0xffffffff, true), -EINVAL);
    CHECK_EQ(irq(7, true), -EPERM); /* we have not mapped it ourselves */
    CHECK_EQ(trigger(XEN_DOMCTL_SENDTRIGGER_NMI, 1), -ESRCH);
    CHECK_EQ(trigger(XEN_DOMCTL_SENDTRIGGER_POWER, 0), -EINVAL);
    CHECK_EQ(trigger(XEN_DOMCTL_SENDTRIGGER_SLEEP, 0), -EINVAL);
    CHECK_EQ(trigger(77, 0), -ENOSYS);
}

static void check_hypercall_page(void)
{
    /* push rcx, push r11, mov $number, syscall */
    static const uint8_t stub[] = {0x51, 0x41, 0x53, 0xb8, 17,
                                   0,    0,    0,    0x0f, 0x05};
    struct xen_domctl op;
    uint8_t *page;

    memset(&op, 0, sizeof(op));
    op.u.hypercall_init.gmfn = s.mfn[5];
    CHECK_EQ(domain_op(XEN_DOMCTL_hypercall_init, s.id, &op), 0);
    page = foreign_map(s.id, s.mfn[5], false);
    REQUIRE(page != NULL);
    CHECK(!memcmp(page + 17 * 32, stub, sizeof(stub)));
    foreign_unmap(page);
    op.u.hypercall_init.gmfn = s.mfn[s.l4];
    CHECK_EQ(domain_op(XEN_DOMCTL_hypercall_init, s.id, &op), -EPERM);
    op.u.hypercall_init.gmfn = va_to_mfn(&s);
    CHECK_EQ(domain_op(XEN_DOMCTL_hypercall_init, s.id, &op), -EINVAL);
    op.u.hypercall_init.gmfn = ~0UL;
    CHECK_EQ(domain_op(XEN_DOMCTL_hypercall_init, s.id, &op), -EINVAL);
}

static void check_irq(void)
{
    struct physdev_map_pirq map = {
        .domid = DOMID_SELF, .type = MAP_PIRQ_TYPE_GSI, .index = 7, .pirq = 7};

    CHECK_EQ(physdev_op(PHYSDEVOP_map_pirq, &map), 0);
    CHECK_EQ(irq(7, true), 0);
    CHECK_EQ(irq(7, false), 0);
}

static void set_step(uint64_t n)
{
    volatile uint64_t *seen = sibling_at(&s, &step);

    *seen = n;
    foreign_unmap((void *)(uint64_t)seen);
}

static bool step_is(uint64_t n)
{
    volatile uint64_t *seen = sibling_at(&s, &step);
    bool is = *seen == n;

    foreign_unmap((void *)(uint64_t)seen);
    return is;
}

void test(void)
{
    struct xen_domctl op;

    sibling_make(&s, 1, run);
    check_args();
    check_hypercall_page();
    sibling_start(&s);
    CHECK(EVENTUALLY(step_is(1)));
    CHECK_EQ(iomem(VGA, 1, true), 0);
    CHECK_EQ(ioport(PORT, 1, true), 0);
    check_irq();
    memset(&op, 0, sizeof(op));
    op.u.settimeoffset.time_offset_seconds = 1L << 32;
    CHECK_EQ(domain_op(XEN_DOMCTL_settimeoffset, s.id, &op), 0);
    set_step(2);
    CHECK(EVENTUALLY(step_is(3)));
    CHECK_EQ(iomem(VGA, 1, false), 0);
    CHECK_EQ(ioport(PORT, 1, false), 0);
    CHECK_EQ(trigger(XEN_DOMCTL_SENDTRIGGER_NMI, 0), 0);
    set_step(4);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_poweroff);
    domain_destroy(s.id);
}

/*
 * A domain without privilege gets -EPERM, or what it gets instead, from every
 * order of the toolstack, everything about the machine, and everything about
 * another domain or its frames; and nothing has changed.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static struct sibling s;
static uint64_t frame, l4_frame; /* of the privileged one: see test() */
static uint64_t secret[512] __attribute__((aligned(4096), section(".data")));

struct op {
    uint32_t cmd, interface_version;
    uint64_t domain;
    uint8_t rest[256];
};

/* Xen looks at some arguments, and says what is wrong with them, first. */
static bool is_refused(long rc)
{
    return rc == -EPERM ||
           (on_xen && (rc == -EINVAL || rc == -EOPNOTSUPP || rc == -ENODEV));
}

static void check_orders(void)
{
    static const unsigned beyond[] = {0, 1000, 1001, 1002, 1003, 0xffffffff};
    struct op op;

    for (unsigned cmd = 1; cmd < 120; cmd++) {
        memset(&op, 0, sizeof(op));
        op.cmd = cmd;
        op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
        CHECK(is_refused(domctl(&op)));
        op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
        CHECK_EQ(sysctl(&op), -EPERM);
        op.interface_version = XENPF_INTERFACE_VERSION;
        CHECK_EQ(platform_op(&op), -EPERM);
        op.interface_version = 1;
        CHECK_DIFFERS(domctl(&op), -EPERM, -EACCES);
        CHECK_DIFFERS(sysctl(&op), -EPERM, -EACCES);
        CHECK_DIFFERS(platform_op(&op), -EPERM, -EACCES);
    }
    for (unsigned i = 0; i < ARRAY_SIZE(beyond); i++) {
        memset(&op, 0, sizeof(op));
        op.cmd = beyond[i];
        op.interface_version = XEN_DOMCTL_INTERFACE_VERSION;
        CHECK_EQ(domctl(&op), -EPERM);
    }
    CHECK_EQ(console_io(CONSOLEIO_write, 1, "x"), -EPERM);
    CHECK_EQ(console_io(CONSOLEIO_read, 1, &op), -EPERM);
}

static void check_machine(void)
{
    static const unsigned cmds[] = {PHYSDEVOP_manage_pci_add,
                                    PHYSDEVOP_manage_pci_remove,
                                    PHYSDEVOP_pci_device_add,
                                    PHYSDEVOP_pci_device_remove,
                                    PHYSDEVOP_restore_msi,
                                    PHYSDEVOP_restore_msi_ext,
                                    PHYSDEVOP_pci_mmcfg_reserved,
                                    PHYSDEVOP_setup_gsi,
                                    PHYSDEVOP_apic_read,
                                    PHYSDEVOP_prepare_msix,
                                    PHYSDEVOP_release_msix,
                                    PHYSDEVOP_apic_write,
                                    PHYSDEVOP_dbgp_op,
                                    PHYSDEVOP_map_pirq,
                                    PHYSDEVOP_unmap_pirq,
                                    PHYSDEVOP_alloc_irq_vector,
                                    PHYSDEVOP_manage_pci_add_ext};
    struct xen_memory_map m;
    struct op op;

    for (unsigned i = 0; i < ARRAY_SIZE(cmds); i++) {
        memset(&op, 0, sizeof(op));
        CHECK(is_refused(physdev_op(cmds[i], &op)));
    }
    memset(&m, 0, sizeof(m));
    CHECK_EQ(memory_op(XENMEM_machine_memory_map, &m), -EPERM);
    CHECK_EQ(hypercall(__HYPERVISOR_arch_0, U(&op), 0, 0, 0, 0), -EPERM);
    CHECK_EQ(hypercall(__HYPERVISOR_hypfs_op, 0, 0, 0, 0, 0), -EPERM);
}

static void check_memory(void)
{
    static const unsigned numbers[] = {XENMEM_current_reservation,
                                       XENMEM_maximum_reservation,
                                       XENMEM_maximum_gpfn};
    struct xen_memory_reservation r = {.nr_extents = 1, .domid = 0};
    struct xen_foreign_memory_map map;
    struct xen_mem_acquire_resource res;
    struct xen_memory_exchange x;
    uint64_t list = frame;
    domid_t id = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++)
        CHECK_EQ(memory_op(numbers[i], &id), -EPERM);
    CHECK_EQ(memory_op(XENMEM_claim_pages, &r), -EPERM);
    set_xen_guest_handle(r.extent_start, &list);
    CHECK_EQ(memory_op(XENMEM_populate_physmap, &r), 0);
    CHECK_EQ(memory_op(XENMEM_increase_reservation, &r), 0);
    CHECK_EQ(memory_op(XENMEM_decrease_reservation, &r), 0);
    r.domid = DOMID_SELF;
    CHECK_EQ(memory_op(XENMEM_decrease_reservation, &r), 0);
    CHECK_EQ(list, frame);
    memset(&map, 0, sizeof(map));
    CHECK_EQ(memory_op(XENMEM_set_memory_map, &map), -EPERM);
    map.domid = DOMID_SELF;
    CHECK_EQ(memory_op(XENMEM_set_memory_map, &map), 0);
    memset(&res, 0, sizeof(res));
    res.type = XENMEM_resource_grant_table;
    CHECK_EQ(memory_op(XENMEM_acquire_resource, &res), -EPERM);
    memset(&x, 0, sizeof(x));
    x.in.nr_extents = x.out.nr_extents = 1;
    set_xen_guest_handle(x.in.extent_start, &list);
    set_xen_guest_handle(x.out.extent_start, &list);
    CHECK_EQ(memory_op(XENMEM_exchange, &x), -EPERM);
    x.in.domid = x.out.domid = DOMID_SELF;
    CHECK_EQ(memory_op(XENMEM_exchange, &x), -EINVAL);
}

static long foreign_table_op(unsigned cmd, unsigned domid)
{
    struct mmuext_op op = {.cmd = cmd};

    op.arg1.mfn = frame;
    return mmuext_op(&op, 1, NULL, domid);
}

static void check_frames(void)
{
    static const unsigned cmds[] = {
        MMUEXT_PIN_L1_TABLE, MMUEXT_PIN_L4_TABLE, MMUEXT_UNPIN_TABLE,
        MMUEXT_NEW_BASEPTR,  MMUEXT_CLEAR_PAGE,   MMUEXT_NEW_USER_BASEPTR};
    struct mmu_update u = {frame * PAGE_SIZE | MMU_MACHPHYS_UPDATE, 1};
    struct vcpu_register_vcpu_info info = {.mfn = frame};
    uint64_t *window = page_alloc();

    CHECK_EQ(mmu_update(&u, 1, NULL, 0), -EPERM);
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), -EINVAL);
    u.ptr = frame * PAGE_SIZE;
    CHECK_EQ(mmu_update(&u, 1, NULL, 0), -EPERM);
    CHECK_EQ(mmu_update(&u, 1, NULL, DOMID_SELF), -EINVAL);
    CHECK(mmu_update(&u, 1, NULL, 1U << 16 | DOMID_SELF) < 0);
    CHECK_EQ(page_map(window, pte_make(frame, PTE_RW_FLAGS)), NOT_OURS);
    CHECK_EQ(page_map(window, pte_make(frame, PTE_RO_FLAGS)), NOT_OURS);
    CHECK_EQ(update_va_mapping_otherdomain(window,
                                           pte_make(frame, PTE_RW_FLAGS), 0, 0),
             -EPERM);
    CHECK_EQ(
        update_va_mapping_otherdomain(
            window, pte_make(va_to_mfn(window), PTE_RW_FLAGS), 0, DOMID_SELF),
        0);
    CHECK(page_map(window, pte_make(0xb8, PTE_RW_FLAGS)) < 0);
    CHECK(page_map(window, pte_make(0xfee00, PTE_RW_FLAGS)) < 0);
    CHECK(update_va_mapping_otherdomain(window, pte_make(0xb8, PTE_RW_FLAGS), 0,
                                        DOMID_IO) < 0);
    CHECK_EQ(update_va_mapping_otherdomain(
                 window, pte_make(frame, PTE_RO_FLAGS), 0, DOMID_XEN),
             -EPERM);
    for (unsigned i = 0; i < ARRAY_SIZE(cmds); i++) {
        CHECK_EQ(foreign_table_op(cmds[i], 0), -EPERM);
        CHECK_EQ(foreign_table_op(cmds[i], DOMID_SELF), -EINVAL);
    }
    CHECK_EQ(mmuext(MMUEXT_NEW_BASEPTR, l4_frame, 0), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_COPY_PAGE, va_to_mfn(window), frame), -EINVAL);
    CHECK_EQ(set_gdt(&frame, 8), -EINVAL);
    CHECK_EQ(update_descriptor(frame * PAGE_SIZE, 0), -EINVAL);
    CHECK_EQ(vcpu_op(VCPUOP_register_vcpu_info, 0, &info), -EINVAL);
    CHECK_EQ(mmuext(MMUEXT_FLUSH_CACHE, 0, 0), -EACCES);
}

static void read_port(void *port)
{
    inb((uint16_t)(uint64_t)port);
}

static void check_ports(void)
{
    static const uint16_t ports[] = {0x20, 0x60, 0x71, 0x3f8, 0xcfc, 0x1f7};
    struct physdev_set_iopl iopl = {.iopl = 1};

    for (unsigned i = 0; i < ARRAY_SIZE(ports); i++)
        CHECK_EQ(fault_of(read_port, (void *)(uint64_t)ports[i]), VECTOR_GP);
    CHECK_EQ(physdev_op(PHYSDEVOP_set_iopl, &iopl), 0);
    for (unsigned i = 0; i < ARRAY_SIZE(ports); i++)
        if (ports[i] != 0x71) /* each domain has a clock's chip */
            CHECK_EQ(inb(ports[i]), 0xff);
}

static void check_others(void)
{
    struct sched_remote_shutdown end = {.domain_id = 0};
    struct gnttab_query_size query = {.dom = 0};
    struct gnttab_get_version version = {.dom = 0};
    struct gnttab_copy c;

    CHECK_EQ(sched_op(SCHEDOP_remote_shutdown, &end), -EPERM);
    CHECK_EQ(sched_op(SCHEDOP_pin_override, &end), -EPERM);
    CHECK_EQ(grant_table_op(GNTTABOP_query_size, &query, 1), 0);
    CHECK_EQ(query.status, GNTST_permission_denied);
    CHECK_EQ(grant_table_op(GNTTABOP_get_version, &version, 1), -EPERM);
    memset(&c, 0, sizeof(c));
    c.source.u.gmfn = frame;
    c.dest.u.gmfn = va_to_mfn(secret);
    c.dest.domid = DOMID_SELF;
    c.len = 8;
    CHECK_EQ(grant_table_op(GNTTABOP_copy, &c, 1), 0);
    CHECK_EQ(c.status, GNTST_permission_denied);
    c.source.domid = DOMID_SELF;
    CHECK_EQ(grant_table_op(GNTTABOP_copy, &c, 1), 0);
    CHECK(c.status < 0);
}

/* Whether there is such a domain is looked at first. */
static void check_nobody(void)
{
    enum { NOBODY = 77 };
    struct sched_remote_shutdown end = {.domain_id = NOBODY};
    struct gnttab_query_size query = {.dom = NOBODY};
    struct gnttab_get_version version = {.dom = NOBODY};
    struct evtchn_status status = {.dom = NOBODY};
    struct evtchn_alloc_unbound unbound = {.dom = NOBODY};
    struct xen_memory_reservation r = {.domid = NOBODY};
    struct mmu_update u = {frame * PAGE_SIZE | MMU_MACHPHYS_UPDATE, 1};
    domid_t id = NOBODY;

    CHECK_EQ(sched_op(SCHEDOP_remote_shutdown, &end), -ESRCH);
    CHECK_EQ(grant_table_op(GNTTABOP_query_size, &query, 1), 0);
    CHECK_EQ(query.status, GNTST_bad_domain);
    CHECK_EQ(grant_table_op(GNTTABOP_get_version, &version, 1), -ESRCH);
    CHECK_EQ(event_channel_op(EVTCHNOP_status, &status), -ESRCH);
    CHECK_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &unbound), -ESRCH);
    CHECK_EQ(memory_op(XENMEM_current_reservation, &id), -ESRCH);
    CHECK_EQ(memory_op(XENMEM_populate_physmap, &r), 0);
    CHECK_EQ(mmu_update(&u, 1, NULL, NOBODY), -ESRCH);
    CHECK_EQ(foreign_table_op(MMUEXT_PIN_L1_TABLE, NOBODY), -ESRCH);
}

static void attack(void)
{
    frame = secret[0];
    l4_frame = secret[1];
    check_orders();
    check_machine();
    check_memory();
    check_frames();
    check_ports();
    check_others();
    check_nobody();
}

void test(void)
{
    uint64_t before;
    static uint64_t victim[512] __aligned(4096);

    secret[0] = va_to_mfn(victim);
    secret[1] = va_to_mfn(kernel_l4());
    victim[7] = 0x7777;
    sibling_make(&s, 1, attack);
    before = M2P[secret[0]];
    sibling_start(&s);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_poweroff);
    domain_destroy(s.id);
    CHECK_EQ(M2P[secret[0]], before);
    for (unsigned i = 0; i < 512; i++)
        CHECK_EQ(victim[i], i == 7 ? 0x7777 : 0);
    CHECK_EQ(mmuext(MMUEXT_CLEAR_PAGE, secret[0], 0), 0);
}

/*
 * What dom0 may ask of the machine and does not get: each refusal is Xen's, or
 * that of a Xen built without the thing; and what can be told is told.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 2 */
#include "guest.h"
#include <xen/sysctl.h>

static struct xen_platform_op p;
static struct xen_sysctl s;

static long platform(unsigned cmd)
{
    p.cmd = cmd;
    p.interface_version = XENPF_INTERFACE_VERSION;
    return platform_op(&p);
}

static long ask(unsigned cmd)
{
    s.cmd = cmd;
    s.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return sysctl(&s);
}

static long filled(unsigned cmd, int byte)
{
    memset(&p, byte, sizeof(p));
    return platform(cmd);
}

static void check_platform(void)
{
    static const struct {
        unsigned cmd;
        int zeroes, ones, xens_zeroes, xens_ones;
    } ops[] = {
        {XENPF_add_memtype, -EINVAL, -EINVAL, -EINVAL, -EINVAL},
        {XENPF_del_memtype, -EINVAL, -EINVAL, 0, -EINVAL},
        {XENPF_microcode_update, -EINVAL, -EINVAL, -EINVAL, -EINVAL},
        {XENPF_efi_runtime_call, -ENOSYS, -ENOSYS, -ENOSYS, -ENOSYS},
        {XENPF_change_freq, -ENOSYS, -ENOSYS, -ENOSYS, -ENOSYS},
        {XENPF_getidletime, -ENOSYS, -ENOSYS, -ENOSYS, -ENOSYS},
        {XENPF_cpu_hotadd, -EINVAL, -EINVAL, -EEXIST, -EINVAL},
        {XENPF_mem_hotadd, -EINVAL, -EINVAL, -EINVAL, -EINVAL},
        {XENPF_core_parking, -EINVAL, -EINVAL, -EINVAL, -EINVAL},
        {XENPF_resource_op, -EOPNOTSUPP, -EOPNOTSUPP, 0, -EINVAL},
        {XENPF_get_symbol, -ENOSYS, -ENOSYS, 0, -ERANGE},
    };

    for (unsigned i = 0; i < ARRAY_SIZE(ops); i++) {
        CHECK_DIFFERS(filled(ops[i].cmd, 0), ops[i].zeroes, ops[i].xens_zeroes);
        CHECK_DIFFERS(filled(ops[i].cmd, 0xff), ops[i].ones, ops[i].xens_ones);
    }
    for (unsigned quirk = 0; quirk < 5; quirk++) {
        memset(&p, 0, sizeof(p));
        p.u.platform_quirk.quirk_id = quirk;
        CHECK_EQ(platform(XENPF_platform_quirk),
                 quirk >= QUIRK_NOIRQBALANCING &&
                         quirk <= QUIRK_IOAPIC_GOOD_REGSEL
                     ? 0
                     : -EINVAL);
    }
}

static void check_memory_types(void)
{
    unsigned ranges = 0;

    for (; ranges < 256; ranges++) {
        memset(&p, 0xff, sizeof(p));
        p.u.read_memtype.reg = ranges;
        if (platform(XENPF_read_memtype))
            break;
        CHECK(!p.u.read_memtype.nr_mfns || p.u.read_memtype.type < 7);
    }
    CHECK_EQ(ranges, 8); /* QEMU's, and most CPUs' */
    CHECK_EQ(filled(XENPF_read_memtype, 0xff), -EINVAL);
}

static long plug(unsigned op, unsigned cpu)
{
    memset(&s, 0, sizeof(s));
    s.u.cpu_hotplug.op = op;
    s.u.cpu_hotplug.cpu = cpu;
    return ask(XEN_SYSCTL_cpu_hotplug);
}

static void check_cpus(void)
{
    const unsigned on = XEN_SYSCTL_CPU_HOTPLUG_ONLINE;
    const unsigned off = XEN_SYSCTL_CPU_HOTPLUG_OFFLINE;

    CHECK_EQ(plug(on, 0), -EEXIST);
    CHECK_EQ(plug(on, 1), -EEXIST);
    CHECK_EQ(plug(on, 2), -EINVAL);
    CHECK_EQ(plug(off, 0), -EINVAL);
    CHECK_EQ(plug(off, 2), -EINVAL);
    CHECK_EQ(plug(off, ~0U), -EINVAL);
    CHECK_EQ(plug(XEN_SYSCTL_CPU_HOTPLUG_SMT_ENABLE, 0), -EOPNOTSUPP);
    CHECK_EQ(plug(77, 77), -EOPNOTSUPP);
    CHECK_EQ(plug(off, 1), 0);
    CHECK_EQ(plug(off, 1), -EEXIST);
    memset(&p, 0, sizeof(p));
    p.u.pcpu_info.xen_cpuid = 1;
    CHECK_EQ(platform(XENPF_get_cpuinfo), 0);
    CHECK(!(p.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE));
    CHECK_EQ(plug(on, 1), 0);
    CHECK_EQ(platform(XENPF_get_cpuinfo), 0);
    CHECK(p.u.pcpu_info.flags & XEN_PCPU_FLAGS_ONLINE);
}

static long power(unsigned cmd, unsigned cpu)
{
    memset(&s, 0, sizeof(s));
    s.u.pm_op.cmd = cmd;
    s.u.pm_op.cpuid = cpu;
    return ask(XEN_SYSCTL_pm_op);
}

static void check_power(void)
{
    for (unsigned cmd = GET_CPUFREQ_PARA; cmd <= GET_CPUFREQ_AVGFREQ; cmd++)
        CHECK_EQ(power(cmd, 0), -EINVAL);
    CHECK_EQ(power(GET_CPUFREQ_PARA, ~0U), -EINVAL);
    CHECK_EQ(power(0, 77), -EINVAL);
    CHECK_EQ(power(0, 0), -ENOSYS);
    CHECK_DIFFERS(power(XEN_SYSCTL_pm_op_get_max_cstate, 0), -ENOSYS, 0);
}

static struct physdev_pci_device devices[3] = {{.bus = 0}, {.bus = 77}};
static uint32_t nodes[3];

static long topology(void *of, void *to, unsigned count)
{
    memset(&s, 0, sizeof(s));
    set_xen_guest_handle(s.u.pcitopoinfo.devs, of);
    set_xen_guest_handle(s.u.pcitopoinfo.nodes, to);
    s.u.pcitopoinfo.num_devs = count;
    return ask(XEN_SYSCTL_pcitopoinfo);
}

static void check_devices(void)
{
    struct physdev_pci_device_add add = {.bus = 0};

    CHECK_EQ(physdev_op(PHYSDEVOP_pci_device_add, &add), 0);
    nodes[2] = 7;
    CHECK_EQ(topology(devices, nodes, 2), 0);
    CHECK_EQ(s.u.pcitopoinfo.num_devs, 2);
    CHECK_EQ(nodes[0], XEN_INVALID_NODE_ID);
    CHECK_EQ(nodes[1], XEN_INVALID_DEV);
    CHECK_EQ(nodes[2], 7);
    CHECK_EQ(topology(devices, nodes, 0), 0);
    CHECK_EQ(topology(NULL, nodes, 1), -EINVAL);
    CHECK_EQ(topology(devices, NULL, 1), -EINVAL);
    CHECK_EQ(topology((void *)HV_START, nodes, 1), -EFAULT);
    CHECK_EQ(topology(devices, (void *)HV_START, ~0U), -EFAULT);
}

static void check_machine(void)
{
    memset(&s, 0, sizeof(s));
    CHECK_DIFFERS(ask(XEN_SYSCTL_tbuf_op), -ENOSYS, 0);
    memset(&s, 0xff, sizeof(s));
    CHECK_DIFFERS(ask(XEN_SYSCTL_tbuf_op), -ENOSYS, -EINVAL);
    memset(&s, 0, sizeof(s));
    CHECK_DIFFERS(ask(XEN_SYSCTL_livepatch_op), -ENOSYS, -EINVAL);
    memset(&s, 0, sizeof(s));
    CHECK_DIFFERS(ask(XEN_SYSCTL_page_offline_op), -EOPNOTSUPP, -EFAULT);
    memset(&s, 0xff, sizeof(s));
    CHECK_DIFFERS(ask(XEN_SYSCTL_page_offline_op), -EOPNOTSUPP, -EFAULT);
    CHECK_EQ(ask(7777), -ENOSYS);
    CHECK_EQ(ask(5), -ENOSYS);
}

static void check_interrupts(void)
{
    struct physdev_apic apic = {.apic_physbase = 1};
    struct physdev_dbgp_op port = {.op = PHYSDEVOP_DBGP_RESET_PREPARE};
    struct physdev_pirq_eoi_gmfn page = {.gmfn = ~0UL};

    CHECK_EQ(physdev_op(PHYSDEVOP_apic_write, &apic), -EINVAL);
    apic.apic_physbase = 0xfec00000;
    CHECK_DIFFERS(physdev_op(PHYSDEVOP_apic_write, &apic), -EINVAL, 0);
    CHECK_EQ(physdev_op(PHYSDEVOP_dbgp_op, &port), 0);
    CHECK_EQ(physdev_op(PHYSDEVOP_dbgp_op, HV_START), -EFAULT);
    CHECK_DIFFERS(physdev_op(PHYSDEVOP_pirq_eoi_gmfn_v1, &page), -ENOSYS,
                  -EINVAL);
}

void test(void)
{
    check_platform();
    check_memory_types();
    check_cpus();
    check_power();
    check_devices();
    check_machine();
    check_interrupts();
}

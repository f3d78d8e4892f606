/*
 * hypercall/platform.c - XENPF_*: dom0 and the machine's firmware. Layer:
 * hypercall. Dispatch lets dom0 only in. Source: Xen's public platform.h.
 */
#include "acpi/acpi.h"
#include "evtchn/evtchn.h"
#include "hypercall/platform.h"
#include "hypercall/hypercall.h"
#include "lib/log.h"
#include "lib/string.h"
#include "time/time.h"

#define ACPI_S3 3
#define ACPI_S5 5

#define MSR_MTRR_CAP     0xfe
#define MSR_MTRR_BASE(n) (0x200 + 2 * (n))
#define MSR_MTRR_MASK(n) (0x201 + 2 * (n))
#define MTRR_VALID       (1UL << 11)

static void (*before_off)(void);

void platform_register_off(void (*fn)(void))
{
    before_off = fn;
}

static long set_time(uint64_t seconds, uint32_t ns, uint64_t system_ns)
{
    struct domain *d;
    domid_t id = 0;

    wallclock_set(seconds, ns, system_ns);
    while ((d = domain_find(id))) {
        id = (domid_t)(d->id + 1);
        if (domain_ref(d)) {
            domain_update_wallclock(d);
            domain_put(d);
        }
        domain_release(d);
    }
    return 0;
}

static long op_settime64(const struct xenpf_settime64 *op)
{
    if (op->mbz)
        return -EINVAL;
    return set_time(op->secs, op->nsecs, op->system_time);
}

/* What the BIOS told a boot sector is not asked for here: dom0 does without. */
static long op_firmware_info(struct xenpf_firmware_info *op)
{
    switch (op->type) {
    case XEN_FW_DISK_INFO:
    case XEN_FW_DISK_MBR_SIGNATURE:
    case XEN_FW_VBEDDC_INFO:
        return -ESRCH;
    case XEN_FW_EFI_INFO:
        return -ENOSYS;
    case XEN_FW_KBD_SHIFT_FLAGS:
        if (op->index)
            return -ESRCH;
        op->u.kbd_shift_flags = 0;
        return 0;
    default:
        return -EINVAL;
    }
}

static long op_enter_acpi_sleep(const struct xenpf_enter_acpi_sleep *op)
{
    if (op->flags || !acpi_machine()->present)
        return -EOPNOTSUPP;
    if (op->sleep_state < ACPI_S3 || op->sleep_state > ACPI_S5)
        return -EINVAL;
    /* To come back, the CPUs' state would have to be kept. */
    if (op->sleep_state != ACPI_S5)
        return -EOPNOTSUPP;
    printk(XENLOG_INFO "dom0 turns the machine off\n");
    if (before_off)
        before_off();
    acpi_enter_sleep(op->val_a, op->val_b);
    return -EIO;
}

/* CPU numbers have no holes. */
static long op_get_cpuinfo(struct xenpf_pcpuinfo *op)
{
    uint32_t id = op->xen_cpuid;

    op->max_present = cpus_present - 1;
    op->flags = XEN_PCPU_FLAGS_INVALID;
    if (id >= cpus_present)
        return 0;
    id %= CPUS_MAX;
    op->flags = READ_ONCE(cpus[id].online) ? XEN_PCPU_FLAGS_ONLINE : 0;
    op->apic_id = cpus[id].lapic_id;
    op->acpi_id = cpus[id].acpi_id;
    return 0;
}

void platform_switch_cpu(uint32_t id, bool on)
{
    struct cpu *cpu = &cpus[id % CPUS_MAX];

    if (on)
        sched_cpu_up(cpu);
    else
        sched_cpu_down(cpu);
    virq_raise_at_handler(VIRQ_PCPU_STATE);
}

/* The boot CPU has the devices' interrupts. */
static long op_cpu_offline(uint32_t id)
{
    if (!id)
        return -EOPNOTSUPP;
    if (id >= cpus_present)
        return -EINVAL;
    if (!READ_ONCE(cpus[id].online))
        return 0;
    platform_switch_cpu(id, false);
    return 0;
}

static long op_cpu_online(uint32_t id)
{
    if (id >= cpus_present)
        return -EINVAL;
    if (READ_ONCE(cpus[id].online))
        return 0;
    platform_switch_cpu(id, true);
    return 0;
}

static long op_get_cpu_version(struct xenpf_pcpu_version *op)
{
    struct cpuid_regs vendor = cpuid(0, 0), version = cpuid(1, 0);
    uint32_t name[3] = {vendor.b, vendor.d, vendor.c};

    op->max_present = cpus_present - 1;
    memset(op->vendor_id, 0, sizeof(op->vendor_id));
    op->family = op->model = op->stepping = 0;
    if (op->xen_cpuid >= cpus_present)
        return 0; /* as in Xen: such a CPU is nothing at all */
    memcpy(op->vendor_id, name, sizeof(op->vendor_id));
    op->family = version.a >> 8 & 0xf;
    op->model = version.a >> 4 & 0xf;
    if (op->family == 0xf)
        op->family += version.a >> 20 & 0xff;
    if (op->family >= 6)
        op->model |= version.a >> 12 & 0xf0;
    op->stepping = version.a & 0xf;
    return 0;
}

/* Idle states and frequencies stay the firmware's choice. */
static long op_set_processor_pminfo(void)
{
    return -ENODEV;
}

/* The boot CPU's variable range `reg`, as the firmware left it. */
static long op_read_memtype(struct xenpf_read_memtype *op)
{
    uint64_t ranges, base, mask;

    if (rdmsr_safe(MSR_MTRR_CAP, &ranges) || op->reg >= (ranges & 0xff) ||
        rdmsr_safe(MSR_MTRR_BASE(op->reg), &base) ||
        rdmsr_safe(MSR_MTRR_MASK(op->reg), &mask))
        return -EINVAL;
    op->mfn = op->nr_mfns = op->type = 0;
    if (mask & MTRR_VALID) {
        op->mfn = base >> PAGE_SHIFT;
        op->nr_mfns = 1UL << __builtin_ctzl(mask >> PAGE_SHIFT | 1UL << 40);
        op->type = base & 0xff;
    }
    return 0;
}

/* They are about hardware that we do not have, or do not drive. */
static long op_quirk(uint32_t id)
{
    return id >= QUIRK_NOIRQBALANCING && id <= QUIRK_IOAPIC_GOOD_REGSEL
               ? 0
               : -EINVAL;
}

/* As a Xen on a machine without the means. */
static long refuse(uint32_t cmd)
{
    switch (cmd) {
    case XENPF_add_memtype:
    case XENPF_del_memtype:
    case XENPF_microcode_update:
    case XENPF_cpu_hotadd:
    case XENPF_mem_hotadd:
    case XENPF_core_parking:
        return -EINVAL;
    case XENPF_resource_op:
        return -EOPNOTSUPP;
    case XENPF_get_symbol:
        return -ENOSYS;
    default:
        return hypercall_unknown("platform_op", cmd);
    }
}

/* Operations that write their result into *op. */
static long platform_query(struct xen_platform_op *op)
{
    switch (op->cmd) {
    case XENPF_firmware_info:
        return op_firmware_info(&op->u.firmware_info);
    case XENPF_get_cpuinfo:
        return op_get_cpuinfo(&op->u.pcpu_info);
    case XENPF_get_cpu_version:
        return op_get_cpu_version(&op->u.pcpu_version);
    case XENPF_read_memtype:
        return op_read_memtype(&op->u.read_memtype);
    default:
        return refuse(op->cmd);
    }
}

long hypercall_platform_op(uint64_t arg)
{
    struct xen_platform_op op;
    long error;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.interface_version != XENPF_INTERFACE_VERSION)
        return -EACCES;
    switch (op.cmd) {
    case XENPF_settime32:
        return set_time(op.u.settime32.secs, op.u.settime32.nsecs,
                        op.u.settime32.system_time);
    case XENPF_settime64:
        return op_settime64(&op.u.settime64);
    case XENPF_enter_acpi_sleep:
        return op_enter_acpi_sleep(&op.u.enter_acpi_sleep);
    case XENPF_platform_quirk:
        return op_quirk(op.u.platform_quirk.quirk_id);
    case XENPF_set_processor_pminfo:
        return op_set_processor_pminfo();
    case XENPF_cpu_online:
        return op_cpu_online(op.u.cpu_ol.cpuid);
    case XENPF_cpu_offline:
        return op_cpu_offline(op.u.cpu_ol.cpuid);
    default:
        error = platform_query(&op);
        return error ? error : guest_put(arg, &op);
    }
}

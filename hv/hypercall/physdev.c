/*
 * hypercall/physdev.c - PHYSDEVOP_*: dom0's devices and their interrupts, and
 * any guest's I/O privilege. Layer: hypercall.
 * Source: Xen's public physdev.h.
 */
#include "hypercall/hypercall.h"
#include "hypercall/pirq.h"
#include "irq/irq.h"
#include "pci/pci.h"
#include "pv/pv.h"

#define IOPL_MAX  3
#define PORTS     65536
#define MSIX_LAST 2047

/* ---- for every guest ---- */

static long op_set_iopl(uint64_t arg)
{
    struct physdev_set_iopl op;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.iopl > IOPL_MAX)
        return -EINVAL;
    current->iopl = (uint8_t)op.iopl;
    pv_update_entry(current);
    return 0;
}

/* The bitmap is read when a port is used: the guest may change it. */
static long op_set_iobitmap(uint64_t arg)
{
    struct physdev_set_iobitmap op;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.nr_ports > PORTS ||
        !range_is_guest((uint64_t)guest_handle(op.bitmap),
                        DIV_ROUND_UP(op.nr_ports, 8U)))
        return -EINVAL;
    current->iobitmap = (uint64_t)guest_handle(op.bitmap);
    current->iobitmap_ports = op.nr_ports;
    return 0;
}

static long op_eoi(uint64_t arg)
{
    struct physdev_eoi op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return pirq_eoi(current_domain, op.irq);
}

static long op_irq_status_query(uint64_t arg)
{
    struct physdev_irq_status_query op;
    int error;

    if (guest_get(&op, arg))
        return -EFAULT;
    error = pirq_status(current_domain, op.irq, &op.flags);
    if (error)
        return error;
    return guest_put(arg, &op);
}

static long op_pirq_eoi_gmfn(uint64_t arg)
{
    struct physdev_pirq_eoi_gmfn op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return pirq_set_eoi_page(current_domain, mfn(op.gmfn));
}

/* ---- interrupts of dom0 ---- */

static long op_apic_read(uint64_t arg)
{
    struct physdev_apic op;
    int error;

    if (guest_get(&op, arg))
        return -EFAULT;
    error = ioapic_read(op.apic_physbase, op.reg, &op.value);
    if (error)
        return error;
    return guest_put(arg, &op);
}

/* The vector of a GSI is chosen when it is bound; guests do not use it. */
static long op_alloc_irq_vector(uint64_t arg)
{
    struct physdev_irq op;
    int error;

    if (guest_get(&op, arg))
        return -EFAULT;
    error = pirq_vector(current_domain, op.irq, &op.vector);
    if (error)
        return error;
    return guest_put(arg, &op);
}

static long op_setup_gsi(uint64_t arg)
{
    struct physdev_setup_gsi op;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.gsi < 0)
        return -EINVAL;
    return pirq_setup_gsi(current_domain, (uint32_t)op.gsi, op.triggering,
                          op.polarity);
}

static long op_get_free_pirq(uint64_t arg)
{
    struct physdev_get_free_pirq op;
    int number;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.type != MAP_PIRQ_TYPE_MSI) /* GSIs have their own numbers */
        return -EINVAL;
    number = pirq_reserve(current_domain);
    if (number < 0)
        return number;
    op.pirq = (uint32_t)number;
    if (!guest_put(arg, &op))
        return 0;
    (void)pirq_unmap(current_domain, op.pirq);
    return -EFAULT;
}

/* Ours to act on: the caller's own. 0 or -errno. */
static int check_target(domid_t id)
{
    struct domain *d;
    int error;

    if (id == DOMID_SELF || id == current_domain->id)
        return 0;
    d = domain_get_target(id, &error);
    if (!d)
        return error;
    domain_put(d);
    return -EOPNOTSUPP;
}

static long map_gsi(struct physdev_map_pirq *op)
{
    if (op->index < 0 || (op->pirq >= 0 && op->pirq != op->index))
        return -EINVAL;
    op->pirq = op->index;
    return pirq_map_gsi(current_domain, (uint32_t)op->index);
}

/* Messages of one device; a table's base says that it is MSI-X. */
static long map_message(struct physdev_map_pirq *op, uint16_t segment)
{
    struct pirq_message m = {
        .device = {segment, (uint8_t)op->bus, (uint8_t)op->devfn},
        .is_msix = op->table_base != 0,
    };

    if ((op->bus & 0xff00) || op->devfn < 0 || op->devfn > 0xff)
        return -EINVAL;
    if (m.is_msix) {
        if (op->entry_nr < 0 || op->entry_nr > MSIX_LAST)
            return -EINVAL;
        m.entry = (uint16_t)op->entry_nr;
    }
    return pirq_map_message(current_domain, &m, &op->pirq);
}

/* Several messages need vectors in a row, or interrupt remapping: as in Xen
 * without that, more than one is refused and drivers ask for one. */
static long map_multi_message(struct physdev_map_pirq *op, uint16_t segment)
{
    if (op->table_base)
        return -EINVAL;
    if (op->entry_nr < 1 || op->entry_nr > 32)
        return -EDOM;
    if (op->entry_nr > 1)
        return -EOPNOTSUPP;
    return map_message(op, segment);
}

static long map_by_type(struct physdev_map_pirq *op)
{
    uint16_t segment = (uint16_t)((uint32_t)op->bus >> 16);

    switch (op->type) {
    case MAP_PIRQ_TYPE_GSI:
        return map_gsi(op);
    case MAP_PIRQ_TYPE_MSI:
        return segment ? -EINVAL : map_message(op, 0);
    case MAP_PIRQ_TYPE_MSI_SEG:
        return map_message(op, segment);
    case MAP_PIRQ_TYPE_MULTI_MSI:
        return map_multi_message(op, segment);
    default:
        return -EINVAL;
    }
}

static long op_map_pirq(uint64_t arg)
{
    struct physdev_map_pirq op;
    long error;

    if (guest_get(&op, arg))
        return -EFAULT;
    error = check_target(op.domid);
    if (!error)
        error = map_by_type(&op);
    if (error)
        return error;
    if (!guest_put(arg, &op))
        return 0;
    if (op.type != MAP_PIRQ_TYPE_GSI) /* that was, or may stay, as it is */
        (void)pirq_unmap(current_domain, (uint32_t)op.pirq);
    return -EFAULT;
}

static long op_unmap_pirq(uint64_t arg)
{
    struct physdev_unmap_pirq op;
    int error;

    if (guest_get(&op, arg))
        return -EFAULT;
    error = check_target(op.domid);
    if (error)
        return error;
    if (op.pirq < 0)
        return -EINVAL;
    return pirq_unmap(current_domain, (uint32_t)op.pirq);
}

/* ---- devices of dom0 ---- */

static long remove_device(struct pci_address a)
{
    int error = pci_device_remove(a);

    if (!error)
        pirq_forget_device(current_domain, a);
    return error;
}

static long restore_device(struct pci_address a)
{
    if (!pci_device_is_known(a))
        return -ENODEV;
    pirq_restore_messages(current_domain, a);
    return 0;
}

static long hold_msix(struct pci_address a)
{
    return pci_device_hold_msix(a, true);
}

static long release_msix(struct pci_address a)
{
    return pci_device_hold_msix(a, false);
}

/* An operation whose argument is a device of segment 0. */
static long with_short_address(uint64_t arg, long (*fn)(struct pci_address a))
{
    struct physdev_manage_pci op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return fn((struct pci_address){0, op.bus, op.devfn});
}

static long with_address(uint64_t arg, long (*fn)(struct pci_address a))
{
    struct physdev_pci_device op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return fn((struct pci_address){op.seg, op.bus, op.devfn});
}

static long add_device(struct pci_address a)
{
    return pci_device_add(a);
}

static long op_manage_pci_add_ext(uint64_t arg)
{
    struct physdev_manage_pci_ext op;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.is_extfn > 1 || op.is_virtfn > 1)
        return -EINVAL;
    return pci_device_add((struct pci_address){0, op.bus, op.devfn});
}

/* What the array behind it says (the memory node) is not needed. */
static long op_pci_device_add(uint64_t arg)
{
    struct physdev_pci_device_add op;

    if (guest_read(&op, guest_ptr(arg),
                   offsetof(struct physdev_pci_device_add, optarr)))
        return -EFAULT;
    return pci_device_add((struct pci_address){op.seg, op.bus, op.devfn});
}

static long op_pci_mmcfg_reserved(uint64_t arg)
{
    struct physdev_pci_mmcfg_reserved op;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.flags & ~(uint32_t)XEN_PCI_MMCFG_RESERVED)
        return -EINVAL;
    return pci_has_mmconfig(op.address, op.segment, op.start_bus, op.end_bus)
               ? 0
               : -ENODEV;
}

static long device_op(uint32_t cmd, uint64_t arg)
{
    switch (cmd) {
    case PHYSDEVOP_manage_pci_add:
        return with_short_address(arg, add_device);
    case PHYSDEVOP_manage_pci_remove:
        return with_short_address(arg, remove_device);
    case PHYSDEVOP_manage_pci_add_ext:
        return op_manage_pci_add_ext(arg);
    case PHYSDEVOP_pci_device_add:
        return op_pci_device_add(arg);
    case PHYSDEVOP_pci_device_remove:
        return with_address(arg, remove_device);
    case PHYSDEVOP_restore_msi:
        return with_short_address(arg, restore_device);
    case PHYSDEVOP_restore_msi_ext:
        return with_address(arg, restore_device);
    case PHYSDEVOP_prepare_msix:
        return with_address(arg, hold_msix);
    case PHYSDEVOP_release_msix:
        return with_address(arg, release_msix);
    case PHYSDEVOP_pci_mmcfg_reserved:
        return op_pci_mmcfg_reserved(arg);
    default:
        return hypercall_unknown("physdev_op", cmd);
    }
}

/* No console of ours is on a USB debug port. */
static long op_debug_port(uint64_t arg)
{
    struct physdev_dbgp_op op;

    return guest_get(&op, arg) ? -EFAULT : 0;
}

static long dom0_op(uint32_t cmd, uint64_t arg)
{
    switch (cmd) {
    case PHYSDEVOP_apic_write: /* pins are routed by binding alone */
        return -EINVAL;
    case PHYSDEVOP_dbgp_op:
        return op_debug_port(arg);
    case PHYSDEVOP_apic_read:
        return op_apic_read(arg);
    case PHYSDEVOP_alloc_irq_vector:
        return op_alloc_irq_vector(arg);
    case PHYSDEVOP_setup_gsi:
        return op_setup_gsi(arg);
    case PHYSDEVOP_get_free_pirq:
        return op_get_free_pirq(arg);
    case PHYSDEVOP_map_pirq:
        return op_map_pirq(arg);
    case PHYSDEVOP_unmap_pirq:
        return op_unmap_pirq(arg);
    default:
        return device_op(cmd, arg);
    }
}

long hypercall_physdev_op(uint64_t cmd, uint64_t arg)
{
    switch ((uint32_t)cmd) {
    case PHYSDEVOP_set_iopl:
        return op_set_iopl(arg);
    case PHYSDEVOP_set_iobitmap:
        return op_set_iobitmap(arg);
    case PHYSDEVOP_eoi:
        return op_eoi(arg);
    case PHYSDEVOP_irq_status_query:
        return op_irq_status_query(arg);
    case PHYSDEVOP_pirq_eoi_gmfn_v2:
        return op_pirq_eoi_gmfn(arg);
    case PHYSDEVOP_pirq_eoi_gmfn_v1:
        return -ENOSYS;
    default:
        if (!current_domain->privileged)
            return -EPERM;
        return dom0_op((uint32_t)cmd, arg);
    }
}

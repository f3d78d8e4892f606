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

union op {
    struct physdev_eoi eoi;
    struct physdev_irq_status_query irq_status_query;
    struct physdev_set_iopl set_iopl;
    struct physdev_set_iobitmap set_iobitmap;
    struct physdev_pirq_eoi_gmfn pirq_eoi_gmfn;
    struct physdev_apic apic;
    struct physdev_irq irq;
    struct physdev_map_pirq map_pirq;
    struct physdev_unmap_pirq unmap_pirq;
    struct physdev_manage_pci manage_pci;
    struct physdev_manage_pci_ext manage_pci_ext;
    struct physdev_setup_gsi setup_gsi;
    struct physdev_get_free_pirq get_free_pirq;
    struct physdev_pci_mmcfg_reserved pci_mmcfg_reserved;
    struct physdev_pci_device_add pci_device_add;
    struct physdev_pci_device pci_device;
    struct physdev_dbgp_op dbgp_op;
};

enum form {
    TO_DOM0,   /* for dom0 alone: the structure is read */
    FROM_DOM0, /* and written, if all went well */
    TO_GUESTS, /* the same for any guest */
    FROM_GUESTS,
};

static const struct {
    uint8_t bytes; /* 0: there is no such operation */
    uint8_t form;
} forms[] = {
#define FORM(cmd, type, form)                                                  \
    [PHYSDEVOP_##cmd] = {sizeof(struct physdev_##type), form}
    FORM(eoi, eoi, TO_GUESTS),
    FORM(irq_status_query, irq_status_query, FROM_GUESTS),
    FORM(set_iopl, set_iopl, TO_GUESTS),
    FORM(set_iobitmap, set_iobitmap, TO_GUESTS),
    FORM(pirq_eoi_gmfn_v1, pirq_eoi_gmfn, TO_GUESTS),
    FORM(pirq_eoi_gmfn_v2, pirq_eoi_gmfn, TO_GUESTS),
    FORM(apic_read, apic, FROM_DOM0),
    FORM(apic_write, apic, TO_DOM0),
    FORM(alloc_irq_vector, irq, FROM_DOM0),
    FORM(map_pirq, map_pirq, FROM_DOM0),
    FORM(unmap_pirq, unmap_pirq, TO_DOM0),
    FORM(setup_gsi, setup_gsi, TO_DOM0),
    FORM(get_free_pirq, get_free_pirq, FROM_DOM0),
    FORM(manage_pci_add, manage_pci, TO_DOM0),
    FORM(manage_pci_remove, manage_pci, TO_DOM0),
    FORM(manage_pci_add_ext, manage_pci_ext, TO_DOM0),
    FORM(restore_msi, manage_pci, TO_DOM0),
    FORM(restore_msi_ext, pci_device, TO_DOM0),
    /* What the array behind it says (the memory node) is not needed. */
    [PHYSDEVOP_pci_device_add] = {offsetof(struct physdev_pci_device_add,
                                           optarr),
                                  TO_DOM0},
    FORM(pci_device_remove, pci_device, TO_DOM0),
    FORM(prepare_msix, pci_device, TO_DOM0),
    FORM(release_msix, pci_device, TO_DOM0),
    FORM(pci_mmcfg_reserved, pci_mmcfg_reserved, TO_DOM0),
    FORM(dbgp_op, dbgp_op, TO_DOM0),
#undef FORM
};

/* ---- for every guest ---- */

static long set_iopl(const struct physdev_set_iopl *op)
{
    if (op->iopl > IOPL_MAX)
        return -EINVAL;
    current->iopl = (uint8_t)op->iopl;
    pv_update_entry(current);
    return 0;
}

/* The bitmap is read when a port is used: the guest may change it. */
static long set_iobitmap(const struct physdev_set_iobitmap *op)
{
    if (op->nr_ports > PORTS ||
        !range_is_guest((uint64_t)guest_handle(op->bitmap),
                        DIV_ROUND_UP(op->nr_ports, 8U)))
        return -EINVAL;
    current->iobitmap = (uint64_t)guest_handle(op->bitmap);
    current->iobitmap_ports = op->nr_ports;
    return 0;
}

/* ---- interrupts of dom0 ---- */

static long setup_gsi(const struct physdev_setup_gsi *op)
{
    if (op->gsi < 0)
        return -EINVAL;
    return pirq_setup_gsi(current_domain, (uint32_t)op->gsi, op->triggering,
                          op->polarity);
}

static long get_free_pirq(struct physdev_get_free_pirq *op)
{
    int number;

    if (op->type != MAP_PIRQ_TYPE_MSI) /* GSIs have their own numbers */
        return -EINVAL;
    number = pirq_reserve(current_domain);
    if (number < 0)
        return number;
    op->pirq = (uint32_t)number;
    return 0;
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

static long map_pirq(struct physdev_map_pirq *op)
{
    int error = check_target(op->domid);

    return error ? error : map_by_type(op);
}

static long unmap_pirq(const struct physdev_unmap_pirq *op)
{
    int error = check_target(op->domid);

    if (error)
        return error;
    if (op->pirq < 0)
        return -EINVAL;
    return pirq_unmap(current_domain, (uint32_t)op->pirq);
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

static long find_mmconfig(const struct physdev_pci_mmcfg_reserved *op)
{
    if (op->flags & ~(uint32_t)XEN_PCI_MMCFG_RESERVED)
        return -EINVAL;
    return pci_has_mmconfig(op->address, op->segment, op->start_bus,
                            op->end_bus)
               ? 0
               : -ENODEV;
}

static long device_op(uint32_t cmd, const union op *op)
{
    const struct pci_address a = {op->pci_device.seg, op->pci_device.bus,
                                  op->pci_device.devfn},
                             of_segment_0 = {0, op->manage_pci.bus,
                                             op->manage_pci.devfn};

    switch (cmd) {
    case PHYSDEVOP_manage_pci_add_ext:
        if (op->manage_pci_ext.is_extfn > 1 || op->manage_pci_ext.is_virtfn > 1)
            return -EINVAL;
        return pci_device_add(of_segment_0);
    case PHYSDEVOP_manage_pci_add:
        return pci_device_add(of_segment_0);
    case PHYSDEVOP_manage_pci_remove:
        return remove_device(of_segment_0);
    case PHYSDEVOP_restore_msi:
        return restore_device(of_segment_0);
    case PHYSDEVOP_restore_msi_ext:
        return restore_device(a);
    case PHYSDEVOP_pci_device_add:
        return pci_device_add(a);
    case PHYSDEVOP_pci_device_remove:
        return remove_device(a);
    case PHYSDEVOP_prepare_msix:
        return pci_device_hold_msix(a, true);
    case PHYSDEVOP_release_msix:
        return pci_device_hold_msix(a, false);
    case PHYSDEVOP_pci_mmcfg_reserved:
        return find_mmconfig(&op->pci_mmcfg_reserved);
    case PHYSDEVOP_dbgp_op: /* no console of ours is on a USB debug port */
    default:
        return 0;
    }
}

_Static_assert(offsetof(struct physdev_pci_device_add, seg) ==
                       offsetof(struct physdev_pci_device, seg) &&
                   offsetof(struct physdev_pci_device_add, bus) ==
                       offsetof(struct physdev_pci_device, bus) &&
                   offsetof(struct physdev_manage_pci_ext, bus) ==
                       offsetof(struct physdev_manage_pci, bus),
               "device_op");

/* ---- fetch, act, report ---- */

static long act(uint32_t cmd, union op *op)
{
    struct domain *d = current_domain;

    switch (cmd) {
    case PHYSDEVOP_eoi:
        return pirq_eoi(d, op->eoi.irq);
    case PHYSDEVOP_irq_status_query:
        return pirq_status(d, op->irq_status_query.irq,
                           &op->irq_status_query.flags);
    case PHYSDEVOP_set_iopl:
        return set_iopl(&op->set_iopl);
    case PHYSDEVOP_set_iobitmap:
        return set_iobitmap(&op->set_iobitmap);
    case PHYSDEVOP_pirq_eoi_gmfn_v1:
        return -ENOSYS;
    case PHYSDEVOP_pirq_eoi_gmfn_v2:
        return pirq_set_eoi_page(d, mfn(op->pirq_eoi_gmfn.gmfn));
    case PHYSDEVOP_apic_read:
        return ioapic_read(op->apic.apic_physbase, op->apic.reg,
                           &op->apic.value);
    case PHYSDEVOP_apic_write: /* pins are routed by binding alone */
        return -EINVAL;
    case PHYSDEVOP_alloc_irq_vector: /* chosen when it is bound; unused */
        return pirq_vector(d, op->irq.irq, &op->irq.vector);
    case PHYSDEVOP_setup_gsi:
        return setup_gsi(&op->setup_gsi);
    case PHYSDEVOP_get_free_pirq:
        return get_free_pirq(&op->get_free_pirq);
    case PHYSDEVOP_map_pirq:
        return map_pirq(&op->map_pirq);
    case PHYSDEVOP_unmap_pirq:
        return unmap_pirq(&op->unmap_pirq);
    default:
        return device_op(cmd, op);
    }
}

/* What could not be told. A GSI was, or may stay, mapped as it is. */
static void undo(uint32_t cmd, const union op *op)
{
    if (cmd == PHYSDEVOP_get_free_pirq)
        (void)pirq_unmap(current_domain, op->get_free_pirq.pirq);
    if (cmd == PHYSDEVOP_map_pirq && op->map_pirq.type != MAP_PIRQ_TYPE_GSI)
        (void)pirq_unmap(current_domain, (uint32_t)op->map_pirq.pirq);
}

long hypercall_physdev_op(uint64_t number, uint64_t arg)
{
    uint32_t cmd = (uint32_t)number;
    bool is_known = cmd < ARRAY_SIZE(forms) && forms[cmd].bytes;
    union op op;
    long rc;

    if (!current_domain->privileged &&
        (!is_known || forms[cmd].form < TO_GUESTS))
        return -EPERM;
    if (!is_known)
        return hypercall_unknown("physdev_op", cmd);
    cmd = (uint32_t)index_nospec(cmd, ARRAY_SIZE(forms));
    if (guest_read(&op, guest_ptr(arg), forms[cmd].bytes))
        return -EFAULT;
    rc = act(cmd, &op);
    if (rc || forms[cmd].form == TO_DOM0 || forms[cmd].form == TO_GUESTS ||
        !guest_write(guest_ptr(arg), &op, forms[cmd].bytes))
        return rc;
    undo(cmd, &op);
    return -EFAULT;
}

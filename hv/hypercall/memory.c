/*
 * hypercall/memory.c - memory_op: what asks and tells. Layer: hypercall.
 */
#include "hypercall/memory.h"
#include "lib/layout.h"
#include "mm/alloc.h"
#include "mm/map.h"

struct xen_e820entry machine_map[MACHINE_MAP_MAX];
uint32_t machine_map_entries;

unsigned memory_max_order(const struct domain *caller)
{
    return caller->privileged ? 12 : 9;
}

/* One number about a domain; the argument is its id. */
static long domain_number(uint64_t arg, uint64_t (*number)(struct domain *d))
{
    struct domain *d;
    domid_t id;
    long value;
    int rc;

    if (guest_get(&id, arg))
        return -EFAULT;
    d = domain_get_target(id, &rc);
    if (!d)
        return rc;
    value = (long)number(d);
    domain_put(d);
    return value;
}

static uint64_t current_pages(struct domain *d)
{
    return d->pages;
}

static uint64_t maximum_pages(struct domain *d)
{
    return MIN(d->max_pages, (uint64_t)INT64_MAX);
}

static uint64_t maximum_gpfn(struct domain *d)
{
    return d->shared_info->arch.max_pfn ? d->shared_info->arch.max_pfn - 1 : 0;
}

static long copy_map(uint64_t arg, const struct xen_e820entry *map,
                     uint32_t entries)
{
    struct xen_memory_map m;

    if (guest_get(&m, arg))
        return -EFAULT;
    if (m.nr_entries < entries)
        return -EINVAL;
    m.nr_entries = entries;
    if (guest_write(guest_handle(m.buffer), map, entries * sizeof(*map)) ||
        guest_put(arg, &m))
        return -EFAULT;
    return 0;
}

/* Another vcpu may give the domain another one meanwhile. */
static long get_memory_map(uint64_t arg)
{
    struct domain *d = current_domain;
    struct xen_memory_map m;
    long rc;

    spin_lock(&d->lock);
    if (d->e820_entries)
        rc = copy_map(arg, d->e820, d->e820_entries);
    else
        rc = guest_get(&m, arg) ? -EFAULT : -ENOSYS;
    spin_unlock(&d->lock);
    return rc;
}

static long get_machine_memory_map(uint64_t arg)
{
    if (!current_domain->privileged)
        return -EPERM;
    return copy_map(arg, machine_map, machine_map_entries);
}

static long get_machphys_mapping(uint64_t arg)
{
    struct xen_machphys_mapping m = {
        .v_start = M2P_RO_START,
        .v_end = M2P_RO_END,
        .max_mfn = current_domain->privileged
                       ? frame_limit - 1
                       : (M2P_RO_END - M2P_RO_START) / 8 - 1,
    };

    return guest_put(arg, &m) ? -EFAULT : 0;
}

/* Where there is none, the one before is told, as Xen does. */
static long list_machphys(uint64_t arg)
{
    struct xen_machphys_mfn_list list;
    uint64_t count, last = 0;

    if (guest_get(&list, arg))
        return -EFAULT;
    count = MIN(map_m2p_extents(), (uint64_t)list.max_extents);
    for (uint64_t i = 0; i < count; i++) {
        mfn_t first;

        if (map_m2p_extent(i, &first))
            last = first.n;
        if (guest_put(guest_handle_address(list.extent_start) +
                          i * sizeof(last),
                      &last))
            return -EFAULT;
    }
    list.nr_extents = (uint32_t)count;
    return guest_put(arg, &list);
}

/* What PV domains are not asked: the error, if there is the domain. */
static long refuse(uint64_t id_at, long error)
{
    struct domain *d;
    domid_t id;
    int rc;

    if (guest_get(&id, id_at))
        return -EFAULT;
    d = domain_get_target(id, &rc);
    if (!d)
        return rc;
    domain_put(d);
    return error;
}

static long refuse_access_op(uint64_t arg)
{
    struct xen_mem_access_op op;

    if (guest_get(&op, arg))
        return -EFAULT;
    return hypercall_refuse_remote(op.domid);
}

/* An IOMMU's: there is none. */
static long list_device_memory(uint64_t arg)
{
    struct xen_reserved_device_memory_map map;

    if (guest_get(&map, arg))
        return -EFAULT;
    if (map.flags & ~(uint32_t)XENMEM_RDM_ALL)
        return -EINVAL;
    map.nr_entries = 0;
    return guest_put(arg, &map);
}

long hypercall_memory_op(uint64_t cmd, uint64_t arg)
{
    switch (cmd & 0x3f) {
    case XENMEM_increase_reservation:
    case XENMEM_decrease_reservation:
    case XENMEM_populate_physmap:
        return memory_reservation_op(cmd, arg);
    case XENMEM_exchange:
        return memory_exchange(arg);
    case XENMEM_maximum_ram_page:
        return (long)frame_limit;
    case XENMEM_current_reservation:
        return domain_number(arg, current_pages);
    case XENMEM_maximum_reservation:
        return domain_number(arg, maximum_pages);
    case XENMEM_maximum_gpfn:
        return domain_number(arg, maximum_gpfn);
    case XENMEM_memory_map:
        return get_memory_map(arg);
    case XENMEM_machine_memory_map:
        return get_machine_memory_map(arg);
    case XENMEM_machphys_mfn_list:
        return list_machphys(arg);
    case XENMEM_machphys_mapping:
        return get_machphys_mapping(arg);
    case XENMEM_set_memory_map:
        return memory_set_map(arg);
    case XENMEM_claim_pages:
        return memory_claim(arg);
    case XENMEM_access_op:
        return refuse_access_op(arg);
    case XENMEM_reserved_device_memory_map:
        return list_device_memory(arg);
    case XENMEM_acquire_resource:
        return memory_acquire_resource(arg);
    case XENMEM_get_sharing_freed_pages:
    case XENMEM_get_sharing_shared_pages:
        return 0;
    case XENMEM_machphys_compat_mfn_list:
        return -EOPNOTSUPP;
    case XENMEM_add_to_physmap: /* each begins with the domain */
    case XENMEM_add_to_physmap_batch:
    case XENMEM_remove_from_physmap:
        return refuse(arg, -EACCES);
    case XENMEM_get_vnumainfo:
        return refuse(arg, -EOPNOTSUPP);
    case XENMEM_set_pod_target:
    case XENMEM_get_pod_target:
        return refuse(arg + offsetof(struct xen_pod_target, domid), -EINVAL);
    default:
        return hypercall_unknown("memory_op", cmd & 0x3f);
    }
}

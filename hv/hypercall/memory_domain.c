/*
 * hypercall/memory_domain.c - memory_op: what the toolstack asks and orders
 * about another domain. Layer: hypercall.
 */
#include "grant/grant.h"
#include "hypercall/memory.h"
#include "lib/string.h"
#include "mm/alloc.h"

#define MAP_ENTRIES_MAX 1024

/* A short map has its place in the domain. It is read with the lock, too. */
static int set_map(struct domain *d, uint64_t from, uint32_t entries)
{
    struct xen_e820entry few[E820_FEW], *map = few, *old;
    bool is_short = entries <= E820_FEW;
    unsigned order = e820_order(entries), old_order;

    if (!is_short && !(map = pages_alloc(order)))
        return -ENOMEM;
    if (guest_read(map, guest_ptr(from), entries * sizeof(*map))) {
        if (!is_short)
            pages_free(map, order);
        return -EFAULT;
    }
    spin_lock(&d->lock);
    old = d->e820;
    old_order = e820_order(d->e820_entries);
    d->e820 = is_short ? d->e820_few : map;
    if (is_short)
        memcpy(d->e820_few, few, entries * sizeof(*few));
    d->e820_entries = entries;
    spin_unlock(&d->lock);
    if (old != d->e820_few)
        pages_free(old, old_order);
    return 0;
}

long memory_set_map(uint64_t arg)
{
    struct xen_foreign_memory_map m;
    struct domain *d;
    int rc;

    if (guest_get(&m, arg))
        return -EFAULT;
    if (m.map.nr_entries > MAP_ENTRIES_MAX)
        return -EINVAL;
    d = domain_get_target(m.domid, &rc);
    if (!d)
        return rc;
    rc = set_map(d, guest_handle_address(m.map.buffer), m.map.nr_entries);
    domain_put(d);
    return rc;
}

long memory_claim(uint64_t arg)
{
    struct xen_memory_reservation r;
    struct domain *d;
    int rc;

    if (guest_get(&r, arg))
        return -EFAULT;
    if (guest_handle_address(r.extent_start) || r.extent_order || r.mem_flags)
        return -EINVAL;
    if (!current_domain->privileged)
        return -EPERM;
    d = domain_get_target(r.domid, &rc);
    if (!d)
        return -EINVAL;
    rc = domain_claim_pages(d, r.nr_extents);
    domain_put(d);
    return rc;
}

/* The frames of its grant table, which grows for that. */
static int list_frames(struct domain *d,
                       const struct xen_mem_acquire_resource *r)
{
    uint64_t list = guest_handle_address(r->frame_list);

    for (uint64_t i = 0; i < r->nr_frames; i++) {
        mfn_t m;
        int rc = grant_table_frame(d, r->frame + i, &m);

        if (!rc)
            rc = guest_put(list + i * sizeof(m.n), &m.n);
        if (rc)
            return rc;
    }
    return 0;
}

static long acquire(struct domain *d, struct xen_mem_acquire_resource *r,
                    uint64_t arg)
{
    uint32_t frames = grant_table_limit(d);

    if (r->type > XENMEM_resource_vmtrace_buf)
        return -EOPNOTSUPP;
    if (r->type != XENMEM_resource_grant_table ||
        r->id != XENMEM_resource_grant_table_id_shared)
        return -EINVAL;
    if (!guest_handle_address(r->frame_list)) {
        if (r->nr_frames)
            return -EINVAL;
        r->nr_frames = frames;
        return guest_put(arg, r);
    }
    if (r->frame + r->nr_frames < r->frame || r->frame + r->nr_frames > frames)
        return -EINVAL;
    return list_frames(d, r);
}

long memory_acquire_resource(uint64_t arg)
{
    struct xen_mem_acquire_resource r;
    struct domain *d;
    long rc;
    int error;

    if (guest_get(&r, arg))
        return -EFAULT;
    if (r.pad)
        return -EINVAL;
    if (r.domid == current_domain->id)
        return -EPERM;
    error = -ESRCH;
    d = r.domid == DOMID_SELF ? NULL : domain_get_target(r.domid, &error);
    if (!d)
        return error;
    rc = acquire(d, &r, arg);
    domain_put(d);
    return rc;
}

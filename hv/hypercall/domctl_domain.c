/*
 * hypercall/domctl_domain.c - lives, limits and names of domains, by order of
 * the toolstack. Layer: hypercall. The caller sees to it that there is one such
 * order at a time.
 */
#include "evtchn/evtchn.h"
#include "grant/grant.h"
#include "hypercall/domctl.h"
#include "lib/string.h"
#include "loader/hypercall_page.h"
#include "mm/alloc.h"
#include "pv/pv.h"

#define PAUSES_MAX      255
#define FRAME_TYPES_MAX 1024
#define CREATE_FLAGS    (XEN_DOMCTL_CDF_oos_off | XEN_DOMCTL_CDF_xs_domain)

/* What of a new domain we have. */
static int check_config(const struct xen_domctl_createdomain *c)
{
    if (c->flags & ~CREATE_FLAGS || c->iommu_opts || c->vmtrace_size ||
        c->grant_opts & ~(uint32_t)XEN_DOMCTL_GRANT_version_mask ||
        !XEN_DOMCTL_GRANT_version(c->grant_opts) ||
        XEN_DOMCTL_GRANT_version(c->grant_opts) > 2)
        return -EINVAL;
    if (!c->max_vcpus || c->max_vcpus > VCPUS_MAX)
        return -EINVAL;
    if (c->arch.misc_flags & ~XEN_X86_MSR_RELAXED)
        return -EINVAL;
    if (c->arch.emulation_flags && c->arch.emulation_flags != XEN_X86_EMU_PIT)
        return -EOPNOTSUPP;
    return c->cpupool_id ? -ESRCH : 0;
}

static int set_limits(struct domain *d, const struct xen_domctl_createdomain *c)
{
    (void)evtchn_set_max_port(d, c->max_evtchn_port);
    return grant_set_limits(d, c->max_grant_frames, c->max_maptrack_frames,
                            XEN_DOMCTL_GRANT_version(c->grant_opts));
}

/* From the number after the last one on. */
static struct domain *create_numbered(uint32_t vcpus, int *rc)
{
    static domid_t last;
    struct domain *d = NULL;

    *rc = -EEXIST;
    for (uint32_t i = 1; *rc == -EEXIST && i < DOMID_FIRST_RESERVED; i++) {
        last = last + 1U < DOMID_FIRST_RESERVED ? last + 1 : 1;
        d = domain_create(last, vcpus, false, rc);
    }
    if (*rc == -EEXIST)
        *rc = -ENOMEM;
    return d;
}

int domctl_create(struct domain *none, struct xen_domctl *op)
{
    const struct xen_domctl_createdomain *c = &op->u.createdomain;
    bool numbered = op->domain && op->domain < DOMID_FIRST_RESERVED;
    struct domain *d;
    int rc = check_config(c);

    (void)none;
    if (rc)
        return rc;
    d = numbered ? domain_create(op->domain, c->max_vcpus, false, &rc)
                 : create_numbered(c->max_vcpus, &rc);
    if (!d)
        return rc;
    rc = set_limits(d, c);
    if (rc) {
        (void)domain_kill(d);
        return rc;
    }
    memcpy(d->handle, c->handle, sizeof(d->handle));
    d->is_xenstore = c->flags & XEN_DOMCTL_CDF_xs_domain;
    d->emulation_flags = c->arch.emulation_flags;
    op->domain = d->id;
    return 0;
}

int domctl_destroy(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    return domain_kill(d);
}

int domctl_pause(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    if (d->toolstack_pauses == PAUSES_MAX)
        return -EOVERFLOW;
    d->toolstack_pauses++;
    domain_pause_and_wait(d);
    return 0;
}

int domctl_unpause(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    if (!d->toolstack_pauses)
        return -EINVAL;
    d->toolstack_pauses--;
    d->started |= !d->toolstack_pauses;
    domain_unpause(d);
    return 0;
}

int domctl_resume(struct domain *d, struct xen_domctl *op)
{
    (void)op;
    domain_resume(d);
    return 0;
}

/* As many as createdomain said, once. */
int domctl_max_vcpus(struct domain *d, struct xen_domctl *op)
{
    if (op->u.max_vcpus.max != d->vcpu_count)
        return -EINVAL;
    if (d->dying)
        return -ENOMEM;
    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (!d->vcpu[i] && !vcpu_create(d, i))
            return -ENOMEM;
    return 0;
}

int domctl_max_mem(struct domain *d, struct xen_domctl *op)
{
    spin_lock(&d->lock);
    d->max_pages =
        MIN(op->u.max_mem.max_memkb >> (PAGE_SHIFT - 10), (uint64_t)UINT32_MAX);
    spin_unlock(&d->lock);
    return 0;
}

int domctl_set_handle(struct domain *d, struct xen_domctl *op)
{
    memcpy(d->handle, op->u.setdomainhandle.handle, sizeof(d->handle));
    return 0;
}

int domctl_set_time_offset(struct domain *d, struct xen_domctl *op)
{
    d->time_offset_s = op->u.settimeoffset.time_offset_seconds;
    domain_update_wallclock(d);
    return 0;
}

int domctl_set_address_size(struct domain *d, struct xen_domctl *op)
{
    (void)d;
    return op->u.address_size.size == 64   ? 0
           : op->u.address_size.size == 32 ? -EOPNOTSUPP
                                           : -EINVAL;
}

int domctl_get_address_size(struct domain *d, struct xen_domctl *op)
{
    (void)d;
    op->u.address_size.size = 64;
    return 0;
}

int domctl_hypercall_page(struct domain *d, struct xen_domctl *op)
{
    mfn_t m = mfn(op->u.hypercall_init.gmfn);
    void *page;

    if (!mfn_is_ram(m) || frame_owner(frame_of(m)) != d->id)
        return -EINVAL;
    if (frame_get_type(d, m, FRAME_WRITABLE))
        return -EPERM;
    page = frame_map(m);
    hypercall_page_fill(page);
    frame_unmap(page);
    frame_put_type(m);
    return 0;
}

static uint64_t frame_type(const struct domain *d, mfn_t m)
{
    static const uint64_t types[] = {0,
                                     XEN_DOMCTL_PFINFO_L1TAB,
                                     XEN_DOMCTL_PFINFO_L2TAB,
                                     XEN_DOMCTL_PFINFO_L3TAB,
                                     XEN_DOMCTL_PFINFO_L4TAB,
                                     0,
                                     0,
                                     0};
    struct frame f;

    if (!mfn_is_ram(m))
        return XEN_DOMCTL_PFINFO_XTAB;
    f = *frame_of(m);
    if (f.ref >> REF_OWNER_SHIFT != d->id || f.ref & REF_SHARED)
        return XEN_DOMCTL_PFINFO_XTAB;
    return types[(f.type & TYPE_MASK) >> 60] |
           (f.type & TYPE_PINNED ? XEN_DOMCTL_PFINFO_LPINTAB : 0);
}

int domctl_frame_types(struct domain *d, struct xen_domctl *op)
{
    uint64_t array = guest_handle_address(op->u.getpageframeinfo3.array);

    if (op->u.getpageframeinfo3.num > FRAME_TYPES_MAX)
        return -E2BIG;
    for (uint64_t i = 0; i < op->u.getpageframeinfo3.num; i++) {
        uint64_t word;

        if (guest_get(&word, array + i * sizeof(word)))
            return -EFAULT;
        word = frame_type(d, mfn(word));
        if (guest_put(array + i * sizeof(word), &word))
            return -EFAULT;
    }
    return 0;
}

/* Seen in getdomaininfo alone: there is no debugger's interface. */
int domctl_set_debugging(struct domain *d, struct xen_domctl *op)
{
    WRITE_ONCE(d->is_debugged, op->u.setdebugging.enable != 0);
    return 0;
}

int domctl_subscribe(struct domain *d, struct xen_domctl *op)
{
    WRITE_ONCE(d->suspend_port, op->u.subscribe.port);
    return 0;
}

/* Device models that may act on one HVM guest. */
int domctl_set_target(struct domain *d, struct xen_domctl *op)
{
    struct domain *target = domain_get(op->u.set_target.target);

    if (!target)
        return -ESRCH;
    domain_put(target);
    return target == d ? -EINVAL : -EOPNOTSUPP;
}

/*
 * hypercall/domctl_info.c - what the toolstack is told of a domain. Layer:
 * hypercall. Numbers that change meanwhile are of different moments.
 */
#include "hypercall/domctl.h"
#include "lib/string.h"

static void add_vcpu(struct vcpu *v, struct xen_domctl_getdomaininfo *info)
{
    struct vcpu_runstate_info r;

    vcpu_get_runstate(v, &r);
    info->cpu_time += r.time[RUNSTATE_running];
    info->max_vcpu_id = v->id;
    if (READ_ONCE(v->down))
        return;
    if (!READ_ONCE(v->sched.blocked))
        info->flags &= ~XEN_DOMINF_blocked;
    if (READ_ONCE(v->sched.running))
        info->flags |= XEN_DOMINF_running;
    info->nr_online_vcpus++;
}

static void add_vcpus(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    info->flags = XEN_DOMINF_blocked;
    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            add_vcpu(d->vcpu[i], info);
    if (!info->nr_online_vcpus)
        info->flags = 0;
}

static void describe(struct domain *d, struct xen_domctl_getdomaininfo *info)
{
    bool is_down = READ_ONCE(d->shutdown) == DOMAIN_SHUT_DOWN;

    barrier(); /* the code is looked at later */
    info->domain = d->id;
    spin_lock(&d->lock); /* a shutdown comes with its reason */
    info->flags |= (d->dead ? XEN_DOMINF_dying : 0) |
                   (is_down ? XEN_DOMINF_shutdown : 0) |
                   (d->toolstack_pauses ? XEN_DOMINF_paused : 0) |
                   (d->is_xenstore ? XEN_DOMINF_xs_domain : 0) |
                   (d->is_debugged ? XEN_DOMINF_debugged : 0) |
                   d->shutdown_code << XEN_DOMINF_shutdownshift;
    spin_unlock(&d->lock);
    info->tot_pages = d->pages;
    info->max_pages = MIN(d->max_pages, (uint64_t)UINT32_MAX); /* "no limit" */
    info->outstanding_pages = d->claim;
    info->shared_info_frame = d->shared_info_mfn.n;
    info->arch_config.emulation_flags = d->emulation_flags;
    memcpy(info->handle, d->handle, sizeof(info->handle));
}

int domctl_describe(domid_t first, struct xen_domctl_getdomaininfo *info)
{
    struct domain *d = domain_find(first);

    if (!d)
        return -ESRCH;
    memset(info, 0, sizeof(*info));
    info->max_vcpu_id = XEN_INVALID_MAX_VCPU_ID;
    /* One whose rooms are closed has no vcpus any more. */
    if (domain_ref(d)) {
        add_vcpus(d, info);
        domain_put(d);
    }
    describe(d, info);
    domain_release(d);
    return 0;
}

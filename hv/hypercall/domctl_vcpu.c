/*
 * hypercall/domctl_vcpu.c - vcpus, by order of the toolstack. Layer: hypercall.
 * Contexts are given and taken while the whole domain stands still.
 */
#include "hypercall/domctl.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "pv/pv.h"
#include "pv/switch.h"

#define CONTEXT_ORDER 1
_Static_assert(sizeof(struct vcpu_guest_context) <= PAGE_SIZE << CONTEXT_ORDER,
               "CONTEXT_ORDER");

struct vcpu *domctl_find_vcpu(const struct domain *d, uint32_t id)
{
    return id < d->vcpu_count ? d->vcpu[id] : NULL;
}

static int set_context(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    int rc = v->domain->dying ? -EINVAL
             : v->initialised ? pv_change_context(v, ctx)
                              : pv_set_context(v, ctx);

    if (rc)
        return rc;
    v->initialised = true;
    if (ctx->flags & VGCF_online)
        vcpu_up(v);
    else
        WRITE_ONCE(v->down, true);
    v->entry.exit_work = 1; /* to look at `down` */
    return 0;
}

/* Without a context it becomes as it was made. */
int domctl_set_context(struct domain *d, struct xen_domctl *op)
{
    struct vcpu *v = domctl_find_vcpu(d, op->u.vcpucontext.vcpu);
    uint64_t from = guest_handle_address(op->u.vcpucontext.ctxt);
    struct vcpu_guest_context *ctx;
    int rc;

    if (!v)
        return -EINVAL;
    ctx = pages_alloc(CONTEXT_ORDER);
    if (!ctx)
        return -ENOMEM;
    rc = from ? guest_get(ctx, from) : 0;
    if (!rc) {
        domain_pause_and_wait(d);
        pv_forget_vcpu(v);
        if (from)
            rc = set_context(v, ctx);
        else
            pv_reset_vcpu(v);
        /* The builder has cleared the page that the wall clock is in. */
        if (from && !rc && v->id == 0)
            domain_update_wallclock(d);
        domain_unpause(d);
    }
    pages_free(ctx, CONTEXT_ORDER);
    return rc;
}

int domctl_get_context(struct domain *d, struct xen_domctl *op)
{
    struct vcpu *v = domctl_find_vcpu(d, op->u.vcpucontext.vcpu);
    struct vcpu_guest_context *ctx;
    int rc;

    if (!v || d == current_domain)
        return -EINVAL;
    if (!v->initialised)
        return -ENODATA;
    ctx = pages_alloc(CONTEXT_ORDER);
    if (!ctx)
        return -ENOMEM;
    domain_pause_and_wait(d);
    pv_forget_vcpu(v);
    pv_get_context(v, ctx);
    domain_unpause(d);
    rc = guest_put(guest_handle_address(op->u.vcpucontext.ctxt), ctx);
    pages_free(ctx, CONTEXT_ORDER);
    return rc;
}

int domctl_vcpu_info(struct domain *d, struct xen_domctl *op)
{
    struct xen_domctl_getvcpuinfo *info = &op->u.getvcpuinfo;
    struct vcpu *v = domctl_find_vcpu(d, info->vcpu);
    struct vcpu_runstate_info r;

    if (!v)
        return info->vcpu < d->vcpu_count ? -ESRCH : -EINVAL;
    vcpu_get_runstate(v, &r);
    info->online = !READ_ONCE(v->down);
    info->blocked = READ_ONCE(v->sched.blocked) && info->online;
    info->running = READ_ONCE(v->sched.running);
    info->cpu_time = r.time[RUNSTATE_running];
    info->cpu = v->sched.cpu->id;
    return 0;
}

int domctl_trigger(struct domain *d, struct xen_domctl *op)
{
    struct vcpu *v = domctl_find_vcpu(d, op->u.sendtrigger.vcpu);

    if (!v)
        return -ESRCH;
    switch (op->u.sendtrigger.trigger) {
    case XEN_DOMCTL_SENDTRIGGER_NMI:
        vcpu_send_nmi(v);
        return 0;
    case XEN_DOMCTL_SENDTRIGGER_POWER:
    case XEN_DOMCTL_SENDTRIGGER_SLEEP:
        return -EINVAL; /* for HVM guests */
    default:
        return -ENOSYS;
    }
}

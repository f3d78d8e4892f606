/*
 * hypercall/mca.c - machine checks, as far as dom0's log needs it: there are
 * CPUs, and never anything to tell of them. Layer: hypercall. dom0 only
 * (hypercalls.def). Source: Xen's public xen-mca.h.
 */
#include "hypercall/hypercall.h"
#include "lib/string.h"

#include <xen/arch-x86/xen-mca.h>

static long fetch(struct xen_mc_fetch *f)
{
    switch (f->flags) {
    case XEN_MC_NONURGENT:
    case XEN_MC_URGENT:
        if (!guest_handle_address(f->data))
            return -EINVAL;
        f->flags = XEN_MC_NODATA;
        f->fetch_id = 0;
        return 0;
    case XEN_MC_NONURGENT | XEN_MC_ACK:
    case XEN_MC_URGENT | XEN_MC_ACK:
        return 0;
    default:
        return -EINVAL;
    }
}

static void describe(struct mcinfo_logical_cpu *c, const struct cpu *cpu)
{
    memset(c, 0, sizeof(*c));
    c->mc_cpunr = cpu->id;
    c->mc_chipid = cpu->id;
    c->mc_apicid = cpu->lapic_id;
    c->mc_ncores = c->mc_ncores_active = c->mc_nthreads = 1;
}

/* As many as there is room for; without a list: how many there are. */
static long cpu_info(struct xen_mc_physcpuinfo *p)
{
    uint64_t to = guest_handle_address(p->info);
    uint32_t room = to ? p->ncpus : cpus_present;

    if (!room)
        return -EINVAL;
    p->ncpus = MIN(room, cpus_present);
    for (uint32_t i = 0; to && i < p->ncpus; i++) {
        struct mcinfo_logical_cpu c;

        describe(&c, &cpus[i]);
        if (guest_put(to + i * sizeof(c), &c))
            return -EFAULT;
    }
    return 0;
}

static long serve(struct xen_mc *op)
{
    switch (op->cmd) {
    case XEN_MC_fetch:
        return fetch(&op->u.mc_fetch);
    case XEN_MC_physcpuinfo:
        return cpu_info(&op->u.mc_physcpuinfo);
    case XEN_MC_notifydomain:
        return -EINVAL;
    case XEN_MC_msrinject:
    case XEN_MC_mceinject:
    case XEN_MC_inject_v2:
        return -EOPNOTSUPP;
    default:
        return -EINVAL;
    }
}

long hypercall_mca(uint64_t arg)
{
    struct xen_mc op;
    long rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.interface_version != XEN_MCA_INTERFACE_VERSION)
        return -EACCES;
    rc = serve(&op);
    return rc ? rc : guest_put(arg, &op);
}

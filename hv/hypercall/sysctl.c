/*
 * hypercall/sysctl.c - what the toolstack asks about the machine.
 * Layer: hypercall. dom0 only (hypercalls.def).
 */
#include "abi/toolstack.h"
#include "console/console.h"
#include "hypercall/domctl.h"
#include "hypercall/hypercall.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "time/time.h"

static int get_physinfo(struct xen_sysctl_physinfo *p)
{
    memset(p, 0, sizeof(*p));
    p->threads_per_core = 1;
    p->cores_per_socket = 1;
    p->nr_cpus = cpus_present;
    p->max_cpu_id = cpus_present - 1;
    p->nr_nodes = 1;
    p->max_node_id = 0;
    p->cpu_khz = tsc_khz;
    p->capabilities = XEN_SYSCTL_PHYSCAP_pv | XEN_SYSCTL_PHYSCAP_gnttab_v1 |
                      XEN_SYSCTL_PHYSCAP_gnttab_v2;
    p->total_pages = frames_total;
    p->free_pages = frames_free_count();
    p->outstanding_pages = domain_claims;
    p->max_mfn = frame_limit - 1;
    return 0;
}

/* Copies the log from p->index on; buffer by buffer, since it may be long. */
static int read_console(struct xen_sysctl_readconsole *p)
{
    uint32_t index = p->incremental ? p->index : console_ring_oldest();
    uint32_t done = 0;
    char buf[256];

    while (done < p->count) {
        size_t n = console_ring_read(
            &index, buf, MIN(p->count - done, (uint32_t)sizeof(buf)), p->clear);

        if (!n)
            break;
        if (guest_write(guest_ptr(guest_handle_address(p->buffer) + done), buf,
                        n))
            return -EFAULT;
        done += (uint32_t)n;
    }
    p->index = index;
    p->count = done;
    return 0;
}

static int list_domains(struct xen_sysctl_getdomaininfolist *p)
{
    uint64_t to = guest_handle_address(p->buffer);
    struct xen_domctl_getdomaininfo info;
    domid_t next = p->first_domain;

    for (p->num_domains = 0; p->num_domains < p->max_domains;
         p->num_domains++, to += sizeof(info)) {
        if (domctl_describe(next, &info))
            break;
        if (guest_put(to, &info))
            return -EFAULT;
        next = info.domain + 1;
    }
    return 0;
}

static int serve(struct xen_sysctl *op)
{
    switch (op->cmd) {
    case XEN_SYSCTL_physinfo:
        return get_physinfo(&op->u.physinfo);
    case XEN_SYSCTL_readconsole:
        return read_console(&op->u.readconsole);
    case XEN_SYSCTL_getdomaininfolist:
        return list_domains(&op->u.getdomaininfolist);
    default:
        hypercall_unknown("sysctl", op->cmd);
        return -EOPNOTSUPP;
    }
}

long hypercall_sysctl(uint64_t arg)
{
    struct xen_sysctl op;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.interface_version != XEN_SYSCTL_INTERFACE_VERSION)
        return -EACCES;
    rc = serve(&op);
    if (!rc && guest_put(arg, &op))
        return -EFAULT;
    return rc;
}

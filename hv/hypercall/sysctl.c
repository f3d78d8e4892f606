/*
 * hypercall/sysctl.c - what the toolstack asks about the machine.
 * Layer: hypercall. dom0 only (hypercalls.def).
 */
#include "abi/toolstack.h"
#include "console/console.h"
#include "hypercall/domctl.h"
#include "hypercall/hypercall.h"
#include "hypercall/interface.h"
#include "hypercall/platform.h"
#include "hypercall/policy.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "pci/pci.h"
#include "pv/cpuid.h"
#include "time/time.h"

#define DEVICES_AT_ONCE 64U

/* By its local APIC's number; where leaf 0xb does not tell what the bits of
 * that mean, each CPU is a socket. */
static struct xen_sysctl_cputopo place_of(const struct cpu *cpu)
{
    bool told = cpuid(0, 0).a >= 0xb && cpuid(0xb, 1).b;
    uint32_t core = told ? cpuid(0xb, 0).a & 31 : 0;
    uint32_t socket = told ? cpuid(0xb, 1).a & 31 : 0;
    uint32_t id = cpu->lapic_id;

    return (struct xen_sysctl_cputopo){
        .core = (id & ((1U << socket) - 1)) >> core, .socket = id >> socket};
}

/* As many as CPU 0 has beside it. */
static void count_neighbours(struct xen_sysctl_physinfo *p)
{
    struct xen_sysctl_cputopo first = place_of(&cpus[0]);
    uint32_t in_socket = 0;

    for_each_cpu(cpu)
    {
        struct xen_sysctl_cputopo t = place_of(cpu);

        in_socket += t.socket == first.socket;
        p->threads_per_core += t.socket == first.socket && t.core == first.core;
    }
    p->cores_per_socket = in_socket / p->threads_per_core;
}

static int get_physinfo(struct xen_sysctl_physinfo *p)
{
    memset(p, 0, sizeof(*p));
    count_neighbours(p);
    sysctl_host_features(p->hw_cap, ARRAY_SIZE(p->hw_cap));
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

static int press_keys(const struct xen_sysctl_debug_keys *p)
{
    char key;

    for (uint32_t i = 0; i < p->nr_keys; i++) {
        if (guest_get(&key, guest_handle_address(p->keys) + i))
            return -EFAULT;
        console_debug_key(key);
        sched_preempt();
    }
    return 0;
}

/* Our scheduler has no rate limit: 0, as Xen's when it is off. */
static int rate_limit(struct xen_sysctl_scheduler_op *p)
{
    if (p->cmd != XEN_SYSCTL_SCHEDOP_getinfo &&
        p->cmd != XEN_SYSCTL_SCHEDOP_putinfo)
        return -EINVAL;
    if (p->cpupool_id)
        return -ESRCH;
    if (p->sched_id != XEN_SCHEDULER_CREDIT2)
        return -EINVAL;
    if (p->cmd == XEN_SYSCTL_SCHEDOP_putinfo)
        return p->u.sched_credit2.ratelimit_us ? -EOPNOTSUPP : 0;
    p->u.sched_credit2.ratelimit_us = 0;
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

/* ---- of what the machine consists: one node, one pool ---- */

static int get_free(struct xen_sysctl_availheap *p)
{
    bool here = p->node == 0 || p->node == -1;

    p->avail_bytes = here ? frames_free_count() << PAGE_SHIFT : 0;
    return 0;
}

/* As many as there is room for; without a list: how many there are. */
static int get_cpus(struct xen_sysctl_cputopoinfo *p)
{
    uint64_t to = guest_handle_address(p->cputopo);

    if (!to)
        p->num_cpus = cpus_present;
    p->num_cpus = MIN(p->num_cpus, cpus_present);
    for (uint32_t i = 0; to && i < p->num_cpus; i++) {
        struct xen_sysctl_cputopo t = place_of(&cpus[i]);

        if (guest_put(to + i * sizeof(t), &t))
            return -EFAULT;
    }
    return 0;
}

static int get_idle_times(struct xen_sysctl_getcpuinfo *p)
{
    uint64_t to = guest_handle_address(p->info);
    uint32_t n = MIN(p->max_cpus, cpus_present);
    struct vcpu_runstate_info r;

    for (p->nr_cpus = 0; p->nr_cpus < n; p->nr_cpus++) {
        struct xen_sysctl_cpuinfo info;

        vcpu_get_runstate(cpus[p->nr_cpus].idle, &r);
        info.idletime = r.time[RUNSTATE_running];
        if (guest_put(to + p->nr_cpus * sizeof(info), &info))
            return -EFAULT;
    }
    return 0;
}

static int get_nodes(struct xen_sysctl_numainfo *p)
{
    struct xen_sysctl_meminfo m = {frame_limit << PAGE_SHIFT,
                                   frames_free_count() << PAGE_SHIFT};
    uint64_t info = guest_handle_address(p->meminfo);
    uint64_t distance = guest_handle_address(p->distance);
    uint32_t near = 10;

    if (!info && !distance)
        p->num_nodes = 1;
    p->num_nodes = MIN(p->num_nodes, 1U);
    if (!p->num_nodes)
        return 0;
    if ((info && guest_put(info, &m)) ||
        (distance && guest_put(distance, &near)))
        return -EFAULT;
    return 0;
}

static uint32_t count_domains(void)
{
    struct xen_domctl_getdomaininfo info;
    uint32_t n = 0;

    for (domid_t next = 0; !domctl_describe(next, &info); n++)
        next = info.domain + 1;
    return n;
}

static int get_pool(struct xen_sysctl_cpupool_op *p)
{
    cpu_mask_t all = 0;

    switch (p->op) {
    case XEN_SYSCTL_CPUPOOL_OP_INFO:
        if (p->cpupool_id)
            return -ENOENT;
        p->sched_id = XEN_SCHEDULER_CREDIT2;
        p->n_dom = count_domains();
        for_each_cpu(cpu) if (READ_ONCE(cpu->online)) all |= cpu_bit(cpu);
        return domctl_put_mask(&p->cpumap, all);
    case XEN_SYSCTL_CPUPOOL_OP_FREEINFO:
        return domctl_put_mask(&p->cpumap, 0);
    default:
        return -EOPNOTSUPP;
    }
}

/* Each on the one node, if dom0 has told of it. */
static int get_device_nodes(struct xen_sysctl_pcitopoinfo *p)
{
    uint64_t from = guest_handle_address(p->devs);
    uint64_t to = guest_handle_address(p->nodes);

    if (!from || !to)
        return -EINVAL;
    p->num_devs = MIN(p->num_devs, DEVICES_AT_ONCE);
    for (uint32_t i = 0; i < p->num_devs; i++) {
        struct physdev_pci_device d;
        uint32_t node = XEN_INVALID_DEV;

        if (guest_get(&d, from + i * sizeof(d)))
            return -EFAULT;
        if (pci_device_is_known((struct pci_address){d.seg, d.bus, d.devfn}))
            node = XEN_INVALID_NODE_ID;
        if (guest_put(to + i * sizeof(node), &node))
            return -EFAULT;
    }
    return 0;
}

static int plug_cpu(const struct xen_sysctl_cpu_hotplug *p)
{
    bool on = p->op == XEN_SYSCTL_CPU_HOTPLUG_ONLINE;

    if (!on && p->op != XEN_SYSCTL_CPU_HOTPLUG_OFFLINE)
        return -EOPNOTSUPP;
    if (p->cpu >= cpus_present || (!p->cpu && !on))
        return -EINVAL;
    if (READ_ONCE(cpus[p->cpu % CPUS_MAX].online) == on)
        return -EEXIST;
    platform_switch_cpu(p->cpu, on);
    return 0;
}

/* No frequencies are known, no idle states chosen. */
static int refuse_power(const struct xen_sysctl_pm_op *p)
{
    if (p->cpuid >= cpus_present ||
        (p->cmd & PM_PARA_CATEGORY_MASK) == CPUFREQ_PARA)
        return -EINVAL;
    return -ENOSYS;
}

/* As a Xen on a machine without the means, built without counters, trace
 * buffers and live patches. */
static int refuse(uint32_t cmd)
{
    switch (cmd) {
    case XEN_SYSCTL_perfc_op:
    case XEN_SYSCTL_lockprof_op:
    case XEN_SYSCTL_tbuf_op:
    case XEN_SYSCTL_livepatch_op:
        return -ENOSYS;
    case XEN_SYSCTL_page_offline_op:
    case XEN_SYSCTL_coverage_op:
        return -EOPNOTSUPP;
    case XEN_SYSCTL_psr_cmt_op:
    case XEN_SYSCTL_psr_alloc:
    case XEN_SYSCTL_get_pmstat:
        return -ENODEV;
    default:
        return (int)hypercall_unknown("sysctl", cmd);
    }
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
    case XEN_SYSCTL_sched_id:
        op->u.sched_id.sched_id = XEN_SCHEDULER_CREDIT2;
        return 0;
    case XEN_SYSCTL_debug_keys:
        return press_keys(&op->u.debug_keys);
    case XEN_SYSCTL_scheduler_op:
        return rate_limit(&op->u.scheduler_op);
    case XEN_SYSCTL_availheap:
        return get_free(&op->u.availheap);
    case XEN_SYSCTL_cputopoinfo:
        return get_cpus(&op->u.cputopoinfo);
    case XEN_SYSCTL_getcpuinfo:
        return get_idle_times(&op->u.getcpuinfo);
    case XEN_SYSCTL_numainfo:
        return get_nodes(&op->u.numainfo);
    case XEN_SYSCTL_pcitopoinfo:
        return get_device_nodes(&op->u.pcitopoinfo);
    case XEN_SYSCTL_cpu_hotplug:
        return plug_cpu(&op->u.cpu_hotplug);
    case XEN_SYSCTL_pm_op:
        return refuse_power(&op->u.pm_op);
    case XEN_SYSCTL_cpupool_op:
        return get_pool(&op->u.cpupool_op);
    case XEN_SYSCTL_get_cpu_policy:
        return sysctl_cpu_policy(&op->u.cpu_policy);
    case XEN_SYSCTL_get_cpu_featureset:
        return sysctl_cpu_featureset(&op->u.cpu_featureset);
    case XEN_SYSCTL_get_cpu_levelling_caps:
        op->u.cpu_levelling_caps.caps =
            cpuid_faults() ? XEN_SYSCTL_CPU_LEVELCAP_faulting : 0;
        return 0;
    default:
        return refuse(op->cmd);
    }
}

/* 4.17's is ours. */
static const struct interface versions[] = {
    {XEN_SYSCTL_INTERFACE_VERSION, NULL, 0},
};

long hypercall_sysctl(uint64_t arg)
{
    const struct interface *v;
    struct xen_sysctl op;
    uint32_t theirs;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    v = interface_find(versions, ARRAY_SIZE(versions), op.interface_version);
    if (!v)
        return -EACCES;
    theirs = op.cmd;
    op.cmd = interface_decode(v, theirs, &op.u);
    rc = serve(&op);
    if (rc && rc != -ENOBUFS)
        return rc;
    interface_encode(v, theirs, &op.u);
    op.cmd = theirs;
    return guest_put(arg, &op) ? -EFAULT : rc;
}

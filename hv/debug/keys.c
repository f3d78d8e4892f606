/*
 * debug/keys.c - the debug keys. Layer: debug. The letters are Xen's where Xen
 * has the same function.
 */
#include "debug/keys.h"
#include "acpi/acpi.h"
#include "console/console.h"
#include "console/panic.h"
#include "debug/audit.h"
#include "domain/domain.h"
#include "evtchn/evtchn.h"
#include "grant/grant.h"
#include "hypercall/table.h"
#include "lib/log.h"
#include "mm/alloc.h"

static void show_vcpu(const struct vcpu *v)
{
    const struct cpu_regs *regs =
        (const struct cpu_regs *)((const uint8_t *)v->stack + STACK_SIZE -
                                  sizeof(struct stack_top)) -
        1;

    printk(XENLOG_INFO "d%uv%u: %s mode, %s%s%s, pending %u mask %u\n",
           v->domain->id, v->id,
           v->entry.mode == MODE_KERNEL ? "kernel" : "user",
           v->sched.running ? "running" : "not running",
           v->sched.blocked ? ", blocked" : "", v->down ? ", down" : "",
           v->entry.info->evtchn_upcall_pending,
           v->entry.info->evtchn_upcall_mask);
    regs_print(regs);
}

static void for_each_domain(void (*fn)(struct domain *d))
{
    struct domain *d;

    for (domid_t next = 0; (d = domain_find(next));) {
        next = d->id + 1;
        if (domain_ref(d)) {
            fn(d);
            domain_put(d);
        }
        domain_release(d);
    }
}

static void show_vcpus(struct domain *d)
{
    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            show_vcpu(d->vcpu[i]);
}

static void show_dom0(void)
{
    if (dom0)
        show_vcpus(dom0);
}

static void show_registers(void)
{
    for_each_domain(show_vcpus);
}

static void show_domain(struct domain *d)
{
    printk(XENLOG_INFO "d%u: %lu pages of %lu, %u vcpus, vm_assist %#lx%s\n",
           d->id, d->pages, d->max_pages, d->vcpu_count, d->vm_assist,
           d->dying ? ", dying" : "");
    printk(XENLOG_INFO
           "    shared info at mfn %#lx, refs %u, shutdown %u, pauses %u\n",
           d->shared_info_mfn.n, d->refs, d->shutdown, d->pauses);
}

static void show_domains(void)
{
    for_each_domain(show_domain);
}

static void show_ports(void)
{
    for_each_domain(evtchn_print);
}

static void show_grants(void)
{
    for_each_domain(grant_print);
}

static void print_name(const struct vcpu *v)
{
    printk(" d%uv%u", v->domain->id, v->id);
}

static void show_queue(void)
{
    sched_print(print_name);
}

static uint64_t domain_pages;

static void add_pages(struct domain *d)
{
    domain_pages += d->pages;
}

static void show_memory(void)
{
    uint64_t free = frames_free_count();

    domain_pages = 0;
    for_each_domain(add_pages);
    printk(XENLOG_INFO "RAM: %lu KiB, domains: %lu KiB, free: %lu KiB, "
                       "hypervisor: %lu KiB\n",
           frames_total << 2, domain_pages << 2, free << 2,
           (frames_total - domain_pages - free) << 2);
}

static void show_time(void)
{
    printk(XENLOG_INFO "System time %lu ns, TSC %lu at %u kHz, %s\n",
           time_now_ns(), rdtsc(), tsc_khz,
           tsc_is_stable ? "stable" : "not stable");
}

static void show_hypercalls(void)
{
    for (unsigned i = 0; i < HYPERCALLS; i++)
        if (hypercall_counts[i] && hypercall_names[i])
            printk(XENLOG_INFO "%12lu %s\n", hypercall_counts[i],
                   hypercall_names[i]);
}

static void crash(void)
{
    panic("Asked for by the debug key");
}

struct debug_key {
    char key;
    const char *text;
    void (*fn)(void);
};

static const struct debug_key keys[] = {
    {'0', "registers of dom0's vcpus", show_dom0},
    {'A', "audit of all frames", audit_request},
    {'C', "crash the hypervisor", crash},
    {'H', "hypercalls counted since boot", show_hypercalls},
    {'R', "restart the machine", acpi_reset},
    {'d', "registers of all vcpus", show_registers},
    {'e', "event channels", show_ports},
    {'g', "grants that are mapped", show_grants},
    {'m', "memory", show_memory},
    {'q', "domains", show_domains},
    {'r', "run queue", show_queue},
    {'t', "time", show_time},
};

void debug_key(char key)
{
    for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
        if (keys[i].key == key) {
            printk(XENLOG_INFO "'%c': %s\n", key, keys[i].text);
            keys[i].fn();
            return;
        }
    for (unsigned i = 0; i < ARRAY_SIZE(keys); i++)
        printk(XENLOG_INFO " key '%c': %s\n", keys[i].key, keys[i].text);
}

void debug_keys_init(void)
{
    console_set_key_handler(debug_key);
}

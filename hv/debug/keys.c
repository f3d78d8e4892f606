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

static void for_each_vcpu(void (*fn)(const struct vcpu *v))
{
    for (uint32_t i = 0; dom0 && i < dom0->vcpu_count; i++)
        if (dom0->vcpu[i])
            fn(dom0->vcpu[i]);
}

static void show_dom0(void)
{
    for_each_vcpu(show_vcpu);
}

static void show_domains(void)
{
    if (!dom0)
        return;
    printk(XENLOG_INFO "d%u: %lu pages of %lu, %u vcpus, vm_assist %#lx\n",
           dom0->id, dom0->pages, dom0->max_pages, dom0->vcpu_count,
           dom0->vm_assist);
    printk(XENLOG_INFO "    shared info at mfn %#lx, refs %u, shutdown %u\n",
           dom0->shared_info_mfn.n, dom0->refs, dom0->shutdown);
}

static void show_memory(void)
{
    uint64_t dom0_pages = dom0 ? dom0->pages : 0;
    uint64_t free = frames_free_count();

    printk(XENLOG_INFO "RAM: %lu KiB, dom0: %lu KiB, free: %lu KiB, "
                       "hypervisor: %lu KiB\n",
           frames_total << 2, dom0_pages << 2, free << 2,
           (frames_total - dom0_pages - free) << 2);
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
    {'m', "memory", show_memory},
    {'q', "domains", show_domains},
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

/*
 * boot/smp.c - starts the other CPUs, one after the other, before any guest
 * runs. Layer: boot. On the boot CPU but for smp_ap_main().
 * Source: Intel SDM volume 3, 9.4 (INIT, then startup messages); ACPI's MADT.
 */
#include "acpi/acpi.h"
#include "boot/boot.h"
#include "boot/memory.h"
#include "cpu/desc.h"
#include "cpu/fpu.h"
#include "cpu/spec_ctrl.h"
#include "irq/irq.h"
#include "lib/log.h"
#include "lib/option.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/isolation.h"
#include "mm/map.h"
#include "mm/tlb.h"
#include "pv/cpuid.h"
#include "pv/pv.h"

#define INIT_WAIT_NS     10000000UL
#define STARTUP_WAIT_NS  200000UL
#define START_WAIT_NS    5000000000UL /* an emulated one may get no time */
#define STARTUP_AGAIN_NS 100000000UL
#define LOW_LIMIT        0x90000UL /* above are the BIOS's own areas */

#define WARP_ROUNDS 2000

extern char trampoline_start[], trampoline_end[]; /* head.S */

/* What the CPU that is being started finds: head.S. */
uint64_t hv_l4_paddr, ap_stack;
void smp_ap_main(void) __noreturn;

static uint32_t max_cpus = CPUS_MAX;
OPTION_DEFINE_U32("maxcpus", max_cpus);
static bool nosmp;
OPTION_DEFINE_BOOL("nosmp", nosmp);

static uint64_t boot_cr4 __initdata;

static void __init wait_ns(uint64_t ns)
{
    uint64_t end = time_now_ns() + ns;

    while (time_now_ns() < end)
        cpu_relax();
}

/* ---- memory ---- */

static void *__init need(void *p)
{
    if (!p)
        panic("No memory for another CPU");
    return p;
}

static void __init make_memory(struct cpu_memory *m)
{
    m->tables = need(pages_alloc(2));
    _Static_assert(sizeof(struct cpu_tables) <= 4 * PAGE_SIZE, "order 2");
    m->gdt_paddr = virt_to_paddr(&m->tables->gdt);
    for (unsigned i = 0; i < IST_STACKS; i++)
        m->ist[i] = need(pages_alloc(STACK_ORDER));
}

/* The idle vcpu, on whose stack the CPU begins. */
static void __init make_idle(struct cpu *cpu)
{
    struct vcpu *v = need(pages_alloc(1));
    uint8_t *stack = need(pages_alloc(STACK_ORDER));
    struct stack_top *top =
        (struct stack_top *)(void *)(stack + STACK_SIZE) - 1;

    v->sched.idle = v->sched.running = true;
    v->sched.cpu = cpu;
    *top = (struct stack_top){v, cpu, NULL, STACK_CANARY};
    cpu->idle = cpu->running = v;
    v->sched.stack_pointer = ap_stack = (uint64_t)top;
}

/* ---- the time stamp counters ---- */

/* Both CPUs read in turn under one lock: a step back is a counter behind. */
static struct {
    struct spinlock lock;
    uint64_t last, worst;
} warp __initdata;

static void __init warp_look(void)
{
    uint64_t now;

    spin_lock(&warp.lock);
    now = rdtsc_ordered();
    if (now < warp.last)
        warp.worst = MAX(warp.worst, warp.last - now);
    warp.last = now;
    spin_unlock(&warp.lock);
}

/* ---- the CPU that is started ---- */

static struct cpu_memory ap_memory __initdata;

/* Interrupts are off until it idles. .init goes away behind it. */
void __init smp_ap_main(void)
{
    struct cpu *cpu = this_cpu();

    write_cr4(boot_cr4);
    cpu_init(cpu, &ap_memory);
    stack_top()->tss = cpu->tss;
    spec_ctrl_init_cpu();
    cpu_init_syscall(cpu);
    isolation_init_cpu(cpu);
    irq_init_cpu(cpu);
    fpu_init_cpu();
    cpuid_init_cpu();
    pv_init_machine_checks();
    for (unsigned i = 0; i < WARP_ROUNDS; i++)
        warp_look();
    __atomic_store_n(&cpu->started, true, __ATOMIC_RELEASE);
    sched_idle();
}

/* ---- the boot CPU's side ---- */

static paddr_t __init low_page(const struct e820_map *map)
{
    paddr_t start, end, best = 0;

    for (uint32_t i = 0; e820_next_ram(map, &i, &start, &end);)
        if (MIN(end, LOW_LIMIT) >= start + 2 * PAGE_SIZE)
            best = ROUND_DOWN(MIN(end, LOW_LIMIT), PAGE_SIZE) - PAGE_SIZE;
    return best;
}

/* One that has not come to its INIT yet drops the startup message, and one that
 * has started drops the next: so it is sent again. */
static bool __init start_one(struct cpu *cpu, uint8_t page)
{
    uint64_t now, end, again;

    lapic_send_init(cpu->lapic_id);
    wait_ns(INIT_WAIT_NS);
    lapic_send_startup(cpu->lapic_id, page);
    wait_ns(STARTUP_WAIT_NS);
    again = time_now_ns();
    end = again + START_WAIT_NS;
    while (!READ_ONCE(cpu->started) && (now = time_now_ns()) < end) {
        if (now >= again) {
            lapic_send_startup(cpu->lapic_id, page);
            again = now + STARTUP_AGAIN_NS;
        }
        warp_look();
    }
    return READ_ONCE(cpu->started);
}

/* False: it did not start. Its memory stays, as it may be on its way. */
static bool __init start(const struct acpi_cpu *description, uint8_t page)
{
    struct cpu *cpu = &cpus[cpus_present];

    cpu->id = cpus_present;
    cpu->lapic_id = description->apic_id;
    cpu->acpi_id = description->acpi_id;
    make_memory(&ap_memory);
    make_idle(cpu);
    memory_map_stub(cpu);
    sched_init_cpu(cpu);
    time_init_cpu(cpu);
    if (!start_one(cpu, page)) {
        printk(XENLOG_ERR "CPU%u (APIC %u) does not start: %u are used\n",
               cpu->id, cpu->lapic_id, cpus_present);
        return false;
    }
    cpus_present++;
    sched_cpu_up(cpu);
    return true;
}

static void __init start_all(uint8_t page)
{
    const struct acpi_machine *machine = acpi_machine();
    uint32_t limit = nosmp ? 1 : MIN(max_cpus, (uint32_t)CPUS_MAX);

    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        const struct acpi_cpu *c = &machine->cpus[i];

        if (c->apic_id == cpus[0].lapic_id)
            cpus[0].acpi_id = c->acpi_id;
        else if (c->enabled && cpus_present < limit && !start(c, page))
            return;
    }
}

/* The page that they begin in has somebody's data, and gets it back. */
void __init smp_start(const struct e820_map *map)
{
    static uint8_t kept[256] __initdata;
    size_t bytes = (size_t)(trampoline_end - trampoline_start);
    paddr_t page = low_page(map);

    BUG_ON(bytes > sizeof(kept));
    boot_cr4 = read_cr4();
    hv_l4_paddr = virt_to_paddr(hv_l4);
    sched_cpu_up(&cpus[0]);
    memcpy(kept, paddr_to_virt(page), bytes);
    memcpy(paddr_to_virt(page), trampoline_start, bytes);
    start_all((uint8_t)(page >> PAGE_SHIFT));
    memcpy(paddr_to_virt(page), kept, bytes);
    if (warp.worst)
        printk(XENLOG_WARNING "The CPUs' time stamp counters are %lu ticks "
                              "apart: clocks may step back\n",
               warp.worst);
    printk(XENLOG_INFO "CPUs: %u of %u\n", cpus_present,
           MAX(acpi_machine()->cpu_count, 1U));
}

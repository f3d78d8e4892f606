/*
 * boot/main.c - from the boot loader to dom0: the table of contents.
 * Layer: boot. On the boot CPU, on boot_stack, interrupts off.
 */
#include "acpi/acpi.h"
#include "boot/boot.h"
#include "boot/cmdline.h"
#include "boot/dom0_mem.h"
#include "boot/memory.h"
#include "boot/multiboot.h"
#include "console/console.h"
#include "cpu/traps.h"
#include "hypercall/commandline.h"
#include "hypercall/pirq.h"
#include "irq/irq.h"
#include "lib/layout.h"
#include "lib/log.h"
#include "lib/string.h"
#include "loader/dom0.h"
#include "mm/alloc.h"
#include "mm/iomap.h"
#include "mm/isolation.h"
#include "mm/tlb.h"
#include "pci/pci.h"
#include "pv/pv.h"
#include "pv/switch.h"
#include "pv/trap.h"
#include "sched/sched.h"
#include "time/time.h"
#include "version.h"

#define VGA_TEXT_PADDR 0xb8000
#define VGA_TEXT_BYTES 0x8000

extern const struct cmdline_option options_start[], options_end[];
extern char boot_stack[]; /* STACK_SIZE bytes: head.S */

char boot_commandline[1024];

static struct vcpu idle_vcpu;
static struct boot_info info __initdata;

static void __init report_option(const char *word, enum cmdline_problem why)
{
    static const char *const texts[] = {
        [CMDLINE_UNKNOWN] = "unknown option",
        [CMDLINE_MALFORMED] = "bad value of option",
        [CMDLINE_TOO_LONG] = "over-long option",
    };

    printk(XENLOG_WARNING "%s \"%s\" ignored\n", texts[why], word);
}

/* Until a vcpu runs, this CPU runs its idle one, on the boot stack. */
static void __init init_idle(struct cpu *cpu)
{
    struct stack_top *top =
        (struct stack_top *)(void *)(boot_stack + STACK_SIZE) - 1;

    idle_vcpu.sched.idle = true;
    idle_vcpu.sched.running = true;
    idle_vcpu.sched.cpu = cpu;
    *top = (struct stack_top){&idle_vcpu, cpu, NULL, STACK_CANARY};
    cpu->idle = cpu->running = &idle_vcpu;
}

static void __init report_memory(void)
{
    const struct e820_map *map = &info.memory;

    for (uint32_t i = 0; i < map->count; i++)
        printk(XENLOG_INFO " %016lx - %016lx %s\n", map->ranges[i].start,
               map->ranges[i].end - 1, e820_type_name(map->ranges[i].type));
    printk(XENLOG_INFO "System RAM: %lu MiB (%lu KiB)\n",
           e820_ram_bytes(map) >> 20, e820_ram_bytes(map) >> 10);
}

static void __init read_boot_info(uint32_t magic, paddr_t address)
{
    const char *error = multiboot_parse(magic, address, boot_map, &info);

    if (error)
        panic("The boot loader's information is not usable: %s", error);
    str_copy(boot_commandline, info.cmdline, sizeof(boot_commandline));
    cmdline_parse(info.cmdline, options_start,
                  (size_t)(options_end - options_start), report_option);
}

static void poke_for_flush(struct cpu *cpu)
{
    lapic_send_ipi(cpu->lapic_id, VECTOR_FLUSH);
}

static void __init init_machine(struct cpu *cpu)
{
    acpi_init(info.rsdp_bytes ? info.rsdp : NULL, info.rsdp_bytes, boot_map);
    mitigations_init();
    memory_init(&info);
    if (console_wants_vga())
        console_init_vga(io_map(VGA_TEXT_PADDR, VGA_TEXT_BYTES));
    cpu_init_syscall(cpu);
    isolation_init_cpu(cpu);
    irq_init();
    irq_init_cpu(cpu);
    tlb_init(poke_for_flush);
    vector_register(VECTOR_FLUSH, tlb_interrupt);
    pci_init();
    time_init();
    sched_init_cpu(cpu);
    time_init_cpu(cpu);
    console_set_clock(time_now_ns);
}

static void __init init_guest_rooms(void)
{
    domain_init();
    pv_init_cpu_state();
    pv_init_traps();
    pv_register_machine_checks();
    pv_init_machine_checks();
    pv_init_switch();
    pv_init_hooks();
    pirq_init();
    machine_end_register(machine_end);
    console_start();
}

static struct dom0_module __init module(uint32_t index)
{
    const struct boot_module *m = &info.modules[index];

    if (index >= info.module_count)
        return (struct dom0_module){NULL, 0, ""};
    return (struct dom0_module){paddr_to_virt(m->start),
                                (size_t)(m->end - m->start), m->string};
}

static struct domain *__init build_dom0(void)
{
    struct dom0_console console;
    struct dom0_config config = {
        .kernel = module(0),
        .initrd = module(1),
        .vcpus = dom0_vcpus(),
        .console_info = &console,
    };
    const char *error;
    struct domain *d;

    if (!info.module_count)
        panic("No dom0 kernel: the boot loader gave no module");
    dom0_sizes(frames_free_count(), &config.pages, &config.max_pages);
    config.cmdline = dom0_cmdline(info.modules[0].args, info.cmdline);
    config.console_info_bytes = dom0_console_info(&info.video, &console);
    d = dom0_build(&config, &error);
    if (!d)
        panic("Module 0 (%s): %s", config.kernel.name, error);
    memory_release_modules(&info);
    memory_publish_map(&info.memory);
    dom0_give_machine(d);
    return d;
}

/* Boot ends here: what has called this is gone after the first line. */
static __noreturn __attribute__((noinline)) void start_dom0(struct domain *d)
{
    memory_release_init();
    frames_hold_scrub(false);
    printk(XENLOG_INFO "Free memory: %lu KiB of %lu KiB\n",
           frames_free_count() << 2, frames_total << 2);
    console_release_vga();
    sched_wake(d->vcpu[0]);
    sched_idle();
}

void boot_main(uint32_t magic, uint32_t address) __noreturn;

void __init boot_main(uint32_t magic, uint32_t address)
{
    struct cpu *cpu = &cpus[0];
    struct domain *d;

    init_idle(cpu);
    console_init_early();
    cpu_init_boot(cpu);
    read_boot_info(magic, address);
    console_init();
    panic_init();
    printk(XENLOG_INFO "Paravane " PARAVANE_VERSION " (" PARAVANE_CHANGESET
                       "), command line: %s\n",
           boot_commandline);
    report_memory();
    init_machine(cpu);
    init_guest_rooms();
    /* Which blocks dom0 gets does not depend on what idle CPUs have cleaned:
     * they are chosen so that there is room to unpack its kernel. */
    frames_hold_scrub(true);
    smp_start(&info.memory);
    d = build_dom0();
    start_dom0(d);
}

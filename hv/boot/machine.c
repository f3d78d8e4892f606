/*
 * boot/machine.c - the machine's ends, and who is told of input. Layer: boot.
 */
#include "acpi/acpi.h"
#include "boot/boot.h"
#include "console/console.h"
#include "console/panic.h"
#include "console/serial.h"
#include "cpu/traps.h"
#include "debug/audit.h"
#include "debug/keys.h"
#include "domain/domain.h"
#include "evtchn/evtchn.h"
#include "hypercall/platform.h"
#include "irq/irq.h"
#include "lib/log.h"
#include "lib/option.h"
#include "lib/printf.h"

static void describe(char *buf, size_t size)
{
    const struct vcpu *v = current;

    if (!v || v->sched.idle || !v->domain)
        str_format(buf, size, "CPU %u, idle", this_cpu()->id);
    else
        str_format(buf, size, "CPU %u, d%uv%u", this_cpu()->id, v->domain->id,
                   v->id);
}

static void fatal_trap(struct cpu_regs *regs)
{
    panic_at(regs, "Trap %u in the hypervisor (error code %#x, cr2 %#lx)",
             regs->entry_vector, regs->error_code, read_cr2());
}

static void stop_others(void)
{
    trap_nmi_stops();
    for_each_cpu(cpu) if (cpu != this_cpu()) lapic_send_nmi(cpu->lapic_id);
}

void __init panic_init(void)
{
    panic_set_stop_others(stop_others);
    trap_register_fatal(fatal_trap);
    panic_set_describe(describe);
    panic_set_reboot(acpi_reset);
}

static __noreturn void halt(void)
{
    for (;;)
        __asm__ volatile("cli; hlt");
}

void machine_end(uint32_t reason)
{
    static const char *const names[] = {"poweroff", "reboot",   "suspend",
                                        "crash",    "watchdog", "soft reset"};
    const char *name = reason < ARRAY_SIZE(names) ? names[reason] : "?";

    printk(XENLOG_WARNING "Dom0 ended: %s\n", name);
    audit_at_end();
    if (reason == SHUTDOWN_poweroff) {
        printk(XENLOG_WARNING "The machine can be turned off now.\n");
        halt();
    }
    if (panic_is_final()) {
        printk(XENLOG_WARNING "noreboot: the machine stays halted.\n");
        halt();
    }
    acpi_reset();
}

static void input_for_dom0(void)
{
    virq_raise_at_handler(VIRQ_CONSOLE);
}

static void log_grew(void)
{
    softirq_raise(this_cpu(), SOFTIRQ_LOG);
}

static void tell_of_log(void)
{
    virq_raise_at_handler(VIRQ_CON_RING);
}

static void serial_came(void *arg)
{
    (void)arg;
    serial_interrupt();
}

static void __init bind_serial(enum serial_port port)
{
    unsigned irq = serial_irq(port);
    struct acpi_route route;
    int vector;

    if (!irq)
        return;
    route = acpi_route_isa(acpi_machine(), (uint8_t)irq);
    vector = vector_alloc(this_cpu(), serial_came, NULL);
    if (vector < 0 || ioapic_setup_gsi(route.gsi, this_cpu(), (uint8_t)vector,
                                       route.level, route.low)) {
        printk(XENLOG_WARNING "The serial port's interrupt %u is not usable\n",
               irq);
        return;
    }
    ioapic_unmask_gsi(route.gsi);
    serial_enable_interrupt(port);
}

void __init console_start(void)
{
    console_set_input_hook(input_for_dom0);
    softirq_register(SOFTIRQ_LOG, tell_of_log);
    console_set_log_hook(log_grew);
    debug_keys_init();
    platform_register_off(audit_at_end);
    bind_serial(SERIAL_COM1);
    bind_serial(SERIAL_COM2);
}

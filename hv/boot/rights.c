/*
 * boot/rights.c - what of the machine dom0 may touch. Layer: boot.
 */
#include "acpi/acpi.h"
#include "boot/boot.h"
#include "console/serial.h"
#include "cpu/desc.h"
#include "irq/irq.h"
#include "pv/pv.h"
#include "lib/log.h"

/* Where interrupt controllers and interrupt messages live. */
#define APIC_FIRST 0xfec00
#define APIC_LAST  0xfefff
#define MSI_FIRST  0xfee00
#define MSI_LAST   0xfeeff

static void __init deny_interrupt_pages(struct domain *d)
{
    range_set_remove(&d->iomem, MSI_FIRST, MSI_LAST);
    for (uint64_t n = APIC_FIRST; n <= APIC_LAST; n++)
        if (irq_owns_frame(n))
            range_set_remove(&d->iomem, n, n);
}

/* What the hypervisor drives itself: interrupt controllers, timers (the speaker
 * and channel 2 are emulated), the console, the PM timer, PCI's data port. */
static void __init deny_ports(struct domain *d)
{
    static const struct range ours[] = {
        {0x20, 0x21}, {0x40, 0x43}, {0x61, 0x61}, {0xa0, 0xa1}, {0xcfc, 0xcff}};
    const struct acpi_register *timer = &acpi_machine()->fadt.pm_timer;

    for (unsigned i = 0; i < ARRAY_SIZE(ours); i++)
        range_set_remove(&d->ioports, ours[i].first, ours[i].last);
    for (enum serial_port p = SERIAL_COM1; p < SERIAL_PORTS; p++) {
        uint16_t base = serial_io_base(p);

        if (base)
            range_set_remove(&d->ioports, base, base + 7U);
    }
    if (timer->address && timer->space == ACPI_SPACE_IO)
        range_set_remove(&d->ioports, timer->address, timer->address + 3);
}

/* The highest frame that this CPU has an address for. */
static uint64_t __init last_frame(void)
{
    unsigned bits = 36;

    if (cpuid(0x80000000, 0).a >= 0x80000008)
        bits = cpuid(0x80000008, 0).a & 0xff;
    return (1UL << (MIN(bits, 52U) - PAGE_SHIFT)) - 1;
}

void __init dom0_give_machine(struct domain *d)
{
    range_set_add(&d->iomem, 0, last_frame());
    deny_interrupt_pages(d);
    range_set_add(&d->ioports, 0, 0xffff);
    deny_ports(d);
    range_set_add(&d->irqs, 0, 0xffff);
    for_each_cpu(cpu) pv_build_io_bitmap(d, cpu->tss->iomap);
    d->has_io = true;
}

/*
 * boot/rights.c - what of the machine dom0 may touch. Layer: boot.
 */
#include "boot/boot.h"
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

void __init dom0_give_machine(struct domain *d)
{
    range_set_add(&d->iomem, 0, ~0UL >> PAGE_SHIFT);
    deny_interrupt_pages(d);
    range_set_add(&d->ioports, 0, 0xffff);
    range_set_add(&d->irqs, 0, 0xffff);
    pv_build_io_bitmap(d, this_cpu()->tss->iomap);
    d->has_io = true;
}

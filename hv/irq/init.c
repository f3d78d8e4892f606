/*
 * irq/init.c - the order in which interrupts come to life. Layer: irq.
 */
#include "irq/irq_internal.h"

#include "irq/routing.h"

void __init irq_init(void)
{
    pic_disable();
    vector_init();
    lapic_init();
    ioapic_init();
}

void __init irq_init_cpu(struct cpu *cpu)
{
    vector_init_cpu(cpu);
    lapic_init_cpu(cpu);
}

struct msi_message msi_message(const struct cpu *cpu, uint8_t vector)
{
    return (struct msi_message){
        .address = msi_address(cpu->lapic_id),
        .data = msi_data(vector),
    };
}

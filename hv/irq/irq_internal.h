/*
 * irq/irq_internal.h - between the files of irq/. Layer: irq.
 */
#ifndef IRQ_IRQ_INTERNAL_H
#define IRQ_IRQ_INTERNAL_H

#include "irq/irq.h"

/* Moves both 8259s to vectors 0x20-0x2f and masks all their inputs. */
void pic_disable(void);

/* Finds and maps the local APIC; turns it on in the mode all CPUs will use. */
void lapic_init(void);
void lapic_init_cpu(struct cpu *cpu);
/* True if the vector is being served, so that an EOI is due. */
bool lapic_in_service(uint8_t vector);
bool lapic_owns_frame(uint64_t mfn);

void ioapic_init(void);
bool ioapic_owns_frame(uint64_t mfn);

/* Own vectors, dispatch. */
void vector_init(void);
void vector_init_cpu(struct cpu *cpu);

#endif

/*
 * irq/irq.h - local APIC, I/O APICs, MSI, vectors. Layer: irq.
 */
#ifndef IRQ_IRQ_H
#define IRQ_IRQ_H

#include "cpu/cpu.h"
#include "lib/types.h"

/* Vectors of our own. Device vectors are allocated in between. */
#define VECTOR_DYNAMIC_FIRST 0x30
#define VECTOR_DYNAMIC_LAST  0xdf
#define VECTOR_TIMER         0xf0
#define VECTOR_KICK          0xf1 /* IPI: pass the exit path */
#define VECTOR_FLUSH         0xf2 /* IPI: serve a TLB request */
#define VECTOR_ERROR         0xfe
#define VECTOR_SPURIOUS      0xff

/* Masks the PICs, finds and sets up the local APIC (x2APIC when the firmware
 * left it on or interrupts need it) and the I/O APICs of the MADT. */
void irq_init(void);
void irq_init_cpu(struct cpu *cpu);

void lapic_eoi(void);
uint32_t lapic_id(void);
void lapic_send_ipi(uint32_t lapic_id, uint8_t vector);
/* One-shot timer in LAPIC ticks (divide by 1); 0 stops it. */
void lapic_timer_set(uint32_t ticks);
uint32_t lapic_timer_read(void);

/* Handlers of our own vectors (timer, IPIs). They must not acknowledge. */
void vector_register(uint8_t vector, void (*fn)(void));

/* An interrupt source: one I/O APIC pin or one MSI/MSI-X entry. */
struct irq_source;

/* Allocates a dynamic vector on this CPU and ties it to fn(arg); the EOI
 * is sent before fn. Returns the vector or -ENOSPC. */
int vector_alloc(void (*fn)(void *arg), void *arg);
void vector_free(uint8_t vector);

/* I/O APIC pins by GSI. trigger: true = level; polarity: true = active low. */
bool ioapic_has_gsi(uint32_t gsi);
uint32_t ioapic_gsi_count(void);
int ioapic_setup_gsi(uint32_t gsi, uint8_t vector, bool level, bool low);
void ioapic_mask_gsi(uint32_t gsi);
void ioapic_unmask_gsi(uint32_t gsi);
/* PHYSDEVOP_apic_read; -EINVAL when there is no I/O APIC at that address. */
int ioapic_read(paddr_t apic, uint32_t reg, uint32_t *value);
/* Machine frames of I/O APICs and the local APIC: dom0 may not map them. */
bool irq_owns_frame(uint64_t mfn);

#endif

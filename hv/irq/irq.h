/*
 * irq/irq.h - local APIC, I/O APICs, messages, vectors. Layer: irq.
 *
 * Locks: one for the vector tables, one for the I/O APICs' register windows;
 * both leaves. Source: Intel SDM volume 3 chapter 11, 82093AA data sheet.
 */
#ifndef IRQ_IRQ_H
#define IRQ_IRQ_H

#include "cpu/cpu.h"
#include "lib/types.h"

/* Vectors of our own. Device vectors are allocated in between. */
#define VECTOR_DYNAMIC_FIRST 0x30
#define VECTOR_DYNAMIC_LAST  0xdf
#define VECTOR_OWN_FIRST     0xe0
#define VECTOR_TIMER         0xf0
#define VECTOR_KICK          0xf1 /* IPI: pass the exit path */
#define VECTOR_FLUSH         0xf2 /* IPI: serve a TLB request */
#define VECTOR_ERROR         0xfe
#define VECTOR_SPURIOUS      0xff

/* Masks the PICs, finds the local APIC (x2APIC when the firmware left it on, or
 * with the option x2apic) and the I/O APICs of the MADT, all pins masked; takes
 * over cpu/'s interrupts. Boot CPU, once, after acpi_init(). */
void irq_init(void);
/* This CPU's vectors and local APIC; sets cpu->lapic_id. */
void irq_init_cpu(struct cpu *cpu);

void lapic_eoi(void);
/* The running CPU's. */
uint32_t lapic_id(void);
void lapic_send_ipi(uint32_t lapic_id, uint8_t vector);
/* To this CPU; also from an NMI. */
void lapic_send_self(uint8_t vector);
void lapic_send_nmi(uint32_t lapic_id);
/* To a CPU that was not started yet: reset; begin at a page below 1 MiB. */
void lapic_send_init(uint32_t lapic_id);
void lapic_send_startup(uint32_t lapic_id, uint8_t page);

/* One-shot timer in LAPIC ticks (divide by 1); 0 stops it. Not when the timer
 * takes deadlines. */
void lapic_timer_set(uint32_t ticks);
uint32_t lapic_timer_read(void);
/* True: the timer fires when the TSC has reached a value; 0 stops it. */
bool lapic_timer_has_deadline(void);
void lapic_timer_set_deadline(uint64_t tsc);

/* Handlers of our own vectors (timer, IPIs), on every CPU. They must not
 * acknowledge. */
void vector_register(uint8_t vector, void (*fn)(void));

/*
 * Allocates a dynamic vector on a CPU and ties it to fn(arg), which runs
 * before the acknowledgement: a level interrupt that it masks does not come
 * again. Returns the vector or -ENOSPC.
 */
int vector_alloc(struct cpu *cpu, void (*fn)(void *arg), void *arg);
/* The source must be masked. fn may still be running on `cpu`. */
void vector_free(struct cpu *cpu, uint8_t vector);

/* I/O APIC pins by GSI. trigger: true = level; polarity: true = active low. */
bool ioapic_has_gsi(uint32_t gsi);
/* One above the highest GSI. */
uint32_t ioapic_gsi_count(void);
/*
 * Sends the pin to a vector of a CPU; it stays masked. -EINVAL: no such pin;
 * -EBUSY: it is in use (ioapic_release_gsi() frees it).
 */
int ioapic_setup_gsi(uint32_t gsi, struct cpu *cpu, uint8_t vector, bool level,
                     bool low);
void ioapic_release_gsi(uint32_t gsi);
/* Only of pins that are set up. The mask is in force when this returns. */
void ioapic_mask_gsi(uint32_t gsi);
void ioapic_unmask_gsi(uint32_t gsi);
/* Trigger and polarity that the firmware states for a GSI, or the bus's. */
void irq_gsi_default(uint32_t gsi, bool *level, bool *low);
/* PHYSDEVOP_apic_read; -EINVAL when there is no I/O APIC at that address, or
 * no such register. */
int ioapic_read(paddr_t apic, uint32_t reg, uint32_t *value);
/* Machine frames of I/O APICs and the local APIC: dom0 may not map them. */
bool irq_owns_frame(uint64_t mfn);

/* What a device writes, and where, to raise a vector on a CPU. */
struct msi_message {
    uint64_t address;
    uint32_t data;
};
struct msi_message msi_message(const struct cpu *cpu, uint8_t vector);

#endif

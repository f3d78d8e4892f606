/*
 * irq/routing.h - what interrupt controllers and devices are told. Layer: irq.
 * Pure. Source: 82093AA data sheet; Intel SDM volume 3, 11.11; ACPI
 * 6, 5.2.12.5.
 */
#ifndef IRQ_ROUTING_H
#define IRQ_ROUTING_H

#include <stdbool.h>
#include <stdint.h>

#define RTE_ACTIVE_LOW (1U << 13)
#define RTE_LEVEL      (1U << 15)
#define RTE_MASKED     (1U << 16)

/* The low half of a redirection entry: fixed delivery, physical destination. */
uint32_t rte_low(uint8_t vector, bool level, bool active_low);

/* Address and data of a message that raises the vector at one local APIC. */
uint64_t msi_address(uint32_t lapic_id);
uint32_t msi_data(uint8_t vector);

/*
 * Trigger and polarity of a GSI from the MPS INTI flags of its interrupt source
 * override (0: it has none, or it conforms to its bus): ISA's interrupts, the
 * first 16, are edge and high, others level and low.
 */
void gsi_mode(uint32_t gsi, uint16_t flags, bool *level, bool *active_low);

#endif

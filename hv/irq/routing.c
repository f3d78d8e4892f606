/*
 * irq/routing.c - encodings of interrupt routes. Layer: irq. Pure.
 */
#include "irq/routing.h"

#define MSI_ADDRESS_BASE 0xfee00000UL
#define MSI_DATA_ASSERT  (1U << 14)

#define INTI_POLARITY    0x3
#define INTI_ACTIVE_HIGH 0x1
#define INTI_ACTIVE_LOW  0x3
#define INTI_TRIGGER     0xc
#define INTI_EDGE        0x4
#define INTI_LEVEL       0xc

#define ISA_GSIS 16

uint32_t rte_low(uint8_t vector, bool level, bool active_low)
{
    return vector | (level ? RTE_LEVEL : 0) | (active_low ? RTE_ACTIVE_LOW : 0);
}

uint64_t msi_address(uint32_t lapic_id)
{
    return MSI_ADDRESS_BASE | (uint64_t)(lapic_id & 0xff) << 12;
}

uint32_t msi_data(uint8_t vector)
{
    return MSI_DATA_ASSERT | vector;
}

void gsi_mode(uint32_t gsi, uint16_t flags, bool *level, bool *active_low)
{
    *level = *active_low = gsi >= ISA_GSIS;
    if ((flags & INTI_TRIGGER) == INTI_LEVEL)
        *level = true;
    if ((flags & INTI_TRIGGER) == INTI_EDGE)
        *level = false;
    if ((flags & INTI_POLARITY) == INTI_ACTIVE_LOW)
        *active_low = true;
    if ((flags & INTI_POLARITY) == INTI_ACTIVE_HIGH)
        *active_low = false;
}

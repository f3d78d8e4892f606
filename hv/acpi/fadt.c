/*
 * acpi/fadt.c - the fixed description: PM registers, reset, flags. Layer: acpi.
 * Pure. Source: ACPI 6.4, 5.2.9. A field that the table is too short for reads
 * as 0, which is "not there" for all of them.
 */
#include "acpi/tables.h"

static struct acpi_register get_generic(struct acpi_blob table, size_t at)
{
    return (struct acpi_register){
        .space = acpi_get8(table, at),
        .width_bits = acpi_get8(table, at + 1),
        .address = acpi_get64(table, at + 4),
    };
}

/* A newer firmware's field if it is usable, else the 32-bit port number. */
static struct acpi_register get_register(struct acpi_blob table, size_t at,
                                         size_t generic_at, uint8_t bytes)
{
    struct acpi_register r = get_generic(table, generic_at);

    if (r.address && (r.space == ACPI_SPACE_IO || r.space == ACPI_SPACE_MEMORY))
        return r;
    return (struct acpi_register){
        .space = ACPI_SPACE_IO,
        .width_bits = (uint8_t)MIN(bytes * 8, 255),
        .address = acpi_get32(table, at),
    };
}

static uint64_t get_address(struct acpi_blob table, size_t at, size_t wide_at)
{
    uint64_t wide = acpi_get64(table, wide_at);

    return wide ? wide : acpi_get32(table, at);
}

static void take_pm_registers(struct acpi_blob table, struct acpi_fadt *fadt)
{
    uint8_t control_bytes = acpi_get8(table, 89);

    fadt->pm1_event_bytes = acpi_get8(table, 88);
    fadt->pm1a_event = get_register(table, 56, 148, fadt->pm1_event_bytes);
    fadt->pm1b_event = get_register(table, 60, 160, fadt->pm1_event_bytes);
    fadt->pm1a_control = get_register(table, 64, 172, control_bytes);
    fadt->pm1b_control = get_register(table, 68, 184, control_bytes);
    if (acpi_get8(table, 91) == 4)
        fadt->pm_timer = get_register(table, 76, 208, 4);
    fadt->pm_timer_is_32bit = fadt->flags & ACPI_FADT_TIMER_32BIT;
}

static void take_reset(struct acpi_blob table, struct acpi_fadt *fadt)
{
    if (!(fadt->flags & ACPI_FADT_HAS_RESET))
        return;
    fadt->reset = get_generic(table, 116);
    fadt->reset_value = acpi_get8(table, 128);
    if (fadt->reset.space > ACPI_SPACE_PCI)
        fadt->reset.address = 0;
}

void acpi_parse_fadt(struct acpi_blob table, struct acpi_machine *machine)
{
    struct acpi_fadt *fadt = &machine->fadt;

    if (table.n < 116)
        return;
    *fadt = (struct acpi_fadt){
        .present = true,
        .revision = acpi_get8(table, 8),
        .sci_irq = acpi_get16(table, 46),
        .smi_command = acpi_get32(table, 48),
        .enable_value = acpi_get8(table, 52),
        .disable_value = acpi_get8(table, 53),
        .facs = get_address(table, 36, 132),
        .dsdt = get_address(table, 40, 140),
        .century_register = acpi_get8(table, 108),
        .flags = acpi_get32(table, 112),
    };
    if (fadt->revision >= 2)
        fadt->boot_flags = acpi_get16(table, 109);
    else
        fadt->boot_flags = ACPI_BOOT_LEGACY_DEVICES | ACPI_BOOT_8042;
    if (!(fadt->flags & ACPI_FADT_REDUCED))
        take_pm_registers(table, fadt);
    take_reset(table, fadt);
}

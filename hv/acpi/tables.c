/*
 * acpi/tables.c - finding and checking tables, and the short ones. Layer: acpi.
 * Pure. Source: ACPI 6.4, 5.2.5 to 5.2.8; IA-PC HPET 1.0a, 3.2.4; PCI Firmware
 * 3.0, 4.1.2.
 */
#include "acpi/tables.h"

#include "lib/string.h"

static uint64_t get(struct acpi_blob blob, size_t at, size_t bytes)
{
    uint64_t value = 0;

    if (at > blob.n || blob.n - at < bytes)
        return 0;
    memcpy(&value, blob.bytes + at, bytes);
    return value;
}

uint8_t acpi_get8(struct acpi_blob blob, size_t at)
{
    return (uint8_t)get(blob, at, 1);
}

uint16_t acpi_get16(struct acpi_blob blob, size_t at)
{
    return (uint16_t)get(blob, at, 2);
}

uint32_t acpi_get32(struct acpi_blob blob, size_t at)
{
    return (uint32_t)get(blob, at, 4);
}

uint64_t acpi_get64(struct acpi_blob blob, size_t at)
{
    return get(blob, at, 8);
}

bool acpi_sum_is_right(struct acpi_blob table)
{
    uint8_t sum = 0;

    for (size_t i = 0; i < table.n; i++)
        sum = (uint8_t)(sum + table.bytes[i]);
    return sum == 0;
}

static struct acpi_blob first_bytes(struct acpi_blob blob, size_t n)
{
    return (struct acpi_blob){blob.bytes, MIN(blob.n, n)};
}

bool acpi_parse_rsdp(struct acpi_blob blob, struct acpi_rsdp *rsdp)
{
    if (blob.n < 20 || memcmp(blob.bytes, "RSD PTR ", 8) != 0 ||
        !acpi_sum_is_right(first_bytes(blob, 20)))
        return false;
    *rsdp = (struct acpi_rsdp){
        .revision = acpi_get8(blob, 15),
        .rsdt = acpi_get32(blob, 16),
    };
    if (rsdp->revision >= 2 && blob.n >= ACPI_RSDP_BYTES &&
        acpi_sum_is_right(first_bytes(blob, ACPI_RSDP_BYTES)))
        rsdp->xsdt = acpi_get64(blob, 24);
    return rsdp->rsdt || rsdp->xsdt;
}

bool acpi_find_rsdp(struct acpi_blob area, size_t *at, struct acpi_rsdp *rsdp)
{
    for (*at = 0; *at < area.n; *at += 16) {
        struct acpi_blob rest = {area.bytes + *at, area.n - *at};

        if (acpi_parse_rsdp(rest, rsdp))
            return true;
    }
    return false;
}

/* Firmware text is not trusted to be printable. */
static void copy_text(char *to, struct acpi_blob blob, size_t at, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char c = (char)acpi_get8(blob, at + i);

        to[i] = (char)(c >= ' ' && c <= '~' ? c : ' ');
    }
    to[n] = '\0';
}

bool acpi_parse_header(struct acpi_blob blob, struct acpi_header *header)
{
    if (blob.n < ACPI_HEADER_BYTES)
        return false;
    copy_text(header->signature, blob, 0, 4);
    header->bytes = acpi_get32(blob, 4);
    header->revision = acpi_get8(blob, 8);
    copy_text(header->oem_id, blob, 10, 6);
    copy_text(header->oem_table_id, blob, 16, 8);
    return header->bytes >= ACPI_HEADER_BYTES;
}

size_t acpi_root_count(size_t table_bytes, size_t entry_bytes)
{
    if (table_bytes < ACPI_HEADER_BYTES)
        return 0;
    return (table_bytes - ACPI_HEADER_BYTES) / entry_bytes;
}

void acpi_parse_hpet(struct acpi_blob table, struct acpi_machine *machine)
{
    /* One that is not in memory cannot be used; only the first is. */
    if (machine->hpet.present || table.n < 56 ||
        acpi_get8(table, 40) != ACPI_SPACE_MEMORY || !acpi_get64(table, 44))
        return;
    machine->hpet = (struct acpi_hpet){
        .present = true,
        .address = acpi_get64(table, 44),
        .number = acpi_get8(table, 52),
        .min_tick = acpi_get16(table, 53),
    };
}

void acpi_parse_mcfg(struct acpi_blob table, struct acpi_machine *machine)
{
    for (size_t at = 44; at + 16 <= table.n; at += 16) {
        struct acpi_mcfg segment = {
            .address = acpi_get64(table, at),
            .segment = acpi_get16(table, at + 8),
            .first_bus = acpi_get8(table, at + 10),
            .last_bus = acpi_get8(table, at + 11),
        };

        if (!segment.address || segment.first_bus > segment.last_bus)
            continue;
        if (machine->mcfg_count == ACPI_MCFG_MAX) {
            machine->is_cut = true;
            return;
        }
        machine->mcfg[machine->mcfg_count++] = segment;
    }
}

/*
 * acpi/acpi_fuzz.c - any bytes as any table. The first byte chooses the parser;
 * sums are not asked for, since a table reaches its parser with a right one.
 */
/* link: hv/acpi/tables.c hv/acpi/madt.c hv/acpi/fadt.c hv/lib/string.c */
/* covers: hv/acpi/tables.c hv/acpi/madt.c hv/acpi/fadt.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "acpi/tables.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct acpi_machine machine;

static void check_machine(void)
{
    struct acpi_route route;

    if (machine.cpu_count > ACPI_CPUS_MAX ||
        machine.ioapic_count > ACPI_IOAPICS_MAX ||
        machine.override_count > ACPI_OVERRIDES_MAX ||
        machine.nmi_count > ACPI_NMIS_MAX || machine.mcfg_count > ACPI_MCFG_MAX)
        abort();
    for (unsigned int irq = 0; irq < 16; irq++) {
        route = acpi_route_isa(&machine, (uint8_t)irq);
        if (machine.override_count == 0 && route.gsi != irq)
            abort();
    }
}

static void find(struct acpi_blob blob)
{
    struct acpi_rsdp rsdp;
    size_t at;

    if (acpi_find_rsdp(blob, &at, &rsdp) && at + 20 > blob.n)
        abort();
}

static void read_header(struct acpi_blob blob)
{
    struct acpi_header header;

    if (!acpi_parse_header(blob, &header))
        return;
    if (strlen(header.signature) != 4 || strlen(header.oem_id) != 6)
        abort();
    if (acpi_root_count(header.bytes, 8) > header.bytes / 8)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct acpi_blob blob = {data + 1, n - 1};

    if (n == 0)
        return 0;
    memset(&machine, 0, sizeof(machine));
    machine.fadt = (struct acpi_fadt){.present = true, .sci_irq = 9};
    switch (data[0]) {
    case 'A':
        acpi_parse_madt(blob, &machine);
        break;
    case 'F':
        acpi_parse_fadt(blob, &machine);
        break;
    case 'H':
        acpi_parse_hpet(blob, &machine);
        break;
    case 'M':
        acpi_parse_mcfg(blob, &machine);
        break;
    case 'R':
        find(blob);
        break;
    default:
        read_header(blob);
        break;
    }
    check_machine();
    return 0;
}

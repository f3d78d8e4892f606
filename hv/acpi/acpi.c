/*
 * acpi/acpi.c - finds the tables and hands them to their parsers. Layer: acpi.
 * Boot only; what it leaves is constant.
 */
#include "acpi/acpi.h"

#include "acpi/tables.h"
#include "lib/log.h"
#include "lib/string.h"

#define EBDA_POINTER 0x40e /* its segment, in the BIOS data area */
#define EBDA_BYTES   1024
#define BIOS_START   0xe0000
#define BIOS_END     0x100000

#define TABLE_BYTES_MAX  (1U << 20)
#define ROOT_ENTRIES_MAX 256

static bool find_in(acpi_map_fn *map, paddr_t address, size_t n,
                    struct acpi_rsdp *rsdp)
{
    struct acpi_blob area = {map(address, n), n};
    size_t at;

    if (!area.bytes || !acpi_find_rsdp(area, &at, rsdp))
        return false;
    printk(XENLOG_INFO "ACPI: RSDP %08lx (v%02x)\n", address + at,
           rsdp->revision);
    return true;
}

/* In the BIOS areas: the first KiB of the EBDA, then the ROM. */
static bool search(acpi_map_fn *map, struct acpi_rsdp *rsdp)
{
    const void *p = map(EBDA_POINTER, sizeof(uint16_t));
    uint16_t segment = 0;

    if (p)
        memcpy(&segment, p, sizeof(segment));
    if (segment >= 0x400 && segment < 0xa000 &&
        find_in(map, (paddr_t)segment << 4, EBDA_BYTES, rsdp))
        return true;
    return find_in(map, BIOS_START, BIOS_END - BIOS_START, rsdp);
}

static const struct {
    char signature[5];
    void (*parse)(struct acpi_blob table, struct acpi_machine *machine);
} parsers[] = {
    {"APIC", acpi_parse_madt},
    {"FACP", acpi_parse_fadt},
    {"HPET", acpi_parse_hpet},
    {"MCFG", acpi_parse_mcfg},
};

static void log_table(paddr_t address, const struct acpi_header *h,
                      const char *remark)
{
    printk(XENLOG_INFO "ACPI: %s %08lx, %04x (v%02x %s %s)%s\n", h->signature,
           address, h->bytes, h->revision, h->oem_id, h->oem_table_id, remark);
}

/* The whole table with a right sum, or none. */
static struct acpi_blob map_table(paddr_t address, acpi_map_fn *map,
                                  struct acpi_header *header)
{
    struct acpi_blob table = {map(address, ACPI_HEADER_BYTES),
                              ACPI_HEADER_BYTES};
    const struct acpi_blob none = {NULL, 0};

    if (!table.bytes || !acpi_parse_header(table, header)) {
        printk(XENLOG_WARNING "ACPI: no table at %08lx\n", address);
        return none;
    }
    table.n = header->bytes;
    table.bytes = NULL;
    if (table.n <= TABLE_BYTES_MAX)
        table.bytes = map(address, table.n);
    if (!table.bytes || !acpi_sum_is_right(table)) {
        log_table(address, header,
                  table.bytes ? ": wrong checksum, ignored" : ": not readable");
        return none;
    }
    log_table(address, header, "");
    return table;
}

static void take_table(paddr_t address, acpi_map_fn *map)
{
    struct acpi_header header;
    struct acpi_blob table = map_table(address, map, &header);

    if (!table.bytes)
        return;
    acpi_found.has_dmar |= strcmp(header.signature, "DMAR") == 0;
    acpi_found.has_ivrs |= strcmp(header.signature, "IVRS") == 0;
    for (size_t i = 0; i < ARRAY_SIZE(parsers); i++) {
        if (strcmp(header.signature, parsers[i].signature) == 0)
            parsers[i].parse(table, &acpi_found);
    }
}

/* Goes through an RSDT or XSDT; false when it is not usable. */
static bool take_root(paddr_t root, const char *signature, size_t entry_bytes,
                      acpi_map_fn *map)
{
    struct acpi_header header;
    struct acpi_blob table;
    size_t count;

    if (!root)
        return false;
    table = map_table(root, map, &header);
    if (!table.bytes || strcmp(header.signature, signature) != 0)
        return false;
    count = MIN(acpi_root_count(table.n, entry_bytes), ROOT_ENTRIES_MAX);
    for (size_t i = 0; i < count; i++) {
        size_t at = ACPI_HEADER_BYTES + i * entry_bytes;
        paddr_t entry;

        table.bytes = map(root, table.n);
        if (!table.bytes)
            return false;
        entry =
            entry_bytes == 8 ? acpi_get64(table, at) : acpi_get32(table, at);
        if (entry)
            take_table(entry, map);
    }
    return true;
}

static void log_summary(void)
{
    printk(XENLOG_INFO "ACPI: %u CPUs, %u I/O APICs, %u overrides, LAPIC at "
                       "%08lx%s%s%s\n",
           acpi_found.cpu_count, acpi_found.ioapic_count,
           acpi_found.override_count, acpi_found.lapic_address,
           acpi_found.hpet.present ? ", HPET" : "",
           acpi_found.mcfg_count ? ", MCFG" : "",
           acpi_found.has_dmar || acpi_found.has_ivrs ? ", IOMMU (unused)"
                                                      : "");
    if (acpi_found.is_cut)
        printk(XENLOG_WARNING "ACPI: too many entries, some are ignored\n");
}

void acpi_init(const void *rsdp, size_t n, acpi_map_fn *map)
{
    struct acpi_blob given = {rsdp, rsdp ? n : 0};
    struct acpi_rsdp r;

    if (!acpi_parse_rsdp(given, &r) && !search(map, &r)) {
        printk(XENLOG_WARNING "ACPI: no tables found\n");
        return;
    }
    acpi_found.present =
        take_root(r.xsdt, "XSDT", 8, map) || take_root(r.rsdt, "RSDT", 4, map);
    log_summary();
}

/*
 * acpi/tables.h - the parsers of single ACPI tables. Layer: acpi. Pure.
 */
#ifndef ACPI_TABLES_H
#define ACPI_TABLES_H

#include "acpi/acpi.h"

#define ACPI_HEADER_BYTES 36
#define ACPI_RSDP_BYTES   36 /* the first version has 20 */

/* A table or a part of one. */
struct acpi_blob {
    const uint8_t *bytes;
    size_t n;
};

/* Little-endian values; 0 for what is not wholly inside. */
uint8_t acpi_get8(struct acpi_blob blob, size_t at);
uint16_t acpi_get16(struct acpi_blob blob, size_t at);
uint32_t acpi_get32(struct acpi_blob blob, size_t at);
uint64_t acpi_get64(struct acpi_blob blob, size_t at);

struct acpi_rsdp {
    uint8_t revision;
    paddr_t rsdt; /* 0: none */
    paddr_t xsdt;
};

/* Checks signature and sums; a bad extended part is as if it were not there. */
bool acpi_parse_rsdp(struct acpi_blob blob, struct acpi_rsdp *rsdp);

/* The first good RSDP in a BIOS area; *at is its place there. */
bool acpi_find_rsdp(struct acpi_blob area, size_t *at, struct acpi_rsdp *rsdp);

struct acpi_header {
    char signature[5];
    uint8_t revision;
    uint32_t bytes; /* the whole table */
    char oem_id[7];
    char oem_table_id[9];
};

/* False when there is no header, or a length below a header's. */
bool acpi_parse_header(struct acpi_blob blob, struct acpi_header *header);

/* True if the bytes add up to 0 (modulo 256). */
bool acpi_sum_is_right(struct acpi_blob table);

/* The number of entries of an RSDT (4 bytes each) or XSDT (8), and one. */
size_t acpi_root_count(size_t table_bytes, size_t entry_bytes);

/* What acpi_machine() gives; only acpi_init() writes it. */
extern struct acpi_machine acpi_found;

/* Each takes a whole table whose sum is right and adds what it says. */
void acpi_parse_madt(struct acpi_blob table, struct acpi_machine *machine);
void acpi_parse_fadt(struct acpi_blob table, struct acpi_machine *machine);
void acpi_parse_hpet(struct acpi_blob table, struct acpi_machine *machine);
void acpi_parse_mcfg(struct acpi_blob table, struct acpi_machine *machine);

#endif

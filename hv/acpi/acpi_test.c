/*
 * acpi/acpi_test.c - the parsers on tables laid out as the specification's, and
 * on cut ones.
 */
/* link: hv/acpi/tables.c hv/acpi/madt.c hv/acpi/fadt.c hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "acpi/tables.h"

static uint8_t table[4096];
static size_t table_bytes;
static struct acpi_machine machine;

static int clear(void **state)
{
    (void)state;
    memset(table, 0, sizeof(table));
    memset(&machine, 0, sizeof(machine));
    table_bytes = 44;
    return 0;
}

static void put(size_t at, uint64_t value, size_t bytes)
{
    memcpy(table + at, &value, bytes);
}

static struct acpi_blob blob(size_t n)
{
    return (struct acpi_blob){table, n};
}

static void values(void **state)
{
    (void)state;
    put(0, 0x8877665544332211, 8);
    assert_int_equal(acpi_get8(blob(8), 7), 0x88);
    assert_int_equal(acpi_get16(blob(8), 1), 0x3322);
    assert_int_equal(acpi_get32(blob(8), 4), 0x88776655);
    assert_true(acpi_get64(blob(8), 0) == 0x8877665544332211);
    assert_int_equal(acpi_get16(blob(8), 7), 0);
    assert_int_equal(acpi_get8(blob(8), 8), 0);
    assert_int_equal(acpi_get8(blob(8), SIZE_MAX), 0);
}

static void fix_sum(size_t at, size_t n, size_t sum_at)
{
    uint8_t sum = 0;

    table[sum_at] = 0;
    for (size_t i = at; i < at + n; i++)
        sum = (uint8_t)(sum + table[i]);
    table[sum_at] = (uint8_t)-sum;
}

static void put_rsdp(size_t at, uint8_t revision)
{
    memcpy(table + at, "RSD PTR ", 8);
    table[at + 15] = revision;
    put(at + 16, 0x7fe1234, 4);
    put(at + 20, 36, 4);
    put(at + 24, 0x17fe5678, 8);
    fix_sum(at, 20, at + 8);
    fix_sum(at, 36, at + 32);
}

static void rsdp(void **state)
{
    struct acpi_rsdp r;
    size_t at;

    (void)state;
    put_rsdp(0, 2);
    assert_true(acpi_parse_rsdp(blob(36), &r));
    assert_int_equal(r.rsdt, 0x7fe1234);
    assert_int_equal(r.xsdt, 0x17fe5678);
    table[30] = 1; /* now only the first part is right */
    assert_true(acpi_parse_rsdp(blob(36), &r));
    assert_int_equal(r.xsdt, 0);
    assert_true(acpi_parse_rsdp(blob(20), &r));
    assert_int_equal(r.xsdt, 0);
    assert_false(acpi_parse_rsdp(blob(19), &r));
    table[9] = 1;
    assert_false(acpi_parse_rsdp(blob(36), &r));
    clear(NULL);
    put_rsdp(0, 0);
    put(16, 0, 4);
    fix_sum(0, 20, 8);
    assert_false(acpi_parse_rsdp(blob(36), &r));
    put_rsdp(8, 0); /* not at a multiple of sixteen */
    put_rsdp(160, 0);
    assert_true(acpi_find_rsdp(blob(1024), &at, &r));
    assert_int_equal(at, 160);
    assert_int_equal(r.revision, 0);
    assert_int_equal(r.xsdt, 0);
    assert_false(acpi_find_rsdp(blob(160), &at, &r));
    assert_false(acpi_find_rsdp(blob(0), &at, &r));
}

static void headers(void **state)
{
    struct acpi_header h;

    (void)state;
    memcpy(table, "APIC\x78\0\0\0\3\0BOCHS BXPC\1\xff  ", 24);
    assert_true(acpi_parse_header(blob(36), &h));
    assert_string_equal(h.signature, "APIC");
    assert_int_equal(h.bytes, 0x78);
    assert_int_equal(h.revision, 3);
    assert_string_equal(h.oem_id, "BOCHS ");
    assert_string_equal(h.oem_table_id, "BXPC    ");
    assert_false(acpi_parse_header(blob(35), &h));
    put(4, 35, 4);
    assert_false(acpi_parse_header(blob(36), &h));
    assert_int_equal(acpi_root_count(36 + 17, 8), 2);
    assert_int_equal(acpi_root_count(36 + 17, 4), 4);
    assert_int_equal(acpi_root_count(35, 4), 0);
    fix_sum(0, 100, 9);
    assert_true(acpi_sum_is_right(blob(100)));
    table[50]++;
    assert_false(acpi_sum_is_right(blob(100)));
}

/* Appends a MADT entry. */
static void entry(const char *bytes, size_t n)
{
    memcpy(table + table_bytes, bytes, n);
    table_bytes += n;
}

#define ENTRY(text) entry(text, sizeof(text) - 1)

static void madt(void **state)
{
    const struct acpi_machine *m = &machine;

    (void)state;
    put(36, 0xfee00000, 4);
    put(40, 1, 4);
    ENTRY("\0\x08\x00\x00\x01\0\0\0");               /* CPU 0 */
    ENTRY("\0\x08\x01\x04\x01\0\0\0");               /* CPU 1, APIC 4 */
    ENTRY("\0\x08\x02\x05\x00\0\0\0");               /* disabled */
    ENTRY("\0\x08\x03\xff\x01\0\0\0");               /* no APIC */
    ENTRY("\x09\x10\0\0\x04\0\0\0\1\0\0\0\1\0\0\0"); /* CPU 1 again */
    ENTRY("\x09\x10\0\0\0\1\0\0\2\0\0\0\x44\0\0\0"); /* later, APIC 0x100 */
    ENTRY("\x09\x10\0\0\xff\xff\xff\xff\1\0\0\0\1\0\0\0");
    ENTRY("\1\x0c\x02\0\0\0\xc0\xfe\x18\0\0\0"); /* I/O APIC at GSI 24 */
    ENTRY("\2\x0a\0\x00\x02\0\0\0\0\0");         /* timer: GSI 2 */
    ENTRY("\2\x0a\0\x09\x09\0\0\0\x0d\0");       /* SCI: level, high */
    ENTRY("\2\x0a\1\x05\x05\0\0\0\x0d\0");       /* not ISA */
    ENTRY("\3\x08\x05\0\x17\0\0\0");             /* NMI at GSI 23 */
    ENTRY("\4\x06\xff\x05\0\1");                 /* NMI at every LINT1 */
    ENTRY("\x0a\x0c\x05\0\x44\0\0\0\1\0\0\0");   /* and of an x2APIC */
    ENTRY("\5\x0c\0\0\0\0\xe0\xfe\1\0\0\0");     /* where the APICs are */
    ENTRY("\x7f\x04??");                         /* unknown */
    ENTRY("\0\x04\0\0");                         /* too short for a CPU */
    ENTRY("\0\x00");                             /* ends the walk */
    ENTRY("\0\x08\x08\x08\x01\0\0\0");
    acpi_parse_madt(blob(table_bytes), &machine);
    assert_true(m->lapic_address == 0x1fee00000);
    assert_true(m->has_pics);
    assert_int_equal(m->cpu_count, 3);
    assert_int_equal(m->cpus[1].apic_id, 4);
    assert_int_equal(m->cpus[1].acpi_id, 1);
    assert_true(m->cpus[1].enabled && !m->cpus[1].x2apic);
    assert_int_equal(m->cpus[2].apic_id, 0x100);
    assert_int_equal(m->cpus[2].acpi_id, 0x44);
    assert_true(!m->cpus[2].enabled && m->cpus[2].x2apic);
    assert_int_equal(m->ioapic_count, 1);
    assert_int_equal(m->ioapics[0].address, 0xfec00000);
    assert_int_equal(m->ioapics[0].gsi_base, 24);
    assert_int_equal(m->override_count, 2);
    assert_int_equal(m->nmi_count, 3);
    assert_true(!m->nmis[0].local && m->nmis[0].gsi == 23);
    assert_true(m->nmis[1].local && m->nmis[1].acpi_id == ACPI_CPU_ANY);
    assert_int_equal(m->nmis[1].lint, 1);
    assert_int_equal(m->nmis[2].acpi_id, 0x44);
    assert_int_equal(m->nmis[2].polarity, ACPI_POLARITY_HIGH);
    assert_false(m->is_cut);
}

static void routes(void **state)
{
    struct acpi_route r;

    (void)state;
    machine.fadt.present = true;
    machine.fadt.sci_irq = 9;
    r = acpi_route_isa(&machine, 9);
    assert_true(r.gsi == 9 && r.level && r.low);
    r = acpi_route_isa(&machine, 4);
    assert_true(r.gsi == 4 && !r.level && !r.low);
    machine.override_count = 2;
    machine.overrides[0] = (struct acpi_override){0, 0, 0, 2};
    machine.overrides[1] = (struct acpi_override){9, 1, 3, 20};
    r = acpi_route_isa(&machine, 0);
    assert_true(r.gsi == 2 && !r.level && !r.low);
    r = acpi_route_isa(&machine, 9);
    assert_true(r.gsi == 20 && r.level && !r.low);
    machine.overrides[1] = (struct acpi_override){9, 0, 0, 20};
    r = acpi_route_isa(&machine, 9);
    assert_true(r.level && r.low);
}

static void too_many(void **state)
{
    (void)state;
    for (unsigned int i = 0; i <= ACPI_CPUS_MAX; i++) {
        put(table_bytes, 0x1009, 4);
        put(table_bytes + 4, 0x100 + i, 4);
        put(table_bytes + 8, 1, 8);
        if (table_bytes + 32 > sizeof(table))
            break;
        table_bytes += 16;
    }
    acpi_parse_madt(blob(table_bytes), &machine);
    put(48, 0x8000, 4);
    acpi_parse_madt(blob(table_bytes), &machine);
    for (unsigned int i = 0; i < 20; i++)
        put(44 + 16 * i + 4, 0x9000 + i, 4);
    acpi_parse_madt(blob(table_bytes), &machine);
    assert_int_equal(machine.cpu_count, ACPI_CPUS_MAX);
    assert_true(machine.is_cut);
}

static void check_cut(const char *bytes, size_t n, const uint32_t *count,
                      uint32_t max)
{
    clear(NULL);
    for (unsigned int i = 0; i <= max; i++)
        entry(bytes, n);
    acpi_parse_madt(blob(table_bytes), &machine);
    assert_int_equal(*count, max);
    assert_true(machine.is_cut);
}

static void too_many_others(void **state)
{
    (void)state;
    check_cut("\1\x0c\x02\0\0\0\xc0\xfe\x18\0\0\0", 12, &machine.ioapic_count,
              ACPI_IOAPICS_MAX);
    check_cut("\2\x0a\0\x00\x02\0\0\0\0\0", 10, &machine.override_count,
              ACPI_OVERRIDES_MAX);
    check_cut("\3\x08\x05\0\x17\0\0\0", 8, &machine.nmi_count, ACPI_NMIS_MAX);
}

static void put_generic(size_t at, uint8_t space, uint64_t address)
{
    table[at] = space;
    table[at + 1] = 16;
    put(at + 4, address, 8);
}

static void put_fadt(void)
{
    table[8] = 3;
    put(36, 0x7fe0000, 4);
    put(40, 0x7fe0040, 4);
    put(46, 9, 2);
    put(48, 0xb2, 4);
    table[52] = 0xf1;
    table[53] = 0xf0;
    put(56, 0x600, 4);
    put(64, 0x604, 4);
    put(76, 0x608, 4);
    table[88] = 4;
    table[89] = 2;
    table[91] = 4;
    table[108] = 0x32;
    put(109, ACPI_BOOT_8042, 2);
    put(112, ACPI_FADT_HAS_RESET | ACPI_FADT_TIMER_32BIT, 4);
    put_generic(116, ACPI_SPACE_IO, 0xcf9);
    table[128] = 0x0f;
}

static void fadt(void **state)
{
    const struct acpi_fadt *f = &machine.fadt;

    (void)state;
    put_fadt();
    acpi_parse_fadt(blob(244), &machine);
    assert_true(f->present && f->pm_timer_is_32bit);
    assert_int_equal(f->sci_irq, 9);
    assert_int_equal(f->smi_command, 0xb2);
    assert_int_equal(f->enable_value, 0xf1);
    assert_int_equal(f->pm1a_event.address, 0x600);
    assert_int_equal(f->pm1a_event.width_bits, 32);
    assert_int_equal(f->pm1a_control.address, 0x604);
    assert_int_equal(f->pm1a_control.space, ACPI_SPACE_IO);
    assert_int_equal(f->pm1b_control.address, 0);
    assert_int_equal(f->pm_timer.address, 0x608);
    assert_int_equal(f->reset.address, 0xcf9);
    assert_int_equal(f->reset_value, 0x0f);
    assert_int_equal(f->facs, 0x7fe0000);
    assert_int_equal(f->dsdt, 0x7fe0040);
    assert_int_equal(f->boot_flags, ACPI_BOOT_8042);
    assert_int_equal(f->century_register, 0x32);
}

static void extended_fadt(void **state)
{
    const struct acpi_fadt *f = &machine.fadt;

    (void)state;
    put_fadt();
    put(132, 0x17fe0000, 8);
    put(140, 0x17fe0040, 8);
    put_generic(148, ACPI_SPACE_IO, 0x800);
    put_generic(172, ACPI_SPACE_MEMORY, 0xfed80804);
    put_generic(208, 9, 0x999);
    put_generic(116, ACPI_SPACE_PCI + 1, 0xcf9);
    acpi_parse_fadt(blob(244), &machine);
    assert_int_equal(f->facs, 0x17fe0000);
    assert_int_equal(f->dsdt, 0x17fe0040);
    assert_int_equal(f->pm1a_event.address, 0x800);
    assert_int_equal(f->pm1a_control.space, ACPI_SPACE_MEMORY);
    assert_int_equal(f->pm_timer.address, 0x608);
    assert_int_equal(f->reset.address, 0);
    /* The first version of ACPI has none of that. */
    table[8] = 1;
    put(112, 0, 4);
    acpi_parse_fadt(blob(116), &machine);
    assert_int_equal(f->pm1a_event.address, 0x600);
    assert_int_equal(f->facs, 0x7fe0000);
    assert_int_equal(f->boot_flags, ACPI_BOOT_8042 | ACPI_BOOT_LEGACY_DEVICES);
    assert_false(f->pm_timer_is_32bit);
    put(112, ACPI_FADT_REDUCED, 4);
    acpi_parse_fadt(blob(244), &machine);
    assert_int_equal(f->pm1a_control.address, 0);
    clear(NULL);
    put_fadt();
    acpi_parse_fadt(blob(115), &machine);
    assert_false(f->present);
}

static void hpet(void **state)
{
    (void)state;
    put_generic(40, ACPI_SPACE_MEMORY, 0xfed00000);
    table[52] = 3;
    put(53, 0x37ee, 2);
    acpi_parse_hpet(blob(55), &machine);
    assert_false(machine.hpet.present);
    table[40] = ACPI_SPACE_IO;
    acpi_parse_hpet(blob(56), &machine);
    assert_false(machine.hpet.present);
    table[40] = ACPI_SPACE_MEMORY;
    acpi_parse_hpet(blob(56), &machine);
    assert_true(machine.hpet.present);
    assert_int_equal(machine.hpet.address, 0xfed00000);
    assert_int_equal(machine.hpet.number, 3);
    assert_int_equal(machine.hpet.min_tick, 0x37ee);
    put_generic(40, ACPI_SPACE_MEMORY, 0xfed01000);
    acpi_parse_hpet(blob(56), &machine);
    assert_int_equal(machine.hpet.address, 0xfed00000);
}

static void mcfg(void **state)
{
    (void)state;
    put(44, 0xb0000000, 8);
    table[55] = 0xff;
    put(60, 0x4000000000, 8);
    put(68, 2, 2);
    table[70] = 0x10;
    table[71] = 0x1f;
    put(76, 0xc0000000, 8);
    table[86] = 2;
    table[87] = 1; /* last bus before the first */
    acpi_parse_mcfg(blob(44 + 3 * 16 + 5), &machine);
    assert_int_equal(machine.mcfg_count, 2);
    assert_int_equal(machine.mcfg[0].address, 0xb0000000);
    assert_int_equal(machine.mcfg[0].last_bus, 0xff);
    assert_true(machine.mcfg[1].address == 0x4000000000);
    assert_int_equal(machine.mcfg[1].segment, 2);
    assert_int_equal(machine.mcfg[1].first_bus, 0x10);
    for (unsigned int i = 0; i < 20; i++)
        put(44 + 16 * i, 0xb0000000, 8);
    acpi_parse_mcfg(blob(44 + 20 * 16), &machine);
    assert_int_equal(machine.mcfg_count, ACPI_MCFG_MAX);
    assert_true(machine.is_cut);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(values, clear),
        cmocka_unit_test_setup(rsdp, clear),
        cmocka_unit_test_setup(headers, clear),
        cmocka_unit_test_setup(madt, clear),
        cmocka_unit_test_setup(routes, clear),
        cmocka_unit_test_setup(too_many, clear),
        cmocka_unit_test_setup(too_many_others, clear),
        cmocka_unit_test_setup(fadt, clear),
        cmocka_unit_test_setup(extended_fadt, clear),
        cmocka_unit_test_setup(hpet, clear),
        cmocka_unit_test_setup(mcfg, clear),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

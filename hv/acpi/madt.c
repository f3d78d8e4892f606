/*
 * acpi/madt.c - the table of CPUs and interrupt controllers. Layer: acpi. Pure.
 * Source: ACPI 6.4, 5.2.12.
 */
#include "acpi/tables.h"

enum madt_type {
    MADT_LAPIC = 0,
    MADT_IOAPIC = 1,
    MADT_OVERRIDE = 2,
    MADT_NMI = 3,
    MADT_LAPIC_NMI = 4,
    MADT_LAPIC_ADDRESS = 5,
    MADT_X2APIC = 9,
    MADT_X2APIC_NMI = 10,
};

#define MADT_ENTRIES       44
#define MADT_HAS_PICS      (1U << 0)
#define CPU_ENABLED        (1U << 0)
#define CPU_ONLINE_CAPABLE (1U << 1)

static void add_cpu(struct acpi_machine *machine, uint32_t apic_id,
                    uint32_t acpi_id, uint32_t flags, bool x2apic)
{
    if (!(flags & (CPU_ENABLED | CPU_ONLINE_CAPABLE)))
        return;
    /* A CPU may be described by both kinds of entries. */
    for (uint32_t i = 0; i < machine->cpu_count; i++) {
        if (machine->cpus[i].apic_id == apic_id)
            return;
    }
    if (machine->cpu_count == ACPI_CPUS_MAX) {
        machine->is_cut = true;
        return;
    }
    machine->cpus[machine->cpu_count++] = (struct acpi_cpu){
        .apic_id = apic_id,
        .acpi_id = acpi_id,
        .enabled = flags & CPU_ENABLED,
        .x2apic = x2apic,
    };
}

static void take_lapic(struct acpi_blob e, struct acpi_machine *machine)
{
    uint8_t apic_id = acpi_get8(e, 3);

    if (apic_id != 0xff)
        add_cpu(machine, apic_id, acpi_get8(e, 2), acpi_get32(e, 4), false);
}

static void take_x2apic(struct acpi_blob e, struct acpi_machine *machine)
{
    uint32_t apic_id = acpi_get32(e, 4);

    if (apic_id != 0xffffffff)
        add_cpu(machine, apic_id, acpi_get32(e, 12), acpi_get32(e, 8), true);
}

static void take_ioapic(struct acpi_blob e, struct acpi_machine *machine)
{
    if (machine->ioapic_count == ACPI_IOAPICS_MAX) {
        machine->is_cut = true;
        return;
    }
    machine->ioapics[machine->ioapic_count++] = (struct acpi_ioapic){
        .id = acpi_get8(e, 2),
        .address = acpi_get32(e, 4),
        .gsi_base = acpi_get32(e, 8),
    };
}

static void take_override(struct acpi_blob e, struct acpi_machine *machine)
{
    uint16_t flags = acpi_get16(e, 8);

    if (acpi_get8(e, 2) != 0) /* only the ISA bus is defined */
        return;
    if (machine->override_count == ACPI_OVERRIDES_MAX) {
        machine->is_cut = true;
        return;
    }
    machine->overrides[machine->override_count++] = (struct acpi_override){
        .isa_irq = acpi_get8(e, 3),
        .polarity = flags & 3,
        .trigger = flags >> 2 & 3,
        .gsi = acpi_get32(e, 4),
    };
}

static void add_nmi(struct acpi_machine *machine, struct acpi_nmi nmi,
                    uint16_t flags)
{
    if (machine->nmi_count == ACPI_NMIS_MAX) {
        machine->is_cut = true;
        return;
    }
    nmi.polarity = flags & 3;
    nmi.trigger = flags >> 2 & 3;
    machine->nmis[machine->nmi_count++] = nmi;
}

static void take_nmi(struct acpi_blob e, struct acpi_machine *machine)
{
    struct acpi_nmi nmi = {.gsi = acpi_get32(e, 4)};

    add_nmi(machine, nmi, acpi_get16(e, 2));
}

static void take_lapic_nmi(struct acpi_blob e, struct acpi_machine *machine)
{
    uint8_t acpi_id = acpi_get8(e, 2);
    struct acpi_nmi nmi = {
        .local = true,
        .acpi_id = acpi_id == 0xff ? ACPI_CPU_ANY : acpi_id,
        .lint = acpi_get8(e, 5),
    };

    add_nmi(machine, nmi, acpi_get16(e, 3));
}

static void take_x2apic_nmi(struct acpi_blob e, struct acpi_machine *machine)
{
    struct acpi_nmi nmi = {
        .local = true,
        .acpi_id = acpi_get32(e, 4),
        .lint = acpi_get8(e, 8),
    };

    add_nmi(machine, nmi, acpi_get16(e, 2));
}

static void take_lapic_address(struct acpi_blob e, struct acpi_machine *machine)
{
    machine->lapic_address = acpi_get64(e, 4);
}

static const struct {
    uint8_t type;
    uint8_t bytes; /* at least */
    void (*take)(struct acpi_blob e, struct acpi_machine *machine);
} handlers[] = {
    {MADT_LAPIC, 8, take_lapic},
    {MADT_IOAPIC, 12, take_ioapic},
    {MADT_OVERRIDE, 10, take_override},
    {MADT_NMI, 8, take_nmi},
    {MADT_LAPIC_NMI, 6, take_lapic_nmi},
    {MADT_LAPIC_ADDRESS, 12, take_lapic_address},
    {MADT_X2APIC, 16, take_x2apic},
    {MADT_X2APIC_NMI, 12, take_x2apic_nmi},
};

static void take_entry(struct acpi_blob e, struct acpi_machine *machine)
{
    for (size_t i = 0; i < ARRAY_SIZE(handlers); i++) {
        if (handlers[i].type == e.bytes[0] && e.n >= handlers[i].bytes)
            handlers[i].take(e, machine);
    }
}

void acpi_parse_madt(struct acpi_blob table, struct acpi_machine *machine)
{
    size_t at = MADT_ENTRIES;

    if (table.n < MADT_ENTRIES)
        return;
    machine->lapic_address = acpi_get32(table, 36);
    machine->has_pics = acpi_get32(table, 40) & MADT_HAS_PICS;
    while (table.n - at >= 2) {
        size_t n = table.bytes[at + 1];

        if (n < 2 || n > table.n - at)
            return;
        take_entry((struct acpi_blob){table.bytes + at, n}, machine);
        at += n;
    }
}

static const struct acpi_override *
find_override(const struct acpi_machine *machine, uint8_t isa_irq)
{
    for (uint32_t i = 0; i < machine->override_count; i++) {
        if (machine->overrides[i].isa_irq == isa_irq)
            return &machine->overrides[i];
    }
    return NULL;
}

/* ISA interrupts are edge and high, but the SCI is level and low (5.2.9). */
struct acpi_route acpi_route_isa(const struct acpi_machine *machine,
                                 uint8_t isa_irq)
{
    const struct acpi_override *o = find_override(machine, isa_irq);
    bool is_sci = machine->fadt.present && machine->fadt.sci_irq == isa_irq;
    struct acpi_route route = {.gsi = isa_irq, .level = is_sci, .low = is_sci};

    if (!o)
        return route;
    route.gsi = o->gsi;
    if (o->polarity != ACPI_POLARITY_BUS)
        route.low = o->polarity == ACPI_POLARITY_LOW;
    if (o->trigger != ACPI_TRIGGER_BUS)
        route.level = o->trigger == ACPI_TRIGGER_LEVEL;
    return route;
}

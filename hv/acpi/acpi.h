/*
 * acpi/acpi.h - what the firmware's ACPI tables say about the machine. Layer:
 * acpi. Found once at boot, constant afterwards. Source: ACPI 6.4; no AML.
 */
#ifndef ACPI_ACPI_H
#define ACPI_ACPI_H

#include "lib/types.h"

#define ACPI_CPUS_MAX      256
#define ACPI_IOAPICS_MAX   32
#define ACPI_OVERRIDES_MAX 16
#define ACPI_NMIS_MAX      32
#define ACPI_MCFG_MAX      16
#define ACPI_CPU_ANY       0xffffffffU

struct acpi_cpu {
    uint32_t apic_id;
    uint32_t acpi_id;
    bool enabled; /* else it can be brought online later only */
    bool x2apic;  /* from an entry for x2APIC */
};

struct acpi_ioapic {
    uint8_t id;
    uint32_t address;
    uint32_t gsi_base;
};

/* Flags of an interrupt; "bus" means what the bus (ISA) does by itself. */
enum acpi_polarity {
    ACPI_POLARITY_BUS = 0,
    ACPI_POLARITY_HIGH = 1,
    ACPI_POLARITY_LOW = 3,
};
enum acpi_trigger {
    ACPI_TRIGGER_BUS = 0,
    ACPI_TRIGGER_EDGE = 1,
    ACPI_TRIGGER_LEVEL = 3,
};

struct acpi_override {
    uint8_t isa_irq;
    uint8_t polarity; /* enum acpi_polarity */
    uint8_t trigger;  /* enum acpi_trigger */
    uint32_t gsi;
};

/* An NMI at an I/O APIC's input (gsi) or a local APIC's LINT pin. */
struct acpi_nmi {
    bool local;
    uint8_t polarity, trigger;
    uint8_t lint;     /* local */
    uint32_t acpi_id; /* local; ACPI_CPU_ANY */
    uint32_t gsi;     /* not local */
};

enum acpi_space {
    ACPI_SPACE_MEMORY = 0,
    ACPI_SPACE_IO = 1,
    ACPI_SPACE_PCI = 2,
};

/* A generic address; address 0: there is no such register. */
struct acpi_register {
    uint8_t space;      /* enum acpi_space */
    uint8_t width_bits; /* 0: not said */
    uint64_t address;
};

struct acpi_fadt {
    bool present;
    uint8_t revision;
    uint16_t sci_irq;
    uint32_t smi_command; /* port; 0: always in ACPI mode */
    uint8_t enable_value, disable_value;
    struct acpi_register pm1a_event, pm1b_event;
    struct acpi_register pm1a_control, pm1b_control;
    struct acpi_register pm_timer;
    uint8_t pm1_event_bytes;
    bool pm_timer_is_32bit; /* else 24 bits */
    struct acpi_register reset;
    uint8_t reset_value;
    uint64_t facs, dsdt;
    uint8_t century_register; /* of the RTC; 0: none */
    uint16_t boot_flags;      /* ACPI_BOOT_* */
    uint32_t flags;           /* ACPI_FADT_* */
};

#define ACPI_BOOT_LEGACY_DEVICES (1U << 0)
#define ACPI_BOOT_8042           (1U << 1)
#define ACPI_BOOT_NO_RTC         (1U << 5)
#define ACPI_FADT_TIMER_32BIT    (1U << 8)
#define ACPI_FADT_HAS_RESET      (1U << 10)
#define ACPI_FADT_REDUCED        (1U << 20) /* no PM1 registers at all */

struct acpi_hpet {
    bool present;
    uint8_t number;
    uint16_t min_tick;
    uint64_t address;
};

/* One segment of memory-mapped PCI configuration space. */
struct acpi_mcfg {
    paddr_t address; /* of bus 0, even if first_bus is another */
    uint16_t segment;
    uint8_t first_bus, last_bus;
};

struct acpi_machine {
    bool present;
    uint64_t lapic_address; /* 0: no MADT */
    bool has_pics;          /* two 8259s, to be masked */
    bool is_cut;            /* more than fits was found, the rest is lost */
    uint32_t cpu_count, ioapic_count, override_count, nmi_count, mcfg_count;
    struct acpi_cpu cpus[ACPI_CPUS_MAX];
    struct acpi_ioapic ioapics[ACPI_IOAPICS_MAX];
    struct acpi_override overrides[ACPI_OVERRIDES_MAX];
    struct acpi_nmi nmis[ACPI_NMIS_MAX];
    struct acpi_mcfg mcfg[ACPI_MCFG_MAX];
    struct acpi_fadt fadt;
    struct acpi_hpet hpet;
    bool has_dmar, has_ivrs; /* there is an IOMMU */
};

/* Access to physical memory, or NULL; valid until the next call. */
typedef const void *acpi_map_fn(paddr_t address, size_t bytes);

/*
 * Finds, checks and reads the tables, with a line in the log for each. `rsdp`
 * is a copy of the boot loader's (n bytes) or NULL: then the BIOS areas are
 * searched. Without usable tables acpi_machine()->present stays false.
 */
void acpi_init(const void *rsdp, size_t n, acpi_map_fn *map);

const struct acpi_machine *acpi_machine(void);

/* How an ISA interrupt reaches the I/O APICs. */
struct acpi_route {
    uint32_t gsi;
    bool level, low;
};

/* Pure: with the overrides, the SCI being level and low unless they differ. */
struct acpi_route acpi_route_isa(const struct acpi_machine *machine,
                                 uint8_t isa_irq);

/*
 * Writes SLP_TYP of the state that dom0 prepared, with SLP_EN, to the PM1
 * control registers (the second only if there is one). Returns only on failure.
 */
void acpi_enter_sleep(uint16_t pm1a_value, uint16_t pm1b_value);

/* Restarts the machine by whatever way works. */
void acpi_reset(void) __noreturn;

#endif

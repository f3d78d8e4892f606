/*
 * acpi/power.c - what stays of ACPI after boot: the facts, sleep states and
 * reset. Layer: acpi. The last two are called with all other CPUs stopped.
 * Source: ACPI 6.4, 4.8.3.2 and 4.8.3.6.
 */
#include "acpi/acpi.h"
#include "acpi/tables.h"
#include "cpu/port.h"
#include "mm/iomap.h"

#define PM1_WAKE_STATUS  (1U << 15)
#define PM1_SLEEP_ENABLE (1U << 13)

#define PCI_ADDRESS 0xcf8
#define PCI_DATA    0xcfc
#define PCI_RESET   0xcf9
#define KBC_STATUS  0x64
#define KBC_FULL    0x02
#define KBC_RESET   0xfe

struct acpi_machine acpi_found;

const struct acpi_machine *acpi_machine(void)
{
    return &acpi_found;
}

/* A read of port 0x80 takes about a microsecond. */
static void wait_us(unsigned int us)
{
    while (us-- > 0)
        in8(0x80);
}

static void write_pm1(const struct acpi_register *r, uint16_t value)
{
    volatile uint16_t *p;

    if (!r->address)
        return;
    if (r->space == ACPI_SPACE_IO) {
        out16((uint16_t)r->address, value);
        return;
    }
    p = io_map(r->address, sizeof(*p));
    if (p)
        *p = value;
}

void acpi_enter_sleep(uint16_t pm1a_value, uint16_t pm1b_value)
{
    const struct acpi_fadt *fadt = &acpi_machine()->fadt;

    /* Status and enable registers lie behind each other: this is status. */
    write_pm1(&fadt->pm1a_event, PM1_WAKE_STATUS);
    write_pm1(&fadt->pm1b_event, PM1_WAKE_STATUS);
    write_pm1(&fadt->pm1a_control, pm1a_value | PM1_SLEEP_ENABLE);
    write_pm1(&fadt->pm1b_control, pm1b_value | PM1_SLEEP_ENABLE);
    wait_us(1000000);
}

/* "address" of a register in configuration space is device, function, offset
 * in words of 16 bits; it is always on bus 0. */
static void write_pci_reset(uint64_t address, uint8_t value)
{
    uint32_t device = (uint32_t)(address >> 32) & 0x1f;
    uint32_t function = (uint32_t)(address >> 16) & 7;
    uint32_t offset = (uint32_t)address & 0xff;

    out32(PCI_ADDRESS,
          1U << 31 | device << 11 | function << 8 | (offset & ~3U));
    out8((uint16_t)(PCI_DATA + (offset & 3)), value);
}

static void reset_by_register(const struct acpi_fadt *fadt)
{
    volatile uint8_t *p;

    if (!fadt->reset.address)
        return;
    switch (fadt->reset.space) {
    case ACPI_SPACE_IO:
        out8((uint16_t)fadt->reset.address, fadt->reset_value);
        break;
    case ACPI_SPACE_PCI:
        write_pci_reset(fadt->reset.address, fadt->reset_value);
        break;
    default:
        p = io_map(fadt->reset.address, 1);
        if (p)
            *p = fadt->reset_value;
        break;
    }
    wait_us(50000);
}

static void reset_by_keyboard(void)
{
    unsigned int spins = 0;

    while ((in8(KBC_STATUS) & KBC_FULL) && spins++ < 10000)
        wait_us(1);
    out8(KBC_STATUS, KBC_RESET);
    wait_us(50000);
}

static void reset_by_chipset(void)
{
    out8(PCI_RESET, 0x02);
    wait_us(50);
    out8(PCI_RESET, 0x06);
    wait_us(50000);
}

static void __noreturn reset_by_triple_fault(void)
{
    struct {
        uint16_t limit;
        uint64_t base;
    } __packed no_idt = {0, 0};

    for (;;)
        __asm__ volatile("lidt %0; int3" : : "m"(no_idt));
}

void acpi_reset(void)
{
    reset_by_register(&acpi_machine()->fadt);
    reset_by_keyboard();
    reset_by_chipset();
    reset_by_triple_fault();
}

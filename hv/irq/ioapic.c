/*
 * irq/ioapic.c - the I/O APICs of the MADT. Layer: irq.
 * Locks: window_lock, a leaf: each APIC's register is reached through an index
 * and a data word. Source: Intel 82093AA data sheet.
 */
#include "irq/irq_internal.h"

#include "abi/errno.h"
#include "acpi/acpi.h"
#include "cpu/spinlock.h"
#include "irq/routing.h"
#include "lib/log.h"
#include "mm/iomap.h"

#define GSIS_MAX 512 /* those above are left alone */

#define WINDOW_INDEX 0 /* in words */
#define WINDOW_DATA  4
#define REG_VERSION  0x01
#define REG_LAST_ID  0x03
#define REG_RTE      0x10 /* two words an entry */

struct ioapic {
    volatile uint32_t *window;
    paddr_t paddr;
    uint32_t gsi_base;
    uint32_t pins;
};

static struct ioapic ioapics[ACPI_IOAPICS_MAX];
static uint32_t ioapic_count;
static uint32_t gsi_count;
/* The low halves as written; 0: the pin is not set up. */
static uint32_t entries[GSIS_MAX];
static struct spinlock window_lock = SPINLOCK_INIT(LOCK_LEAF);

static uint32_t window_read(const struct ioapic *a, uint32_t reg)
{
    a->window[WINDOW_INDEX] = reg;
    return a->window[WINDOW_DATA];
}

static void window_write(const struct ioapic *a, uint32_t reg, uint32_t value)
{
    a->window[WINDOW_INDEX] = reg;
    a->window[WINDOW_DATA] = value;
}

static struct ioapic *ioapic_of_gsi(uint32_t gsi)
{
    for (uint32_t i = 0; i < ioapic_count; i++) {
        struct ioapic *a = &ioapics[i];

        if (gsi >= a->gsi_base && gsi - a->gsi_base < a->pins)
            return a;
    }
    return NULL;
}

bool ioapic_has_gsi(uint32_t gsi)
{
    return ioapic_of_gsi(gsi) != NULL;
}

uint32_t ioapic_gsi_count(void)
{
    return gsi_count;
}

void irq_gsi_default(uint32_t gsi, bool *level, bool *low)
{
    const struct acpi_machine *machine = acpi_machine();

    for (uint32_t i = 0; i < machine->override_count; i++) {
        const struct acpi_override *o = &machine->overrides[i];

        if (o->gsi != gsi)
            continue;
        gsi_mode(gsi, (uint16_t)(o->polarity | o->trigger << 2), level, low);
        return;
    }
    gsi_mode(gsi, 0, level, low);
    /* ACPI 6.4, 5.2.9: the SCI is level and low, wherever it is. */
    if (machine->fadt.present && gsi == machine->fadt.sci_irq)
        *level = *low = true;
}

static void entry_write_low(const struct ioapic *a, uint32_t gsi)
{
    window_write(a, REG_RTE + 2 * (gsi - a->gsi_base), entries[gsi]);
}

int ioapic_setup_gsi(uint32_t gsi, struct cpu *cpu, uint8_t vector, bool level,
                     bool low)
{
    struct ioapic *a = ioapic_of_gsi(gsi);
    int error = -EBUSY;

    if (!a || cpu->lapic_id > 0xff)
        return -EINVAL;
    spin_lock(&window_lock);
    if (!entries[gsi]) {
        entries[gsi] = rte_low(vector, level, low) | RTE_MASKED;
        /* Masked before it is sent elsewhere. */
        entry_write_low(a, gsi);
        window_write(a, REG_RTE + 2 * (gsi - a->gsi_base) + 1,
                     cpu->lapic_id << 24);
        error = 0;
    }
    spin_unlock(&window_lock);
    return error;
}

/* Sets the mask bit as given, if the pin is set up. */
static void ioapic_set_mask(uint32_t gsi, uint32_t mask)
{
    struct ioapic *a = ioapic_of_gsi(gsi);

    if (!a)
        return;
    spin_lock(&window_lock);
    if (entries[gsi]) {
        entries[gsi] = (entries[gsi] & ~RTE_MASKED) | mask;
        entry_write_low(a, gsi);
        /* The write has arrived when a read comes back: the acknowledgement
         * that follows must not overtake it. */
        if (mask)
            (void)a->window[WINDOW_DATA];
    }
    spin_unlock(&window_lock);
}

void ioapic_mask_gsi(uint32_t gsi)
{
    ioapic_set_mask(gsi, RTE_MASKED);
}

void ioapic_unmask_gsi(uint32_t gsi)
{
    ioapic_set_mask(gsi, 0);
}

void ioapic_release_gsi(uint32_t gsi)
{
    if (!ioapic_has_gsi(gsi))
        return;
    ioapic_mask_gsi(gsi);
    WRITE_ONCE(entries[gsi], 0);
}

static bool register_exists(const struct ioapic *a, uint32_t reg)
{
    return reg <= REG_LAST_ID ||
           (reg >= REG_RTE && reg < REG_RTE + 2 * a->pins);
}

int ioapic_read(paddr_t apic, uint32_t reg, uint32_t *value)
{
    for (uint32_t i = 0; i < ioapic_count; i++) {
        struct ioapic *a = &ioapics[i];

        if (a->paddr != apic || !register_exists(a, reg))
            continue;
        spin_lock(&window_lock);
        *value = window_read(a, reg);
        spin_unlock(&window_lock);
        return 0;
    }
    return -EINVAL;
}

bool ioapic_owns_frame(uint64_t mfn)
{
    for (uint32_t i = 0; i < ioapic_count; i++)
        if (ioapics[i].paddr >> PAGE_SHIFT == mfn)
            return true;
    return false;
}

bool irq_owns_frame(uint64_t mfn)
{
    return lapic_owns_frame(mfn) || ioapic_owns_frame(mfn);
}

static void __init ioapic_add(paddr_t paddr, uint32_t gsi_base)
{
    struct ioapic *a = &ioapics[ioapic_count];
    uint64_t offset = paddr & (PAGE_SIZE - 1);
    char *base;

    a->paddr = paddr;
    a->gsi_base = gsi_base;
    base = io_map(paddr - offset, PAGE_SIZE);
    if (!base) {
        printk(XENLOG_ERR "I/O APIC at %#lx: no room to map it\n", paddr);
        return;
    }
    a->window = (volatile uint32_t *)(base + offset);
    a->pins = (window_read(a, REG_VERSION) >> 16 & 0xff) + 1;
    if (gsi_base >= GSIS_MAX || gsi_base + a->pins > GSIS_MAX) {
        printk(XENLOG_WARNING "I/O APIC at %#lx: GSI %u is beyond %u\n", paddr,
               gsi_base, GSIS_MAX);
        return;
    }
    for (uint32_t pin = 0; pin < a->pins; pin++)
        window_write(a, REG_RTE + 2 * pin, RTE_MASKED);
    gsi_count = MAX(gsi_count, gsi_base + a->pins);
    ioapic_count++;
    printk(XENLOG_INFO "I/O APIC at %#lx: GSI %u-%u\n", paddr, gsi_base,
           gsi_base + a->pins - 1);
}

void __init ioapic_init(void)
{
    const struct acpi_machine *machine = acpi_machine();

    for (uint32_t i = 0; i < machine->ioapic_count; i++)
        ioapic_add(machine->ioapics[i].address, machine->ioapics[i].gsi_base);
    if (!ioapic_count)
        printk(XENLOG_WARNING "no I/O APIC: only messages can interrupt\n");
}

/*
 * pci/config.c - configuration space by ports and by memory. Layer: pci.
 * Locks: ports_lock, a leaf: address and data go through two ports. A bus of
 * memory-mapped space is mapped when it is first used.
 */
#include "pci/pci.h"

#include "abi/errno.h"
#include "acpi/acpi.h"
#include "cpu/port.h"
#include "cpu/spinlock.h"
#include "lib/log.h"
#include "mm/alloc.h"
#include "mm/iomap.h"
#include "pci/decode.h"

#define PORT_ADDRESS 0xcf8
#define PORT_DATA    0xcfc
#define PORTS_REACH  256

#define BUSES     256
#define BUS_SHIFT 20

static struct spinlock ports_lock = SPINLOCK_INIT(LOCK_LEAF);
static struct spinlock mmconfig_lock = SPINLOCK_INIT(LOCK_LEAF);
/* For each of acpi's ranges, where its buses are mapped: a page of pointers. */
static char **mmconfig[ACPI_MCFG_MAX];

_Static_assert(BUSES * sizeof(char *) <= PAGE_SIZE, "one page");

/* The value of a field that nobody answers for. */
static uint32_t all_ones(unsigned bytes)
{
    return UINT32_MAX >> (32 - 8 * bytes);
}

uint32_t pci_port_read(uint32_t cf8, uint16_t port, unsigned bytes)
{
    uint32_t value;

    if (!(cf8 & CF8_ENABLE))
        return all_ones(bytes);
    spin_lock(&ports_lock);
    out32(PORT_ADDRESS, cf8);
    value = port_in(port, bytes);
    spin_unlock(&ports_lock);
    return value;
}

void pci_port_write(uint32_t cf8, uint16_t port, unsigned bytes, uint32_t value)
{
    if (!(cf8 & CF8_ENABLE))
        return;
    spin_lock(&ports_lock);
    out32(PORT_ADDRESS, cf8);
    port_out(port, bytes, value);
    spin_unlock(&ports_lock);
}

/* The range that has this bus, as an index; -1: none. */
static int mmconfig_find(struct pci_address a)
{
    const struct acpi_machine *machine = acpi_machine();

    for (uint32_t i = 0; i < machine->mcfg_count; i++) {
        const struct acpi_mcfg *m = &machine->mcfg[i];

        if (m->segment == a.segment && a.bus >= m->first_bus &&
            a.bus <= m->last_bus)
            return (int)i;
    }
    return -1;
}

/* Where the bus is mapped, or NULL. Locked. */
static char *mmconfig_map_bus(int range, uint8_t bus)
{
    const struct acpi_mcfg *m = &acpi_machine()->mcfg[range];
    char **buses = mmconfig[range];

    if (!buses)
        buses = mmconfig[range] = pages_alloc(0);
    if (!buses)
        return NULL;
    if (!buses[bus])
        buses[bus] =
            io_map(m->address + ((uint64_t)bus << BUS_SHIFT), 1UL << BUS_SHIFT);
    return buses[bus];
}

static volatile void *mmconfig_register(struct pci_address a, unsigned reg)
{
    int range = mmconfig_find(a);
    char *bus;

    if (range < 0)
        return NULL;
    spin_lock(&mmconfig_lock);
    bus = mmconfig_map_bus(range, a.bus);
    spin_unlock(&mmconfig_lock);
    return bus ? bus + ((uint32_t)a.devfn << 12) + reg : NULL;
}

static bool ports_reach(struct pci_address a, unsigned reg)
{
    return !a.segment && reg < PORTS_REACH;
}

static uint16_t data_port(unsigned reg)
{
    return (uint16_t)(PORT_DATA + (reg & 3));
}

uint32_t pci_read(struct pci_address a, unsigned reg, unsigned bytes)
{
    volatile void *p;

    if (ports_reach(a, reg))
        return pci_port_read(pci_cf8(a.bus, a.devfn, reg), data_port(reg),
                             bytes);
    p = mmconfig_register(a, reg);
    if (!p)
        return all_ones(bytes);
    switch (bytes) {
    case 1:
        return *(volatile uint8_t *)p;
    case 2:
        return *(volatile uint16_t *)p;
    default:
        return *(volatile uint32_t *)p;
    }
}

void pci_write(struct pci_address a, unsigned reg, unsigned bytes,
               uint32_t value)
{
    volatile void *p;

    if (ports_reach(a, reg)) {
        pci_port_write(pci_cf8(a.bus, a.devfn, reg), data_port(reg), bytes,
                       value);
        return;
    }
    p = mmconfig_register(a, reg);
    if (!p)
        return;
    if (bytes == 1)
        *(volatile uint8_t *)p = (uint8_t)value;
    else if (bytes == 2)
        *(volatile uint16_t *)p = (uint16_t)value;
    else
        *(volatile uint32_t *)p = value;
}

static uint8_t read_byte(void *address, unsigned reg)
{
    return (uint8_t)pci_read(*(struct pci_address *)address, reg, 1);
}

unsigned pci_find_capability(struct pci_address a, uint8_t id)
{
    uint32_t status = pci_read(a, PCI_STATUS, 2);

    if (status == 0xffff || !(status & PCI_STATUS_CAPS))
        return 0;
    return pci_walk_capabilities(read_byte, &a, id);
}

int pci_memory_bar(struct pci_address a, unsigned index, paddr_t *base)
{
    /* A device has six, a bridge two. */
    unsigned count = pci_read(a, PCI_HEADER, 1) & PCI_HEADER_BRIDGE ? 2 : 6;
    uint32_t bar, next = 0;

    if (index >= count)
        return -EINVAL;
    bar = pci_read(a, PCI_BAR0 + 4 * index, 4);
    if (pci_bar_is_64bit(bar)) {
        if (index + 1 >= count)
            return -EINVAL;
        next = pci_read(a, PCI_BAR0 + 4 * index + 4, 4);
    }
    return pci_bar_decode(bar, next, base) ? 0 : -EINVAL;
}

bool pci_has_mmconfig(paddr_t paddr, uint16_t segment, uint8_t first_bus,
                      uint8_t last_bus)
{
    const struct acpi_machine *machine = acpi_machine();

    for (uint32_t i = 0; i < machine->mcfg_count; i++) {
        const struct acpi_mcfg *m = &machine->mcfg[i];

        if (m->segment == segment && m->first_bus == first_bus &&
            m->last_bus >= last_bus && m->address == paddr)
            return true;
    }
    return false;
}

void __init pci_init(void)
{
    const struct acpi_machine *machine = acpi_machine();

    for (uint32_t i = 0; i < machine->mcfg_count; i++) {
        const struct acpi_mcfg *m = &machine->mcfg[i];

        printk(XENLOG_INFO "PCI segment %u: buses %u-%u at %#lx\n", m->segment,
               m->first_bus, m->last_bus, m->address);
    }
}

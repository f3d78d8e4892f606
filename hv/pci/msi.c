/*
 * pci/msi.c - MSI and MSI-X. Layer: pci. The caller serialises what concerns
 * one device. Locks: windows_lock, a leaf: where MSI-X tables are mapped.
 *
 * The enable bits are dom0's: it writes them to configuration space when its
 * driver is ready. Source: PCI Local Bus Specification 3.0, 6.8.
 */
#include "pci/pci.h"

#include "abi/errno.h"
#include "cpu/spinlock.h"
#include "mm/frame.h"
#include "mm/iomap.h"
#include "pci/decode.h"

#define MSI_ADDRESS 4

/* Words of an MSI-X entry. */
#define SLOT_ADDRESS_LOW  0
#define SLOT_ADDRESS_HIGH 1
#define SLOT_DATA         2
#define SLOT_CONTROL      3

/* A mapping stays for good, so a page of a table is mapped only once. */
#define WINDOWS_MAX 256

static struct window {
    paddr_t page;
    char *mapped;
} windows[WINDOWS_MAX];
static uint32_t window_count;
static struct spinlock windows_lock = SPINLOCK_INIT(LOCK_LEAF);

/* dom0 moves BARs: what they point to need not be a device. */
static bool is_device_memory(paddr_t addr)
{
    mfn_t m = paddr_to_mfn(addr);

    if (addr >> 52 || irq_owns_frame(m.n))
        return false;
    return !mfn_is_ram(m) || frame_owner(frame_of(m)) == DOMID_IO;
}

/* Locked. */
static char *window_map(paddr_t page)
{
    struct window *w;

    for (uint32_t i = 0; i < window_count; i++)
        if (windows[i].page == page)
            return windows[i].mapped;
    if (window_count == WINDOWS_MAX)
        return NULL;
    w = &windows[window_count];
    w->page = page;
    w->mapped = io_map(page, PAGE_SIZE);
    if (w->mapped)
        window_count++;
    return w->mapped;
}

static int slot_map(struct msi *m, paddr_t addr)
{
    char *page;

    /* A table need not be aligned to its entries, but they may not straddle. */
    if (!is_device_memory(addr) ||
        (addr & ~PAGE_MASK) > PAGE_SIZE - MSIX_ENTRY_BYTES)
        return -EINVAL;
    spin_lock(&windows_lock);
    page = window_map(addr & PAGE_MASK);
    spin_unlock(&windows_lock);
    if (!page)
        return -ENOMEM;
    m->slot = (volatile uint32_t *)(page + (addr & ~PAGE_MASK));
    return 0;
}

int msi_find(struct msi *m, struct pci_address device)
{
    *m = (struct msi){.device = device};
    if (!pci_device_is_known(device))
        return -ENODEV;
    m->capability = (uint16_t)pci_find_capability(device, PCI_CAP_MSI);
    return m->capability ? 0 : -ENODEV;
}

int msix_find(struct msi *m, struct pci_address device, uint16_t entry)
{
    paddr_t bar;
    uint32_t table;
    int error;

    *m = (struct msi){.device = device, .is_msix = true, .entry = entry};
    if (!pci_device_is_known(device))
        return -ENODEV;
    m->capability = (uint16_t)pci_find_capability(device, PCI_CAP_MSIX);
    if (!m->capability)
        return -ENODEV;
    if (entry >
        (pci_read(device, m->capability + MSIX_CONTROL, 2) & MSIX_CONTROL_LAST))
        return -EINVAL;
    table = pci_read(device, m->capability + MSIX_TABLE, 4);
    error = pci_memory_bar(device, table & 7, &bar);
    if (error)
        return error;
    return slot_map(m,
                    bar + (table & ~7U) + (uint32_t)entry * MSIX_ENTRY_BYTES);
}

/* Does the device answer at its table? */
static bool slot_answers(const struct msi *m)
{
    uint32_t command = pci_read(m->device, PCI_COMMAND, 2);

    return command != 0xffff && (command & PCI_COMMAND_MEMORY);
}

static uint16_t msi_control(const struct msi *m)
{
    return (uint16_t)pci_read(m->device, m->capability + MSI_CONTROL, 2);
}

/* MSI: the first of the mask bits, if there are any. */
static void msi_write_mask(const struct msi *m)
{
    uint8_t mask = msi_registers(msi_control(m)).mask;
    uint32_t bits;

    if (!mask)
        return;
    bits = pci_read(m->device, m->capability + mask, 4);
    bits = m->is_masked ? bits | 1 : bits & ~1U;
    pci_write(m->device, m->capability + mask, 4, bits);
}

static void msix_write_mask(const struct msi *m)
{
    if (!slot_answers(m))
        return;
    m->slot[SLOT_CONTROL] = m->is_masked ? MSIX_ENTRY_MASKED : 0;
    /* It is in force when the read comes back. */
    (void)m->slot[SLOT_CONTROL];
}

static void write_mask(const struct msi *m)
{
    if (m->is_msix)
        msix_write_mask(m);
    else
        msi_write_mask(m);
}

void msi_mask(struct msi *m)
{
    m->is_masked = true;
    write_mask(m);
}

void msi_unmask(struct msi *m)
{
    m->is_masked = false;
    write_mask(m);
}

static void msi_write_message(const struct msi *m)
{
    struct msi_registers r = msi_registers(msi_control(m));
    uint16_t control = msi_control(m) & (uint16_t)~MSI_CONTROL_COUNT;

    pci_write(m->device, m->capability + MSI_ADDRESS, 4,
              (uint32_t)m->message.address);
    if (r.address_high)
        pci_write(m->device, m->capability + r.address_high, 4,
                  (uint32_t)(m->message.address >> 32));
    pci_write(m->device, m->capability + r.data, 2, m->message.data);
    /* One message: the device must not change the low bits of the vector. */
    pci_write(m->device, m->capability + MSI_CONTROL, 2, control);
}

static void msix_write_message(const struct msi *m)
{
    if (!slot_answers(m))
        return;
    m->slot[SLOT_ADDRESS_LOW] = (uint32_t)m->message.address;
    m->slot[SLOT_ADDRESS_HIGH] = (uint32_t)(m->message.address >> 32);
    m->slot[SLOT_DATA] = m->message.data;
}

void msi_program(struct msi *m, const struct msi_message *message)
{
    m->message = *message;
    msi_mask(m);
    if (m->is_msix)
        msix_write_message(m);
    else
        msi_write_message(m);
}

void msi_restore(struct msi *m)
{
    bool was_masked = m->is_masked;
    struct msi_message message = m->message;

    msi_program(m, &message);
    if (!was_masked)
        msi_unmask(m);
}

void msi_disable(struct msi *m)
{
    msi_mask(m);
    if (!m->is_msix)
        pci_write(m->device, m->capability + MSI_CONTROL, 2,
                  msi_control(m) & ~(uint32_t)MSI_CONTROL_ENABLE);
}

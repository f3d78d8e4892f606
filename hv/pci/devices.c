/*
 * pci/devices.c - the PCI devices that dom0 announced. Layer: pci.
 * Locks: devices_lock, a leaf.
 */
#include "pci/pci.h"

#include "abi/errno.h"
#include "cpu/spinlock.h"
#include "mm/alloc.h"

struct pci_device {
    struct pci_address address;
    bool holds_msix;
};

/* Each page of records is allocated when the one before is full. */
#define DEVICES_PER_PAGE (PAGE_SIZE / sizeof(struct pci_device))
#define PAGES_MAX        16

static struct pci_device *pages[PAGES_MAX];
static uint32_t device_count;
static struct spinlock devices_lock = SPINLOCK_INIT(LOCK_LEAF);

static struct pci_device *device_at(uint32_t n)
{
    return &pages[n / DEVICES_PER_PAGE][n % DEVICES_PER_PAGE];
}

static bool is_same(struct pci_address a, struct pci_address b)
{
    return a.segment == b.segment && a.bus == b.bus && a.devfn == b.devfn;
}

/* Locked. */
static struct pci_device *device_find(struct pci_address a)
{
    for (uint32_t n = 0; n < device_count; n++)
        if (is_same(device_at(n)->address, a))
            return device_at(n);
    return NULL;
}

/* Locked. */
static int device_append(struct pci_address a)
{
    uint32_t page = device_count / DEVICES_PER_PAGE;

    if (page == PAGES_MAX)
        return -ENOMEM;
    if (!pages[page] && !(pages[page] = pages_alloc(0)))
        return -ENOMEM;
    *device_at(device_count) = (struct pci_device){.address = a};
    device_count++;
    return 0;
}

int pci_device_add(struct pci_address a)
{
    int error = 0;

    spin_lock(&devices_lock);
    if (!device_find(a))
        error = device_append(a);
    spin_unlock(&devices_lock);
    return error;
}

int pci_device_remove(struct pci_address a)
{
    struct pci_device *device;

    spin_lock(&devices_lock);
    device = device_find(a);
    if (device)
        *device = *device_at(--device_count);
    spin_unlock(&devices_lock);
    return device ? 0 : -ENODEV;
}

bool pci_device_is_known(struct pci_address a)
{
    bool known;

    spin_lock(&devices_lock);
    known = device_find(a) != NULL;
    spin_unlock(&devices_lock);
    return known;
}

int pci_device_hold_msix(struct pci_address a, bool hold)
{
    struct pci_device *device;
    int error = 0;

    spin_lock(&devices_lock);
    device = device_find(a);
    if (!device)
        error = -ENODEV;
    else if (hold && device->holds_msix)
        error = -EBUSY;
    else
        device->holds_msix = hold;
    spin_unlock(&devices_lock);
    return error;
}

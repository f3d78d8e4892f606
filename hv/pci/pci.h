/*
 * pci/pci.h - PCI: configuration space, the devices dom0 told of, and their
 * message interrupts. Layer: pci.
 *
 * Locks: one for the configuration ports, one for the list of devices; both
 * leaves. Source: PCI Local Bus Specification 3.0; PCI Express Base 3.0.
 */
#ifndef PCI_PCI_H
#define PCI_PCI_H

#include "irq/irq.h"
#include "lib/types.h"

struct pci_address {
    uint16_t segment;
    uint8_t bus;
    uint8_t devfn;
};

/* Says what memory-mapped configuration space there is; after acpi_init(). */
void pci_init(void);

/*
 * Configuration space: reg is a multiple of bytes (1, 2, 4) below 4096. Through
 * the ports where they reach, else memory-mapped; what cannot be reached reads
 * as ones.
 */
uint32_t pci_read(struct pci_address a, unsigned reg, unsigned bytes);
void pci_write(struct pci_address a, unsigned reg, unsigned bytes,
               uint32_t value);

/*
 * A domain's access to ports 0xcfc-0xcff after it wrote `cf8` to port 0xcf8;
 * port + bytes stays within them. With the enable bit clear they read as ones.
 */
uint32_t pci_port_read(uint32_t cf8, uint16_t port, unsigned bytes);
void pci_port_write(uint32_t cf8, uint16_t port, unsigned bytes,
                    uint32_t value);

/* Its place in configuration space, 0 if the device does not have it. */
unsigned pci_find_capability(struct pci_address a, uint8_t id);

/* Where memory BAR `index` (0-5) is: -EINVAL if it is not one. */
int pci_memory_bar(struct pci_address a, unsigned index, paddr_t *base);

/* True if the firmware stated this range of memory-mapped configuration space,
 * which starts with first_bus at paddr. */
bool pci_has_mmconfig(paddr_t paddr, uint16_t segment, uint8_t first_bus,
                      uint8_t last_bus);

/* ---- devices.c: what dom0 announced ---- */

/* 0, also when it is known; -ENOMEM: too many. Whether there is a device is not
 * looked at: a virtual function does not tell its vendor. */
int pci_device_add(struct pci_address a);
/* -ENODEV: not known. */
int pci_device_remove(struct pci_address a);
bool pci_device_is_known(struct pci_address a);
/* Marks that its MSI-X table stays where it is: -ENODEV; -EBUSY: is so. */
int pci_device_hold_msix(struct pci_address a, bool hold);

/* ---- msi.c: one interrupt of MSI, or one entry of an MSI-X table ---- */

struct msi {
    struct pci_address device;
    bool is_msix;
    bool is_masked;
    uint16_t entry;          /* of the MSI-X table */
    uint16_t capability;     /* in configuration space */
    volatile uint32_t *slot; /* that entry */
    struct msi_message message;
};

/* Finds the registers. -ENODEV: the device is not known or has no MSI;
 * -ENOMEM: the table cannot be mapped; -EINVAL: nor is it device memory. */
int msi_find(struct msi *m, struct pci_address device);
int msix_find(struct msi *m, struct pci_address device, uint16_t entry);
/* Gives the device its message, masked as far as it can be. */
void msi_program(struct msi *m, const struct msi_message *message);
/* A device without mask bits goes on. */
void msi_mask(struct msi *m);
void msi_unmask(struct msi *m);
/* Programs the same again, after the device was reset. */
void msi_restore(struct msi *m);
/* Masks it, and turns MSI off. */
void msi_disable(struct msi *m);

#endif

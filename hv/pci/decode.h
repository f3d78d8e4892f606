/*
 * pci/decode.h - what bits of configuration space mean. Layer: pci. Pure.
 */
#ifndef PCI_DECODE_H
#define PCI_DECODE_H

#include <stdbool.h>
#include <stdint.h>

#define CF8_ENABLE (1U << 31)

#define PCI_VENDOR         0x00
#define PCI_COMMAND        0x04
#define PCI_COMMAND_MEMORY 0x02
#define PCI_STATUS         0x06
#define PCI_STATUS_CAPS    0x10
#define PCI_HEADER         0x0e
#define PCI_HEADER_BRIDGE  0x01
#define PCI_BAR0           0x10
#define PCI_CAPS           0x34

#define PCI_CAP_MSI  0x05
#define PCI_CAP_MSIX 0x11

#define MSI_CONTROL        2
#define MSI_CONTROL_ENABLE 0x0001
#define MSI_CONTROL_COUNT  0x0070 /* messages enabled, as a power of two */
#define MSI_CONTROL_64BIT  0x0080
#define MSI_CONTROL_MASKS  0x0100

#define MSIX_CONTROL      2
#define MSIX_TABLE        4
#define MSIX_CONTROL_LAST 0x07ff
#define MSIX_ENTRY_BYTES  16
#define MSIX_ENTRY_MASKED 1 /* of the fourth word */

/* What goes to port 0xcf8; reg below 256. */
uint32_t pci_cf8(uint8_t bus, uint8_t devfn, unsigned reg);

/*
 * Follows the chain of capabilities with `read`, which gives a byte of
 * configuration space. 0: not there. Ends on a chain without end.
 */
unsigned pci_walk_capabilities(uint8_t (*read)(void *device, unsigned reg),
                               void *device, uint8_t id);

/* The address in a memory BAR, and the next one if it has 64 bits. False: it is
 * an I/O BAR, empty or of no known kind. */
bool pci_bar_decode(uint32_t bar, uint32_t next, uint64_t *base);
bool pci_bar_is_64bit(uint32_t bar);

/* Where the registers of an MSI capability are, by its control word. */
struct msi_registers {
    uint8_t address_high; /* 0: there is none */
    uint8_t data;
    uint8_t mask; /* 0: there is none */
};
struct msi_registers msi_registers(uint16_t control);

#endif

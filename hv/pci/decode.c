/*
 * pci/decode.c - PCI's bits and lists. Layer: pci. Pure.
 * Source: PCI Local Bus Specification 3.0, chapter 6.
 */
#include "pci/decode.h"

#define BAR_IO        0x1
#define BAR_KIND      0x6
#define BAR_64BIT     0x4
#define BAR_FLAGS     0xfU
#define CAPS_FIRST    0x40
#define CAPS_MAX      48 /* so many have room */
#define CAP_NEXT      1
#define CAP_ID_BROKEN 0xff

#define MSI_ADDRESS_HIGH 8
#define MSI_DATA_32      8
#define MSI_DATA_64      12
#define MSI_MASK_32      12
#define MSI_MASK_64      16

uint32_t pci_cf8(uint8_t bus, uint8_t devfn, unsigned reg)
{
    return CF8_ENABLE | (uint32_t)bus << 16 | (uint32_t)devfn << 8 |
           (reg & 0xfcU);
}

unsigned pci_walk_capabilities(uint8_t (*read)(void *device, unsigned reg),
                               void *device, uint8_t id)
{
    unsigned at = read(device, PCI_CAPS) & 0xfcU;

    for (unsigned n = 0; n < CAPS_MAX && at >= CAPS_FIRST; n++) {
        uint8_t found = read(device, at);

        if (found == id)
            return at;
        if (found == CAP_ID_BROKEN)
            break;
        at = read(device, at + CAP_NEXT) & 0xfcU;
    }
    return 0;
}

bool pci_bar_is_64bit(uint32_t bar)
{
    return !(bar & BAR_IO) && (bar & BAR_KIND) == BAR_64BIT;
}

bool pci_bar_decode(uint32_t bar, uint32_t next, uint64_t *base)
{
    if (bar & BAR_IO || ((bar & BAR_KIND) && !pci_bar_is_64bit(bar)))
        return false;
    *base = bar & ~BAR_FLAGS;
    if (pci_bar_is_64bit(bar))
        *base |= (uint64_t)next << 32;
    return *base != 0;
}

struct msi_registers msi_registers(uint16_t control)
{
    struct msi_registers r = {.data = MSI_DATA_32};

    if (control & MSI_CONTROL_MASKS)
        r.mask = MSI_MASK_32;
    if (!(control & MSI_CONTROL_64BIT))
        return r;
    r.address_high = MSI_ADDRESS_HIGH;
    r.data = MSI_DATA_64;
    if (r.mask)
        r.mask = MSI_MASK_64;
    return r;
}

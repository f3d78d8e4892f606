/*
 * abi/e820.h - an entry of XENMEM_memory_map. libxen-dev has it only inside
 * hvm/ headers; 20 bytes, as the BIOS call makes them.
 */
#ifndef ABI_E820_H
#define ABI_E820_H

#include <stdint.h>

struct xen_e820entry {
    uint64_t addr;
    uint64_t size;
    uint32_t type;
} __attribute__((packed));

_Static_assert(sizeof(struct xen_e820entry) == 20, "e820 entry");

#endif

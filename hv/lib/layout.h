/*
 * lib/layout.h - the virtual address space of the hypervisor. Layer: lib.
 * docs/architecture.md has the table.
 */
#ifndef LIB_LAYOUT_H
#define LIB_LAYOUT_H

#define HV_VIRT_START 0xffff800000000000
#define HV_VIRT_END   0xffff880000000000
#define HV_L4_FIRST   256
#define HV_L4_LAST    271

#define M2P_RO_START    0xffff800000000000
#define M2P_RO_END      0xffff804000000000
#define FRAMES_START    0xffff808000000000
#define M2P_RW_START    0xffff810000000000
#define PERDOMAIN_START 0xffff820000000000
#define STUBS_START     0xffff8280b0000000 /* within 2 GiB of the image */
#define IOMAP_START     0xffff828080000000
#define IMAGE_START     0xffff8280c0000000
#define DIRECT_START    0xffff830000000000

/* Each vcpu's window in the per-domain area: 16 GDT pages, 16 LDT pages. */
#define VCPU_GDT_PAGES 16
#define VCPU_LDT_PAGES 16
#define VCPU_WINDOW    (32 * 4096)

#ifndef __ASSEMBLER__
#include "lib/types.h"

static inline bool addr_is_canonical(vaddr_t va)
{
    return (uint64_t)((int64_t)(va << 16) >> 16) == va;
}

/* True if a guest may use this address: canonical and not the hypervisor's. */
static inline bool addr_is_guest(vaddr_t va)
{
    return addr_is_canonical(va) && (va < HV_VIRT_START || va >= HV_VIRT_END);
}

/* The same for a range of at most 2^43 bytes (the size of our own range). */
static inline bool range_is_guest(vaddr_t va, uint64_t bytes)
{
    return addr_is_guest(va) && (!bytes || addr_is_guest(va + bytes - 1)) &&
           bytes < (1UL << 43);
}

/* The direct map: all RAM frames of the machine. */
static inline void *paddr_to_virt(paddr_t addr)
{
    return (void *)(addr + DIRECT_START);
}

static inline void *mfn_to_virt(mfn_t m)
{
    return paddr_to_virt(mfn_to_paddr(m));
}

/* Only for addresses of the direct map. */
static inline paddr_t virt_to_paddr(const void *p)
{
    return (paddr_t)p - DIRECT_START;
}

static inline mfn_t virt_to_mfn(const void *p)
{
    return paddr_to_mfn(virt_to_paddr(p));
}
#endif

#endif

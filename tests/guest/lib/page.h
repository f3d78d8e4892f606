/*
 * page.h - pages of the guest, their machine frames, and page tables.
 *
 * All memory here is in the initial mapping: KERNEL_BASE + pfn * PAGE_SIZE.
 */
#ifndef PAGE_H
#define PAGE_H

#include "types.h"

/* Where pfn 0 is mapped: the linker is told. */
extern char kernel_base[];
#define KERNEL_BASE ((uint64_t)kernel_base)

#define PTE_P            (1UL << 0)
#define PTE_RW           (1UL << 1)
#define PTE_US           (1UL << 2)
#define PTE_PWT          (1UL << 3)
#define PTE_PCD          (1UL << 4)
#define PTE_A            (1UL << 5)
#define PTE_D            (1UL << 6)
#define PTE_PSE          (1UL << 7)
#define PTE_PAT          (1UL << 7)
#define PTE_G            (1UL << 8)
#define PTE_GUEST_KERNEL (1UL << 52)
#define PTE_NX           (1UL << 63)
#define PTE_ADDR         0x000ffffffffff000UL

#define PTE_RO_FLAGS (PTE_P | PTE_US | PTE_A)
#define PTE_RW_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D)
#define PTES         512

#define HV_START 0xffff800000000000UL
#define HV_END   0xffff880000000000UL
#define M2P      ((const uint64_t *)HV_START)

/* A frame is in use as another type, or not the caller's: so if an L1 entry
 * would use it, and so otherwise. */
#define NOT_OURS (-EBUSY)
#define IN_USE   (-EINVAL)

/* Error code of a page fault. */
#define PF_P 1
#define PF_W 2
#define PF_U 4
#define PF_I 16

extern struct start_info *start_info;
extern const uint64_t *p2m;
extern char image_start[], image_bss[], image_end[];

/* Zeroed pages, from a pool of 512; not given back. */
void *page_alloc(void);
void *pages_alloc(unsigned n);
uint64_t va_to_pfn(const volatile void *va);
uint64_t va_to_mfn(const volatile void *va);
uint64_t va_to_maddr(const volatile void *va);
/* A frame of the domain that is mapped nowhere: its pfn. */
uint64_t pfn_unmapped(void);
/* Where the frame is mapped, if in the initial mapping. */
void *mfn_to_va(uint64_t mfn);

uint64_t pte_make(uint64_t mfn, uint64_t flags);
static inline uint64_t pte_mfn(uint64_t pte)
{
    return (pte & PTE_ADDR) >> 12;
}
/* The entry of a level (1-4) for an address in the kernel's tables. */
uint64_t *pte_find(const volatile void *va, unsigned level);
uint64_t *kernel_l4(void);

/* By update_va_mapping, with INVLPG. */
long page_map(void *va, uint64_t pte);
long page_protect(void *va, bool writable);
void page_unmap(void *va);

/* One entry by mmu_update; `slot` is the entry's address. */
long pte_write(uint64_t *slot, uint64_t pte);
long pte_write_cmd(uint64_t *slot, uint64_t pte, unsigned cmd);
long mmuext(unsigned cmd, uint64_t arg1, uint64_t arg2);
long pin(unsigned level, const void *table);
long unpin(const void *table);

/*
 * A tree of tables that maps `n` pages from va on (in one 2 MiB) to frames of
 * pages: read-only mapped tables, not pinned. The L3 is returned.
 */
struct tree {
    uint64_t *l3, *l2, *l1;
};
struct tree tree_make(uint64_t va, void *pages, unsigned n, uint64_t flags);
/* The same, entered into the kernel's L4. */
struct tree tree_map(uint64_t va, void *pages, unsigned n, uint64_t flags);

#endif

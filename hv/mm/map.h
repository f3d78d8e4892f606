/*
 * mm/map.h - the hypervisor's own mappings. Layer: mm.
 */
#ifndef MM_MAP_H
#define MM_MAP_H

#include "lib/layout.h"
#include "mm/frame.h"
#include "mm/pte.h"

/* Entries 256-271 that every L4 has, except 260 (per domain). */
extern uint64_t *hv_l4; /* the idle L4 */

/* Of our slots, but for the M2P's: no guest passes them in ring 3. */
#define HV_L4_FLAGS (PTE_P | PTE_RW | PTE_A)

/* Copies the hypervisor's slots into a guest's L4; slot 260 is perdomain_l3,
 * and that of the M2P stays empty. */
void map_fill_l4(uint64_t *l4, const uint64_t *perdomain_l3);
/* The M2P is for guest kernels: an L4 gets it when one loads it. */
void map_show_m2p(uint64_t *l4);

/*
 * Maps `pages` 4 KiB pages of va to first with PTE flags, in hv_l4's tables
 * (tables allocated when missing). Panics without memory: boot only.
 */
void map_pages(vaddr_t va, mfn_t first, uint64_t pages, uint64_t flags);
/* The same with 2 MiB pages; all 2 MiB-aligned. */
void map_superpages(vaddr_t va, paddr_t paddr, uint64_t count, uint64_t flags);
/* The L1 entry of one of our own addresses, NULL if there is no table. */
uint64_t *map_find_pte(vaddr_t va);

/* The M2P is so many extents of 2 MiB; false: there is none, for there is no
 * RAM where it would be about. */
static inline uint64_t map_m2p_extents(void)
{
    return DIV_ROUND_UP(frame_limit, (1UL << 21) / sizeof(uint64_t));
}
bool map_m2p_extent(uint64_t i, mfn_t *first);
/* Is the frame a part of it? */
bool map_is_m2p(mfn_t m);

/* Where tables come from: zeroed frames. Early boot's differs from later. */
void map_set_table_source(mfn_t (*alloc)(void));

#endif

/*
 * loader/layout.h - where everything of a new PV domain goes: guest frame
 * numbers and virtual addresses, before a frame is allocated.
 * Layer: loader. Pure.
 *
 * The initial mapping starts at the kernel's VIRT_BASE and maps pfn 0 onward
 * without a gap, so there va = virt_base + pfn * 4096:
 *
 *   pfn 0 ..    nothing of the builder's
 *   kernel      its segments, bss included
 *   initrd      only for a kernel without MOD_START_PFN
 *   p2m         only for a kernel without INIT_P2M
 *   start_info  one frame (dom0's video description behind it)
 *   page tables of this mapping: L4, L3s, L2s, L1s
 *   stack       one frame
 *   slack       up to a 4 MiB boundary, at least 512 KiB
 *
 * Behind it, in pfns only: the initrd (with MOD_START_PFN); the p2m list and
 * the page tables of its mapping at INIT_P2M (L3s, L2s, L1s); the domain's
 * other memory.
 */
#ifndef LOADER_LAYOUT_H
#define LOADER_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/types.h"
#include "loader/kernel.h"

/* Consecutive guest frames. */
struct layout_region {
    pfn_t first;
    uint64_t frames; /* 0: the region does not exist */
    vaddr_t va;      /* of the first frame; 0 when it is not mapped */
};

/* Page tables of one mapping, level by level in consecutive frames. */
struct layout_tables {
    struct layout_region all;
    uint64_t l4_frames; /* 1, or 0 when they hang below another L4 */
    uint64_t l3_frames;
    uint64_t l2_frames;
    uint64_t l1_frames;
    pfn_t l4, l3, l2, l1; /* the first table of each level */
};

struct dom0_layout {
    vaddr_t virt_base; /* of pfn 0; start of the initial mapping */
    vaddr_t virt_end;  /* behind it; 0 if that is 2^64 */
    uint64_t mapped_frames;

    struct layout_region kernel;
    struct layout_region initrd; /* va is 0 when only its pfn is told */
    uint64_t initrd_bytes;
    bool initrd_is_mapped;
    struct layout_region start_info;
    struct layout_tables tables; /* of the initial mapping; all mapped */
    struct layout_region stack;
    vaddr_t stack_end; /* the first stack pointer */
    struct layout_region slack;

    struct layout_region p2m; /* va is where the guest finds the list */
    bool p2m_is_apart;        /* mapped at INIT_P2M, by the tables below */
    struct layout_tables p2m_tables; /* not mapped; without an L4 */

    uint64_t used_frames; /* pfns below this are spoken for */
    uint64_t nr_pages;    /* pfns below this exist */
};

/* The longest p2m list: as many pages as fit in 46 bits of addresses. */
#define LAYOUT_MAX_PAGES ((uint64_t)1 << 34)

/*
 * Lays out a domain of nr_pages pages with this kernel, whose notes
 * xen_notes_parse() has accepted, and an initrd of initrd_bytes (0: none).
 * -EINVAL and *error when something does not fit.
 */
int layout_compute(const struct xen_notes *notes, uint64_t initrd_bytes,
                   uint64_t nr_pages, struct dom0_layout *layout,
                   const char **error);

#endif

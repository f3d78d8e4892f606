/*
 * mm/alloc.h - the allocator of machine frames (buddy, by address) and of
 * small hypervisor objects. Layer: mm. Locks: one, leaf.
 */
#ifndef MM_ALLOC_H
#define MM_ALLOC_H

#include "mm/frame.h"

#define ALLOC_ORDER_MAX 18 /* 1 GiB */

/*
 * 2^order contiguous, aligned frames whose addresses fit in addr_bits (0: any),
 * full of zeroes. Returns false if there are none. The records have owner
 * DOMID_XEN, one reference and no type.
 */
bool frames_alloc(unsigned order, unsigned addr_bits, mfn_t *first);
/* The same for who overwrites them all, or may see what is in them. */
bool frames_alloc_any(unsigned order, mfn_t *first);

/* Gives 2^order frames back that nobody references. */
void frames_free(mfn_t first, unsigned order);

/* Gives the allocator a range that was never its own (boot). */
void frames_free_run(mfn_t first, uint64_t count);

/* For a CPU that idles: clears a free frame, if one needs it. False: there is
 * nothing to be done now. */
bool frames_scrub(void);
/* While the audit looks at the records, or dom0 is built, nobody does. */
void frames_hold_scrub(bool held);

/* Frames on the free lists. */
uint64_t frames_free_count(void);
/* All frames of RAM this machine has. */
extern uint64_t frames_total;

static inline bool page_is_zero(const uint64_t *p)
{
    for (unsigned i = 0; i < PAGE_SIZE / sizeof(*p); i += 8)
        if (p[i] | p[i + 1] | p[i + 2] | p[i + 3] | p[i + 4] | p[i + 5] |
            p[i + 6] | p[i + 7])
            return false;
    return true;
}

/* Zeroes one frame. */
void frame_clear(mfn_t m);

/*
 * Hypervisor memory: whole zeroed frames through the direct map, for objects
 * that live as long as a domain. NULL when there is none.
 */
void *pages_alloc(unsigned order);
void pages_free(void *p, unsigned order);

/*
 * Called by frame_release() with a frame whose owner is a domain, so that the
 * domain's count goes down. domain/ registers it.
 */
void frame_release_register(void (*fn)(struct frame *f, domid_t owner));

#endif

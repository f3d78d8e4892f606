/*
 * pages.h - the domain's memory: frames, the direct map of all of them, and the
 * page tables, which change by hypercall. Layer: mm. Locks: events are masked.
 */
#ifndef UK_MM_PAGES_H
#define UK_MM_PAGES_H

#include "lib/types.h"
#include "mm/frames.h"
#include <xen/xen.h>

/* Where frame 0 is seen; read and write, but tables and code only read. Tests
 * on the host have it where a process may (tools/hosted.mk). */
#ifndef DIRECT_BASE
#define DIRECT_BASE 0xffff880000000000UL
#endif

static inline void *direct(uint32_t frame)
{
    return (void *)(DIRECT_BASE + ((uint64_t)frame << 12));
}

static inline uint32_t direct_frame(const void *at)
{
    return (uint32_t)(((uintptr_t)at - DIRECT_BASE) >> 12);
}

/*
 * Takes over what the domain was built with: builds the direct map, takes
 * everything that is not the program's image out of the lower half, and gives
 * each segment of the image its rights.
 */
void pages_init(const struct start_info *start);

/* Frames for the kernel or the program, zeroed; FRAME_NONE without memory. */
uint32_t pages_alloc(uint32_t n);
/* The same with whatever is in them. */
uint32_t pages_alloc_raw(uint32_t n);
void pages_free(uint32_t first, uint32_t n);
struct frames *pages_frames(void);

/*
 * An entry of the page tables: a frame and PROT_* bits. With PROT_NONE it keeps
 * its frame, but nobody can reach it.
 */
struct page {
    uint32_t frame; /* FRAME_NONE: nothing there */
    uint32_t prot;
    bool clean; /* zeros, to which nobody has written by this entry */
};

/*
 * Sets the entry of `va`; takes no part in counting the frame's uses. False
 * without memory for a table. In force after pages_flush().
 */
bool pages_set(uint64_t va, struct page page);
struct page pages_get(uint64_t va);
/* Clears the entry, too. */
struct page pages_take(uint64_t va);

/* The first page of [va, end) whose entry there is a table for; or `end`. */
uint64_t pages_next(uint64_t va, uint64_t end);
/* How many entries of [va, end) are empty. */
uint64_t pages_missing(uint64_t va, uint64_t end);
/* Frames of zeros for [va, end), whose entries are empty. If it fails, the
 * first of them are set. */
bool pages_populate(uint64_t va, uint64_t end, uint32_t prot);
void pages_flush(void);
/* Frees the tables that serve nothing outside of [va, end), where all entries
 * are empty; but those of 512 GiB, which are few. */
void pages_drop_tables(uint64_t va, uint64_t end);

/* The hypervisor's number of a frame, and the frame of such a number. */
uint64_t pages_mfn_of(uint32_t frame);
const uint64_t *pages_mfn_place(uint32_t frame);
uint32_t pages_frame_of(uint64_t mfn);

/* Tells the tools where the list of those numbers is, in the shared page. */
void pages_publish(void);

#endif

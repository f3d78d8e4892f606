/* space_internal.h - what space.c and space_access.c share. Layer: mm. */
#ifndef UK_MM_SPACE_INTERNAL_H
#define UK_MM_SPACE_INTERNAL_H

#include "mm/pages.h"
#include "mm/regions.h"
#include "mm/space.h"

#define SPACE_HIGH 0x700000000000UL

enum { FRAMES_KEPT = 24 }; /* for page tables */

/* What is promised. Whoever changes it calls space_forget(). */
extern struct regions space_regions;

/* Forgets what was asked for last. */
void space_forget(void);

/* Makes a page of `r` be there; false without memory, and behind a file's
 * end. */
bool space_populate_page(const struct region *r, uint64_t va);

static inline bool space_has_memory_for(uint64_t pages)
{
    return pages + pages / 512 + FRAMES_KEPT <= pages_frames()->free;
}

#endif

/* space_internal.h - what the parts of space.h share. Layer: mm. */
#ifndef UK_MM_SPACE_INTERNAL_H
#define UK_MM_SPACE_INTERNAL_H

#include <sys/mman.h>

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

static inline bool space_is_shared(const struct region *r)
{
    return r->object && r->flags & MAP_SHARED;
}

/* Is memory given when it is touched? */
bool space_is_lazy(const struct region *r);
/* Puts the rights of a region into force, and memory where it has to be; false
 * without memory. */
bool space_enforce(const struct region *r);
/* Takes away what memory there is. */
void space_empty(uint64_t start, uint64_t end);

static inline bool space_has_memory_for(uint64_t pages)
{
    return pages + pages / 512 + FRAMES_KEPT <= pages_frames()->free;
}

#endif

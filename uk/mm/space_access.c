/*
 * space_access.c - see space.h: what may be read and written, and what is there
 * by the time that it is. Layer: mm.
 */
#include <sys/mman.h>

#include "mm/space_internal.h"
#include "xen/cpus.h"

/* What was asked for last and is in one region, until space_regions change. */
static struct region seen[2];
static unsigned seen_next;

void space_forget(void)
{
    seen[0].end = seen[1].end = 0;
}

static bool may_lack_memory(const struct region *r)
{
    return r->object || r->flags & MAP_NORESERVE;
}

/* Whole pages of one region. */
static bool part_has_memory(const struct region *r, uint64_t va, uint64_t end)
{
    uint64_t missing = pages_missing(va, end);

    if (!r->object)
        return !missing || space_has_memory_for(missing);
    for (; missing && va < end; va += PAGE_BYTES)
        if (!space_has(va) && !space_fault(va, 0))
            return false;
    return true;
}

/* Behind a file's end there is none, and there may be none left for what was
 * mapped without a reserve. */
static bool has_memory(uint64_t start, uint64_t end)
{
    for (uint32_t i = regions_find(&space_regions, start);
         i < space_regions.count && space_regions.list[i].start < end; i++) {
        const struct region *r = &space_regions.list[i];

        if (may_lack_memory(r) &&
            !part_has_memory(r, start > r->start ? page_down(start) : r->start,
                             page_up(minimum(end, r->end))))
            return false;
    }
    return true;
}

static bool allows_anew(uint64_t at, uint64_t length, uint32_t prot)
{
    uint32_t i;

    if (at >= SPACE_HIGH || length > SPACE_HIGH - at ||
        !regions_cover(&space_regions, at, at + length, prot) ||
        (prot && !has_memory(at, at + length)))
        return false;
    i = regions_find(&space_regions, at);
    if (may_lack_memory(&space_regions.list[i]))
        return true;
    seen_next ^= 1;
    seen[seen_next] = space_regions.list[i];
    return true;
}

bool space_promises(uint64_t at, uint32_t prot)
{
    return at < SPACE_HIGH && regions_cover(&space_regions, at, at + 1, prot);
}

bool space_allows(const void *start, uint64_t length, uint32_t prot)
{
    uint64_t at = (uintptr_t)start;

    if (length == 0)
        return true;
    for (unsigned i = 0; i < array_size(seen); i++)
        if (at >= seen[i].start && at < seen[i].end &&
            length <= seen[i].end - at)
            return (seen[i].prot & prot) == prot;
    return allows_anew(at, length, prot);
}

bool space_still_allows(const void *start, uint64_t length, uint32_t prot)
{
    return (uintptr_t)start >= DIRECT_BASE || space_allows(start, length, prot);
}

bool space_fault(uint64_t at, uint32_t prot)
{
    uint32_t i = regions_find(&space_regions, at);
    const struct region *r = &space_regions.list[i];
    struct page page;
    bool done;

    at = page_down(at);
    if (i == space_regions.count || r->start > at || (r->prot & prot) != prot ||
        r->prot == PROT_NONE)
        return false;
    page = pages_get(at);
    if (page.frame != FRAME_NONE)
        return uk_many_cpus && (page.prot & prot) == prot;
    done = space_populate_page(r, at);
    pages_flush();
    return done;
}

/*
 * space_memory.c - see space_internal.h: the memory of regions, from where it
 * comes and where it goes. Layer: mm.
 */
#include <sys/mman.h>

#include "mm/space_internal.h"

/* A private mapping's own copy of a page. */
static uint32_t copy_page(struct backing *b, uint64_t index)
{
    uint32_t frame = pages_alloc_raw(1);

    if (frame == FRAME_NONE || b->read_page(b, index, direct(frame)))
        return frame;
    frames_put(pages_frames(), frame);
    return FRAME_NONE;
}

static uint64_t index_of(const struct region *r, uint64_t va)
{
    return (r->offset + (va - r->start)) >> 12;
}

/* The frame of a page that is not there yet, for the caller. */
static uint32_t new_frame(const struct region *r, uint64_t va)
{
    struct backing *b = r->object;

    if (!b)
        return pages_alloc(1);
    return space_is_shared(r) ? b->get_frame(b, index_of(r, va))
                              : copy_page(b, index_of(r, va));
}

bool space_populate_page(const struct region *r, uint64_t va)
{
    struct page page = pages_get(va);
    bool fresh = page.frame == FRAME_NONE;

    if (fresh) {
        page.frame = new_frame(r, va);
        page.clean = !r->object;
    }
    if (page.frame == FRAME_NONE)
        return false;
    page.prot = r->prot;
    if (pages_set(va, page))
        return true;
    if (fresh)
        frames_put(pages_frames(), page.frame);
    return false;
}

bool space_is_lazy(const struct region *r)
{
    return r->prot == PROT_NONE || r->flags & MAP_NORESERVE ||
           (r->object && !space_is_shared(r));
}

/* As below, for the plainest and most frequent kind: false if it is not that,
 * or memory is not in one piece. */
static bool enforce_plainly(const struct region *r)
{
    uint64_t pages = (r->end - r->start) >> 12;

    if (r->object || pages_missing(r->start, r->end) != pages)
        return false;
    if (space_is_lazy(r))
        return true;
    if (!pages_populate(r->start, r->end, r->prot))
        return false;
    pages_flush();
    return true;
}

/* The first page from `va` on that is there. */
static uint64_t next_there(uint64_t va, uint64_t end)
{
    for (va = pages_next(va, end); va < end && !space_has(va);)
        va = pages_next(va + PAGE_BYTES, end);
    return va;
}

/* The same of those that are there or have to be: of a file that is shared,
 * what it has. */
static uint64_t next_wanted(const struct region *r, uint64_t va)
{
    struct backing *b = r->object;
    uint64_t index = index_of(r, va), next;

    if (space_is_lazy(r))
        return next_there(va, r->end);
    next = b ? b->next_page(b, index) : index;
    if (next - index >= (r->end - va) >> 12)
        return r->end;
    return va + ((next - index) << 12);
}

bool space_enforce(const struct region *r)
{
    bool done = true;

    if (enforce_plainly(r))
        return true;
    for (uint64_t va = next_wanted(r, r->start); done && va < r->end;
         va = next_wanted(r, va + PAGE_BYTES))
        done = space_populate_page(r, va);
    pages_flush();
    return done;
}

enum { PARTS = 64 };

static void give_back(const struct page *gone, unsigned n)
{
    pages_flush();
    while (n-- > 0)
        if (gone[n].clean)
            frames_put_zero(pages_frames(), gone[n].frame);
        else
            frames_put(pages_frames(), gone[n].frame);
}

/* Frames are given back after nobody can reach them: in parts. */
void space_empty(uint64_t start, uint64_t end)
{
    struct page gone[PARTS];
    unsigned n = 0;

    for (uint64_t va = pages_next(start, end); va < end;
         va = pages_next(va + PAGE_BYTES, end)) {
        gone[n] = pages_take(va);
        if (gone[n].frame == FRAME_NONE || ++n < PARTS)
            continue;
        give_back(gone, n);
        n = 0;
    }
    give_back(gone, n);
}

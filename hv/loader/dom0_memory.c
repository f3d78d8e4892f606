/*
 * loader/dom0_memory.c - the first memory of dom0: few large extents.
 * Layer: loader.
 */
#include "lib/string.h"
#include "loader/dom0.h"
#include "mm/alloc.h"

static bool add_extent(struct dom0_build *b, uint64_t pfn, unsigned order)
{
    struct dom0_extent *last = b->extents ? &b->extent[b->extents - 1] : NULL;
    mfn_t m;

    if (!frames_alloc_any(order, &m))
        return false;
    if (last && m.n == last->mfn + last->frames) {
        last->frames += 1UL << order;
    } else if (b->extents < DOM0_EXTENTS) {
        b->extent[b->extents++] = (struct dom0_extent){pfn, m.n, 1UL << order};
    } else {
        frames_free(m, order);
        return false;
    }
    return !domain_assign_frames(b->d, m, order);
}

/* The largest blocks first; the frames are not cleared: nobody used them. */
bool dom0_alloc_memory(struct dom0_build *b)
{
    unsigned order = ALLOC_ORDER_MAX;
    uint64_t pfn = 0;

    while (pfn < b->config->pages) {
        while (1UL << order > b->config->pages - pfn)
            order--;
        if (add_extent(b, pfn, order))
            pfn += 1UL << order;
        else if (order-- == 0)
            return false;
    }
    return true;
}

mfn_t dom0_pfn_to_mfn(const struct dom0_build *b, uint64_t pfn)
{
    for (uint32_t i = 0; i < b->extents; i++) {
        const struct dom0_extent *e = &b->extent[i];

        if (pfn >= e->pfn && pfn - e->pfn < e->frames)
            return mfn(e->mfn + (pfn - e->pfn));
    }
    return mfn(MFN_INVALID_N);
}

void dom0_fill_m2p(const struct dom0_build *b)
{
    for (uint32_t i = 0; i < b->extents; i++) {
        const struct dom0_extent *e = &b->extent[i];

        for (uint64_t n = 0; n < e->frames; n++)
            M2P[e->mfn + n] = e->pfn + n;
    }
}

void dom0_copy(const struct dom0_build *b, uint64_t offset, const void *src,
               uint64_t bytes)
{
    const uint8_t *from = src;

    while (bytes) {
        uint64_t in_page = offset & ~PAGE_MASK;
        uint64_t n = MIN(bytes, PAGE_SIZE - in_page);
        uint8_t *page = frame_map(dom0_pfn_to_mfn(b, offset >> PAGE_SHIFT));

        if (from) {
            memcpy(page + in_page, from, n);
            from += n;
        } else {
            memset(page + in_page, 0, n);
        }
        frame_unmap(page);
        offset += n;
        bytes -= n;
    }
}

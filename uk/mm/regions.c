/* regions.c - see regions.h. */
#include <sys/mman.h>

#include "mm/regions.h"
#include "lib/string.h"

uint32_t regions_find(const struct regions *r, uint64_t at)
{
    uint32_t low = 0, high = r->count;

    while (low < high) {
        uint32_t middle = (low + high) / 2;

        if (r->list[middle].end > at)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

uint64_t regions_gap(const struct regions *r, uint64_t length, uint64_t low,
                     uint64_t high)
{
    for (uint32_t i = regions_find(r, low); i < r->count; i++) {
        const struct region *next = &r->list[i];

        if (next->start >= high)
            break;
        if (next->start > low && next->start - low >= length)
            return low;
        low = next->end;
    }
    return low < high && high - low >= length ? low : 0;
}

static void make_place(struct regions *r, uint32_t at)
{
    memmove(&r->list[at + 1], &r->list[at], (r->count - at) * sizeof(*r->list));
    r->count++;
}

static void close_place(struct regions *r, uint32_t at, uint32_t n)
{
    memmove(&r->list[at], &r->list[at + n],
            (r->count - at - n) * sizeof(*r->list));
    r->count -= n;
}

static void cut_at(struct regions *r, uint64_t border)
{
    uint32_t i = regions_find(r, border);
    struct region *part = &r->list[i];

    if (i == r->count || part->start >= border)
        return;
    make_place(r, i);
    part[0].end = border;
    part[1].start = border;
    part[1].offset += border - part[0].start;
}

bool regions_cut(struct regions *r, uint64_t start, uint64_t end)
{
    if (r->room - r->count < 2)
        return false;
    cut_at(r, start);
    cut_at(r, end);
    return true;
}

void regions_remove(struct regions *r, uint64_t start, uint64_t end)
{
    uint32_t first = regions_find(r, start), n = 0;

    while (first + n < r->count && r->list[first + n].start < end)
        n++;
    close_place(r, first, n);
}

static bool are_one(const struct region *a, const struct region *b)
{
    return a->end == b->start && a->prot == b->prot && a->flags == b->flags &&
           a->object == b->object &&
           (!a->object || a->offset + (a->end - a->start) == b->offset);
}

static void join(struct regions *r, uint32_t first)
{
    void *object = r->list[first].object;

    r->list[first].end = r->list[first + 1].end;
    close_place(r, first + 1, 1);
    if (object && r->joined)
        r->joined(object);
}

void regions_join(struct regions *r, uint64_t start, uint64_t end)
{
    uint32_t i = regions_find(r, start > 0 ? start - 1 : 0);

    while (i + 1 < r->count && r->list[i].start <= end) {
        if (are_one(&r->list[i], &r->list[i + 1]))
            join(r, i);
        else
            i++;
    }
}

bool regions_insert(struct regions *r, const struct region *new)
{
    uint32_t at = regions_find(r, new->start);

    if (r->count == r->room)
        return false;
    make_place(r, at);
    r->list[at] = *new;
    regions_join(r, new->start, new->end);
    return true;
}

bool regions_cover(const struct regions *r, uint64_t start, uint64_t end,
                   uint32_t prot)
{
    for (uint32_t i = regions_find(r, start); start < end; i++) {
        const struct region *part = &r->list[i];

        if (i == r->count || part->start > start || (part->prot & prot) != prot)
            return false;
        start = part->end;
    }
    return true;
}

static uint64_t overlap(const struct region *r, uint64_t start, uint64_t end)
{
    uint64_t low = start > r->start ? start : r->start;
    uint64_t high = minimum(end, r->end);

    return high > low ? high - low : 0;
}

uint64_t regions_bytes(const struct regions *r, bool only_data, uint64_t start,
                       uint64_t end)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < r->count; i++) {
        const struct region *one = &r->list[i];

        if (!only_data ||
            (one->prot & PROT_WRITE && !(one->flags & MAP_SHARED)))
            sum += one->end - one->start - overlap(one, start, end);
    }
    return sum;
}

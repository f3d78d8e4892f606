/*
 * domain/range.c - sets of numbers. Layer: domain. Pure.
 */
#include "domain/range.h"

bool range_set_contains(const struct range_set *s, uint64_t first,
                        uint64_t last)
{
    for (uint32_t i = 0; i < s->count; i++)
        if (first >= s->range[i].first && first <= s->range[i].last)
            return first <= last && last <= s->range[i].last;
    return false;
}

static void append(struct range_set *s, uint64_t first, uint64_t last)
{
    s->range[s->count++] = (struct range){first, last};
}

/* True if b begins behind a with a gap of at least one number. */
static bool is_behind(uint64_t a_last, uint64_t b_first)
{
    return b_first > a_last && b_first - a_last > 1;
}

int range_set_add(struct range_set *s, uint64_t first, uint64_t last)
{
    struct range_set out = {0};
    bool placed = false;

    if (first > last)
        return -EINVAL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct range *r = &s->range[i];

        if (is_behind(r->last, first)) {
            append(&out, r->first, r->last);
        } else if (is_behind(last, r->first)) {
            if (out.count + !placed >= RANGES_MAX)
                return -ENOSPC;
            if (!placed)
                append(&out, first, last);
            placed = true;
            append(&out, r->first, r->last);
        } else {
            first = MIN(first, r->first);
            last = MAX(last, r->last);
        }
    }
    if (!placed) {
        if (out.count == RANGES_MAX)
            return -ENOSPC;
        append(&out, first, last);
    }
    *s = out;
    return 0;
}

int range_set_remove(struct range_set *s, uint64_t first, uint64_t last)
{
    struct range_set out = {0};

    if (first > last)
        return -EINVAL;
    for (uint32_t i = 0; i < s->count; i++) {
        const struct range *r = &s->range[i];
        bool before = r->first<first, behind = r->last> last;

        if (r->last < first || r->first > last) {
            before = true;
            behind = false;
        }
        if (out.count + before + behind > RANGES_MAX)
            return -ENOSPC;
        if (r->last < first || r->first > last) {
            append(&out, r->first, r->last);
            continue;
        }
        if (before)
            append(&out, r->first, first - 1);
        if (behind)
            append(&out, last + 1, r->last);
    }
    *s = out;
    return 0;
}

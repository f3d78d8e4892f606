/* frames.c - see frames.h. */
#include "mm/frames.h"

void frames_init(struct frames *f, uint16_t *uses, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        uses[i] = 1;
    *f = (struct frames){.uses = uses, .count = count, .hint = count};
}

static bool in_use(const struct frames *f, uint32_t frame)
{
    return f->uses[frame] & ~FRAME_ZERO;
}

void frames_put_zero(struct frames *f, uint32_t frame)
{
    frames_put(f, frame);
    if (!f->uses[frame])
        f->uses[frame] = FRAME_ZERO;
}

bool frames_was_zero(struct frames *f, uint32_t frame)
{
    bool was = f->uses[frame] & FRAME_ZERO;

    f->uses[frame] &= (uint16_t)~FRAME_ZERO;
    return was;
}

void frames_put(struct frames *f, uint32_t frame)
{
    f->uses[frame]--;
    if (in_use(f, frame))
        return;
    f->uses[frame] = 0;
    f->free++;
    if (frame < f->hint)
        f->hint = frame;
}

void frames_give(struct frames *f, uint32_t first, uint32_t n)
{
    for (; n > 0; n--)
        frames_put(f, first++);
}

bool frames_get(struct frames *f, uint32_t frame)
{
    if (f->uses[frame] == FRAME_ZERO - 1)
        return false;
    f->uses[frame]++;
    return true;
}

uint32_t frames_alloc(struct frames *f, uint32_t n)
{
    uint32_t run = 0, at;

    if (n == 0 || f->free < n)
        return FRAME_NONE;
    while (f->hint < f->count && in_use(f, f->hint))
        f->hint++;
    for (at = f->hint; at < f->count && run < n; at++)
        run = in_use(f, at) ? 0 : run + 1;
    if (run < n)
        return FRAME_NONE;
    for (at -= n; run > 0; run--)
        f->uses[at + run - 1] |= 1;
    f->free -= n;
    if (at == f->hint)
        f->hint += n;
    return at;
}

/*
 * frames.h - which of the domain's page frames are free, and how often the
 * others are used. Layer: mm. Pure: a frame is a number here. Locks: events are
 * masked.
 */
#ifndef UK_MM_FRAMES_H
#define UK_MM_FRAMES_H

#include "lib/types.h"

struct frames {
    uint16_t *uses; /* of each frame, and FRAME_ZERO; 0: free */
    uint32_t count, free;
    uint32_t hint; /* no frame below is free */
};

#define FRAME_NONE UINT32_MAX
/* What was given back as zeros and not asked for since. */
#define FRAME_ZERO 0x8000U

/* Every frame is in use until it is given. */
void frames_init(struct frames *f, uint16_t *uses, uint32_t count);
void frames_give(struct frames *f, uint32_t first, uint32_t n);

/* The first of `n` frames in a row, each used once; or FRAME_NONE. */
uint32_t frames_alloc(struct frames *f, uint32_t n);

/* False if it is used too often to be used once more. */
bool frames_get(struct frames *f, uint32_t frame);
void frames_put(struct frames *f, uint32_t frame);
/* The same of one that has only zeros. */
void frames_put_zero(struct frames *f, uint32_t frame);
/* Of a frame just allocated: is it known to be zero? It is not known again. */
bool frames_was_zero(struct frames *f, uint32_t frame);

#endif

/*
 * domain/range.h - sets of frame, port and interrupt numbers. Layer: domain.
 * Pure. Ranges are inclusive, sorted, and neither overlap nor touch.
 */
#ifndef DOMAIN_RANGE_H
#define DOMAIN_RANGE_H

#include "abi/errno.h"
#include "lib/types.h"

struct range {
    uint64_t first, last;
};

#define RANGES_MAX 64
struct range_set {
    uint32_t count;
    struct range range[RANGES_MAX];
};

/* All of first..last is in the set. */
bool range_set_contains(const struct range_set *s, uint64_t first,
                        uint64_t last);
/* 0; -EINVAL when first > last; -ENOSPC (set unchanged) when it is full. */
int range_set_add(struct range_set *s, uint64_t first, uint64_t last);
int range_set_remove(struct range_set *s, uint64_t first, uint64_t last);

#endif

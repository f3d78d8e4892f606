/*
 * regions.h - the address space as a sorted list of regions that do not
 * overlap. Layer: mm. Pure. Locks: events are masked.
 */
#ifndef UK_MM_REGIONS_H
#define UK_MM_REGIONS_H

#include "lib/types.h"

struct region {
    uint64_t start, end; /* bytes, of whole pages */
    uint32_t prot;       /* PROT_* */
    uint32_t flags;      /* MAP_SHARED or MAP_PRIVATE, MAP_NORESERVE... */
    void *object;        /* what is mapped; NULL: anonymous memory */
    uint64_t offset;     /* in it, of start */
};

struct regions {
    struct region *list;
    uint32_t count, room;
    /* Told when two that map this became one; NULL: nobody. */
    void (*joined)(void *object);
};

/* The first region that ends behind `at`; its index is `count` for none. */
uint32_t regions_find(const struct regions *r, uint64_t at);

/* The lowest start of `length` free bytes in [low, high); 0 for none. */
uint64_t regions_gap(const struct regions *r, uint64_t length, uint64_t low,
                     uint64_t high);

/*
 * A region has a border at `start` and at `end` afterwards, if it spans them.
 * Takes up to two more places in the list: false when there is no room.
 */
bool regions_cut(struct regions *r, uint64_t start, uint64_t end);

/* Removes what lies in [start, end), where borders must be. */
void regions_remove(struct regions *r, uint64_t start, uint64_t end);

/* Adds one where nothing is, and joins it with equal neighbours, which have
 * the same rights and flags, and map what follows in the same object. */
bool regions_insert(struct regions *r, const struct region *new);

/* Joins equal neighbours between the one before `start` and the one at `end`.
 */
void regions_join(struct regions *r, uint64_t start, uint64_t end);

/* Do regions cover [start, end) without a gap, each with all of `prot`? */
bool regions_cover(const struct regions *r, uint64_t start, uint64_t end,
                   uint32_t prot);

/*
 * What regions hold in bytes: all, or what is private and can be written to;
 * without what of them lies in [start, end).
 */
uint64_t regions_bytes(const struct regions *r, bool only_data, uint64_t start,
                       uint64_t end);

#endif

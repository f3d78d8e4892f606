/*
 * grant/entry.c - the shared words of a grant entry of version 1. Layer: grant.
 * Pure: works on the entry it is given. The caller holds the table's lock.
 */
#include "grant/entry.h"

/* A test compiles this file with a guest that acts at each of these points. */
#ifndef GRANT_STEP
#define GRANT_STEP() ((void)0)
#endif

static uint32_t *header_of(struct grant_entry_v1 *entry)
{
    return (uint32_t *)(void *)entry; /* flags and domid */
}

static int16_t mark_used(struct grant_entry_v1 *entry, domid_t who,
                         unsigned how)
{
    uint32_t *word = header_of(entry);
    uint32_t old = __atomic_load_n(word, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < GRANT_TRIES; i++) {
        if (!grant_allows(old, who, how, false))
            return GNTST_general_error;
        GRANT_STEP();
        if (__atomic_compare_exchange_n(word, &old, old | grant_marks(how),
                                        false, __ATOMIC_SEQ_CST,
                                        __ATOMIC_RELAXED))
            return GNTST_okay;
    }
    return GNTST_general_error;
}

int16_t grant_entry_get(struct grant_entry_v1 *entry, struct grant_use *use,
                        domid_t who, unsigned how)
{
    int16_t status = GNTST_okay;

    if (!grant_may_join(use, who, how))
        return GNTST_general_error;
    if (grant_needs_step(use, how))
        status = mark_used(entry, who, how);
    if (status != GNTST_okay)
        return status;
    if (!grant_is_used(use))
        *use = (struct grant_use){
            .domid = who,
            .through = GRANT_DIRECT,
            .frame = __atomic_load_n(&entry->frame, __ATOMIC_RELAXED),
            .bytes = PAGE_SIZE,
        };
    grant_count(use, how, 1);
    return GNTST_okay;
}

void grant_entry_put(struct grant_entry_v1 *entry, struct grant_use *use,
                     unsigned how)
{
    uint16_t done;

    grant_count(use, how, -1);
    done = grant_marks_done(use);
    if (done)
        __atomic_fetch_and(header_of(entry), ~(uint32_t)done, __ATOMIC_SEQ_CST);
}

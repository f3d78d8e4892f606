/*
 * grant/entry_v1.h - the shared words of a grant entry of version 1, inline:
 * the hot path. Layer: grant. Pure: works on the entry it is given. The caller
 * holds the table's lock.
 */
#ifndef GRANT_ENTRY_V1_H
#define GRANT_ENTRY_V1_H

#include "grant/entry.h"

/* A test includes this file with a guest that acts at each of these points. */
#ifndef GRANT_STEP
#define GRANT_STEP() ((void)0)
#endif

static inline uint32_t *grant_header_of(struct grant_entry_v1 *entry)
{
    return (uint32_t *)(void *)entry; /* flags and domid */
}

static inline int16_t grant_mark_used(struct grant_entry_v1 *entry, domid_t who,
                                      unsigned how)
{
    uint32_t *word = grant_header_of(entry);
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

/* `who` begins to use the entry: GNTST_okay with *use counted, or why not.
 * General error: the guest keeps changing the entry. */
static inline int16_t grant_entry_get(struct grant_entry_v1 *entry,
                                      struct grant_use *use, domid_t who,
                                      unsigned how)
{
    bool is_used = grant_is_used(use);
    int16_t status = GNTST_okay;

    if (unlikely(is_used) && !grant_may_join(use, who, how))
        return GNTST_general_error;
    if (likely(!is_used) || grant_needs_step(use, how))
        status = grant_mark_used(entry, who, how);
    if (unlikely(status != GNTST_okay))
        return status;
    if (likely(!is_used)) {
        use->domid = who;
        use->through = GRANT_DIRECT;
        use->frame = __atomic_load_n(&entry->frame, __ATOMIC_RELAXED);
        use->start = 0;
        use->bytes = PAGE_SIZE;
    }
    grant_count(use, how, 1);
    return GNTST_okay;
}

#endif

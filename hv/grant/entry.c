/*
 * grant/entry.c - the shared words of a grant entry. Layer: grant. Pure: works
 * on the entry it is given. The caller holds the table's lock.
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

static int16_t mark_used(struct grant_entry_v1 *entry, domid_t who, bool write)
{
    uint32_t *word = header_of(entry);
    uint32_t old = __atomic_load_n(word, __ATOMIC_RELAXED);

    for (unsigned i = 0; i < GRANT_TRIES; i++) {
        struct grant_step step = grant_use_step(old, who, write);

        if (step.status != GNTST_okay)
            return step.status;
        GRANT_STEP();
        if (__atomic_compare_exchange_n(word, &old, step.header, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED))
            return GNTST_okay;
    }
    return GNTST_general_error;
}

int16_t grant_entry_get(struct grant_entry_v1 *entry, struct grant_use *use,
                        domid_t who, bool write)
{
    int16_t status = GNTST_okay;

    if (grant_is_used(use) && use->domid != who)
        return GNTST_general_error;
    if (grant_needs_step(use, write))
        status = mark_used(entry, who, write);
    if (status != GNTST_okay)
        return status;
    if (!grant_is_used(use)) {
        use->domid = who;
        use->frame = __atomic_load_n(&entry->frame, __ATOMIC_RELAXED);
    }
    if (write)
        use->writers++;
    else
        use->readers++;
    return GNTST_okay;
}

void grant_entry_put(struct grant_entry_v1 *entry, struct grant_use *use,
                     bool write)
{
    uint16_t done;

    if (write)
        use->writers--;
    else
        use->readers--;
    done = grant_flags_done(use);
    if (done)
        __atomic_fetch_and(header_of(entry), ~(uint32_t)done, __ATOMIC_SEQ_CST);
}

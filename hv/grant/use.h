/*
 * grant/use.h - a use of somebody's grant begins and ends. Layer: grant,
 * internal. Inline: the hot path, of version 1. Lock: table->lock, one at a
 * time.
 */
#ifndef GRANT_USE_H
#define GRANT_USE_H

#include "grant/entry_v1.h"
#include "grant/grant_internal.h"

/* As grant_get(), of either version and for the first time. use.c */
int16_t grant_get_any(struct domain *granter, uint32_t ref, domid_t who,
                      unsigned how, struct grant_hold *hold);
/* Ends the use of the grant that this one passes on. use.c */
void grant_release_next(unsigned how, const struct grant_hold *hold);

/* The account of an entry of version 1. NULL: there never was a use of it, or
 * there is no such entry. Lock held. */
static inline struct grant_use *grant_use_v1(const struct grant_table *t,
                                             uint32_t ref)
{
    if (unlikely(ref / V1_PER_FRAME >= t->frames || t->version != 1))
        return NULL;
    return grant_use_of(t, ref);
}

static inline struct grant_entry_v1 *grant_entry_v1(const struct grant_table *t,
                                                    uint32_t ref)
{
    struct grant_entry_v1 *page =
        t->entries[index_nospec(ref / V1_PER_FRAME, t->frames)];

    return &page[ref % V1_PER_FRAME];
}

/* A use of somebody's grant: GNTST_okay and *hold, or why not. how: GRANT_*.
 * What is mapped is never passed on and ends by grant_put(). */
static inline int16_t grant_get(struct domain *granter, uint32_t ref,
                                domid_t who, unsigned how,
                                struct grant_hold *hold)
{
    struct grant_table *t = granter->grants;
    struct grant_entry_v1 *entry;
    struct grant_use *use;
    int16_t status;

    spin_lock(&t->lock);
    use = grant_use_v1(t, ref);
    if (unlikely(!use)) {
        struct grant_hold any; /* so that *hold may be in registers */

        spin_unlock(&t->lock);
        status = grant_get_any(granter, ref, who, how, &any);
        *hold = any;
        return status;
    }
    entry = grant_entry_v1(t, ref);
    status = grant_entry_get(entry, use, who, how);
    spin_unlock(&t->lock);
    hold->frame = mfn(use->frame);
    hold->start = 0;
    hold->bytes = PAGE_SIZE;
    hold->ticket.use = use;
    hold->ticket.marks = (uint16_t *)(void *)entry; /* flags are first */
    hold->next = NULL;
    return status;
}

/*
 * A use so short that no account of it is kept: the table stays locked. Of an
 * entry of version 1 that grants plainly, and that nobody uses. False: it is
 * not such a one. Lock held.
 */
static inline bool grant_borrow(const struct grant_table *t, uint32_t ref,
                                domid_t who, unsigned how,
                                struct grant_entry_v1 **entry)
{
    uint32_t plain = (uint32_t)who << 16 | GTF_permit_access, old;

    if (unlikely(ref / V1_PER_FRAME >= t->frames || t->version != 1))
        return false;
    *entry = grant_entry_v1(t, ref);
    old = READ_ONCE(*grant_header_of(*entry));
    if (unlikely((how & GRANT_WRITE ? old : old & ~GTF_readonly) != plain))
        return false;
    return __atomic_compare_exchange_n(grant_header_of(*entry), &old,
                                       old | grant_marks(how), false,
                                       __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
}

static inline void grant_give_back(struct grant_entry_v1 *entry, unsigned how)
{
    __atomic_fetch_and(&entry->flags, (uint16_t)~grant_marks(how),
                       __ATOMIC_SEQ_CST);
}

static inline void grant_put(struct domain *granter, struct grant_ticket ticket,
                             unsigned how)
{
    struct grant_table *t = granter->grants;

    spin_lock(&t->lock);
    if (unlikely(t->changed_version))
        ticket.marks = grant_marks_now(t, ticket);
    grant_use_end(ticket.use, ticket.marks, how);
    spin_unlock(&t->lock);
}

static inline void grant_release(struct domain *granter, unsigned how,
                                 const struct grant_hold *hold)
{
    if (unlikely(hold->next))
        grant_release_next(how, hold);
    grant_put(granter, hold->ticket, how);
}

#endif

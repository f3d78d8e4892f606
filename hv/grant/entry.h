/*
 * grant/entry.h - one entry of a grant table, of either version: may a domain
 * use it, and what that does to its flags. Layer: grant. Pure.
 * Source: Xen's public grant_table.h; docs/abi.md
 *
 * The granting guest may write the entry at any moment. Flags and domain are
 * one 32-bit word, the header. In version 1 it has the marks of use too: it is
 * checked and marked by one compare-and-swap. In version 2 these are in a
 * status word of their own: marked first, then the header is read again.
 */
#ifndef GRANT_ENTRY_H
#define GRANT_ENTRY_H

#include "abi/xen.h"
#include "lib/types.h"

#define GRANT_TRIES    5
#define GRANT_USES_MAX UINT16_MAX
#define GRANT_DIRECT   0xffff /* through no other domain */

/* How an entry is used. */
#define GRANT_WRITE 1U
#define GRANT_MAP   2U /* mapped, not only copied */

/* Our own account of an entry that is in use, with what the first use read. */
struct grant_use {
    uint16_t readers; /* read-only uses */
    uint16_t writers; /* writable uses */
    domid_t domid;    /* who uses it */
    domid_t through;  /* whose grant this one passes on, or GRANT_DIRECT */
    uint32_t frame;   /* or that grant's reference */
    uint16_t start;
    uint16_t bytes; /* of a page; with USE_PARTIAL: to be copied only */
#define USE_PARTIAL 0x8000
};

_Static_assert(sizeof(struct grant_use) == 16, "grant_use");
_Static_assert(sizeof(struct grant_entry_v1) == 8, "grant_entry_v1");
_Static_assert(sizeof(union grant_entry_v2) == 16, "grant_entry_v2");

static inline bool grant_is_used(const struct grant_use *use)
{
    return use->readers | use->writers;
}

/* May `who` use an entry with this header so? Passing on is version 2's. */
static inline bool grant_allows(uint32_t header, domid_t who, unsigned how,
                                bool pass_on)
{
    unsigned type = header & GTF_type_mask;

    if ((domid_t)(header >> 16) != who)
        return false;
    if (how & GRANT_WRITE && header & GTF_readonly)
        return false;
    if (how & GRANT_MAP)
        return type == GTF_permit_access && !(header & GTF_sub_page);
    return type == GTF_permit_access || (pass_on && type == GTF_transitive);
}

/* The marks of such a use. */
static inline uint16_t grant_marks(unsigned how)
{
    return how & GRANT_WRITE ? GTF_reading | GTF_writing : GTF_reading;
}

/* The marks to clear in the entry after a use ended. */
static inline uint16_t grant_marks_done(const struct grant_use *left)
{
    if (left->writers)
        return 0;
    return left->readers ? GTF_writing : GTF_writing | GTF_reading;
}

/* Does what is counted already let another use in? */
static inline bool grant_may_join(const struct grant_use *use, domid_t who,
                                  unsigned how)
{
    if (!grant_is_used(use))
        return true;
    return use->domid == who &&
           !(how & GRANT_MAP && use->bytes & USE_PARTIAL) &&
           use->readers < GRANT_USES_MAX && use->writers < GRANT_USES_MAX;
}

/* What the entry's marks do not say yet: the guest has to be asked. */
static inline bool grant_needs_step(const struct grant_use *use, unsigned how)
{
    return !grant_is_used(use) || (how & GRANT_WRITE && !use->writers);
}

static inline void grant_count(struct grant_use *use, unsigned how, int change)
{
    if (how & GRANT_WRITE)
        use->writers = (uint16_t)(use->writers + change);
    else
        use->readers = (uint16_t)(use->readers + change);
}

/* `who` begins to use an entry of version 2: GNTST_okay with *use counted, or
 * why not. General error: the guest keeps changing the entry. entry_v1.h has
 * the same of version 1. */
int16_t grant_entry_v2_get(union grant_entry_v2 *entry, grant_status_t *status,
                           struct grant_use *use, domid_t who, unsigned how);

/* A use ends. The marks are in the flags of an entry of version 1, and in the
 * status word of version 2. */
static inline void grant_use_end(struct grant_use *use, uint16_t *marks,
                                 unsigned how)
{
    uint16_t done;

    grant_count(use, how, -1);
    done = grant_marks_done(use);
    if (done)
        __atomic_fetch_and(marks, (uint16_t)~done, __ATOMIC_SEQ_CST);
}

/* An idle entry in the other version. False: version 1 cannot say it. */
void grant_entry_to_v2(struct grant_entry_v1 from, union grant_entry_v2 *to,
                       grant_status_t *status);
bool grant_entry_to_v1(union grant_entry_v2 from, grant_status_t status,
                       struct grant_entry_v1 *to);

#endif

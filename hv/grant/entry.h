/*
 * grant/entry.h - one entry of a version 1 grant table: may a domain use it,
 * and what that does to its flags. Layer: grant. Pure.
 * Source: Xen's public grant_table.h; docs/abi.md
 *
 * The granting guest may write the entry at any moment. Flags and domain are
 * one 32-bit word (flags below), checked and changed by compare-and-swap.
 */
#ifndef GRANT_ENTRY_H
#define GRANT_ENTRY_H

#include "abi/xen.h"
#include "lib/types.h"

#define GRANT_TRIES 5

/* Our own account of an entry that is in use. */
struct grant_use {
    uint32_t readers; /* read-only uses */
    uint32_t writers; /* writable uses */
    uint32_t frame;   /* as read with the first use */
    domid_t domid;    /* who uses it */
    uint16_t unused;
};

_Static_assert(sizeof(struct grant_use) == 16, "grant_use");
_Static_assert(sizeof(struct grant_entry_v1) == 8, "grant_entry_v1");

static inline bool grant_is_used(const struct grant_use *use)
{
    return use->readers | use->writers;
}

static inline uint32_t grant_header(uint16_t flags, domid_t domid)
{
    return flags | (uint32_t)domid << 16;
}

/* The header once `who` uses the entry; a status other than GNTST_okay: why it
 * may not. */
struct grant_step {
    int16_t status;
    uint32_t header;
};

static inline struct grant_step grant_use_step(uint32_t header, domid_t who,
                                               bool write)
{
    uint16_t flags = (uint16_t)header;

    if ((flags & GTF_type_mask) != GTF_permit_access ||
        (domid_t)(header >> 16) != who)
        return (struct grant_step){GNTST_general_error, header};
    if (write && flags & GTF_readonly)
        return (struct grant_step){GNTST_general_error, header};
    return (struct grant_step){GNTST_okay, header | GTF_reading |
                                               (write ? GTF_writing : 0U)};
}

/* The flags to clear in the entry after a use ended. */
static inline uint16_t grant_flags_done(const struct grant_use *left)
{
    if (left->writers)
        return 0;
    return left->readers ? GTF_writing : GTF_writing | GTF_reading;
}

/* What the entry's flags do not say yet: the guest has to be asked. */
static inline bool grant_needs_step(const struct grant_use *use, bool write)
{
    return !grant_is_used(use) || (write && !use->writers);
}

/*
 * `who` begins to use the entry, writing or only reading it: GNTST_okay with
 * *use counted, or why not. General error: the guest keeps changing the entry.
 */
int16_t grant_entry_get(struct grant_entry_v1 *entry, struct grant_use *use,
                        domid_t who, bool write);
/* The end of it, of the same kind. */
void grant_entry_put(struct grant_entry_v1 *entry, struct grant_use *use,
                     bool write);

#endif

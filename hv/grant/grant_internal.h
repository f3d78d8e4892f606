/*
 * grant/grant_internal.h - a domain's grant table, and its handles of what it
 * mapped from others. Layer: grant.
 *
 * Locks: table->lock (entries and uses of one domain's grants) and
 * table->handle_lock (what it has mapped). Neither is held while taking the
 * other, nor while a page table or a frame's type changes; copy.c has the one
 * exception.
 */
#ifndef GRANT_GRANT_INTERNAL_H
#define GRANT_GRANT_INTERNAL_H

#include "grant/entry.h"
#include "grant/grant.h"
#include "mm/guest.h"

#define GRANT_FRAMES_MAX     128
#define GRANT_FRAMES_DEFAULT 64
#define GRANT_RESERVED       8 /* what a toolstack seeds: kept by set_version */
#define V1_PER_FRAME         (PAGE_SIZE / sizeof(struct grant_entry_v1))
#define V2_PER_FRAME         (PAGE_SIZE / sizeof(union grant_entry_v2))
#define STATUS_PER_FRAME     (PAGE_SIZE / sizeof(grant_status_t))
#define STATUS_FRAMES(n)     DIV_ROUND_UP((n)*V2_PER_FRAME, STATUS_PER_FRAME)
#define STATUS_FRAMES_MAX    STATUS_FRAMES(GRANT_FRAMES_MAX)

#define USES_PER_PAGE  (PAGE_SIZE / sizeof(struct grant_use))
#define USES_PAGES_MAX (GRANT_FRAMES_MAX * V1_PER_FRAME / USES_PER_PAGE)

#define HANDLE_PAGES_MAX 1024
#define HANDLES_PER_PAGE (PAGE_SIZE / sizeof(struct grant_mapping))
#define HANDLE_NONE      UINT32_MAX

/* A use of a grant, as it ends: where it is counted, and where the entry says
 * so. Neither moves while it lasts, but for grant_marks_now(). */
struct grant_ticket {
    struct grant_use *use;
    uint16_t *marks;
};

/* What a handle stands for. The granter is kept from going. */
struct grant_mapping {
    struct domain *granter; /* NULL: the handle is free */
    struct grant_ticket ticket;
    uint32_t ref;            /* of a free one: the next free handle */
    uint16_t flags;          /* GNTMAP_* that still hold, and: */
#define MAPPING_BUSY  0x8000 /* somebody works on it: nobody else may */
#define MAPPING_HOLDS (GNTMAP_host_map | GNTMAP_device_map)
    uint16_t unused;
};

struct grant_table {
    struct spinlock lock;
    uint32_t frames;
    uint32_t max_frames;
    uint32_t version; /* 1 or 2 */
    uint32_t max_version;
    bool changed_version; /* marks may have moved */
    void *entries[GRANT_FRAMES_MAX];
    struct grant_use *uses[USES_PAGES_MAX]; /* made when they are needed */
    uint32_t status_frames;                 /* version 2 has these */
    grant_status_t *status[STATUS_FRAMES_MAX];

    struct spinlock handle_lock;
    uint32_t handle_pages;
    uint32_t max_handle_pages;
    uint32_t free_handle;           /* the first free one, HANDLE_NONE: grow */
    struct grant_mapping **handles; /* HANDLE_PAGES_MAX of them, or NULL */
};

/* ---- table.c ---- */
long grant_setup_table(uint64_t arg);
long grant_query_size(uint64_t arg);
long grant_get_status_frames(uint64_t arg);
/* Status frames for so many frames of entries. Lock held. 0 or -ENOMEM. */
int grant_add_status(struct domain *d, uint32_t frames);
/* DOMID_SELF or any domain, with a reference; NULL: none. */
struct domain *grant_domain_get(domid_t id);

/* ---- version.c ---- */
long grant_set_version(uint64_t arg);
long grant_get_version(uint64_t arg);

/* ---- use.c; use.h has what begins and ends one ---- */
/* What a use of a grant gives, as long as it lasts. */
struct grant_hold {
    mfn_t frame; /* any number */
    uint32_t start, bytes;
    struct grant_ticket ticket;
    struct domain *next; /* whose grant is passed on, with a reference; NULL */
    struct grant_ticket next_ticket;
};

/* The frame of a grant that is in use. */
static inline mfn_t grant_used_frame(struct grant_ticket ticket)
{
    return mfn(READ_ONCE(ticket.use->frame));
}
/* The number of entries. Lock held. */
uint32_t grant_entries(const struct grant_table *t);
/* NULL if there never was a use of it. */
static inline struct grant_use *grant_use_of(const struct grant_table *t,
                                             uint32_t ref)
{
    struct grant_use *page =
        READ_ONCE(t->uses[index_nospec(ref / USES_PER_PAGE, USES_PAGES_MAX)]);

    return page ? &page[ref % USES_PER_PAGE] : NULL;
}
static inline bool grant_ref_is_used(struct grant_table *t, uint32_t ref)
{
    const struct grant_use *use = grant_use_of(t, ref);

    return use && grant_is_used(use);
}
/* The marks of a use that goes on: those of the first entries, which may be in
 * use then, move when the table changes its version. Lock held. */
uint16_t *grant_marks_now(struct grant_table *t, struct grant_ticket ticket);
/* The place of an entry and of its status word. Lock held. */
void *grant_entry_of(struct grant_table *t, uint32_t ref);
grant_status_t *grant_status_of(struct grant_table *t, uint32_t ref);

/* ---- handle.c; handle.h has the rest ---- */
void handles_free(struct grant_table *t);

/* ---- map.c, copy.c, other.c: one batch each; see grant_op() ---- */
long grant_map(uint64_t *arg, uint32_t *count);
/* replace: GNTTABOP_unmap_and_replace */
long grant_unmap(uint64_t *arg, uint32_t *count, bool replace);
long grant_copy(uint64_t *arg, uint32_t *count);
long grant_transfer(uint64_t *arg, uint32_t *count);
long grant_swap(uint64_t *arg, uint32_t *count);
long grant_cache_flush(uint64_t *arg, uint32_t *count);
/* A domain goes: ends all its uses of other domains' grants, which may end
 * those domains. Its tables map nothing any more. */
int grant_release_mappings(struct domain *d);

#endif

/*
 * grant/grant_internal.h - a domain's grant table, and its handles of what it
 * mapped from others. Layer: grant.
 *
 * Locks: table->lock (entries and uses of one domain's grants) and
 * table->handle_lock (what it has mapped). Neither is held while taking the
 * other, nor while a page table or a frame's type changes.
 */
#ifndef GRANT_GRANT_INTERNAL_H
#define GRANT_GRANT_INTERNAL_H

#include "grant/entry.h"
#include "grant/grant.h"
#include "mm/guest.h"

#define GRANT_FRAMES_MAX     128
#define GRANT_FRAMES_DEFAULT 64
#define ENTRIES_PER_FRAME    (PAGE_SIZE / sizeof(struct grant_entry_v1))

#define HANDLE_PAGES_MAX 1024
#define HANDLES_PER_PAGE (PAGE_SIZE / sizeof(struct grant_mapping))
#define HANDLE_NONE      UINT32_MAX

/* What a handle stands for. The granter is kept from going. */
struct grant_mapping {
    struct domain *granter; /* NULL: the handle is free */
    uint32_t ref;           /* of a free one: the next free handle */
    uint16_t flags;         /* GNTMAP_* that still hold, and: */
#define MAPPING_BUSY 0x8000 /* somebody works on it: nobody else may */
    uint16_t unused;
};

struct grant_table {
    struct spinlock lock;
    uint32_t frames;
    uint32_t max_frames;
    struct grant_entry_v1 *entries[GRANT_FRAMES_MAX];
    struct grant_use *uses[GRANT_FRAMES_MAX];

    struct spinlock handle_lock;
    uint32_t handle_pages;
    uint32_t max_handle_pages;
    uint32_t free_handle;           /* the first free one, HANDLE_NONE: grow */
    struct grant_mapping **handles; /* HANDLE_PAGES_MAX of them, or NULL */
};

/* ---- table.c ---- */
long grant_setup_table(uint64_t arg);
long grant_query_size(uint64_t arg);

/* A use of somebody's grant: GNTST_okay and the frame, which may be any
 * number; or why not. */
int16_t grant_get(struct domain *granter, uint32_t ref, domid_t who, bool write,
                  mfn_t *frame);
void grant_put(struct domain *granter, uint32_t ref, bool write);
/* The frame of a grant that is in use. */
mfn_t grant_used_frame(struct domain *granter, uint32_t ref);

/* ---- handle.c ---- */
/* A new handle, busy and without flags. HANDLE_NONE: no space. Takes over the
 * caller's reference of the granter. */
uint32_t handle_take(struct grant_table *t, struct domain *granter,
                     uint32_t ref);
/* Makes a handle busy and copies what it stands for; false: no such handle,
 * or it is busy. */
bool handle_claim(struct grant_table *t, uint32_t handle,
                  struct grant_mapping *m);
/* Ends busy: these flags hold now. None: the handle is free and the granter's
 * reference is the caller's. */
void handle_settle(struct grant_table *t, uint32_t handle, uint16_t flags);
void handles_free(struct grant_table *t);

/* ---- map.c, copy.c: one batch each; see grant_op() ---- */
long grant_map(uint64_t *arg, uint32_t *count);
long grant_unmap(uint64_t *arg, uint32_t *count);
long grant_copy(uint64_t *arg, uint32_t *count);
/* A domain goes: ends all its uses of other domains' grants, which may end
 * those domains. Its tables map nothing any more. */
int grant_release_mappings(struct domain *d);

/* DOMID_SELF or any domain, with a reference; NULL: none. */
struct domain *grant_domain_get(domid_t id);

#endif

/*
 * grant/handle.h - handles: what a domain has mapped of others' grants.
 * Layer: grant, internal. Inline: each mapping takes one, each end frees one.
 * Lock: table->handle_lock, for what is free and to grow. Who makes a handle
 * busy needs none: flags are exchanged first, and set last. A free handle links
 * to the next.
 */
#ifndef GRANT_HANDLE_H
#define GRANT_HANDLE_H

#include "grant/grant_internal.h"

/* A page of free handles; false: no memory, or no more allowed. Lock held. */
bool handles_grow(struct grant_table *t);

static inline struct grant_mapping *handle_mapping(struct grant_table *t,
                                                   uint32_t handle)
{
    uint64_t page = index_nospec(handle / HANDLES_PER_PAGE, t->handle_pages);

    return &t->handles[page][handle % HANDLES_PER_PAGE];
}

/* A new handle, busy and without flags. NULL: no space. Once it has flags it
 * has a reference of the granter, which the caller gives it. */
static inline struct grant_mapping *handle_take(struct grant_table *t,
                                                struct domain *granter,
                                                uint32_t ref, uint32_t *handle)
{
    struct grant_mapping *m = NULL;

    spin_lock(&t->handle_lock);
    if (likely(t->free_handle != HANDLE_NONE) || handles_grow(t)) {
        *handle = t->free_handle; /* ours: no guest chose it */
        m = &t->handles[*handle / HANDLES_PER_PAGE][*handle % HANDLES_PER_PAGE];
        t->free_handle = m->ref;
        m->granter = granter;
        m->ref = ref;
        WRITE_ONCE(m->flags, MAPPING_BUSY);
    }
    spin_unlock(&t->handle_lock);
    return m;
}

/* Makes a handle busy; NULL: there is no such one, or it is busy. */
static inline struct grant_mapping *handle_claim(struct grant_table *t,
                                                 uint32_t handle)
{
    uint32_t pages = __atomic_load_n(&t->handle_pages, __ATOMIC_ACQUIRE);
    struct grant_mapping *m;
    uint16_t old;

    if (handle / HANDLES_PER_PAGE >= pages)
        return NULL;
    m = handle_mapping(t, handle);
    old = READ_ONCE(m->flags);
    do {
        if (old & MAPPING_BUSY || !(old & MAPPING_HOLDS))
            return NULL;
    } while (!__atomic_compare_exchange_n(&m->flags, &old, old | MAPPING_BUSY,
                                          false, __ATOMIC_ACQUIRE,
                                          __ATOMIC_RELAXED));
    return m;
}

/* Ends busy: it goes on with these flags, or is free, and then the granter's
 * reference is the caller's. */
static inline void handle_keep(struct grant_mapping *m, uint16_t flags)
{
    __atomic_store_n(&m->flags, flags, __ATOMIC_RELEASE);
}

static inline void handle_free(struct grant_table *t, struct grant_mapping *m,
                               uint32_t handle)
{
    spin_lock(&t->handle_lock);
    WRITE_ONCE(m->flags, 0);
    m->granter = NULL;
    m->ref = t->free_handle;
    t->free_handle = handle;
    spin_unlock(&t->handle_lock);
}

#endif

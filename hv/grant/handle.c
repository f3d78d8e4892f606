/*
 * grant/handle.c - handles: what a domain has mapped of others' grants.
 * Layer: grant. Lock: table->handle_lock, for what is free and to grow. Who
 * makes a handle busy needs none: flags are exchanged first, and set last.
 */
#include "grant/grant_internal.h"
#include "mm/alloc.h"

#define DIRECTORY_ORDER 1

_Static_assert(HANDLE_PAGES_MAX * sizeof(void *) == PAGE_SIZE
                                                        << DIRECTORY_ORDER,
               "DIRECTORY_ORDER");
_Static_assert(sizeof(struct grant_mapping) == 16, "grant_mapping");

static struct grant_mapping *mapping_of(struct grant_table *t, uint32_t handle)
{
    uint64_t page = index_nospec(handle / HANDLES_PER_PAGE, t->handle_pages);

    return &t->handles[page][handle % HANDLES_PER_PAGE];
}

/* A page of free handles. Lock held. */
static bool grow(struct grant_table *t)
{
    uint32_t first = t->handle_pages * (uint32_t)HANDLES_PER_PAGE;
    struct grant_mapping *page;

    if (!t->handles)
        t->handles = pages_alloc(DIRECTORY_ORDER);
    if (!t->handles || t->handle_pages >= t->max_handle_pages)
        return false;
    page = pages_alloc(0);
    if (!page)
        return false;
    for (uint32_t i = 0; i < HANDLES_PER_PAGE; i++)
        page[i].ref = first + i + 1;
    page[HANDLES_PER_PAGE - 1].ref = t->free_handle;
    t->handles[t->handle_pages] = page;
    __atomic_store_n(&t->handle_pages, t->handle_pages + 1, __ATOMIC_RELEASE);
    t->free_handle = first;
    return true;
}

uint32_t handle_take(struct grant_table *t, struct domain *granter,
                     uint32_t ref)
{
    uint32_t handle = HANDLE_NONE;

    spin_lock(&t->handle_lock);
    if (t->free_handle != HANDLE_NONE || grow(t)) {
        struct grant_mapping *m;

        handle = t->free_handle;
        m = mapping_of(t, handle);
        t->free_handle = m->ref;
        *m = (struct grant_mapping){
            .granter = granter, .ref = ref, .flags = MAPPING_BUSY};
    }
    spin_unlock(&t->handle_lock);
    return handle;
}

bool handle_claim(struct grant_table *t, uint32_t handle,
                  struct grant_mapping *m)
{
    uint32_t pages = __atomic_load_n(&t->handle_pages, __ATOMIC_ACQUIRE);
    struct grant_mapping *there;
    uint16_t old;

    if (handle / HANDLES_PER_PAGE >= pages)
        return false;
    there = mapping_of(t, handle);
    old = READ_ONCE(there->flags);
    do {
        if (old & MAPPING_BUSY || !(old & MAPPING_HOLDS))
            return false;
    } while (!__atomic_compare_exchange_n(&there->flags, &old,
                                          old | MAPPING_BUSY, false,
                                          __ATOMIC_ACQUIRE, __ATOMIC_RELAXED));
    m->granter = there->granter;
    m->ref = there->ref;
    m->flags = old;
    return true;
}

void handle_settle(struct grant_table *t, uint32_t handle, uint16_t flags)
{
    struct grant_mapping *m = mapping_of(t, handle);

    if (flags & MAPPING_HOLDS) {
        __atomic_store_n(&m->flags, flags, __ATOMIC_RELEASE);
        return;
    }
    spin_lock(&t->handle_lock);
    WRITE_ONCE(m->flags, 0);
    m->granter = NULL;
    m->ref = t->free_handle;
    t->free_handle = handle;
    spin_unlock(&t->handle_lock);
}

void handles_free(struct grant_table *t)
{
    for (uint32_t i = 0; i < t->handle_pages; i++)
        pages_free(t->handles[i], 0);
    if (t->handles)
        pages_free(t->handles, DIRECTORY_ORDER);
    t->handle_pages = 0;
    t->handles = NULL;
}

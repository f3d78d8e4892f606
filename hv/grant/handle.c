/*
 * grant/handle.c - the room for handles. Layer: grant. Lock:
 * table->handle_lock.
 */
#include "grant/handle.h"
#include "mm/alloc.h"

#define DIRECTORY_ORDER 1

_Static_assert(HANDLE_PAGES_MAX * sizeof(void *) == PAGE_SIZE
                                                        << DIRECTORY_ORDER,
               "DIRECTORY_ORDER");
_Static_assert(sizeof(struct grant_mapping) == 32, "grant_mapping");

bool handles_grow(struct grant_table *t)
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

void handles_free(struct grant_table *t)
{
    for (uint32_t i = 0; i < t->handle_pages; i++)
        pages_free(t->handles[i], 0);
    if (t->handles)
        pages_free(t->handles, DIRECTORY_ORDER);
    t->handle_pages = 0;
    t->handles = NULL;
}

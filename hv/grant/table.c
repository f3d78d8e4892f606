/*
 * grant/table.c - a domain's grant table: its pages, birth and death.
 * Layer: grant.
 */
#include "grant/grant_internal.h"
#include "mm/alloc.h"

int grant_add_status(struct domain *d, uint32_t frames)
{
    struct grant_table *t = d->grants;

    while (t->status_frames < STATUS_FRAMES(frames)) {
        void *page = domain_shared_page_alloc(d);

        if (!page)
            return -ENOMEM;
        t->status[t->status_frames++] = page;
    }
    return 0;
}

/* One frame more. Lock held. */
static int grow(struct domain *d)
{
    struct grant_table *t = d->grants;
    void *entries;

    if (t->version == 2 && grant_add_status(d, t->frames + 1))
        return -ENOMEM;
    entries = domain_shared_page_alloc(d);
    if (!entries)
        return -ENOMEM;
    t->entries[t->frames] = entries;
    t->frames++;
    return 0;
}

static int16_t grow_to(struct domain *d, uint32_t frames)
{
    struct grant_table *t = d->grants;

    if (frames > t->max_frames)
        return GNTST_general_error;
    while (t->frames < frames)
        if (grow(d))
            return GNTST_general_error;
    return GNTST_okay;
}

/* The numbers of so many pages, to the guest: a status, or -EFAULT. */
static int list_pages(void *const *pages, uint32_t count, uint64_t list,
                      int16_t *status)
{
    if (!guest_address_is_safe(list))
        return -EFAULT;
    *status = GNTST_okay;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t n = virt_to_mfn(pages[i]).n;

        if (guest_put(list + i * sizeof(n), &n))
            *status = GNTST_bad_virt_addr;
    }
    return 0;
}

uint32_t grant_table_limit(const struct domain *d)
{
    return d->grants->max_frames;
}

int grant_table_frame(struct domain *d, uint64_t index, mfn_t *m)
{
    struct grant_table *t = d->grants;
    int rc = 0;

    if (index >= t->max_frames)
        return -EINVAL;
    spin_lock(&t->lock);
    while (!rc && t->frames <= index)
        rc = grow(d);
    if (!rc)
        *m = virt_to_mfn(t->entries[index]);
    spin_unlock(&t->lock);
    return rc;
}

struct domain *grant_domain_get(domid_t id)
{
    if (id != DOMID_SELF)
        return domain_get(id);
    domain_ref_again(current_domain);
    return current_domain;
}

/* The domain whose table an operation is about: its own or, for dom0, any. */
static struct domain *table_owner(domid_t id, int16_t *status)
{
    int rc = 0;
    struct domain *d = domain_get_target(id, &rc);

    *status = d              ? GNTST_okay
              : rc == -EPERM ? GNTST_permission_denied
                             : GNTST_bad_domain;
    return d;
}

long grant_setup_table(uint64_t arg)
{
    struct gnttab_setup_table op;
    struct domain *d;
    int rc = 0;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = table_owner(op.dom, &op.status);
    if (d) {
        spin_lock(&d->grants->lock);
        op.status = grow_to(d, op.nr_frames);
        spin_unlock(&d->grants->lock);
        /* Frames are added only: the list may be read without the lock. */
        if (op.status == GNTST_okay)
            rc = list_pages(d->grants->entries, op.nr_frames,
                            guest_handle_address(op.frame_list), &op.status);
        domain_put(d);
    }
    return rc ? rc : guest_put(arg, &op);
}

/* A copy of the list, since set_version may end it. */
static uint32_t status_pages(struct grant_table *t, void **pages)
{
    uint32_t n;

    spin_lock(&t->lock);
    n = t->status_frames;
    for (uint32_t i = 0; i < n; i++)
        pages[i] = t->status[i];
    spin_unlock(&t->lock);
    return n;
}

long grant_get_status_frames(uint64_t arg)
{
    struct gnttab_get_status_frames op;
    void *pages[STATUS_FRAMES_MAX];
    struct domain *d;
    int rc = 0;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = table_owner(op.dom, &op.status);
    if (d) {
        if (op.nr_frames > status_pages(d->grants, pages))
            op.status = GNTST_general_error;
        else
            rc = list_pages(pages, op.nr_frames,
                            guest_handle_address(op.frame_list), &op.status);
        domain_put(d);
    }
    return rc ? rc : guest_put(arg, &op);
}

long grant_query_size(uint64_t arg)
{
    struct gnttab_query_size op;
    struct domain *d;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = table_owner(op.dom, &op.status);
    if (d) {
        op.nr_frames = READ_ONCE(d->grants->frames);
        op.max_nr_frames = d->grants->max_frames;
        domain_put(d);
    }
    return guest_put(arg, &op);
}

/* ---- birth and death ---- */

int grant_set_limits(struct domain *d, int32_t frames, int32_t handle_frames,
                     uint32_t max_version)
{
    struct grant_table *t = d->grants;

    if (frames < 0)
        frames = GRANT_FRAMES_DEFAULT;
    if (handle_frames < 0)
        handle_frames = HANDLE_PAGES_MAX;
    if (frames > GRANT_FRAMES_DEFAULT || (uint32_t)frames < t->frames ||
        handle_frames > HANDLE_PAGES_MAX ||
        (uint32_t)handle_frames < t->handle_pages)
        return -EINVAL;
    t->max_version = max_version;
    t->max_frames = (uint32_t)frames;
    t->max_handle_pages = (uint32_t)handle_frames;
    return 0;
}

static int grant_create(struct domain *d)
{
    struct grant_table *t = domain_part_alloc(d, sizeof(*t));

    if (!t)
        return -ENOMEM;
    d->grants = t;
    spin_init(&t->lock, LOCK_GRANT);
    spin_init(&t->handle_lock, LOCK_GRANT);
    t->version = 1;
    t->max_version = 2;
    t->max_frames = GRANT_FRAMES_DEFAULT;
    t->max_handle_pages = HANDLE_PAGES_MAX;
    t->free_handle = HANDLE_NONE;
    return grow(d);
}

static void grant_destroy(struct domain *d)
{
    struct grant_table *t = d->grants;

    if (!t)
        return;
    for (uint32_t i = 0; i < USES_PAGES_MAX; i++)
        pages_free(t->uses[i], 0);
    for (uint32_t i = 0; i < t->frames; i++)
        domain_shared_page_free(t->entries[i]);
    for (uint32_t i = 0; i < t->status_frames; i++)
        domain_shared_page_free(t->status[i]);
    handles_free(t);
    d->grants = NULL;
}

const struct domain_unit grant_unit = {
    .name = "grant",
    .create = grant_create,
    .relinquish = grant_release_mappings,
    .destroy = grant_destroy,
};

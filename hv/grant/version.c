/*
 * grant/version.c - which form a table's entries have. Layer: grant.
 * The first entries, which a toolstack fills in before a guest runs, go over
 * from one to the other; all others must not be in use, and are cleared.
 */
#include "grant/grant_internal.h"
#include "lib/string.h"

static bool is_in_use(struct grant_table *t)
{
    for (uint32_t ref = GRANT_RESERVED; ref < grant_entries(t); ref++)
        if (grant_ref_is_used(t, ref))
            return true;
    return false;
}

static void clear_entries(struct grant_table *t)
{
    for (uint32_t i = 0; i < t->frames; i++)
        memset(t->entries[i], 0, PAGE_SIZE);
}

static int to_v2(struct domain *d)
{
    struct grant_table *t = d->grants;
    struct grant_entry_v1 kept[GRANT_RESERVED];

    if (grant_add_status(d, t->frames))
        return -ENOMEM;
    memcpy(kept, t->entries[0], sizeof(kept));
    clear_entries(t);
    t->version = 2;
    t->changed_version = true;
    for (uint32_t i = 0; i < GRANT_RESERVED; i++)
        grant_entry_to_v2(kept[i], grant_entry_of(t, i), grant_status_of(t, i));
    return 0;
}

/* A status frame that somebody maps cannot be taken back. */
static bool status_is_mapped(const struct grant_table *t)
{
    for (uint32_t i = 0; i < t->status_frames; i++)
        if (domain_shared_page_is_mapped(t->status[i]))
            return true;
    return false;
}

static int to_v1(struct domain *d)
{
    struct grant_table *t = d->grants;
    struct grant_entry_v1 kept[GRANT_RESERVED];

    for (uint32_t i = 0; i < GRANT_RESERVED; i++) {
        union grant_entry_v2 from;

        memcpy(&from, grant_entry_of(t, i), sizeof(from));
        if (!grant_entry_to_v1(from, *grant_status_of(t, i), &kept[i]))
            return -ERANGE;
    }
    if (status_is_mapped(t))
        return -EBUSY;
    /* Who maps one at this very moment keeps it: the page lives until then. */
    while (t->status_frames)
        domain_shared_page_free(t->status[--t->status_frames]);
    clear_entries(t);
    t->version = 1;
    t->changed_version = true;
    memcpy(t->entries[0], kept, sizeof(kept));
    return 0;
}

static int change(struct domain *d, uint32_t version)
{
    struct grant_table *t = d->grants;
    int rc = 0;

    spin_lock(&t->lock);
    if (version != t->version)
        rc = is_in_use(t) ? -EBUSY : version == 2 ? to_v2(d) : to_v1(d);
    spin_unlock(&t->lock);
    return rc;
}

long grant_set_version(uint64_t arg)
{
    struct domain *d = current_domain;
    struct gnttab_set_version op;
    int rc = -EINVAL;

    if (guest_get(&op, arg))
        return -EFAULT;
    if (op.version == 2 && d->grants->max_version == 1)
        rc = -ENOSYS;
    else if (op.version == 1 || op.version == 2)
        rc = change(d, op.version);
    op.version = READ_ONCE(d->grants->version);
    return guest_put(arg, &op) ? -EFAULT : rc;
}

long grant_get_version(uint64_t arg)
{
    struct gnttab_get_version op;
    struct domain *d;
    int rc;

    if (guest_get(&op, arg))
        return -EFAULT;
    d = domain_get_target(op.dom, &rc);
    if (!d)
        return rc;
    op.version = READ_ONCE(d->grants->version);
    domain_put(d);
    return guest_put(arg, &op);
}

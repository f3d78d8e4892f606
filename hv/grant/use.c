/*
 * grant/use.c - uses of a domain's grants, in both versions of its table, and
 * through one grant of another. Layer: grant. Lock: table->lock, one at a time.
 */
#include "grant/grant_internal.h"
#include "mm/alloc.h"

uint32_t grant_entries(const struct grant_table *t)
{
    return t->frames *
           (uint32_t)(t->version == 2 ? V2_PER_FRAME : V1_PER_FRAME);
}

struct grant_use *grant_use_of(struct grant_table *t, uint32_t ref)
{
    struct grant_use *page =
        READ_ONCE(t->uses[index_nospec(ref / USES_PER_PAGE, USES_PAGES_MAX)]);

    return page ? &page[ref % USES_PER_PAGE] : NULL;
}

/* The same for who begins a use; NULL: there is no memory. Lock held. */
static struct grant_use *make_use(struct grant_table *t, uint32_t ref)
{
    struct grant_use **page =
        &t->uses[index_nospec(ref / USES_PER_PAGE, USES_PAGES_MAX)];

    if (!*page)
        __atomic_store_n(page, pages_alloc(0), __ATOMIC_RELEASE);
    return *page ? &(*page)[ref % USES_PER_PAGE] : NULL;
}

void *grant_entry_of(struct grant_table *t, uint32_t ref)
{
    uint32_t per_frame =
        (uint32_t)(t->version == 2 ? V2_PER_FRAME : V1_PER_FRAME);
    uint64_t page = index_nospec(ref / per_frame, t->frames);

    return (char *)t->entries[page] + ref % per_frame * (PAGE_SIZE / per_frame);
}

grant_status_t *grant_status_of(struct grant_table *t, uint32_t ref)
{
    uint64_t page = index_nospec(ref / STATUS_PER_FRAME, t->status_frames);

    return &t->status[page][ref % STATUS_PER_FRAME];
}

/* The entry itself, wherever it leads: *found is what is counted of it, which
 * does not change as long as it is. */
static int16_t get_entry(struct domain *granter, uint32_t ref, domid_t who,
                         unsigned how, const struct grant_use **found)
{
    struct grant_table *t = granter->grants;
    int16_t status = GNTST_bad_gntref;
    struct grant_use *use;
    bool exists;

    spin_lock(&t->lock);
    exists = ref < grant_entries(t);
    use = exists ? make_use(t, ref) : NULL;
    if (exists && !use) {
        status = GNTST_no_space;
    } else if (use) {
        void *entry = grant_entry_of(t, ref);

        status = unlikely(t->version == 2)
                     ? grant_entry_v2_get(entry, grant_status_of(t, ref), use,
                                          who, how)
                     : grant_entry_get(entry, use, who, how);
    }
    spin_unlock(&t->lock);
    *found = use;
    return status;
}

static struct grant_hold hold_of(const struct grant_use *use)
{
    return (struct grant_hold){.frame = mfn(use->frame),
                               .start = use->start,
                               .bytes = use->bytes & ~(uint32_t)USE_PARTIAL};
}

/* The grant that `granter` passes on, which must be no such one itself. */
static int16_t get_through(const struct domain *granter,
                           const struct grant_use *use, unsigned how,
                           struct grant_hold *hold)
{
    struct domain *next =
        use->through == granter->id ? NULL : domain_get(use->through);
    const struct grant_use *target;
    int16_t status;

    if (!next)
        return GNTST_general_error;
    status = get_entry(next, use->frame, granter->id, how, &target);
    if (status == GNTST_okay && target->through != GRANT_DIRECT) {
        grant_put(next, use->frame, how);
        status = GNTST_general_error;
    }
    if (status != GNTST_okay) {
        domain_put(next);
        return status;
    }
    *hold = hold_of(target);
    hold->next = next;
    hold->next_ref = use->frame;
    return GNTST_okay;
}

int16_t grant_get(struct domain *granter, uint32_t ref, domid_t who,
                  unsigned how, struct grant_hold *hold)
{
    const struct grant_use *use;
    int16_t status = get_entry(granter, ref, who, how, &use);

    if (unlikely(status != GNTST_okay))
        return status;
    if (likely(use->through == GRANT_DIRECT)) {
        *hold = hold_of(use);
        return GNTST_okay;
    }
    status = get_through(granter, use, how, hold);
    if (status != GNTST_okay)
        grant_put(granter, ref, how);
    return status;
}

void grant_put(struct domain *granter, uint32_t ref, unsigned how)
{
    struct grant_table *t = granter->grants;

    spin_lock(&t->lock);
    if (unlikely(t->version == 2))
        grant_entry_v2_put(grant_status_of(t, ref), grant_use_of(t, ref), how);
    else
        grant_entry_put(grant_entry_of(t, ref), grant_use_of(t, ref), how);
    spin_unlock(&t->lock);
}

void grant_release(struct domain *granter, uint32_t ref, unsigned how,
                   const struct grant_hold *hold)
{
    if (hold->next) {
        grant_put(hold->next, hold->next_ref, how);
        domain_put(hold->next);
    }
    grant_put(granter, ref, how);
}

mfn_t grant_used_frame(struct domain *granter, uint32_t ref)
{
    return mfn(READ_ONCE(grant_use_of(granter->grants, ref)->frame));
}

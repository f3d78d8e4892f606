/*
 * grant/use.c - uses of a domain's grants, in both versions of its table, and
 * through one grant of another. Layer: grant. Lock: table->lock, one at a time.
 */
#include "grant/use.h"
#include "mm/alloc.h"

uint32_t grant_entries(const struct grant_table *t)
{
    return t->frames *
           (uint32_t)(t->version == 2 ? V2_PER_FRAME : V1_PER_FRAME);
}

/* grant_use_of() for who begins one; NULL: there is no memory. Lock held. */
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
    union grant_entry_v2 *page;

    if (t->version != 2)
        return grant_entry_v1(t, ref);
    page = t->entries[index_nospec(ref / V2_PER_FRAME, t->frames)];
    return &page[ref % V2_PER_FRAME];
}

grant_status_t *grant_status_of(struct grant_table *t, uint32_t ref)
{
    uint64_t page = index_nospec(ref / STATUS_PER_FRAME, t->status_frames);

    return &t->status[page][ref % STATUS_PER_FRAME];
}

uint16_t *grant_marks_now(struct grant_table *t, struct grant_ticket ticket)
{
    for (uint32_t ref = 0; ref < GRANT_RESERVED; ref++)
        if (ticket.use == grant_use_of(t, ref))
            return t->version == 2 ? grant_status_of(t, ref)
                                   : &grant_entry_v1(t, ref)->flags;
    return ticket.marks;
}

/* The entry itself, wherever it leads: what is counted of it does not change as
 * long as it is. */
static int16_t get_entry(struct domain *granter, uint32_t ref, domid_t who,
                         unsigned how, struct grant_ticket *ticket)
{
    struct grant_table *t = granter->grants;
    int16_t status = GNTST_bad_gntref;
    struct grant_use *use = NULL;

    spin_lock(&t->lock);
    if (ref < grant_entries(t)) {
        use = make_use(t, ref);
        status = GNTST_no_space;
    }
    if (likely(use)) {
        void *entry = grant_entry_of(t, ref);

        ticket->use = use;
        ticket->marks = entry; /* flags are first */
        if (likely(t->version == 1)) {
            status = grant_entry_get(entry, use, who, how);
        } else {
            ticket->marks = grant_status_of(t, ref);
            status = grant_entry_v2_get(entry, ticket->marks, use, who, how);
        }
    }
    spin_unlock(&t->lock);
    return status;
}

static void set_hold(struct grant_hold *hold, const struct grant_use *use)
{
    hold->frame = mfn(use->frame);
    hold->start = use->start;
    hold->bytes = use->bytes & ~(uint32_t)USE_PARTIAL;
}

/* The grant that `granter` passes on, which must be no such one itself. */
static int16_t get_through(const struct domain *granter, unsigned how,
                           struct grant_hold *hold)
{
    const struct grant_use *use = hold->ticket.use;
    struct domain *next =
        use->through == granter->id ? NULL : domain_get(use->through);
    int16_t status;

    if (!next)
        return GNTST_general_error;
    status = get_entry(next, use->frame, granter->id, how, &hold->next_ticket);
    if (status == GNTST_okay &&
        hold->next_ticket.use->through != GRANT_DIRECT) {
        grant_put(next, hold->next_ticket, how);
        status = GNTST_general_error;
    }
    if (status != GNTST_okay) {
        domain_put(next);
        return status;
    }
    set_hold(hold, hold->next_ticket.use);
    hold->next = next;
    return GNTST_okay;
}

int16_t grant_get_any(struct domain *granter, uint32_t ref, domid_t who,
                      unsigned how, struct grant_hold *hold)
{
    int16_t status = get_entry(granter, ref, who, how, &hold->ticket);

    if (unlikely(status != GNTST_okay))
        return status;
    hold->next = NULL;
    if (likely(hold->ticket.use->through == GRANT_DIRECT)) {
        set_hold(hold, hold->ticket.use);
        return GNTST_okay;
    }
    status = get_through(granter, how, hold);
    if (status != GNTST_okay)
        grant_put(granter, hold->ticket, how);
    return status;
}

void grant_release_next(unsigned how, const struct grant_hold *hold)
{
    grant_put(hold->next, hold->next_ticket, how);
    domain_put(hold->next);
}

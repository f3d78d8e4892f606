/*
 * grant/visit.c - shows what a domain has mapped to the audit, and to who
 * debugs. Layer: grant.
 */
#include "grant/grant_internal.h"
#include "lib/log.h"

void grant_visit_mappings(const struct domain *d,
                          void (*fn)(void *arg, mfn_t m, uint16_t flags),
                          void *arg)
{
    const struct grant_table *t = d->grants;

    if (!t)
        return;
    for (uint32_t page = 0; page < t->handle_pages; page++)
        for (uint32_t i = 0; i < HANDLES_PER_PAGE; i++) {
            const struct grant_mapping *m = &t->handles[page][i];

            if (m->granter)
                fn(arg, grant_used_frame(m->ticket), m->flags);
        }
}

void grant_print(struct domain *d)
{
    struct grant_table *t = d->grants;

    if (!t)
        return;
    printk(XENLOG_INFO "d%u: version %u, %u frames of %u, maps:\n", d->id,
           t->version, t->frames, t->max_frames);
    spin_lock(&t->handle_lock);
    for (uint32_t page = 0; page < t->handle_pages; page++)
        for (uint32_t i = 0; i < HANDLES_PER_PAGE; i++) {
            const struct grant_mapping *m = &t->handles[page][i];

            if (m->granter)
                printk(XENLOG_INFO "    handle %lu: d%u ref %u flags %#x\n",
                       page * HANDLES_PER_PAGE + i, m->granter->id, m->ref,
                       m->flags);
        }
    spin_unlock(&t->handle_lock);
}

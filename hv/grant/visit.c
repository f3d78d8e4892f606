/*
 * grant/visit.c - shows what a domain has mapped, for the audit. Layer: grant.
 */
#include "grant/grant_internal.h"

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
                fn(arg, grant_used_frame(m->granter, m->ref), m->flags);
        }
}

/*
 * pv/l1tf.h - absent entries that a CPU open to L1TF would follow. Layer: pv.
 * Source: Intel's "L1 Terminal Fault" paper: the L1 cache is looked up by the
 * address in an entry before its present bit is; by 44 bits of it or more.
 */
#ifndef PV_L1TF_H
#define PV_L1TF_H

#include "domain/domain.h"
#include "mm/pte.h"

#define L1TF_ADDR (((1UL << 44) - 1) & PAGE_MASK)

/* May a guest have this absent entry, where RAM ends at `limit`? Pure. */
static inline bool l1tf_entry_is_safe(uint64_t pte, unsigned level,
                                      paddr_t limit)
{
    paddr_t at = pte & L1TF_ADDR;

    /* One for a large page is believed to be that, and rounded down. */
    if (level > 1 && (pte & PTE_PSE))
        return at >= ROUND_UP(limit, 1UL << 30);
    return !at || at >= limit;
}

/* Which domains are checked: once, at boot. */
void l1tf_init(bool dom0, bool domu);
/* Of a domain to come. */
bool l1tf_is_checked(bool privileged);

/* Crashes the domain for such an entry, the caller's own on the way back to it:
 * -EINVAL then, else 0. */
int l1tf_check_entry(struct domain *d, unsigned level, uint64_t pte);
/* The same for a whole table that becomes one. */
int l1tf_check_table(struct domain *d, unsigned level, const uint64_t *table);

/* Exit work of a vcpu that was caught. */
void l1tf_crash(const struct vcpu *v);

/* An absent entry that is to be stored in a table of d. */
static inline int absent_entry_get(struct domain *d, unsigned level,
                                   uint64_t pte)
{
    return likely(!pte || !d->l1tf_checked) ? 0
                                            : l1tf_check_entry(d, level, pte);
}

#endif

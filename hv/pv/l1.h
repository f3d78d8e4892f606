/*
 * pv/l1.h - entries of the current domain's L1 tables, where many follow each
 * other. Layer: pv. The table stays held from one entry to the next, as long as
 * that is in the same one. Another vcpu may take it out of its tables
 * meanwhile: then it is written to in vain, as it may be by an entry a moment
 * too early.
 */
#ifndef PV_L1_H
#define PV_L1_H

#include "pv/hold.h"

struct l1_table {
    uint64_t n;     /* MFN_INVALID_N: none is held */
    vaddr_t region; /* the address it was found for, by its upper bits */
    uint64_t *entries;
};

#define L1_REGION_SHIFT 21
#define L1_NO_REGION    (~0UL) /* no address has these as its upper bits */
#define L1_NO_TABLE     ((struct l1_table){MFN_INVALID_N, L1_NO_REGION, NULL})

/* Holds the table of an address, or this one. False: there is none, or it is no
 * L1 table of the current domain. pv/mmu.c */
bool pv_l1_change(struct l1_table *t, vaddr_t va);
bool pv_l1_change_frame(struct l1_table *t, mfn_t m);
void pv_l1_close(struct l1_table *t);

static inline bool pv_l1_open(struct l1_table *t, vaddr_t va)
{
    return likely(t->region == va >> L1_REGION_SHIFT) || pv_l1_change(t, va);
}

static inline bool pv_l1_open_frame(struct l1_table *t, mfn_t m)
{
    return likely(t->n == m.n) || pv_l1_change_frame(t, m);
}

static inline uint64_t pv_l1_read(const struct l1_table *t, unsigned index)
{
    return READ_ONCE(t->entries[index]);
}

/* In a held table: exchanges an entry for one that maps a page of `owner`'s, or
 * nothing. 0 or -errno. */
static __always_inline int l1_slot_set(struct domain *d, domid_t owner,
                                       uint64_t *slot, uint64_t pte)
{
    int rc = l1_entry_get(d, owner, &pte);

    if (likely(!rc))
        l1_entry_put(__atomic_exchange_n(slot, pte, __ATOMIC_ACQ_REL));
    return rc;
}

/* The same for one that is `expected` still, and a page of d's own. -EAGAIN: it
 * is another one by now. */
static __always_inline int l1_slot_replace(struct domain *d, uint64_t *slot,
                                           uint64_t expected, uint64_t pte)
{
    int rc = l1_entry_get(d, d->id, &pte);

    if (rc)
        return rc;
    if (likely(__atomic_compare_exchange_n(
            slot, &expected, pte, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))) {
        l1_entry_put(expected);
        return 0;
    }
    l1_entry_put(pte);
    return -EAGAIN;
}

static __always_inline int pv_l1_set(const struct l1_table *t, domid_t owner,
                                     unsigned index, uint64_t pte)
{
    return l1_slot_set(current_domain, owner, &t->entries[index], pte);
}

static __always_inline int pv_l1_replace(const struct l1_table *t,
                                         unsigned index, uint64_t expected,
                                         uint64_t pte)
{
    return l1_slot_replace(current_domain, &t->entries[index], expected, pte);
}

#endif

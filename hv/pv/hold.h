/*
 * pv/hold.h - the short ways to references, inline: what every page-table
 * update does. Layer: pv, internal. pv/type.c has the long ways.
 */
#ifndef PV_HOLD_H
#define PV_HOLD_H

#include "pv/entry.h"
#include "pv/l1tf.h"
#include "pv/pv.h"
#include "pv/type.h"

/* One use less, where many are the rule. */
static inline void type_leave(struct frame *f)
{
    uint64_t old = READ_ONCE(f->type);

    do {
        if (unlikely((old & TYPE_COUNT) <= 1)) {
            frame_put_type(frame_mfn(f));
            return;
        }
    } while (unlikely(!__atomic_compare_exchange_n(
        &f->type, &old, old - 1, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)));
}

/*
 * Is it a frame of `owner`'s, of which a use was just taken? Now the owner
 * cannot change any more. He is looked at before as well, so that what somebody
 * asks for in vain is at no time to be seen in another one's frame.
 */
static inline bool joined_rightly(struct frame *f, domid_t owner)
{
    if (likely(frame_owner(f) == owner))
        return true;
    type_leave(f);
    return false;
}

/*
 * One more use of a frame of `owner`'s that is in use as writable now; such a
 * word has no other bits, so one comparison tells. False: it is not, or its
 * count is full; the long way decides.
 */
static inline bool writable_join(struct frame *f, domid_t owner)
{
    uint64_t old = READ_ONCE(f->type);

    if (unlikely(frame_owner(f) != owner))
        return false;
    do {
        if (unlikely(old - (FRAME_WRITABLE | TYPE_VALID) >= TYPE_COUNT_MAX))
            return false;
    } while (unlikely(!__atomic_compare_exchange_n(
        &f->type, &old, old + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)));
    return joined_rightly(f, owner);
}

/* The same for a frame that is in use as a table of this type; it may be pinned
 * as well. */
static inline bool table_join(struct frame *f, domid_t owner, uint64_t type)
{
    uint64_t old = READ_ONCE(f->type);

    if (unlikely(frame_owner(f) != owner))
        return false;
    do {
        if (unlikely((old & (TYPE_MASK | TYPE_VALID)) != (type | TYPE_VALID) ||
                     (uint32_t)old >= TYPE_COUNT_MAX))
            return false;
    } while (unlikely(!__atomic_compare_exchange_n(
        &f->type, &old, old + 1, true, __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)));
    return joined_rightly(f, owner);
}

/* The references of entries that are not plain RAM of the owner's, and errors.
 * pv/table.c */
int l1_entry_get_slow(struct domain *d, domid_t owner, uint64_t pte);

/*
 * Takes what an L1 entry for tables of d refers to and normalises *pte; 0 or
 * -errno. A non-present entry needs nothing. `owner` owns the page it maps.
 */
static __always_inline int l1_entry_get(struct domain *d, domid_t owner,
                                        uint64_t *pte)
{
    uint64_t entry = *pte, n = pte_mfn(entry).n;
    int rc = 0;

    if (!(entry & PTE_P))
        return absent_entry_get(d, 1, entry);
    if (likely(!(entry & ~(PTE_COMMON | PTE_G)) && n < frame_limit)) {
        struct frame *f = &FRAMES[index_nospec(n, frame_limit)];

        if (likely(entry & PTE_RW ? writable_join(f, owner)
                                  : frame_get(f, owner)))
            goto taken;
    }
    rc = l1_entry_get_slow(d, owner, entry);
taken:
    *pte = l1_entry_normalise(entry);
    return rc;
}

static inline void l1_entry_put(uint64_t pte)
{
    uint64_t n = pte_mfn(pte).n;
    struct frame *f = &FRAMES[n];

    if (!(pte & PTE_P) || unlikely(n >= frame_limit) ||
        unlikely(frame_owner(f) >= DOMID_IO))
        return;
    if (likely(pte & PTE_RW))
        type_leave(f);
    else
        frame_put(f);
}

#endif

/*
 * pv/table.c - references held by page-table entries. Layer: pv.
 * Recursion: table_validate -> upper_entry_get -> frame_get_type -> one level
 * down, so never deeper than four.
 */
#include "mm/map.h"
#include "pv/mmu_internal.h"

/* Device memory, or nothing at all: a right instead of a reference. */
static int io_entry_get(struct domain *d, domid_t owner, uint64_t pte)
{
    uint64_t n = pte_mfn(pte).n;

    if (!d->privileged && owner != d->id)
        return -EPERM;
    return range_set_contains(&d->iomem, n, n) ? 0 : -EPERM;
}

static bool frame_is_io(mfn_t m)
{
    return !mfn_is_ram(m) || frame_owner(frame_of(m)) == DOMID_IO;
}

/* A writable mapping's typed reference; the common case inline. */
static int writable_get(domid_t owner, mfn_t m, struct domain *d)
{
    struct frame *f = frame_of(m);
    uint64_t old = READ_ONCE(f->type);

    while (likely((old & (TYPE_MASK | TYPE_VALID)) ==
                      (FRAME_WRITABLE | TYPE_VALID) &&
                  (old & TYPE_COUNT) < TYPE_COUNT_MAX)) {
        if (!__atomic_compare_exchange_n(&f->type, &old, old + 1, true,
                                         __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
            continue;
        if (likely(frame_owner(f) == owner))
            return 0;
        frame_put_type(m);
        return -EINVAL;
    }
    if (likely(owner == d->id))
        return frame_get_type(d, m, FRAME_WRITABLE);
    d = domain_get(owner);
    if (d) {
        int rc = frame_get_type(d, m, FRAME_WRITABLE);

        domain_put(d);
        return rc;
    }
    return -ESRCH;
}

int l1_entry_get(struct domain *d, domid_t owner, uint64_t *pte)
{
    mfn_t m = pte_mfn(*pte);

    if (!(*pte & PTE_P))
        return 0;
    if (unlikely(!l1_entry_is_legal(*pte, d->has_io)))
        return -EINVAL;
    if (unlikely(frame_is_io(m))) {
        int rc = io_entry_get(d, owner, *pte);

        if (rc)
            return rc;
    } else if (*pte & PTE_RW) {
        int rc = writable_get(owner, m, d);

        if (rc)
            return rc;
    } else if (unlikely(!frame_get(frame_of(m), owner))) {
        return -EINVAL;
    }
    *pte = l1_entry_normalise(*pte);
    return 0;
}

void l1_entry_put(uint64_t pte)
{
    mfn_t m = pte_mfn(pte);

    if (!(pte & PTE_P) || unlikely(frame_is_io(m)))
        return;
    if (pte & PTE_RW)
        frame_put_type(m);
    else
        frame_put(frame_of(m));
}

int upper_entry_get(struct domain *d, unsigned level, uint64_t *pte)
{
    int rc;

    if (!(*pte & PTE_P))
        return 0;
    if (unlikely(!upper_entry_is_legal(*pte)))
        return -EINVAL;
    rc = frame_get_type(d, pte_mfn(*pte), type_of_level(level - 1));
    if (!rc)
        *pte = upper_entry_normalise(*pte, level);
    return rc;
}

void upper_entry_put(unsigned level, uint64_t pte)
{
    (void)level;
    if (pte & PTE_P)
        frame_put_type(pte_mfn(pte));
}

static int entry_get(struct domain *d, unsigned level, uint64_t *pte)
{
    return level == 1 ? l1_entry_get(d, d->id, pte)
                      : upper_entry_get(d, level, pte);
}

static void entry_put(unsigned level, uint64_t pte)
{
    if (level == 1)
        l1_entry_put(pte);
    else
        upper_entry_put(level, pte);
}

/* Tables are mostly empty: eight slots at a time. */
static bool group_is_empty(const uint64_t *t)
{
    return !((t[0] | t[1] | t[2] | t[3] | t[4] | t[5] | t[6] | t[7]) & PTE_P);
}

static bool slot_is_ours(unsigned level, unsigned slot)
{
    return level == 4 && slot >= HV_L4_FIRST && slot <= HV_L4_LAST;
}

/* Drops what slots [0, end) refer to. */
static void put_slots(const uint64_t *table, unsigned level, unsigned end)
{
    for (unsigned i = 0; i < end; i++) {
        if (!(i & 7) && group_is_empty(table + i)) {
            i += 7;
            continue;
        }
        if ((table[i] & PTE_P) && !slot_is_ours(level, i))
            entry_put(level, table[i]);
    }
}

static int get_slot(struct domain *d, uint64_t *slot, unsigned level)
{
    uint64_t pte = *slot;
    int rc = entry_get(d, level, &pte);

    if (!rc && pte != *slot)
        *slot = pte;
    return rc;
}

int table_validate(struct domain *d, mfn_t m, unsigned level)
{
    uint64_t *table = frame_map(m);
    int rc = 0;

    if (level == 4)
        map_fill_l4(table, d->perdomain_l3);
    for (unsigned i = 0; i < PTES; i++) {
        if (!(i & 7) && group_is_empty(table + i)) {
            i += 7;
            continue;
        }
        if (!(table[i] & PTE_P) || slot_is_ours(level, i))
            continue;
        rc = get_slot(d, &table[i], level);
        if (unlikely(rc)) {
            put_slots(table, level, i);
            break;
        }
    }
    frame_unmap(table);
    return rc;
}

void table_devalidate(mfn_t m, unsigned level)
{
    uint64_t *table = frame_map(m);

    put_slots(table, level, PTES);
    frame_unmap(table);
}

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

    if (!d->privileged && owner != d->id && owner != DOMID_IO)
        return -EPERM;
    return range_set_contains(&d->iomem, n, n) ? 0 : -EPERM;
}

static bool frame_is_io(mfn_t m)
{
    return !mfn_is_ram(m) || frame_owner(frame_of(m)) == DOMID_IO;
}

/* The first writable use, or one that is refused. */
static int writable_get(struct domain *d, domid_t owner, mfn_t m)
{
    struct domain *other;
    int rc;

    if (likely(owner == d->id))
        return frame_get_type(d, m, FRAME_WRITABLE);
    other = domain_get(owner);
    if (!other)
        return -EINVAL;
    rc = frame_get_type(other, m, FRAME_WRITABLE);
    domain_put(other);
    return rc;
}

/*
 * The first use of an idle frame of `owner` as writable, if it was no table
 * before (so nothing has to be flushed). False: the long way decides.
 */
static bool writable_begin(struct frame *f, domid_t owner)
{
    uint64_t old = READ_ONCE(f->type);

    if ((old & TYPE_MASK) != FRAME_NONE ||
        type_needs_flush(old, FRAME_WRITABLE) || !frame_get(f, owner))
        return false;
    if (likely(__atomic_compare_exchange_n(
            &f->type, &old, FRAME_WRITABLE | TYPE_VALID | 1, false,
            __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)))
        return true;
    frame_put(f);
    return false;
}

/* Whoever writes RAM past the caches can show us what is not in memory: only
 * dom0 may, which is trusted. */
static bool may_choose_cache(const struct domain *d, bool is_io)
{
    return d->privileged || (d->has_io && is_io);
}

int l1_entry_get_slow(struct domain *d, domid_t owner, uint64_t pte)
{
    mfn_t m = pte_mfn(pte);
    struct frame *f = frame_of(mfn_nospec(m));
    bool is_io = frame_is_io(m);

    if (!l1_entry_is_legal(pte, may_choose_cache(d, is_io)))
        return -EINVAL;
    if (is_io)
        return io_entry_get(d, owner, pte);
    /* As what DOMID_XEN has, the M2P may be read by whoever may name that. It
     * stays: no reference is held. */
    if (owner == DOMID_COW && !(pte & PTE_RW) && map_is_m2p(m))
        return 0;
    if (pte & PTE_RW ? writable_begin(f, owner) || !writable_get(d, owner, m)
                     : frame_get(f, owner))
        return 0;
    return -EBUSY;
}

/* A linear entry: it shows its own table, and all below, to whoever may only
 * read. It needs no reference: it goes with the table. */
static bool is_linear(mfn_t table, uint64_t pte)
{
    return pte_mfn(pte).n == table.n;
}

/* One use of the table below, most often of one that is in use already. */
static __always_inline int table_get(struct domain *d, mfn_t m, uint64_t type)
{
    struct frame *f = &FRAMES[index_nospec(m.n, frame_limit)];

    if (likely(mfn_is_ram(m) && table_join(f, d->id, type)))
        return 0;
    return frame_get_type(d, m, type);
}

static __always_inline int present_entry_get(struct domain *d, unsigned level,
                                             mfn_t table, uint64_t *pte)
{
    int rc;

    if (unlikely(!upper_entry_is_legal(*pte)))
        return -EINVAL;
    if (unlikely(is_linear(table, *pte)))
        rc = *pte & PTE_RW ? -EINVAL : 0;
    else
        rc = table_get(d, pte_mfn(*pte), type_of_level(level - 1));
    if (likely(!rc))
        *pte = upper_entry_normalise(*pte, level);
    return rc;
}

int upper_entry_get(struct domain *d, unsigned level, mfn_t table,
                    uint64_t *pte)
{
    return *pte & PTE_P ? present_entry_get(d, level, table, pte)
                        : absent_entry_get(d, level, *pte);
}

static __always_inline void present_entry_put(mfn_t table, uint64_t pte)
{
    if (likely(!is_linear(table, pte)))
        type_leave(frame_of(pte_mfn(pte)));
}

void upper_entry_put(mfn_t table, uint64_t pte)
{
    if (pte & PTE_P)
        present_entry_put(table, pte);
}

/* Tables are mostly empty: so many slots are tested at once. The hypervisor's
 * own slots of an L4 are one such group. */
#define GROUP 16
_Static_assert(HV_L4_FIRST % GROUP == 0, "group");
_Static_assert(HV_L4_LAST - HV_L4_FIRST + 1 == GROUP, "group");

static inline bool group_is_empty(const uint64_t *t)
{
    return !((t[0] | t[1] | t[2] | t[3] | t[4] | t[5] | t[6] | t[7] | t[8] |
              t[9] | t[10] | t[11] | t[12] | t[13] | t[14] | t[15]) &
             PTE_P);
}

/* The first group from t on that is not empty, or `end`. */
static inline uint64_t *skip_empty(uint64_t *t, const uint64_t *end)
{
    while (t < end && group_is_empty(t))
        t += GROUP;
    return t;
}

#define FOR_EACH_GROUP(t, table, end)                                          \
    for (uint64_t *t = skip_empty((table), (end)); t < (end);                  \
         t = skip_empty(t + GROUP, (end)))

static bool is_ours(unsigned level, const uint64_t *table, const uint64_t *t)
{
    return level == 4 && t == table + HV_L4_FIRST;
}

/*
 * Drops what the slots from table to `end` refer to. The loops of each kind
 * differ in what an entry is; they are written out so that L1, where nearly all
 * entries are, has no call for the common one.
 */
static void put_l1_slots(uint64_t *table, const uint64_t *end)
{
    FOR_EACH_GROUP (t, table, end)
        for (const uint64_t *slot = t; slot < t + GROUP && slot < end; slot++)
            l1_entry_put(*slot);
}

static void put_upper_slots(mfn_t m, uint64_t *table, unsigned level,
                            const uint64_t *end)
{
    FOR_EACH_GROUP (t, table, end) {
        if (is_ours(level, table, t))
            continue;
        for (const uint64_t *slot = t; slot < t + GROUP && slot < end; slot++)
            if (*slot & PTE_P)
                present_entry_put(m, *slot);
    }
}

static int get_l1_slot(struct domain *d, uint64_t *slot)
{
    uint64_t pte = *slot;
    int rc;

    if (!(pte & PTE_P))
        return 0;
    rc = l1_entry_get(d, d->id, &pte);
    if (likely(!rc))
        *slot = pte;
    return rc;
}

static int validate_l1(struct domain *d, uint64_t *table)
{
    FOR_EACH_GROUP (t, table, table + PTES)
        for (uint64_t *slot = t; slot < t + GROUP; slot++) {
            int rc = get_l1_slot(d, slot);

            if (unlikely(rc)) {
                put_l1_slots(table, slot);
                return rc;
            }
        }
    return 0;
}

static int get_upper_slot(struct domain *d, mfn_t m, uint64_t *slot,
                          unsigned level)
{
    uint64_t pte = *slot;
    int rc;

    if (!(pte & PTE_P))
        return 0;
    rc = present_entry_get(d, level, m, &pte);
    if (!rc && pte != *slot)
        *slot = pte;
    return rc;
}

static int validate_upper(struct domain *d, mfn_t m, uint64_t *table,
                          unsigned level)
{
    FOR_EACH_GROUP (t, table, table + PTES) {
        if (is_ours(level, table, t))
            continue;
        for (uint64_t *slot = t; slot < t + GROUP; slot++) {
            int rc = get_upper_slot(d, m, slot, level);

            if (rc) {
                put_upper_slots(m, table, level, slot);
                return rc;
            }
        }
    }
    return 0;
}

int table_validate(struct domain *d, mfn_t m, unsigned level)
{
    uint64_t *table = frame_map(m);
    int rc = 0;

    if (level == 4)
        map_fill_l4(table, d->perdomain_l3);
    if (unlikely(d->l1tf_checked))
        rc = l1tf_check_table(d, level, table);
    if (likely(!rc))
        rc = level == 1 ? validate_l1(d, table)
                        : validate_upper(d, m, table, level);
    frame_unmap(table);
    return rc;
}

void table_devalidate(mfn_t m, unsigned level)
{
    uint64_t *table = frame_map(m);

    if (level == 1)
        put_l1_slots(table, table + PTES);
    else
        put_upper_slots(m, table, level, table + PTES);
    frame_unmap(table);
}

/*
 * pv/mmu.c - changes single entries of page tables. Layer: pv.
 * No locks: a table is held (its type cannot end) while an entry changes, the
 * entry is exchanged atomically, and who takes the old entry out drops it.
 */
#include "pv/restart.h"
#include "mm/alloc.h"
#include "pv/l1.h"
#include "pv/mmu_internal.h"

/* Stores an entry that refers to the same page in the same way. Accessed and
 * dirty bits that the CPU sets meanwhile are kept when asked for. */
static inline uint64_t slot_store(uint64_t *slot, uint64_t new, bool keep_ad)
{
    uint64_t old;

    if (!keep_ad)
        return __atomic_exchange_n(slot, new, __ATOMIC_ACQ_REL);
    old = READ_ONCE(*slot);
    while (!__atomic_compare_exchange_n(slot, &old,
                                        new | (old & (PTE_A | PTE_D)), false,
                                        __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
        ;
    return old;
}

/* In a held L1 table: exchanges one entry. */
static __always_inline int l1_update(struct domain *d, domid_t owner,
                                     uint64_t *slot, uint64_t new, bool keep_ad)
{
    int rc = l1_entry_get(d, owner, &new);

    if (unlikely(rc))
        return rc;
    l1_entry_put(slot_store(slot, new, keep_ad));
    return 0;
}

/* By way of a linear entry a table of another level looks like an L1. */
static bool l1_hold(struct domain *d, mfn_t table)
{
    uint64_t type = table_hold(d, table);

    if (unlikely(type && type != FRAME_L1))
        type_leave(frame_of(table));
    return likely(type == FRAME_L1);
}

int pv_update_l1(struct domain *pt_owner, struct domain *page_owner,
                 mfn_t table, unsigned index, uint64_t new_entry)
{
    uint64_t *slot;
    int rc;

    if (!l1_hold(pt_owner, table))
        return -EINVAL;
    slot = (uint64_t *)frame_map(table) + index;
    rc = l1_slot_set(pt_owner, page_owner->id, slot, new_entry);
    frame_unmap(slot);
    type_leave(frame_of(table));
    return rc;
}

int pv_cmpxchg_l1(struct domain *d, mfn_t table, unsigned index,
                  uint64_t expected, uint64_t new_entry)
{
    uint64_t *slot;
    int rc;

    if (!l1_hold(d, table))
        return -EINVAL;
    slot = (uint64_t *)frame_map(table) + index;
    rc = l1_slot_replace(d, slot, expected, new_entry);
    frame_unmap(slot);
    type_leave(frame_of(table));
    return rc;
}

struct mmu_context {
    struct domain *pt_owner;
    struct domain *page_owner;
};

/*
 * The frame that a batch writes to: held as a table or as a writable page until
 * the batch turns to another one, since neighbours usually follow.
 */
struct held_frame {
    uint64_t n; /* MFN_INVALID_N: none */
    uint64_t type;
    uint64_t *map;
};

static void held_release(struct held_frame *h)
{
    if (h->n == MFN_INVALID_N)
        return;
    frame_unmap(h->map);
    type_leave(frame_of(mfn(h->n)));
    h->n = MFN_INVALID_N;
}

static int held_change(struct held_frame *h, struct domain *d, uint64_t n)
{
    uint64_t type;

    held_release(h);
    type = table_hold(d, mfn(n));
    if (!type) {
        int rc = frame_get_type(d, mfn(n), FRAME_WRITABLE);

        if (rc)
            return rc;
        type = FRAME_WRITABLE;
    }
    *h = (struct held_frame){n, type, frame_map(mfn(n))};
    return 0;
}

static int upper_update(struct domain *d, const struct held_frame *h,
                        unsigned index, uint64_t new, bool keep_ad)
{
    unsigned level = level_of_type(h->type);
    uint64_t old;
    int rc;

    if (level == 4 && index >= HV_L4_FIRST && index <= HV_L4_LAST)
        return -EINVAL;
    rc = upper_entry_get(d, level, mfn(h->n), &new);
    if (rc)
        return rc;
    old = slot_store(h->map + index, new, keep_ad);
    if (level == 4)
        pv_isolation_changed(d, mfn(h->n), index);
    upper_entry_put(mfn(h->n), old);
    return 0;
}

static __always_inline int table_update(const struct mmu_context *c,
                                        struct held_frame *h, uint64_t ptr,
                                        uint64_t val, bool keep_ad)
{
    unsigned index = (unsigned)(ptr >> 3) & (PTES - 1);

    if (h->n != ptr >> PAGE_SHIFT) {
        int rc = held_change(h, c->pt_owner, ptr >> PAGE_SHIFT);

        if (unlikely(rc))
            return rc;
    }
    if (likely(h->type == FRAME_L1))
        return l1_update(c->pt_owner, c->page_owner->id, h->map + index, val,
                         keep_ad);
    if (h->type == FRAME_WRITABLE) {
        WRITE_ONCE(h->map[index], val); /* no table, or not yet: plain store */
        return 0;
    }
    if (c->page_owner != c->pt_owner)
        return -EINVAL;
    return upper_update(c->pt_owner, h, index, val, keep_ad);
}

static int machphys_update(struct domain *d, uint64_t ptr, uint64_t pfn)
{
    mfn_t m = paddr_to_mfn(ptr);

    if (!mfn_is_ram(m) || !frame_get(frame_of(mfn_nospec(m)), d->id))
        return -EINVAL;
    M2P[m.n] = pfn;
    frame_put(frame_of(m));
    return 0;
}

static __always_inline int mmu_update_one(const struct mmu_context *c,
                                          struct held_frame *h, uint64_t ptr,
                                          uint64_t val)
{
    unsigned command = ptr & 7;

    ptr &= ~7UL;
    if (likely(!(command & ~(unsigned)MMU_PT_UPDATE_PRESERVE_AD)))
        return table_update(c, h, ptr, val, command);
    if (command == MMU_MACHPHYS_UPDATE)
        return machphys_update(c->page_owner, ptr, val);
    return command == MMU_PT_UPDATE_NO_TRANSLATE
               ? table_update(c, h, ptr, val, false)
               : -ENOSYS;
}

/* Low half of foreigndom: owner of the pages mapped; high half: owner of the
 * tables plus one, or zero for the caller. */
static int context_get(uint32_t foreigndom, struct mmu_context *c)
{
    domid_t page = (domid_t)foreigndom;
    uint32_t table = foreigndom >> 16;
    int rc = 0;

    c->pt_owner =
        domain_get_target(table ? (domid_t)(table - 1) : DOMID_SELF, &rc);
    if (!c->pt_owner)
        return rc;
    c->page_owner = domain_get_foreign(page, &rc);
    if (c->page_owner)
        return 0;
    domain_put(c->pt_owner);
    return rc;
}

static void context_put(struct mmu_context *c)
{
    domain_put(c->page_owner);
    domain_put(c->pt_owner);
}

/* The common case needs no references: the caller's own domain. */
static bool context_is_self(uint32_t foreigndom, struct mmu_context *c)
{
    if (foreigndom != DOMID_SELF)
        return false;
    c->pt_owner = c->page_owner = current_domain;
    return true;
}

#define BATCH 8 /* requests copied in at once */

static int fetch(struct mmu_update *u, uint64_t requests, uint32_t count)
{
    return guest_get_words(u, requests, count * sizeof(*u) / 8);
}

/* A batch that cannot be read to its end is done up to where it can. */
static int fetch_readable(struct mmu_update *u, uint64_t requests,
                          uint32_t *count)
{
    int rc = fetch(u, requests, *count);

    while (unlikely(rc) && *count > 1) {
        --*count;
        rc = fetch(u, requests, *count);
    }
    return rc;
}

/* Single requests are the rule outside of fork and exit. */
static int update_single(const struct mmu_context *c, uint64_t request,
                         uint32_t *done)
{
    struct held_frame h = {.n = MFN_INVALID_N};
    uint64_t ptr, val;
    int rc = guest_get_128(&ptr, &val, request);

    if (likely(!rc))
        rc = mmu_update_one(c, &h, ptr, val);
    *done = !rc;
    held_release(&h);
    return rc;
}

static int update_batch(const struct mmu_context *c, uint64_t requests,
                        uint32_t count, uint32_t *done)
{
    struct held_frame h = {.n = MFN_INVALID_N};
    struct mmu_update u[BATCH];
    int rc = 0;

    while (*done < count) {
        uint32_t n = MIN(count - *done, (uint32_t)BATCH), i;

        rc = fetch_readable(u, requests + *done * sizeof(u[0]), &n);
        for (i = 0; likely(!rc) && i < n; i++)
            rc = mmu_update_one(c, &h, u[i].ptr, u[i].val);
        *done += rc && i ? i - 1 : i;
        if (unlikely(rc))
            break;
        if (unlikely(!(*done & 127)) && *done < count && preempt_point()) {
            rc = -ERESTART;
            break;
        }
    }
    held_release(&h);
    return rc;
}

/* Bit 31 of count: a continuation, `done` then has what is done so far. */
#define MMU_CONTINUED 0x80000000U

static int read_done(uint64_t done_ptr, uint32_t *count, uint32_t *done_before)
{
    *done_before = 0;
    if (likely(!(*count & MMU_CONTINUED)))
        return 0;
    *count &= ~MMU_CONTINUED;
    return done_ptr ? guest_get(done_before, done_ptr) : 0;
}

/* As in Xen, a number that cannot be told is no failure of what was done. */
static long finish(int rc, uint64_t done_ptr, uint32_t done)
{
    bool told = !done_ptr || !guest_put_32(done_ptr, done);

    return rc == -ERESTART && !told ? -EFAULT : rc;
}

long pv_mmu_update(uint64_t requests, uint32_t count, uint64_t done_ptr,
                   uint32_t foreigndom)
{
    struct mmu_context c;
    bool self = context_is_self(foreigndom, &c);
    uint32_t before, done = 0;
    int rc = read_done(done_ptr, &count, &before);

    if (rc)
        return rc;
    if (!self && (rc = context_get(foreigndom, &c)))
        return rc;
    rc = count == 1 ? update_single(&c, requests, &done)
                    : update_batch(&c, requests, count, &done);
    if (!self)
        context_put(&c);
    if (rc == -ERESTART) {
        rc = (int)finish(rc, done_ptr, before + done);
        return rc != -ERESTART
                   ? rc
                   : hypercall_continue(
                         4, (uint64_t[]){requests +
                                             done * sizeof(struct mmu_update),
                                         (count - done) | MMU_CONTINUED,
                                         done_ptr, foreigndom});
    }
    return finish(rc, done_ptr, before + done);
}

/* One level down from the table at *table: false if nothing is below. */
static inline bool walk_step(vaddr_t va, unsigned level, paddr_t *table)
{
    const uint64_t *entries = frame_map(paddr_to_mfn(*table));
    uint64_t entry = READ_ONCE(entries[pte_index(va, level)]);

    frame_unmap(entries);
    *table = entry & PTE_ADDR;
    return likely((entry & PTE_P) && mfn_is_ram(paddr_to_mfn(*table)));
}

bool pv_find_l1(struct vcpu *v, vaddr_t va, mfn_t *table, unsigned *index)
{
    paddr_t t = mfn_to_paddr(mfn(v->kernel_l4));

    if (unlikely(!addr_is_guest(va)) || !walk_step(va, 4, &t) ||
        !walk_step(va, 3, &t) || !walk_step(va, 2, &t))
        return false;
    *table = paddr_to_mfn(t);
    *index = pte_index(va, 1);
    return true;
}

void pv_l1_close(struct l1_table *t)
{
    if (t->n == MFN_INVALID_N)
        return;
    frame_unmap(t->entries);
    type_leave(frame_of(mfn(t->n)));
    *t = L1_NO_TABLE;
}

bool pv_l1_change_frame(struct l1_table *t, mfn_t m)
{
    pv_l1_close(t);
    if (!mfn_is_ram(m) || !l1_hold(current_domain, m))
        return false;
    t->n = m.n;
    t->entries = frame_map(m);
    return true;
}

bool pv_l1_change(struct l1_table *t, vaddr_t va)
{
    unsigned index;
    mfn_t m;

    if (!pv_find_l1(current, va, &m, &index) || !pv_l1_change_frame(t, m))
        return false;
    t->region = va >> L1_REGION_SHIFT;
    return true;
}

/* Bits above the type: 0 this vcpu, UVMF_ALL all, else a bitmap's address. */
static long flush_after_va(const struct domain *d, vaddr_t va, uint64_t flags)
{
    uint64_t type = flags & UVMF_FLUSHTYPE_MASK, who = flags & ~type;
    cpu_mask_t cpus_flushed = cpu_bit(this_cpu());
    uint32_t vcpus = ~0U;

    if (!type)
        return 0;
    if (who & ~UVMF_ALL && pv_read_vcpu_mask(d, who, &vcpus))
        return -EFAULT;
    if (who)
        cpus_flushed = pv_cpus_of(d, vcpus);
    if (type == UVMF_TLB_FLUSH)
        tlb_flush_cpus(cpus_flushed);
    else if (type == UVMF_INVLPG)
        pv_flush_page(cpus_flushed, va);
    return 0;
}

long pv_update_va_mapping(vaddr_t va, uint64_t entry, uint64_t flags,
                          domid_t foreigndom)
{
    struct vcpu *v = current;
    struct domain *d = v->domain;
    unsigned index;
    mfn_t table;
    int rc;

    if (!pv_find_l1(v, va, &table, &index))
        return -EINVAL;
    if (foreigndom == DOMID_SELF) {
        rc = pv_update_l1(d, d, table, index, entry);
    } else {
        struct domain *owner = domain_get_foreign(foreigndom, &rc);

        if (!owner)
            return rc;
        rc = pv_update_l1(d, owner, table, index, entry);
        domain_put(owner);
    }
    return rc ? rc : flush_after_va(d, va, flags);
}

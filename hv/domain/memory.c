/*
 * domain/memory.c - frames of domains, and the per-domain area. Layer: domain.
 */
#include "abi/errno.h"
#include "domain/domain_internal.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/pte.h"
#include "mm/tlb.h"

#define TABLE_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A)

static uint64_t owner_bits(const struct domain *d)
{
    return (uint64_t)d->id << REF_OWNER_SHIFT;
}

uint64_t domain_claims;
static struct spinlock claims_lock = SPINLOCK_INIT(LOCK_LEAF);

bool domain_claims_allow(const struct domain *d, uint64_t count)
{
    uint64_t claims = READ_ONCE(domain_claims);

    return !claims || READ_ONCE(d->claim) >= count ||
           claims + count <= frames_free_count();
}

static int claim(struct domain *d, uint64_t pages)
{
    uint64_t more = pages - d->pages;

    if (d->claim || pages <= d->pages || pages > d->max_pages)
        return -EINVAL;
    if (domain_claims + more > frames_free_count())
        return -ENOMEM;
    d->claim = more;
    domain_claims += more;
    return 0;
}

static void unclaim(struct domain *d, uint64_t count)
{
    count = MIN(count, d->claim);
    d->claim -= count;
    domain_claims -= count;
}

int domain_claim_pages(struct domain *d, uint64_t pages)
{
    int rc = 0;

    spin_lock(&claims_lock);
    if (!pages)
        unclaim(d, d->claim);
    else if (d->dying)
        rc = -EINVAL;
    else
        rc = claim(d, pages);
    spin_unlock(&claims_lock);
    return rc;
}

static void expect_locked(struct domain *d, mfn_t first, unsigned order)
{
    d->first_frame = MIN(d->first_frame, first.n);
    d->frames_end = MAX(d->frames_end, first.n + (1UL << order));
}

void domain_expect_frames(struct domain *d, mfn_t first, unsigned order)
{
    spin_lock(&d->lock);
    expect_locked(d, first, order);
    spin_unlock(&d->lock);
}

/* The records become the domain's before the lock goes: so whoever takes all
 * frames from a domain that is dying finds them. */
int domain_assign_frames(struct domain *d, mfn_t first, unsigned order)
{
    uint64_t count = 1UL << order;
    int rc = -E2BIG;

    spin_lock(&d->lock);
    if (!d->dying && d->pages <= d->max_pages &&
        d->max_pages - d->pages >= count) {
        if (!d->pages)
            __atomic_add_fetch(&d->refs, 1, __ATOMIC_RELAXED);
        d->pages += count;
        expect_locked(d, first, order);
        for (uint64_t i = 0; i < count; i++)
            __atomic_store_n(&frame_of(mfn_add(first, i))->ref,
                             owner_bits(d) | REF_ALLOCATED | 1,
                             __ATOMIC_RELEASE);
        rc = 0;
    }
    spin_unlock(&d->lock);
    if (!rc && unlikely(READ_ONCE(d->claim))) {
        spin_lock(&claims_lock);
        unclaim(d, count);
        spin_unlock(&claims_lock);
    }
    return rc;
}

bool domain_drop_frame(struct domain *d, mfn_t m)
{
    struct frame *f = frame_of(mfn_nospec(m));
    bool was_allocated;

    if (!mfn_is_ram(m) || !frame_get(f, d->id))
        return false;
    was_allocated =
        __atomic_fetch_and(&f->ref, ~REF_ALLOCATED, __ATOMIC_ACQ_REL) &
        REF_ALLOCATED;
    if (was_allocated)
        frame_put(f);
    frame_put(f);
    return was_allocated;
}

bool domain_take_frame(const struct domain *d, mfn_t m)
{
    uint64_t alone = owner_bits(d) | REF_ALLOCATED | 1;

    return __atomic_compare_exchange_n(
        &frame_of(m)->ref, &alone, (uint64_t)DOMID_XEN << REF_OWNER_SHIFT | 1,
        false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/* So many frames are not counted as the domain's any more. */
static void uncount(struct domain *d, uint64_t count)
{
    bool last;

    spin_lock(&d->lock);
    d->pages -= count;
    last = !d->pages;
    spin_unlock(&d->lock);
    if (last)
        domain_put(d);
}

uint64_t domain_drop_frames(struct domain *d, mfn_t first, uint64_t count)
{
    uint64_t n = 0;

    while (n < count && domain_take_frame(d, mfn_add(first, n)))
        M2P[first.n + n++] = M2P_INVALID;
    if (n) {
        frames_free_run(first, n);
        uncount(d, n);
    }
    return n;
}

/* The last reference to a frame of a domain was dropped. A shared page has kept
 * the domain's number; all others together are a user of the domain. */
void domain_frame_released(struct frame *f, domid_t owner)
{
    struct domain *d = domain_find(owner);

    M2P[frame_mfn(f).n] = M2P_INVALID;
    if (f->ref & REF_SHARED)
        domain_release(d);
    else
        uncount(d, 1);
    domain_release(d);
}

/* Writable for good: one typed use that never ends keeps it from being a table.
 */
void *domain_shared_page_alloc(struct domain *d)
{
    void *page = pages_alloc(0);
    struct frame *f;

    if (!page)
        return NULL;
    f = frame_of(virt_to_mfn(page));
    f->type = FRAME_WRITABLE | TYPE_VALID | 1;
    f->ref = owner_bits(d) | REF_SHARED | 1;
    M2P[virt_to_mfn(page).n] = M2P_INVALID;
    __atomic_add_fetch(&d->holds, 1, __ATOMIC_RELAXED);
    return page;
}

/* Ends our use of it; others may still map it. Who owns it may even make it
 * something else then, but not while a CPU can write it. */
void domain_shared_page_free(void *page)
{
    struct frame *f;
    uint64_t old, new;

    if (!page)
        return;
    f = frame_of(virt_to_mfn(page));
    __atomic_or_fetch(&f->ref, REF_LEFT, __ATOMIC_RELAXED);
    old = READ_ONCE(f->type);
    do {
        new = (old & TYPE_COUNT) > 1 ? old - 1 : type_idle(old, tlb_stamp());
    } while (!__atomic_compare_exchange_n(&f->type, &old, new, false,
                                          __ATOMIC_ACQ_REL, __ATOMIC_RELAXED));
    if (!(new &TYPE_MASK))
        frame_put(f);
}

bool domain_shared_page_is_mapped(const void *page)
{
    const struct frame *f = frame_of(virt_to_mfn(page));

    return (READ_ONCE(f->type) & TYPE_COUNT) > 1 ||
           (READ_ONCE(f->ref) & REF_COUNT) > 1;
}

static uint64_t *table_below(uint64_t *entry)
{
    if (!(*entry & PTE_P)) {
        void *table = pages_alloc(0);

        if (!table)
            return NULL;
        *entry = pte_make(virt_to_mfn(table), TABLE_FLAGS);
    }
    return mfn_to_virt(pte_mfn(*entry));
}

static vaddr_t window(const struct vcpu *v)
{
    return PERDOMAIN_START + v->id * (vaddr_t)VCPU_WINDOW;
}

vaddr_t perdomain_gdt_base(const struct vcpu *v)
{
    return window(v);
}

static uint64_t *window_entry(struct vcpu *v, unsigned page)
{
    vaddr_t va = window(v) + page * PAGE_SIZE;
    uint64_t *l2 = table_below(&v->domain->perdomain_l3[pte_index(va, 3)]);
    uint64_t *l1 = l2 ? table_below(&l2[pte_index(va, 2)]) : NULL;

    return l1 ? &l1[pte_index(va, 1)] : NULL;
}

int perdomain_create_vcpu(struct vcpu *v)
{
    return window_entry(v, 0) ? 0 : -ENOMEM;
}

void perdomain_set_entry(struct vcpu *v, unsigned page, uint64_t pte)
{
    *window_entry(v, page) = pte;
    if (v == current)
        tlb_invalidate(window(v) + page * PAGE_SIZE);
}

/* The window's lower tables; what their last level maps is not ours. */
static void free_tables(uint64_t *table, unsigned level)
{
    for (unsigned i = 0; level > 1 && i < PTES; i++)
        if (table[i] & PTE_P)
            free_tables(mfn_to_virt(pte_mfn(table[i])), level - 1);
    pages_free(table, 0);
}

void perdomain_free(struct domain *d)
{
    if (d->perdomain_l3)
        free_tables(d->perdomain_l3, 3);
}

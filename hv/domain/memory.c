/*
 * domain/memory.c - frames of domains, and the per-domain area. Layer: domain.
 */
#include "abi/errno.h"
#include "domain/domain_internal.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/pte.h"

#define TABLE_FLAGS (PTE_P | PTE_RW | PTE_US | PTE_A)

static uint64_t owner_bits(const struct domain *d)
{
    return (uint64_t)d->id << REF_OWNER_SHIFT;
}

int domain_assign_frame(struct domain *d, mfn_t m)
{
    spin_lock(&d->lock);
    if (d->dying || d->pages >= d->max_pages) {
        spin_unlock(&d->lock);
        return -E2BIG;
    }
    d->pages++;
    spin_unlock(&d->lock);
    __atomic_store_n(&frame_of(m)->ref, owner_bits(d) | REF_ALLOCATED | 1,
                     __ATOMIC_RELEASE);
    return 0;
}

/* The last reference to a frame of a domain was dropped. */
void domain_frame_released(struct frame *f, domid_t owner)
{
    struct domain *d = domain_get(owner);

    M2P[frame_mfn(f).n] = M2P_INVALID;
    if (!d)
        return;
    spin_lock(&d->lock);
    d->pages--;
    spin_unlock(&d->lock);
    domain_put(d);
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
    return page;
}

void domain_shared_page_free(void *page)
{
    struct frame *f;

    if (!page)
        return;
    f = frame_of(virt_to_mfn(page));
    /* Its guest may have given it a pfn. */
    M2P[virt_to_mfn(page).n] = M2P_INVALID;
    f->type = FRAME_NONE;
    f->ref = (uint64_t)DOMID_XEN << REF_OWNER_SHIFT | 1;
    pages_free(page, 0);
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
        invlpg(window(v) + page * PAGE_SIZE);
}

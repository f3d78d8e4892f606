/*
 * pv/mmu_internal.h - entries of page tables: legal, referenced, normalised.
 * Layer: pv, internal.
 */
#ifndef PV_MMU_INTERNAL_H
#define PV_MMU_INTERNAL_H

#include "mm/pte.h"
#include "mm/tlb.h"
#include "pv/hold.h"
#include "pv/isolation.h"

/* The same as l1_entry_get() and _put() for the levels above, in `table`. */
int upper_entry_get(struct domain *d, unsigned level, mfn_t table,
                    uint64_t *pte);
void upper_entry_put(mfn_t table, uint64_t pte);

/* Checks and references a whole table: 0, or -errno with nothing held. */
int table_validate(struct domain *d, mfn_t m, unsigned level);
void table_devalidate(mfn_t m, unsigned level);

static inline uint64_t type_of_level(unsigned level)
{
    return (uint64_t)level << 60;
}

static inline unsigned level_of_type(uint64_t word)
{
    return (unsigned)((word & TYPE_MASK) >> 60);
}

/* The CPUs that have the state of these vcpus, as bits: where translations of
 * theirs may be cached. */
cpu_mask_t pv_cpus_of(const struct domain *d, uint32_t vcpus);
/* On these CPUs, what is cached of a guest's page. */
static inline void pv_flush_page(cpu_mask_t mask, vaddr_t va)
{
    if (unlikely(!addr_is_guest(va)))
        return;
    if (likely(mask == cpu_bit(this_cpu())))
        tlb_invalidate(va);
    else
        tlb_flush_page(mask, va);
}
/* A guest's bitmap of its vcpus; 0 or -EFAULT. */
int pv_read_vcpu_mask(const struct domain *d, uint64_t address,
                      uint32_t *vcpus);

/*
 * Keeps an in-use table from losing its type: joins its present type (any of
 * L1-L4, returned) if d owns it. 0: it is no table now.
 */
uint64_t table_hold(struct domain *d, mfn_t m);

/* Ends a frame's pin; false: it had none. */
bool pv_unpin(mfn_t m);

#endif

/*
 * pv/isolation.c - keeps the L4s that isolated vcpus run on. Layer: pv.
 * Lock: shadow_lock. Whoever changes an L4 or a base pointer does it first, and
 * copies then, under the lock: so what was copied last is what is there.
 */
#include "pv/isolation.h"
#include "cpu/spinlock.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "mm/map.h"
#include "mm/tlb.h"

static struct spinlock shadow_lock = SPINLOCK_INIT(LOCK_LEAF);
static bool isolate_dom0, isolate_domu;

void pv_isolate(bool on_dom0, bool on_domu)
{
    isolate_dom0 = on_dom0;
    isolate_domu = on_domu;
}

static uint64_t *shadow_make(const struct domain *d, bool kernel)
{
    unsigned m2p = pte_index(M2P_RO_START, 4);
    unsigned perdomain = pte_index(PERDOMAIN_START, 4);
    uint64_t *l4 = pages_alloc(0);

    if (!l4)
        return NULL;
    l4[perdomain] = pte_make(virt_to_mfn(d->perdomain_l3), HV_L4_FLAGS);
    if (kernel)
        l4[m2p] = hv_l4[m2p];
    return l4;
}

int pv_isolation_init_vcpu(struct vcpu *v)
{
    const struct domain *d = v->domain;

    if (!isolation_enabled || !(d->privileged ? isolate_dom0 : isolate_domu))
        return 0;
    for (unsigned kernel = 0; kernel < 2; kernel++) {
        v->shadow[kernel] = shadow_make(d, kernel);
        if (!v->shadow[kernel])
            return -ENOMEM;
    }
    v->entry.user_exit_cr3 =
        isolation_cr3(virt_to_paddr(v->shadow[0]), false, isolation_pcid);
    v->entry.kernel_exit_cr3 =
        isolation_cr3(virt_to_paddr(v->shadow[1]), true, isolation_pcid);
    return 0;
}

void pv_isolation_free_vcpu(struct vcpu *v)
{
    for (unsigned kernel = 0; kernel < 2; kernel++) {
        if (v->shadow[kernel])
            pages_free(v->shadow[kernel], 0);
        v->shadow[kernel] = NULL;
    }
}

static uint64_t l4_of(const struct vcpu *v, bool kernel)
{
    return kernel ? v->kernel_l4 : v->user_l4;
}

/* What the shadow has for an entry of the L4. A linear entry shows the shadow:
 * by the L4 itself one would come to all that it has of ours. */
static uint64_t shadow_entry(const uint64_t *shadow, uint64_t n, uint64_t entry)
{
    if ((entry & PTE_P) && pte_mfn(entry).n == n)
        return (entry & ~PTE_ADDR) | virt_to_paddr(shadow);
    return entry;
}

#define GROUP 8 /* L4s are mostly empty: so many slots are tested at once */

static bool group_is_empty(const uint64_t *t)
{
    return !((t[0] | t[1] | t[2] | t[3] | t[4] | t[5] | t[6] | t[7]) & PTE_P);
}

/* Slots [first, end). */
static void copy_slots(uint64_t *to, uint64_t n, unsigned first, unsigned end)
{
    const uint64_t *from = frame_map(mfn(n));

    memcpy(to + first, from + first, (end - first) * sizeof(*to));
    frame_unmap(from);
    for (unsigned i = first; i < end; i += GROUP) {
        if (group_is_empty(to + i))
            continue;
        for (unsigned j = i; j < i + GROUP; j++)
            to[j] = shadow_entry(to, n, to[j]);
    }
}

static void copy_l4(uint64_t *to, uint64_t n)
{
    copy_slots(to, n, 0, HV_L4_FIRST);
    copy_slots(to, n, HV_L4_LAST + 1, PTES);
}

void pv_isolation_new_l4_slow(struct vcpu *v, bool kernel)
{
    if (!v->shadow[kernel]) {
        v->entry.kernel_exit_cr3 = v->entry.kernel_cr3;
        v->entry.user_exit_cr3 = v->entry.user_cr3;
        return;
    }
    spin_lock(&shadow_lock);
    if (l4_of(v, kernel))
        copy_l4(v->shadow[kernel], l4_of(v, kernel));
    spin_unlock(&shadow_lock);
    /* The value of CR3 stays, and with a PCID what is cached. */
    if (isolation_pcid && v == current)
        tlb_flush_local();
}

void pv_isolation_set_cpu_slow(struct vcpu *v, const struct cpu *cpu)
{
    for (unsigned kernel = 0; kernel < 2; kernel++)
        if (v->shadow[kernel])
            isolation_fill_l4(v->shadow[kernel], cpu);
}

static void copy_slot(struct vcpu *v, mfn_t l4, unsigned index, uint64_t entry)
{
    for (unsigned kernel = 0; kernel < 2; kernel++)
        if (v->shadow[kernel] && l4_of(v, kernel) == l4.n)
            WRITE_ONCE(v->shadow[kernel][index],
                       shadow_entry(v->shadow[kernel], l4.n, entry));
}

void pv_isolation_changed_slow(struct domain *d, mfn_t l4, unsigned index)
{
    const uint64_t *from = frame_map(l4);

    spin_lock(&shadow_lock);
    for (uint32_t i = 0; i < d->vcpu_count; i++)
        if (d->vcpu[i])
            copy_slot(d->vcpu[i], l4, index, READ_ONCE(from[index]));
    spin_unlock(&shadow_lock);
    frame_unmap(from);
}

/*
 * pv/isolation.h - the L4s that isolated vcpus run on. Layer: pv.
 *
 * A vcpu has two shadows of L4s: of the kernel's and of the user's. The guest's
 * slots are copied when a base pointer changes, and one by one when an L4 in
 * use does; of ours they have what its CPU shows (mm/isolation.h), the
 * per-domain area, and for the kernel the M2P. Lock: shadow_lock, a leaf.
 */
#ifndef PV_ISOLATION_H
#define PV_ISOLATION_H

#include "domain/domain.h"
#include "mm/isolation.h"

/* Which domains are isolated: once, at boot. */
void pv_isolate(bool on_dom0, bool on_domu);

/* At a vcpu's birth: 0 or -ENOMEM; at its death. */
int pv_isolation_init_vcpu(struct vcpu *v);
void pv_isolation_free_vcpu(struct vcpu *v);

void pv_isolation_new_l4_slow(struct vcpu *v, bool kernel);
void pv_isolation_set_cpu_slow(struct vcpu *v, const struct cpu *cpu);
void pv_isolation_changed_slow(struct domain *d, mfn_t l4, unsigned index);

/* A base pointer of v changed. Before the old L4 is dropped. */
static inline void pv_isolation_new_l4(struct vcpu *v, bool kernel)
{
    if (unlikely(isolation_enabled))
        pv_isolation_new_l4_slow(v, kernel);
}

/* v is about to run on this CPU. */
static inline void pv_isolation_set_cpu(struct vcpu *v, const struct cpu *cpu)
{
    if (unlikely(isolation_enabled))
        pv_isolation_set_cpu_slow(v, cpu);
}

/* A slot of an L4 changed. Before what it referred to is dropped. */
static inline void pv_isolation_changed(struct domain *d, mfn_t l4,
                                        unsigned index)
{
    if (unlikely(isolation_enabled))
        pv_isolation_changed_slow(d, l4, index);
}

#endif

/*
 * pv/cpuid.h - CPUID as a domain sees it. Layer: pv.
 */
#ifndef PV_CPUID_H
#define PV_CPUID_H

#include "cpu/asm.h"
#include "cpu/xstate.h"
#include "lib/types.h"

/* What a leaf depends on beside the host's own value. */
struct cpuid_view {
    const struct xstate_layout *xstate;
    uint64_t xcr0; /* the guest's */
    uint32_t vcpu_id;
    uint32_t tsc_khz;
    uint8_t address_bits; /* of the machine's highest frame */
    bool invariant_tsc;   /* may be told of */
    bool intel;           /* the vendor, whose guests have sysenter */
    bool amd;             /* and AMD's, whose extended leaf repeats leaf 1 */
    bool osxsave;         /* is CR4.OSXSAVE on, as the asker is to see it */
    bool rdtscp;
    bool tsc_stable; /* may be taken for a clock */
};

/* The leaf as the guest gets it, from the host's. Pure: cpuid_policy.c. */
struct cpuid_regs cpuid_filter(const struct cpuid_view *view, uint32_t leaf,
                               uint32_t subleaf, struct cpuid_regs host);

struct cpu_policy;
struct domain;
struct xen_cpuid_leaf;

/* XEN_SYSCTL_cpu_policy_*; NULL: of HVM guests, which there are none of. */
const struct cpu_policy *cpuid_system_policy(unsigned index);
/* At a domain's birth and death. */
void cpuid_init_domain(struct domain *d);
void cpuid_free_domain(struct domain *d);
/* A copy to change, then to set or to free; NULL: no memory. */
struct cpu_policy *cpuid_copy_policy(const struct domain *d);
void cpuid_free_policy(struct cpu_policy *p);
/* Takes the copy as the policy of a domain that never ran: 0, or -EINVAL with
 * the *leaf that has too much. */
int cpuid_set_policy(struct domain *d, struct cpu_policy *p,
                     struct xen_cpuid_leaf *leaf);
/* What of XCR0 the domain may set. */
uint64_t cpuid_xcr0(const struct domain *d);

/* At boot: what does not change. Then, whether TSC_AUX exists. */
void cpuid_init(void);
/* On each other CPU. */
void cpuid_init_cpu(void);
/* Is a guest's own CPUID a #GP? */
bool cpuid_faults(void);
bool cpuid_has_tsc_aux(void);
bool cpuid_has_fsgsbase(void);

#endif

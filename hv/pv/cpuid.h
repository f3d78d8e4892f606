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
    bool privileged;
    bool intel;   /* the vendor, whose guests have sysenter */
    bool amd;     /* and AMD's, whose extended leaf repeats leaf 1 */
    bool osxsave; /* is CR4.OSXSAVE on, as the asker is to see it */
    bool rdtscp;
    bool tsc_stable; /* may be taken for a clock */
};

/* The leaf as the guest gets it, from the host's. Pure: cpuid_policy.c. */
struct cpuid_regs cpuid_filter(const struct cpuid_view *view, uint32_t leaf,
                               uint32_t subleaf, struct cpuid_regs host);

/* At boot: what does not change. Then, whether TSC_AUX exists. */
void cpuid_init(void);
bool cpuid_has_tsc_aux(void);
bool cpuid_has_fsgsbase(void);

#endif

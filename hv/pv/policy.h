/*
 * pv/policy.h - a domain's CPUID as the toolstack gives and takes it. Layer:
 * pv. Pure. Source: Xen's public xen.h (xen_cpuid_leaf_t), cpufeatureset.h.
 *
 * Its leaves stand in the order in which the toolstack gets them; those that
 * are not shown (their number is behind the last) are zero.
 */
#ifndef PV_POLICY_H
#define PV_POLICY_H

#include "abi/xen.h"
#include "pv/cpuid.h"

#define POLICY_SLOTS      65
#define POLICY_LEAVES_MAX 120 /* as many as Xen's may have */
#define POLICY_WORDS      19  /* of a feature set */

struct cpu_policy {
    struct cpuid_regs slot[POLICY_SLOTS];
};

/* Leaf and subleaf of a slot, and its value. */
struct xen_cpuid_leaf policy_leaf(const struct cpu_policy *p, unsigned slot);
/* Is it one that is there? */
bool policy_shows(const struct cpu_policy *p, unsigned slot);
/* What a guest finds, before cpuid_filter(); false: nothing, zeros. */
bool policy_find(const struct cpu_policy *p, uint32_t leaf, uint32_t subleaf,
                 struct cpuid_regs *r);
/* Word n of Xen's feature set: n < POLICY_WORDS. */
uint32_t policy_word(const struct cpu_policy *p, unsigned n);
/* What of the machine's components of XCR0 it has. */
uint64_t policy_xcr0(const struct cpu_policy *p, uint64_t machine);

/* Takes one leaf over: 0, or -ERANGE: there is no such leaf. */
int policy_merge(struct cpu_policy *p, const struct xen_cpuid_leaf *leaf);
/* 0, or -EINVAL and in *leaf the one that has more leaves than max. */
int policy_check(const struct cpu_policy *p, const struct cpu_policy *max,
                 struct xen_cpuid_leaf *leaf);
/* Makes it one that a guest of the view can have: no feature that is not in
 * max. The view has the machine's components. */
void policy_restrict(struct cpu_policy *p, const struct cpu_policy *max,
                     const struct cpuid_view *view);
/* More leaves than the machine's, and what says how to read the topology: a
 * domain of another machine may bring them. As in Xen, which makes some of what
 * is in AMD's last. */
void policy_widen(struct cpu_policy *p, const struct cpuid_view *view);
/* The last of the hypervisor's own leaves. */
uint32_t policy_last_xen_leaf(const struct cpu_policy *p);

#endif

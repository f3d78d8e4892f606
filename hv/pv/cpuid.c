/*
 * pv/cpuid.c - the policies of this machine and of domains, and what CPUID says
 * by them. Layer: pv. A domain's policy changes only before it first runs, by
 * domctl, which is one at a time.
 */
#include "pv/policy.h"

#include "abi/toolstack.h"
#include "cpu/fpu.h"
#include "lib/option.h"
#include "lib/string.h"
#include "mm/alloc.h"
#include "pv/pv.h"

#include <xen/arch-x86/cpuid.h>

#define VENDOR_INTEL 0x756e6547 /* "Genu" */
#define VENDOR_AMD   0x68747541 /* "Auth" */
#define VENDOR_HYGON 0x6f677948 /* "Hygo" */

#define LEAF7C_RDPID    (1U << 22)
#define LEAF7B_FSGSBASE (1U << 0)
#define EXT1D_RDTSCP    (1U << 27)
#define EXT21A_USER_DIS (1U << 17)

#define MSR_PLATFORM_INFO      0x000000ceU
#define PLATFORM_INFO_FAULTING (1UL << 31)
#define MSR_MISC_FEATURES      0x00000140U
#define MISC_FEATURES_FAULTING (1UL << 0)
#define MSR_HWCR               0xc0010015U
#define HWCR_CPUID_USER_DIS    (1UL << 35)

static bool is_xen_leaf(uint32_t leaf)
{
    return leaf >= XEN_CPUID_FIRST_LEAF && leaf < 0x80000000;
}

/* The parts of a view that are the same for every vcpu. */
static struct cpuid_view machine;
static bool have_tsc_aux, have_fsgsbase;

/* What the CPU says; the most a domain may have; what domains and dom0 have
 * unless they are given another. */
static struct cpu_policy host, most, usual, initial;

static uint32_t own_subleaf(uint32_t subleaf)
{
    return subleaf == XEN_CPUID_NO_SUBLEAF ? 0 : subleaf;
}

static void __init make_policies(void)
{
    struct cpuid_view view = machine;

    for (unsigned i = 0; i < POLICY_SLOTS; i++) {
        struct xen_cpuid_leaf l = policy_leaf(&host, i);

        if (policy_shows(&host, i) && !is_xen_leaf(l.leaf))
            host.slot[i] = cpuid(l.leaf, own_subleaf(l.subleaf));
    }
    most = usual = initial = host;
    policy_restrict(&usual, &host, &view);
    view.invariant_tsc = true;
    policy_restrict(&initial, &host, &view);
    policy_restrict(&most, &host, &view);
    policy_widen(&most, &view);
}

static bool opt_cpuid_faulting __initdata = true;
OPTION_DEFINE_BOOL("cpuid-faulting", opt_cpuid_faulting);

/* What makes CPUID fault in ring 3, so that user mode too is told what the
 * policy says; 0: nothing does. */
static uint32_t fault_msr;
static uint64_t fault_bit;

static void __init find_faulting(void)
{
    uint64_t info;

    if (!opt_cpuid_faulting)
        return;
    if (machine.intel && !rdmsr_safe(MSR_PLATFORM_INFO, &info) &&
        info & PLATFORM_INFO_FAULTING) {
        fault_msr = MSR_MISC_FEATURES;
        fault_bit = MISC_FEATURES_FAULTING;
    }
    if (machine.amd && cpuid(0x80000000, 0).a >= 0x80000021 &&
        cpuid(0x80000021, 0).a & EXT21A_USER_DIS) {
        fault_msr = MSR_HWCR;
        fault_bit = HWCR_CPUID_USER_DIS;
    }
}

void __init cpuid_init(void)
{
    uint32_t vendor = cpuid(0, 0).b;

    machine.xstate = &fpu_layout;
    machine.intel = vendor == VENDOR_INTEL;
    machine.amd = vendor == VENDOR_AMD || vendor == VENDOR_HYGON;
    if (cpuid(0x80000000, 0).a >= 0x80000001)
        machine.rdtscp = cpuid(0x80000001, 0).d & EXT1D_RDTSCP;
    have_tsc_aux = machine.rdtscp;
    if (cpuid(0, 0).a >= 7) {
        have_tsc_aux |= (cpuid(7, 0).c & LEAF7C_RDPID) != 0;
        have_fsgsbase = cpuid(7, 0).b & LEAF7B_FSGSBASE;
    }
    make_policies();
    find_faulting();
    cpuid_init_cpu();
}

const struct cpu_policy *cpuid_system_policy(unsigned index)
{
    switch (index) {
    case XEN_SYSCTL_cpu_policy_raw:
    case XEN_SYSCTL_cpu_policy_host:
        return &host;
    case XEN_SYSCTL_cpu_policy_pv_max:
        return &most;
    case XEN_SYSCTL_cpu_policy_pv_default:
        return &usual;
    default:
        return NULL;
    }
}

void cpuid_init_domain(struct domain *d)
{
    d->policy = d->privileged ? &initial : &usual;
}

void cpuid_free_policy(struct cpu_policy *p)
{
    pages_free(p, 0);
}

void cpuid_free_domain(struct domain *d)
{
    if (d->own_policy)
        cpuid_free_policy(d->own_policy);
    d->own_policy = NULL;
}

struct cpu_policy *cpuid_copy_policy(const struct domain *d)
{
    struct cpu_policy *p = pages_alloc(0);

    _Static_assert(sizeof(*p) <= PAGE_SIZE, "one page");
    if (p)
        *p = *d->policy;
    return p;
}

int cpuid_set_policy(struct domain *d, struct cpu_policy *p,
                     struct xen_cpuid_leaf *leaf)
{
    struct cpuid_view view = machine;
    int rc = policy_check(p, &most, leaf);

    if (rc)
        return rc;
    view.invariant_tsc = true;
    policy_restrict(p, &most, &view);
    cpuid_free_domain(d);
    /* Most have what all have. */
    d->policy = d->own_policy = p;
    if (memcmp(p, &usual, sizeof(usual)))
        return 0;
    cpuid_free_domain(d);
    d->policy = &usual;
    return 0;
}

uint64_t cpuid_xcr0(const struct domain *d)
{
    return policy_xcr0(d->policy, fpu_layout.allowed);
}

void __init cpuid_init_cpu(void)
{
    if (fault_msr)
        wrmsr(fault_msr, rdmsr(fault_msr) | fault_bit);
}

bool cpuid_faults(void)
{
    return fault_msr;
}

bool cpuid_has_tsc_aux(void)
{
    return have_tsc_aux;
}

bool cpuid_has_fsgsbase(void)
{
    return have_fsgsbase;
}

/* Bits of the highest machine address. */
static uint8_t address_bits(void)
{
    return (uint8_t)(PAGE_SHIFT + 64 - __builtin_clzl(frame_limit));
}

struct cpuid_regs pv_cpuid(const struct vcpu *v, uint32_t leaf,
                           uint32_t subleaf)
{
    const struct cpu_policy *p = v->domain->policy;
    struct xstate_layout xstate = fpu_layout;
    struct cpuid_view view = machine;
    struct cpuid_regs r;
    bool there = policy_find(p, leaf, subleaf, &r);

    if (is_xen_leaf(leaf))
        there = leaf <= policy_last_xen_leaf(p);
    if (!there)
        return (struct cpuid_regs){0};
    xstate.allowed = cpuid_xcr0(v->domain);
    view.xstate = &xstate;
    view.xcr0 = v->control.xcr0;
    view.vcpu_id = v->id;
    view.tsc_khz = tsc_khz;
    view.address_bits = address_bits();
    view.invariant_tsc = true;
    /* Linux takes it, before it sets it, for a sign that we have XSAVE. */
    view.osxsave = in_kernel_mode(v) || (v->control.cr4 & CR4_OSXSAVE);
    view.tsc_stable = tsc_is_stable;
    return cpuid_filter(&view, leaf, subleaf, r);
}

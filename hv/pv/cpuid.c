/*
 * pv/cpuid.c - asks the CPU, and lets the policy answer. Layer: pv.
 */
#include "pv/cpuid.h"

#include "cpu/fpu.h"
#include "pv/pv.h"

#define VENDOR_INTEL 0x756e6547 /* "Genu" */
#define VENDOR_AMD   0x68747541 /* "Auth" */
#define VENDOR_HYGON 0x6f677948 /* "Hygo" */

#define LEAF7C_RDPID    (1U << 22)
#define LEAF7B_FSGSBASE (1U << 0)
#define EXT1D_RDTSCP    (1U << 27)

/* The parts of a view that are the same for every vcpu. */
static struct cpuid_view machine;
static bool have_tsc_aux, have_fsgsbase;

void cpuid_init(void)
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
    struct cpuid_view view = machine;

    view.xcr0 = v->control.xcr0;
    view.vcpu_id = v->id;
    view.tsc_khz = tsc_khz;
    view.address_bits = address_bits();
    view.privileged = v->domain->privileged;
    /* Linux takes it, before it sets it, for a sign that we have XSAVE. */
    view.osxsave = in_kernel_mode(v) || (v->control.cr4 & CR4_OSXSAVE);
    view.tsc_stable = tsc_is_stable;
    return cpuid_filter(&view, leaf, subleaf, cpuid(leaf, subleaf));
}

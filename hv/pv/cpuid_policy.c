/*
 * pv/cpuid_policy.c - which CPU features a PV guest is told of. Layer: pv.
 * Pure. Source: Intel SDM volume 2, CPUID; AMD APM volume 3, appendix E;
 * xen/arch-x86/cpuid.h; docs/abi.md.
 *
 * Features are named one by one: what is not listed is not offered. Left out
 * are those that need ring 0 or paging that PV guests do not have (VME, PSE,
 * PGE, MTRR, SMEP, SMAP, UMIP, PKU, PCID, LA57, CET, XSAVES), VMX and SVM,
 * power management, the PMU, and speculation controls, which are MSRs.
 */
#include "pv/cpuid.h"

#include <xen/arch-x86/cpuid.h>

#define BIT(n) (1U << (n))

#define L1C_SSE3       BIT(0)
#define L1C_PCLMUL     BIT(1)
#define L1C_SSSE3      BIT(9)
#define L1C_FMA        BIT(12)
#define L1C_CX16       BIT(13)
#define L1C_SSE41      BIT(19)
#define L1C_SSE42      BIT(20)
#define L1C_MOVBE      BIT(22)
#define L1C_POPCNT     BIT(23)
#define L1C_AES        BIT(25)
#define L1C_XSAVE      BIT(26)
#define L1C_OSXSAVE    BIT(27)
#define L1C_AVX        BIT(28)
#define L1C_F16C       BIT(29)
#define L1C_RDRAND     BIT(30)
#define L1C_HYPERVISOR BIT(31)
#define L1C_NEED_AVX   (L1C_FMA | L1C_AVX | L1C_F16C)
#define L1C_OFFERED                                                            \
    (L1C_SSE3 | L1C_PCLMUL | L1C_SSSE3 | L1C_FMA | L1C_CX16 | L1C_SSE41 |      \
     L1C_SSE42 | L1C_MOVBE | L1C_POPCNT | L1C_AES | L1C_XSAVE | L1C_AVX |      \
     L1C_F16C | L1C_RDRAND)

/* fpu de tsc msr pae mce cx8 apic mca cmov pat clflush mmx fxsr sse sse2 ht */
#define L1D_SEP     BIT(11)
#define L1D_OFFERED 0x1789c3f5U
/* Those that AMD's leaf 0x80000001 repeats. */
#define L1D_COMMON 0x0183f3ffU

/* fsgsbase bmi1 fdp_excptn_only bmi2 erms zero_fcs_fds rdseed adx clflushopt
 * clwb sha; avx512: f dq ifma pf er cd bw vl */
#define L7B_AVX2    BIT(5)
#define L7B_AVX512  (BIT(16) | BIT(17) | BIT(21) | 0xdc000000U)
#define L7B_OFFERED 0x218c2349U

/* prefetchwt1 gfni rdpid cldemote movdiri movdir64b; vaes vpclmulqdq; avx512:
 * vbmi vbmi2 vnni bitalg vpopcntdq */
#define L7C_VAES    (BIT(9) | BIT(10))
#define L7C_AVX512  (BIT(1) | BIT(6) | BIT(11) | BIT(12) | BIT(14))
#define L7C_OFFERED (BIT(0) | BIT(8) | BIT(22) | BIT(25) | BIT(27) | BIT(28))

/* fsrm md_clear serialize, avx512: 4vnniw 4fmaps vp2intersect fp16 */
#define L7D_AVX512  (BIT(2) | BIT(3) | BIT(8) | BIT(23))
#define L7D_OFFERED (BIT(4) | BIT(10) | BIT(14))

/* fzrm fsrs fsrcs */
#define L71A_AVX_VNNI    BIT(4)
#define L71A_AVX512_BF16 BIT(5)
#define L71A_OFFERED     (BIT(10) | BIT(11) | BIT(12))

/* xsaveopt xsavec xgetbv1 */
#define LD1A_OFFERED 7U

/* lahf_lm cmp_legacy abm sse4a misalignsse 3dnowprefetch xop fma4 tbm */
#define E1C_NEED_AVX (BIT(11) | BIT(16))
#define E1C_OFFERED                                                            \
    (BIT(0) | BIT(1) | BIT(5) | BIT(6) | BIT(7) | BIT(8) | BIT(21))

/* syscall nx mmxext rdtscp lm 3dnowext 3dnow */
#define E1D_OFFERED                                                            \
    (BIT(11) | BIT(20) | BIT(22) | BIT(27) | BIT(29) | BIT(30) | BIT(31))

#define E7D_INVARIANT_TSC BIT(8)
/* clzero rstr_fp_err_ptrs */
#define E8B_OFFERED (BIT(0) | BIT(2))
/* lfence always serialises; null selector clears base */
#define E21A_OFFERED (BIT(2) | BIT(6))

#define BASIC_MAX    0xdU
#define EXTENDED     0x80000000U
#define EXTENDED_MAX 0x80000021U

#define XEN_VERSION_4_17 (4U << 16 | 17U)
#define TSC_RELIABLE     BIT(1)
#define TSC_RDTSCP       BIT(2)
#define TSC_NO_EMULATION 2U

static const struct cpuid_regs nothing;

static bool has_avx(const struct cpuid_view *view)
{
    return view->xstate->allowed & XSTATE_AVX;
}

static bool has_avx512(const struct cpuid_view *view)
{
    return view->xstate->allowed & XSTATE_AVX512;
}

static uint32_t apic_id(const struct cpuid_view *view)
{
    return view->vcpu_id * 2;
}

static struct cpuid_regs filter_features(const struct cpuid_view *view,
                                         struct cpuid_regs r)
{
    r.b = (r.b & 0x00ffffff) | apic_id(view) << 24;
    r.c &= L1C_OFFERED;
    if (!view->xstate->allowed)
        r.c &= ~L1C_XSAVE;
    if (!has_avx(view))
        r.c &= ~L1C_NEED_AVX;
    if ((r.c & L1C_XSAVE) && view->osxsave)
        r.c |= L1C_OSXSAVE;
    r.c |= L1C_HYPERVISOR;
    r.d &= L1D_OFFERED | (view->intel ? L1D_SEP : 0);
    return r;
}

static struct cpuid_regs filter_structured(const struct cpuid_view *view,
                                           uint32_t subleaf,
                                           struct cpuid_regs r)
{
    bool avx = has_avx(view), avx512 = has_avx512(view);

    if (subleaf == 1)
        return (struct cpuid_regs){
            .a = r.a & (L71A_OFFERED | (avx ? L71A_AVX_VNNI : 0) |
                        (avx512 ? L71A_AVX512_BF16 : 0)),
        };
    if (subleaf)
        return nothing;
    r.a = MIN(r.a, 2U);
    r.b &= L7B_OFFERED | (avx ? L7B_AVX2 : 0) | (avx512 ? L7B_AVX512 : 0);
    r.c &= L7C_OFFERED | (avx ? L7C_VAES : 0) | (avx512 ? L7C_AVX512 : 0);
    r.d &= L7D_OFFERED | (avx512 ? L7D_AVX512 : 0);
    return r;
}

static struct cpuid_regs filter_xstate(const struct cpuid_view *view,
                                       uint32_t subleaf, struct cpuid_regs r)
{
    const struct xstate_layout *x = view->xstate;

    if (!x->allowed)
        return nothing;
    if (subleaf == 0)
        return (struct cpuid_regs){
            .a = (uint32_t)x->allowed,
            .b = xstate_bytes(x, view->xcr0),
            .c = xstate_bytes(x, x->allowed),
            .d = (uint32_t)(x->allowed >> 32),
        };
    if (subleaf == 1)
        return (struct cpuid_regs){
            .a = r.a & LD1A_OFFERED,
            .b = xstate_compacted_bytes(x, view->xcr0),
        };
    return subleaf < 64 && (x->allowed >> subleaf & 1) ? r : nothing;
}

/* The processor's topology: that of the host, with the vcpu's own number. */
static struct cpuid_regs filter_topology(const struct cpuid_view *view,
                                         uint32_t subleaf, struct cpuid_regs r)
{
    r.c = (r.c & ~0xffU) | (subleaf & 0xff);
    r.d = apic_id(view);
    return r;
}

static struct cpuid_regs filter_basic(const struct cpuid_view *view,
                                      uint32_t leaf, uint32_t subleaf,
                                      struct cpuid_regs r)
{
    switch (leaf) {
    case 0:
        r.a = MIN(r.a, BASIC_MAX);
        return r;
    case 1:
        return filter_features(view, r);
    case 2: /* caches */
    case 4:
        return r;
    case 7:
        return filter_structured(view, subleaf, r);
    case 0xb:
        return filter_topology(view, subleaf, r);
    case 0xd:
        return filter_xstate(view, subleaf, r);
    default: /* serial number, monitor, power, PMU, and what is to come */
        return nothing;
    }
}

static struct cpuid_regs filter_extended_features(const struct cpuid_view *view,
                                                  struct cpuid_regs r)
{
    uint32_t common = view->amd ? r.d & L1D_COMMON & L1D_OFFERED : 0;

    r.c &= E1C_OFFERED | (has_avx(view) ? E1C_NEED_AVX : 0);
    r.d = (r.d & E1D_OFFERED) | common;
    return r;
}

static struct cpuid_regs filter_extended(const struct cpuid_view *view,
                                         uint32_t leaf, struct cpuid_regs r)
{
    switch (leaf) {
    case EXTENDED:
        r.a = MIN(r.a, EXTENDED_MAX);
        return r;
    case EXTENDED + 1:
        return filter_extended_features(view, r);
    case EXTENDED + 2: /* brand, caches, TLBs */
    case EXTENDED + 3:
    case EXTENDED + 4:
    case EXTENDED + 5:
    case EXTENDED + 6:
    case EXTENDED + 0x19:
    case EXTENDED + 0x1a:
        return r;
    case EXTENDED + 7: /* a domain that may move cannot rely on it */
        return (struct cpuid_regs){
            .d = view->invariant_tsc ? r.d & E7D_INVARIANT_TSC : 0};
    case EXTENDED + 8: /* addresses: four levels of tables */
        r.a = (r.a & ~0xff00U) | MIN(r.a & 0xff00, 48U << 8);
        return (struct cpuid_regs){r.a, r.b & E8B_OFFERED, r.c, 0};
    case EXTENDED + 0x21:
        return (struct cpuid_regs){.a = r.a & E21A_OFFERED};
    default:
        return nothing;
    }
}

static struct cpuid_regs tsc_leaf(const struct cpuid_view *view,
                                  uint32_t subleaf)
{
    if (subleaf == 0)
        return (struct cpuid_regs){
            .a = (view->tsc_stable ? TSC_RELIABLE : 0) |
                 (view->rdtscp ? TSC_RDTSCP : 0),
            .b = TSC_NO_EMULATION,
            .c = view->tsc_khz,
        };
    if (subleaf == 2)
        return (struct cpuid_regs){.a = view->tsc_khz};
    return nothing;
}

static struct cpuid_regs xen_leaf(const struct cpuid_view *view, uint32_t leaf,
                                  uint32_t subleaf)
{
    switch (leaf) {
    case XEN_CPUID_LEAF(0):
        return (struct cpuid_regs){
            XEN_CPUID_LEAF(XEN_CPUID_MAX_NUM_LEAVES), XEN_CPUID_SIGNATURE_EBX,
            XEN_CPUID_SIGNATURE_ECX, XEN_CPUID_SIGNATURE_EDX};
    case XEN_CPUID_LEAF(1):
        return (struct cpuid_regs){.a = XEN_VERSION_4_17};
    case XEN_CPUID_LEAF(2):
        return (struct cpuid_regs){
            .a = 1, /* hypercall page */
            .b = XEN_CPUID_FIRST_LEAF,
            .c = XEN_CPUID_FEAT1_MMU_PT_UPDATE_PRESERVE_AD,
        };
    case XEN_CPUID_LEAF(3):
        return tsc_leaf(view, subleaf);
    case XEN_CPUID_LEAF(5):
        return subleaf ? nothing : (struct cpuid_regs){.b = view->address_bits};
    default:
        return nothing;
    }
}

struct cpuid_regs cpuid_filter(const struct cpuid_view *view, uint32_t leaf,
                               uint32_t subleaf, struct cpuid_regs host)
{
    if (leaf < XEN_CPUID_FIRST_LEAF)
        return filter_basic(view, leaf, subleaf, host);
    if (leaf < EXTENDED)
        return xen_leaf(view, leaf, subleaf);
    return filter_extended(view, leaf, host);
}

/*
 * pv/policy.c - which leaves a policy has, and what of them may be. Layer: pv.
 * Pure.
 */
#include "pv/policy.h"

#include "abi/errno.h"

#include <xen/arch-x86/cpuid.h>

#define NONE XEN_CPUID_NO_SUBLEAF

#define EXTENDED       0x80000000U
#define BASIC_LAST     0xdU
#define FEAT_LAST      2U
#define XSTATES        8U  /* of which we know */
#define XSTATES_MAX    63U /* of which Xen does */
#define CACHE_TYPE     0x1fU
#define TOPO_TYPE      0xff00U
#define L1A_FAMILY     0x0fff0fffU
#define L1B_BRAND      0x00ff00ffU
#define L1B_CLFLUSH    0x0000ff00U
#define L1C_XSAVE      (1U << 26)
#define L1C_AVX        (1U << 28)
#define L1D_HTT        (1U << 28)
#define E1C_CMP_LEGACY (1U << 1)
#define L7B_AVX512F    (1U << 16)
#define L7B_FPU_MASK   (1U << 6 | 1U << 13) /* how the FPU is: as it is */
#define E8A_PHYSICAL   0xffU

static const struct row {
    uint32_t leaf;
    uint8_t first, count; /* slots */
    bool has_subleaves;
} rows[] = {
    {0, 0, 4, false},
    {4, 4, 6, true},
    {5, 10, 2, false},
    {7, 12, 3, true},
    {8, 15, 3, false},
    {0xb, 18, 2, true},
    {0xc, 20, 1, false},
    {0xd, 21, XSTATES, true},
    {XEN_CPUID_FIRST_LEAF, 29, 1, false},
    {XEN_CPUID_FIRST_LEAF + 0x100, 30, 1, false},
    {EXTENDED, 31, 34, false},
};

enum {
    BASIC = 0,
    LEAF_1 = 1,
    CACHE = 4,
    FEAT = 12,
    TOPO = 18,
    XSTATE = 21,
    XEN = 29,
    XEN_2 = 30,
    EXTD = 31,
};

_Static_assert(EXTD + 34 == POLICY_SLOTS, "rows");

/* ebx and ecx too are words of it. */
enum { A, B, C, D };

/* Xen's feature set, word by word; those of MSRs are zero. */
static const struct word {
    uint8_t slot, reg;
} words[POLICY_WORDS] = {
    {LEAF_1, D},     {LEAF_1, C},   {EXTD + 1, D},    {EXTD + 1, C},
    {XSTATE + 1, A}, {FEAT, B},     {FEAT, C},        {EXTD + 7, D},
    {EXTD + 8, B},   {FEAT, D},     {FEAT + 1, A},    {EXTD + 0x21, A},
    {FEAT + 1, B},   {FEAT + 2, D}, {FEAT + 1, C},    {FEAT + 1, D},
    {XEN, B},        {XEN, B},      {EXTD + 0x21, C},
};

static const struct row *row_of(unsigned slot)
{
    const struct row *row = rows;

    while (slot >= row->first + (unsigned)row->count)
        row++;
    return row;
}

/* Of a leaf, whatever its subleaf. */
static const struct row *find_row(uint32_t leaf)
{
    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++)
        if (rows[i].has_subleaves
                ? leaf == rows[i].leaf
                : leaf >= rows[i].leaf && leaf - rows[i].leaf < rows[i].count)
            return &rows[i];
    return NULL;
}

struct xen_cpuid_leaf policy_leaf(const struct cpu_policy *p, unsigned slot)
{
    const struct row *row = row_of(slot);
    uint32_t n = slot - row->first;
    struct cpuid_regs r = p->slot[slot];

    return (struct xen_cpuid_leaf){
        row->has_subleaves ? row->leaf : row->leaf + n,
        row->has_subleaves ? n : NONE,
        r.a,
        r.b,
        r.c,
        r.d,
    };
}

static bool shows_subleaf(const struct cpu_policy *p, uint32_t leaf, uint32_t n)
{
    switch (leaf) {
    case 4:
        return !n || p->slot[CACHE + n - 1].a & CACHE_TYPE;
    case 7:
        return n <= p->slot[FEAT].a;
    case 0xb:
        return !n || p->slot[TOPO + n - 1].c & TOPO_TYPE;
    case 0xd:
        return n < 2 || p->slot[XSTATE].a >> n & 1;
    default:
        return true;
    }
}

bool policy_shows(const struct cpu_policy *p, unsigned slot)
{
    struct xen_cpuid_leaf l = policy_leaf(p, slot);

    if (l.leaf >= EXTENDED)
        return slot == EXTD || l.leaf <= p->slot[EXTD].a;
    if (l.leaf >= XEN_CPUID_FIRST_LEAF)
        return true;
    return l.leaf <= p->slot[BASIC].a && shows_subleaf(p, l.leaf, l.subleaf);
}

bool policy_find(const struct cpu_policy *p, uint32_t leaf, uint32_t subleaf,
                 struct cpuid_regs *r)
{
    const struct row *row = find_row(leaf);
    uint32_t n;

    *r = (struct cpuid_regs){0};
    if (!row)
        return false;
    n = row->has_subleaves ? subleaf : leaf - row->leaf;
    if (n < row->count)
        *r = p->slot[row->first + n];
    return leaf <= p->slot[leaf < EXTENDED ? BASIC : EXTD].a;
}

static uint32_t *reg_of(struct cpu_policy *p, const struct word *w)
{
    struct cpuid_regs *r = &p->slot[w->slot];

    return w->reg == A   ? &r->a
           : w->reg == B ? &r->b
           : w->reg == C ? &r->c
                         : &r->d;
}

uint32_t policy_word(const struct cpu_policy *p, unsigned n)
{
    const struct cpuid_regs *r = &p->slot[words[n].slot];
    const uint32_t regs[] = {r->a, r->b, r->c, r->d};

    return regs[words[n].reg];
}

uint64_t policy_xcr0(const struct cpu_policy *p, uint64_t machine)
{
    uint32_t features = p->slot[LEAF_1].c;
    uint64_t has = XSTATE_X87 | XSTATE_SSE;

    if (!(features & L1C_XSAVE) || p->slot[BASIC].a < BASIC_LAST)
        return 0;
    if (features & L1C_AVX) {
        has |= XSTATE_AVX;
        if (p->slot[FEAT].b & L7B_AVX512F)
            has |= XSTATE_AVX512;
    }
    return has & machine;
}

int policy_merge(struct cpu_policy *p, const struct xen_cpuid_leaf *leaf)
{
    const struct row *row = find_row(leaf->leaf);
    uint32_t n;

    if (!row)
        return -ERANGE;
    n = row->has_subleaves ? leaf->subleaf : leaf->leaf - row->leaf;
    if (!row->has_subleaves && leaf->subleaf != NONE)
        return -ERANGE;
    if (n < row->count)
        p->slot[row->first + n] =
            (struct cpuid_regs){leaf->a, leaf->b, leaf->c, leaf->d};
    else if (row->first != XSTATE || n >= XSTATES_MAX)
        return -ERANGE;
    return 0;
}

int policy_check(const struct cpu_policy *p, const struct cpu_policy *max,
                 struct xen_cpuid_leaf *leaf)
{
    static const uint8_t limits[] = {BASIC, FEAT, EXTD};

    for (unsigned i = 0; i < ARRAY_SIZE(limits); i++)
        if (p->slot[limits[i]].a > max->slot[limits[i]].a) {
            *leaf = policy_leaf(p, limits[i]);
            return -EINVAL;
        }
    return 0;
}

static void restrict_features(struct cpu_policy *p,
                              const struct cpu_policy *max)
{
    struct cpuid_regs *r = &p->slot[LEAF_1];
    uint32_t fpu = max->slot[FEAT].b & L7B_FPU_MASK;

    for (unsigned i = 0; i < ARRAY_SIZE(words); i++)
        *reg_of(p, &words[i]) &= policy_word(max, i);
    if (policy_shows(p, FEAT))
        p->slot[FEAT].b = (p->slot[FEAT].b & ~L7B_FPU_MASK) | fpu;
    r->a &= L1A_FAMILY;
    r->b = (r->b & L1B_BRAND) | (max->slot[LEAF_1].b & L1B_CLFLUSH);
    for (unsigned i = 2; i < XSTATES; i++)
        p->slot[XSTATE + i] = max->slot[XSTATE + i];
    r = &p->slot[EXTD + 8];
    r->a = (r->a & ~E8A_PHYSICAL) |
           MIN(r->a & E8A_PHYSICAL, max->slot[EXTD + 8].a & E8A_PHYSICAL);
}

void policy_restrict(struct cpu_policy *p, const struct cpu_policy *max,
                     const struct cpuid_view *view)
{
    struct xstate_layout xstate = *view->xstate;
    struct cpuid_view own = *view;

    restrict_features(p, max);
    p->slot[XEN] = (struct cpuid_regs){.a = p->slot[XEN].a & 0xff};
    p->slot[XEN_2] = (struct cpuid_regs){.a = p->slot[XEN_2].a & 0xff};
    xstate.allowed = policy_xcr0(p, xstate.allowed);
    own.xstate = &xstate;
    for (unsigned i = 0; i < POLICY_SLOTS; i++) {
        struct xen_cpuid_leaf l = policy_leaf(p, i);

        if (!policy_shows(p, i))
            p->slot[i] = (struct cpuid_regs){0};
        else if (i != XEN && i != XEN_2)
            p->slot[i] = cpuid_filter(&own, l.leaf, l.subleaf, p->slot[i]);
    }
}

void policy_widen(struct cpu_policy *p, const struct cpuid_view *view)
{
    p->slot[LEAF_1].d |= L1D_HTT;
    p->slot[EXTD + 1].c |= E1C_CMP_LEGACY;
    p->slot[FEAT].a = FEAT_LAST;
    if (view->amd)
        p->slot[EXTD].a = EXTENDED + POLICY_SLOTS - EXTD - 1;
}

uint32_t policy_last_xen_leaf(const struct cpu_policy *p)
{
    uint32_t last = p->slot[XEN].a;

    if (!last || last > XEN_CPUID_MAX_NUM_LEAVES)
        last = XEN_CPUID_MAX_NUM_LEAVES;
    return XEN_CPUID_FIRST_LEAF + MAX(last, 2U);
}

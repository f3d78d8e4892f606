/*
 * sysctl tells the machine's CPU policies and feature sets: leaf by leaf in
 * order, as many as there is room for; without a place, how many there are.
 * What PV guests are told is part of what the CPU has.
 */
/* not-as-guest: it gives a toolstack's orders */
/* cpu: max,-smap */
#define __XEN_TOOLS__ 1
#include "guest.h"
#include <xen/sysctl.h>

#define LEAVES_MAX 120
#define WORDS      19

static struct xen_sysctl op;
static xen_cpuid_leaf_t leaves[LEAVES_MAX];
static xen_msr_entry_t msrs[2];

static long call(unsigned cmd)
{
    op.cmd = cmd;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return sysctl(&op);
}

/* With room for so many leaves and MSRs. */
static long get(unsigned index, unsigned nr_leaves, unsigned nr_msrs)
{
    memset(&op, 0, sizeof(op));
    op.u.cpu_policy.index = index;
    op.u.cpu_policy.nr_leaves = nr_leaves;
    op.u.cpu_policy.nr_msrs = nr_msrs;
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(op.u.cpu_policy.msrs, msrs);
    return call(XEN_SYSCTL_get_cpu_policy);
}

static const xen_cpuid_leaf_t *find(uint32_t leaf, uint32_t subleaf)
{
    for (unsigned i = 0; i < op.u.cpu_policy.nr_leaves; i++)
        if (leaves[i].leaf == leaf && leaves[i].subleaf == subleaf)
            return &leaves[i];
    fail("no leaf %x:%x", leaf, subleaf);
}

static void check_order(void)
{
    unsigned n = op.u.cpu_policy.nr_leaves;

    CHECK_EQ(leaves[0].leaf, 0);
    CHECK_EQ(leaves[0].subleaf, XEN_CPUID_NO_SUBLEAF);
    for (unsigned i = 1; i < n; i++)
        CHECK(leaves[i].leaf > leaves[i - 1].leaf ||
              (leaves[i].leaf == leaves[i - 1].leaf &&
               leaves[i].subleaf > leaves[i - 1].subleaf));
    CHECK_EQ(leaves[n - 1].leaf, find(0x80000000, XEN_CPUID_NO_SUBLEAF)->a);
    CHECK_EQ(find(0x40000000, XEN_CPUID_NO_SUBLEAF)->a, 0);
    CHECK_EQ(find(0x40000100, XEN_CPUID_NO_SUBLEAF)->a, 0);
    CHECK_EQ(find(7, 0)->subleaf, 0);
    CHECK_EQ(find(0xd, 1)->subleaf, 1);
    CHECK_EQ(msrs[0].idx, 0xce);
    CHECK_EQ(msrs[1].idx, 0x10a);
    CHECK_EQ(msrs[0].flags | msrs[1].flags, 0);
}

static void policies(void)
{
    static const uint8_t served[] = {0, 1, 2, 4};
    unsigned n;

    for (unsigned i = 0; i < ARRAY_SIZE(served); i++) {
        CHECK_EQ(get(served[i], LEAVES_MAX, 2), 0);
        CHECK(op.u.cpu_policy.nr_leaves > 20);
        CHECK_EQ(op.u.cpu_policy.nr_msrs, 2);
        check_order();
        CHECK_EQ(find(1, XEN_CPUID_NO_SUBLEAF)->a, cpuid(1, 0).a);
        CHECK_EQ(find(0, XEN_CPUID_NO_SUBLEAF)->b, cpuid(0, 0).b);
    }
    CHECK_DIFFERS(get(3, LEAVES_MAX, 2), -EOPNOTSUPP, 0);
    CHECK_DIFFERS(get(5, LEAVES_MAX, 2), -EOPNOTSUPP, 0);
    CHECK_EQ(get(6, LEAVES_MAX, 2), -EINVAL);
    CHECK_EQ(get(~0U, LEAVES_MAX, 2), -EINVAL);
    CHECK_EQ(get(0, 2, 2), -ENOBUFS);
    CHECK_EQ(get(0, 0, 2), -ENOBUFS);
    CHECK_EQ(get(0, ~0U, ~0U), 0);
    n = op.u.cpu_policy.nr_leaves;
    CHECK_EQ(get(0, n, 2), 0);
    CHECK_EQ(get(0, n - 1, 2), -ENOBUFS);
    /* The leaves are there when the MSRs have no room. */
    CHECK_EQ(get(0, LEAVES_MAX, 1), -ENOBUFS);
    CHECK_EQ(op.u.cpu_policy.nr_leaves, n);
    op.u.cpu_policy._rsvd = 1;
    CHECK_EQ(call(XEN_SYSCTL_get_cpu_policy), -EINVAL);
}

static void check_leaf(const xen_cpuid_leaf_t *l)
{
    uint32_t subleaf = l->subleaf == XEN_CPUID_NO_SUBLEAF ? 0 : l->subleaf;
    struct cpuid r = cpuid_forced(l->leaf, subleaf);
    bool features = l->leaf == 1 || l->leaf == 0x80000001;

    /* The vcpu's number, and what depends on XCR0; Xen shows dom0 MTRRs. */
    if (l->leaf != 0xb)
        CHECK_EQ(r.a, l->a);
    if (l->leaf != 1 && l->leaf != 0xd && l->leaf != 0xb)
        CHECK_EQ(r.b, l->b);
    if (l->leaf != 0xb)
        CHECK_EQ(r.c & ~(l->leaf == 1 ? 1U << 27 : 0), l->c);
    if (l->leaf != 0xb)
        CHECK_EQ(r.d & ~(features ? 1U << 12 : 0), l->d);
}

/* What its policy says is what CPUID tells a domain. */
static void our_own(void)
{
    struct xen_domctl d;

    memset(&d, 0, sizeof(d));
    d.u.cpu_policy.nr_leaves = LEAVES_MAX;
    set_xen_guest_handle(d.u.cpu_policy.leaves, leaves);
    REQUIRE_EQ(domain_op(XEN_DOMCTL_get_cpu_policy, 0, &d), 0);
    for (unsigned i = 0; i < d.u.cpu_policy.nr_leaves; i++)
        if (leaves[i].leaf >> 28 != 4)
            check_leaf(&leaves[i]);
}

static void places(void)
{
    memset(&op, 0, sizeof(op));
    CHECK_EQ(call(XEN_SYSCTL_get_cpu_policy), 0);
    CHECK_EQ(op.u.cpu_policy.nr_leaves, LEAVES_MAX);
    CHECK_EQ(op.u.cpu_policy.nr_msrs, 2);
    set_xen_guest_handle(op.u.cpu_policy.leaves, (xen_cpuid_leaf_t *)HV_START);
    CHECK_EQ(call(XEN_SYSCTL_get_cpu_policy), -EFAULT);
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(op.u.cpu_policy.msrs, (xen_msr_entry_t *)0x1000);
    op.u.cpu_policy.nr_leaves = LEAVES_MAX;
    CHECK_EQ(call(XEN_SYSCTL_get_cpu_policy), -EFAULT);
}

static long words(unsigned index, uint32_t *to, unsigned n)
{
    memset(&op, 0, sizeof(op));
    op.u.cpu_featureset.index = index;
    op.u.cpu_featureset.nr_features = n;
    set_xen_guest_handle(op.u.cpu_featureset.features, to);
    return call(XEN_SYSCTL_get_cpu_featureset);
}

static void feature_sets(void)
{
    uint32_t raw[WORDS + 1], host[WORDS], usual[WORDS], most[WORDS];

    CHECK_EQ(words(99, NULL, 0), 0);
    CHECK_EQ(op.u.cpu_featureset.nr_features, WORDS);
    raw[WORDS] = 0x1234;
    CHECK_EQ(words(XEN_SYSCTL_cpu_featureset_raw, raw, ~0U), 0);
    CHECK_EQ(op.u.cpu_featureset.nr_features, WORDS);
    CHECK_EQ(raw[WORDS], 0x1234);
    CHECK_EQ(words(XEN_SYSCTL_cpu_featureset_host, host, WORDS), 0);
    CHECK_EQ(words(XEN_SYSCTL_cpu_featureset_pv, usual, WORDS), 0);
    CHECK_EQ(words(XEN_SYSCTL_cpu_featureset_pv_max, most, WORDS), 0);
    CHECK_EQ(raw[0], cpuid(1, 0).d);
    CHECK_EQ(raw[5], cpuid(7, 0).b);
    for (unsigned i = 0; i < WORDS; i++) {
        CHECK_EQ(usual[i] & ~most[i], 0);
        /* What Xen makes out of others: lfence, and how to read topology. */
        if (i != 11)
            CHECK_EQ(usual[i] & ~host[i], 0);
    }
    CHECK_EQ(most[0] >> 28 & 1, 1); /* HTT */
    CHECK_EQ(usual[0] & 0x07818171, 0x07818171 & raw[0]);
    CHECK_EQ(usual[0] >> 3 & 1, 0); /* PSE */
    CHECK_EQ(usual[2] >> 29 & 1, 1);
    CHECK_DIFFERS(words(3, raw, WORDS), -EOPNOTSUPP, 0);
    CHECK_DIFFERS(words(5, raw, WORDS), -EOPNOTSUPP, 0);
    CHECK_EQ(words(6, raw, WORDS), -EINVAL);
    raw[2] = 0x1234;
    CHECK_EQ(words(1, raw, 2), -ENOBUFS);
    CHECK_EQ(op.u.cpu_featureset.nr_features, 2);
    CHECK_EQ(raw[1], host[1]);
    CHECK_EQ(raw[2], 0x1234);
    CHECK_EQ(words(1, (uint32_t *)HV_START, WORDS), -EFAULT);
}

void test(void)
{
    policies();
    places();
    feature_sets();
    our_own();
    memset(&op, 0xff, sizeof(op));
    CHECK_EQ(call(XEN_SYSCTL_get_cpu_levelling_caps), 0);
    CHECK_EQ(op.u.cpu_levelling_caps.caps & ~0x1ffU, 0);
}

/*
 * A domain's CPU policy by set_cpu_policy and get_cpu_policy: the default one
 * at first; then what was given, less what the machine has not; its CPUID and
 * XCR0 follow. What cannot be is refused with the leaf or the MSR named, and
 * changes nothing; a domain that ran keeps its policy.
 */
/* not-as-guest: it gives a toolstack's orders */
/* cpu: max,-smap */
#include "guest.h"

#define LEAVES_MAX 120
#define NONE       XEN_CPUID_NO_SUBLEAF

static struct sibling s;
static struct xen_domctl op;
static xen_cpuid_leaf_t leaves[LEAVES_MAX];
static xen_msr_entry_t msrs[2];

static long call(unsigned cmd, unsigned id, unsigned nr_leaves,
                 unsigned nr_msrs)
{
    memset(&op, 0, sizeof(op));
    op.u.cpu_policy.nr_leaves = nr_leaves;
    op.u.cpu_policy.nr_msrs = nr_msrs;
    op.u.cpu_policy.err_leaf = 0x1234;
    set_xen_guest_handle(op.u.cpu_policy.leaves, leaves);
    set_xen_guest_handle(op.u.cpu_policy.msrs, msrs);
    return domain_op(cmd, id, &op);
}

static long get(void)
{
    return call(XEN_DOMCTL_get_cpu_policy, s.id, LEAVES_MAX, 2);
}

static xen_cpuid_leaf_t *find(uint32_t leaf, uint32_t subleaf)
{
    for (unsigned i = 0; i < op.u.cpu_policy.nr_leaves; i++)
        if (leaves[i].leaf == leaf && leaves[i].subleaf == subleaf)
            return &leaves[i];
    return NULL;
}

/* One leaf, of which the rest is bits. */
static long set(uint32_t leaf, uint32_t subleaf, uint32_t a, uint32_t bits)
{
    leaves[0] = (xen_cpuid_leaf_t){leaf, subleaf, a, bits, bits, bits};
    return call(XEN_DOMCTL_set_cpu_policy, s.id, 1, 0);
}

static long set_msr(uint32_t idx, uint32_t flags, uint64_t value)
{
    msrs[0] = (xen_msr_entry_t){idx, flags, value};
    return call(XEN_DOMCTL_set_cpu_policy, s.id, 0, 1);
}

static void check_refused(void)
{
    static const struct {
        uint32_t leaf, subleaf, a;
        int rc;
    } bad[] = {
        {0, NONE, 0x20, -EINVAL},
        {7, 0, 3, -EINVAL},
        {0x80000000, NONE, 0x80000022, -EINVAL},
        {0, 0, 5, -ERANGE},
        {4, 6, 0, -ERANGE},
        {4, NONE, 0, -ERANGE},
        {7, 3, 0, -ERANGE},
        {0xb, 2, 0, -ERANGE},
        {0xd, 63, 0, -ERANGE},
        {0xe, NONE, 0, -ERANGE},
        {0x40000000, 0, 0, -ERANGE},
        {0x40000001, NONE, 0, -ERANGE},
        {0x80000022, NONE, 0, -ERANGE},
        {~0U, NONE, 0, -ERANGE},
    };

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        CHECK_EQ(set(bad[i].leaf, bad[i].subleaf, bad[i].a, 0), bad[i].rc);
        CHECK_EQ(op.u.cpu_policy.err_leaf, bad[i].leaf);
        CHECK_EQ(op.u.cpu_policy.err_subleaf, bad[i].subleaf);
        CHECK_EQ(op.u.cpu_policy.err_msr, ~0U);
    }
    CHECK_EQ(set_msr(0xce, 1, 0), -EINVAL);
    CHECK_EQ(set_msr(0xce, 0, 1), -EINVAL);
    CHECK_EQ(set_msr(0xce, 0, 1UL << 31), -EINVAL);
    CHECK_EQ(op.u.cpu_policy.err_msr, 0xce);
    CHECK_EQ(op.u.cpu_policy.err_leaf, ~0U);
    CHECK_EQ(set_msr(0xce, 0, 1UL << 32), -EOVERFLOW);
    CHECK_EQ(set_msr(0x10b, 0, 0), -ERANGE);
    CHECK_EQ(op.u.cpu_policy.err_msr, 0x10b);
    CHECK_EQ(set_msr(0xce, 0, 0), 0);
    CHECK_EQ(set_msr(0x10a, 0, 1), 0);
}

static void check_hostile(void)
{
    CHECK_EQ(call(XEN_DOMCTL_set_cpu_policy, s.id, LEAVES_MAX + 1, 0), -E2BIG);
    CHECK_EQ(call(XEN_DOMCTL_set_cpu_policy, s.id, 0, 3), -E2BIG);
    CHECK_EQ(op.u.cpu_policy.err_leaf, ~0U);
    CHECK_EQ(call(XEN_DOMCTL_set_cpu_policy, s.id, ~0U, ~0U), -E2BIG);
    CHECK_EQ(call(XEN_DOMCTL_set_cpu_policy, 0, 1, 0), -EINVAL);
    CHECK_EQ(op.u.cpu_policy.err_leaf, 0x1234);
    CHECK_EQ(call(XEN_DOMCTL_set_cpu_policy, s.id + 7, 1, 0), -ESRCH);
    CHECK_EQ(call(XEN_DOMCTL_get_cpu_policy, s.id + 7, 1, 0), -ESRCH);
    CHECK_EQ(call(XEN_DOMCTL_get_cpu_policy, s.id, 3, 2), -ENOBUFS);
    CHECK_EQ(call(XEN_DOMCTL_get_cpu_policy, s.id, LEAVES_MAX, 1), -ENOBUFS);
    memset(&op, 0, sizeof(op));
    CHECK_EQ(domain_op(XEN_DOMCTL_get_cpu_policy, s.id, &op), 0);
    CHECK_EQ(op.u.cpu_policy.nr_leaves, LEAVES_MAX);
    CHECK_EQ(op.u.cpu_policy.nr_msrs, 2);
    memset(&op, 0, sizeof(op));
    op.u.cpu_policy.nr_leaves = 1;
    CHECK_EQ(domain_op(XEN_DOMCTL_set_cpu_policy, s.id, &op), -EFAULT);
    set_xen_guest_handle(op.u.cpu_policy.leaves, (xen_cpuid_leaf_t *)HV_START);
    CHECK_EQ(domain_op(XEN_DOMCTL_set_cpu_policy, s.id, &op), -EFAULT);
    CHECK_EQ(domain_op(XEN_DOMCTL_get_cpu_policy, s.id, &op), -EFAULT);
}

/* What the toolstack got it may give; and get again, the same. */
static void check_round_trip(void)
{
    static xen_cpuid_leaf_t first[LEAVES_MAX];
    unsigned n;

    CHECK_EQ(get(), 0);
    n = op.u.cpu_policy.nr_leaves;
    memcpy(first, leaves, sizeof(first));
    CHECK_EQ(call(XEN_DOMCTL_set_cpu_policy, s.id, n, 2), 0);
    memset(leaves, 0, sizeof(leaves));
    CHECK_EQ(get(), 0);
    CHECK_EQ(op.u.cpu_policy.nr_leaves, n);
    CHECK_EQ(op.u.cpu_policy.nr_msrs, 2);
    CHECK_EQ(msrs[0].val | msrs[1].val, 0);
    for (unsigned i = 0; i < n; i++) {
        CHECK_EQ(leaves[i].leaf, first[i].leaf);
        CHECK_EQ(leaves[i].subleaf, first[i].subleaf);
        CHECK_EQ(leaves[i].a, first[i].a);
        CHECK_EQ(leaves[i].b, first[i].b);
        CHECK_EQ(leaves[i].c, first[i].c);
        CHECK_EQ(leaves[i].d, first[i].d);
    }
}

static void check_restricted(void)
{
    uint32_t c, b;

    CHECK_EQ(get(), 0);
    c = find(1, NONE)->c;
    b = find(7, 0)->b;
    CHECK_EQ(set(1, NONE, ~0U, ~0U), 0);
    CHECK_EQ(op.u.cpu_policy.err_leaf, 0x1234);
    CHECK_EQ(set(7, 0, 0, ~0U), 0);
    CHECK_EQ(get(), 0);
    CHECK_EQ(find(1, NONE)->a, 0x0fff0fff);
    CHECK_EQ(find(1, NONE)->b, 0x00ff08ff);
    CHECK_EQ(find(1, NONE)->c & ~(1U << 21), c); /* x2APIC may be told */
    CHECK_EQ(find(7, 0)->b, b);
    CHECK_EQ(set(0xd, 0, ~0U, ~0U), 0);
    CHECK_EQ(set(0xd, 2, 1, 1), 0);
    CHECK_EQ(set(0xd, 62, 1, 1), 0);
    CHECK_EQ(get(), 0);
    CHECK_EQ(find(0xd, 0)->a, 7);
    CHECK_EQ(find(0xd, 0)->c, 0x340);
    CHECK_EQ(find(0xd, 2)->a, 0x100);
    CHECK_EQ(find(0xd, 2)->b, 0x240);
    CHECK(!find(0xd, 62));
}

#define FEATURE_SSE3 1U
#define FEATURE_AVX  (1U << 28)

static void do_xsetbv(void *value)
{
    __asm__ volatile("xsetbv"
                     :
                     : "c"(0), "a"((uint32_t)(uint64_t)value), "d"(0));
}

static void set_osxsave(void *arg)
{
    uint64_t cr4;

    (void)arg;
    __asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
    __asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 1UL << 18));
}

/* It has lost SSE3 and AVX, and got another name. */
static void look(void)
{
    struct cpuid r = cpuid_forced(0, 0);

    CHECK_EQ(r.a, 0xd);
    CHECK_EQ(r.b, cpuid(0, 0).b);
    r = cpuid_forced(1, 0);
    CHECK_EQ(r.a, 0x00020f51);
    CHECK_EQ(r.c & (FEATURE_SSE3 | FEATURE_AVX), 0);
    CHECK_EQ(r.c >> 26 & 1, 1); /* XSAVE */
    CHECK_EQ(r.c >> 31, 1);
    CHECK_EQ(r.b >> 24, 0);
    r = cpuid_forced(0xd, 0);
    CHECK_EQ(r.a, 3);
    CHECK_EQ(r.c, 576);
    CHECK_EQ(cpuid_forced(7, 0).b & 1U << 5, 0); /* AVX2 */
    CHECK_EQ(cpuid_forced(0x80000002, 0).a, 0x61726150);
    /* Behind the last leaf there is nothing, of Xen's neither. */
    CHECK_EQ(cpuid_forced(0x80000000, 0).a, 0x80000004);
    CHECK_EQ(cpuid_forced(0x80000008, 0).a, 0);
    CHECK_EQ(cpuid_forced(0x40000003, 0).c, 0);
    CHECK_EQ(cpuid_forced(0x40000002, 0).a, 1);
    CHECK_EQ(cpuid_forced(0x40000001, 0).a, 4 << 16 | 17);
    CHECK_EQ(fault_of(set_osxsave, NULL), NO_FAULT);
    CHECK_EQ(fault_of(do_xsetbv, (void *)7), VECTOR_GP);
    CHECK_EQ(fault_of(do_xsetbv, (void *)3), NO_FAULT);
}

static void check_seen(void)
{
    uint32_t c;

    sibling_make(&s, 1, look);
    CHECK_EQ(get(), 0);
    c = find(1, NONE)->c & ~(FEATURE_SSE3 | FEATURE_AVX);
    leaves[0] = *find(1, NONE);
    leaves[0].a = 0x00020f51;
    leaves[0].c = c;
    CHECK_EQ(call(XEN_DOMCTL_set_cpu_policy, s.id, 1, 0), 0);
    CHECK_EQ(set(0x80000002, NONE, 0x61726150, 0), 0);
    CHECK_EQ(set(0x40000000, NONE, 2, 0), 0);
    CHECK_EQ(get(), 0);
    find(0x80000000, NONE)->a = 0x80000004;
    CHECK_EQ(
        call(XEN_DOMCTL_set_cpu_policy, s.id, op.u.cpu_policy.nr_leaves, 0), 0);
    sibling_start(&s);
    CHECK_EQ(set(1, NONE, 0, 0), -EEXIST);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_poweroff);
    CHECK_EQ(domain_do(XEN_DOMCTL_pausedomain, s.id), 0);
    CHECK_EQ(set(1, NONE, 0, 0), -EEXIST);
    CHECK_EQ(get(), 0);
    CHECK_EQ(find(1, NONE)->a, 0x00020f51);
    domain_destroy(s.id);
}

void test(void)
{
    s.id = domain_new(1, 64);
    check_round_trip();
    check_refused();
    check_hostile();
    check_round_trip();
    check_restricted();
    domain_destroy(s.id);
    check_seen();
}

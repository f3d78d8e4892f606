/*
 * pv/policy_test.c - leaves in their order, merged, checked and restricted.
 */
/* link: hv/pv/policy.c hv/pv/cpuid_policy.c hv/cpu/xstate.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "pv/policy.h"

#define NONE XEN_CPUID_NO_SUBLEAF

static const struct xstate_layout xstate = {
    .allowed = XSTATE_X87 | XSTATE_SSE | XSTATE_AVX,
    .component = {[2] = {256, 576, false}},
};
static const struct cpuid_view view = {.xstate = &xstate, .amd = true};

static int merge(struct cpu_policy *p, uint32_t leaf, uint32_t subleaf,
                 uint32_t a)
{
    struct xen_cpuid_leaf l = {leaf, subleaf, a, ~0U, ~0U, ~0U};

    return policy_merge(p, &l);
}

/* All features, few leaves; every leaf that is there says so. */
static struct cpu_policy machine(void)
{
    struct cpu_policy p;

    memset(&p, 0xff, sizeof(p));
    assert_int_equal(merge(&p, 0, NONE, 0xd), 0);
    assert_int_equal(merge(&p, 7, 0, 1), 0);
    assert_int_equal(merge(&p, 0xd, 0, 7), 0);
    assert_int_equal(merge(&p, 0x80000000, NONE, 0x80000008), 0);
    return p;
}

static void test_order(void **state)
{
    struct cpu_policy p = machine();
    struct xen_cpuid_leaf last = {0}, l;
    unsigned shown = 0;

    (void)state;
    for (unsigned i = 0; i < POLICY_SLOTS; i++) {
        l = policy_leaf(&p, i);
        if (i)
            assert_true(l.leaf > last.leaf ||
                        (l.leaf == last.leaf && l.subleaf == last.subleaf + 1));
        last = l;
        shown += policy_shows(&p, i);
    }
    assert_int_equal(last.leaf, 0x80000021);
    /* 10 plain, 6 caches, 2 of leaf 7, 2 of 0xb, 3 of 0xd, 2 Xen's, 9. */
    assert_int_equal(shown, 10 + 6 + 2 + 2 + 3 + 2 + 9);
}

/* Each leaf that is given can be taken back as it is. */
static void test_round_trip(void **state)
{
    struct cpu_policy p = machine(), q = {0};

    (void)state;
    for (unsigned i = 0; i < POLICY_SLOTS; i++) {
        struct xen_cpuid_leaf l = policy_leaf(&p, i);

        assert_int_equal(policy_merge(&q, &l), 0);
    }
    assert_memory_equal(&p, &q, sizeof(p));
}

static void test_merge(void **state)
{
    struct cpu_policy p = machine();
    static const struct {
        uint32_t leaf, subleaf;
        bool there;
    } all[] = {
        {0, 0, false},
        {3, NONE, true},
        {4, 5, true},
        {4, 6, false},
        {4, NONE, false},
        {7, 2, true},
        {7, 3, false},
        {0xb, 1, true},
        {0xb, 2, false},
        {0xd, 7, true},
        {0xd, 8, true},
        {0xd, 62, true},
        {0xd, 63, false},
        {0xd, NONE, false},
        {0xe, NONE, false},
        {0x40000000, NONE, true},
        {0x40000000, 0, false},
        {0x40000001, NONE, false},
        {0x40000100, NONE, true},
        {0x80000021, NONE, true},
        {0x80000021, 0, false},
        {0x80000022, NONE, false},
        {~0U, NONE, false},
    };

    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(all); i++)
        assert_int_equal(merge(&p, all[i].leaf, all[i].subleaf, 0),
                         all[i].there ? 0 : -ERANGE);
}

static void test_check(void **state)
{
    struct cpu_policy max = machine(), p = max;
    struct xen_cpuid_leaf l;

    (void)state;
    assert_int_equal(policy_check(&p, &max, &l), 0);
    merge(&p, 0, NONE, 0xe);
    assert_int_equal(policy_check(&p, &max, &l), -EINVAL);
    assert_int_equal(l.leaf, 0);
    assert_int_equal(l.subleaf, NONE);
    p = max;
    merge(&p, 7, 0, 2);
    assert_int_equal(policy_check(&p, &max, &l), -EINVAL);
    assert_int_equal(l.leaf, 7);
    assert_int_equal(l.subleaf, 0);
    p = max;
    merge(&p, 0x80000000, NONE, 0x80000009);
    assert_int_equal(policy_check(&p, &max, &l), -EINVAL);
    assert_int_equal(l.leaf, 0x80000000);
    policy_widen(&max, &view);
    assert_int_equal(policy_check(&p, &max, &l), 0);
}

static void test_restrict(void **state)
{
    struct cpu_policy max = machine(), p = max;
    struct cpuid_regs r;

    (void)state;
    merge(&max, 1, NONE, 0);
    policy_restrict(&max, &max, &view);
    assert_int_equal(policy_word(&max, 0), 0x1789c3f5);
    /* Nothing that max has not, however much is asked for. */
    policy_restrict(&p, &max, &view);
    for (unsigned i = 0; i < POLICY_WORDS; i++)
        assert_int_equal(policy_word(&p, i), policy_word(&max, i));
    assert_true(policy_find(&p, 1, 0, &r));
    assert_int_equal(r.a, 0x0fff0fff);
    assert_int_equal(r.b, 0x00ffffff);
    /* How large the state is is not the toolstack's to say. */
    merge(&p, 0xd, 0, 0xff);
    merge(&p, 0xd, 2, 1);
    policy_restrict(&p, &max, &view);
    assert_true(policy_find(&p, 0xd, 0, &r));
    assert_int_equal(r.a, 7);
    assert_int_equal(r.c, 832);
    assert_true(policy_find(&p, 0xd, 2, &r));
    assert_int_equal(r.a, ~0U);
    /* Behind the last leaf is nothing, also if it becomes the last later. */
    merge(&p, 0, NONE, 5);
    policy_restrict(&p, &max, &view);
    assert_false(policy_find(&p, 7, 0, &r));
    merge(&p, 0, NONE, 0xd);
    policy_restrict(&p, &max, &view);
    assert_true(policy_find(&p, 7, 0, &r));
    assert_int_equal(r.c, 0);
    assert_int_equal(policy_xcr0(&p, 7), 0);
}

static void test_xcr0(void **state)
{
    struct cpu_policy p = machine();
    struct xen_cpuid_leaf l = {1, NONE, 0, 0, 0, 0};

    (void)state;
    assert_int_equal(policy_xcr0(&p, 0xff), 0xe7);
    assert_int_equal(policy_xcr0(&p, 7), 7);
    l.c = 1U << 26;
    policy_merge(&p, &l);
    assert_int_equal(policy_xcr0(&p, 0xff), 3);
    l.c = 0;
    policy_merge(&p, &l);
    assert_int_equal(policy_xcr0(&p, 0xff), 0);
    p = machine();
    merge(&p, 0, NONE, 7);
    assert_int_equal(policy_xcr0(&p, 0xff), 0);
}

static void test_xen_leaves(void **state)
{
    struct cpu_policy p = machine();

    (void)state;
    merge(&p, 0x40000000, NONE, 0);
    assert_int_equal(policy_last_xen_leaf(&p), 0x40000005);
    merge(&p, 0x40000000, NONE, 1);
    assert_int_equal(policy_last_xen_leaf(&p), 0x40000002);
    merge(&p, 0x40000000, NONE, 4);
    assert_int_equal(policy_last_xen_leaf(&p), 0x40000004);
    merge(&p, 0x40000000, NONE, 0xff);
    assert_int_equal(policy_last_xen_leaf(&p), 0x40000005);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order),      cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_merge),      cmocka_unit_test(test_check),
        cmocka_unit_test(test_restrict),   cmocka_unit_test(test_xcr0),
        cmocka_unit_test(test_xen_leaves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

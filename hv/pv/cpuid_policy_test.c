/*
 * pv/cpuid_policy_test.c - what a guest must see, and must not.
 */
/* link: hv/pv/cpuid_policy.c hv/cpu/xstate.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pv/cpuid.h"

static const struct cpuid_regs all = {~0U, ~0U, ~0U, ~0U};

/* AVX, and AVX-512 behind it, as real CPUs have them. */
static const struct xstate_layout avx512 = {
    .allowed = XSTATE_OFFERED,
    .component = {[2] = {256, 576, false},
                  [5] = {64, 1088, false},
                  [6] = {512, 1152, false},
                  [7] = {1024, 1664, false}},
};
static const struct xstate_layout avx = {
    .allowed = XSTATE_X87 | XSTATE_SSE | XSTATE_AVX,
    .component = {[2] = {256, 576, false}},
};
static const struct xstate_layout none;

static struct cpuid_view dom0_view(void)
{
    return (struct cpuid_view){
        .xstate = &avx512,
        .xcr0 = 3,
        .vcpu_id = 3,
        .tsc_khz = 2500000,
        .address_bits = 36,
        .invariant_tsc = true,
        .osxsave = true,
    };
}

static void test_signature(void **state)
{
    struct cpuid_view view = dom0_view();
    struct cpuid_regs r = cpuid_filter(&view, 0x40000000, 0, all);
    char text[12];

    (void)state;
    memcpy(text, &r.b, 4);
    memcpy(text + 4, &r.c, 4);
    memcpy(text + 8, &r.d, 4);
    assert_memory_equal(text, "XenVMMXenVMM", 12);
    assert_int_equal(r.a, 0x40000005);
    assert_int_equal(cpuid_filter(&view, 0x40000001, 0, all).a, 4 << 16 | 17);
    r = cpuid_filter(&view, 0x40000002, 0, all);
    assert_int_equal(r.a, 1);
    assert_int_equal(r.b, 0x40000000);
    assert_int_equal(r.c, 1);
    r = cpuid_filter(&view, 0x40000003, 0, all);
    assert_int_equal(r.c, 2500000);
    assert_int_equal(cpuid_filter(&view, 0x40000005, 0, all).b, 36);
    /* HVM's leaf, and what is behind the last. */
    assert_int_equal(cpuid_filter(&view, 0x40000004, 0, all).a, 0);
    assert_int_equal(cpuid_filter(&view, 0x40000100, 0, all).a, 0);
}

/* Numbers of the SDM: ecx then edx. */
static void test_leaf_1(void **state)
{
    static const uint8_t hidden_c[] = {2,  3,  5,  6,  7,  8,
                                       10, 15, 17, 18, 21, 24};
    static const uint8_t shown_d[] = {0,  2,  4,  5,  6,  7,  8,  9, 14,
                                      15, 16, 19, 23, 24, 25, 26, 28};
    struct cpuid_view view = dom0_view();
    struct cpuid_regs r = cpuid_filter(&view, 1, 0, all);
    uint32_t d = 0;

    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(hidden_c); i++)
        assert_false(r.c >> hidden_c[i] & 1);
    for (unsigned i = 0; i < ARRAY_SIZE(shown_d); i++)
        d |= 1U << shown_d[i];
    assert_int_equal(r.d, d);
    assert_int_equal(r.b >> 24, 6); /* the APIC id */
    view.intel = true;
    assert_int_equal(cpuid_filter(&view, 1, 0, all).d, d | 1U << 11);
    /* The mark of a hypervisor is there even if the host has none. */
    assert_int_equal(cpuid_filter(&view, 1, 0, (struct cpuid_regs){0}).c,
                     1U << 31);
}

static void test_osxsave(void **state)
{
    struct cpuid_view view = dom0_view();

    (void)state;
    assert_true(cpuid_filter(&view, 1, 0, all).c & 1U << 27);
    view.osxsave = false;
    assert_false(cpuid_filter(&view, 1, 0, all).c & 1U << 27);
    assert_true(cpuid_filter(&view, 1, 0, all).c & 1U << 26);
    view.osxsave = true;
    view.xstate = &none;
    assert_false(cpuid_filter(&view, 1, 0, all).c & 3U << 26);
}

/* What needs registers that cannot be saved is not offered. */
static void test_vectors(void **state)
{
    struct cpuid_view view = dom0_view();

    (void)state;
    assert_true(cpuid_filter(&view, 7, 0, all).b & 1U << 16);
    view.xstate = &avx;
    assert_false(cpuid_filter(&view, 7, 0, all).b & 1U << 16);
    assert_true(cpuid_filter(&view, 7, 0, all).b & 1U << 5);
    assert_true(cpuid_filter(&view, 1, 0, all).c & 1U << 28);
    view.xstate = &none;
    assert_false(cpuid_filter(&view, 7, 0, all).b & 1U << 5);
    assert_false(cpuid_filter(&view, 1, 0, all).c & (1U << 28 | 1U << 12));
    assert_false(cpuid_filter(&view, 0x80000001, 0, all).c & 1U << 11);
}

static void test_structured(void **state)
{
    /* smep invpcid smap pt; umip pku ospke cet la57; ibrs ssbd */
    static const uint8_t hidden_b[] = {4, 7, 10, 11, 12, 14, 15, 20, 25};
    static const uint8_t hidden_c[] = {2, 3, 4, 5, 7, 16, 29, 30, 31};
    static const uint8_t hidden_d[] = {9, 20, 22, 24, 26, 27, 28, 29, 30, 31};
    struct cpuid_view view = dom0_view();
    struct cpuid_regs r = cpuid_filter(&view, 7, 0, all);

    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(hidden_b); i++)
        assert_false(r.b >> hidden_b[i] & 1);
    for (unsigned i = 0; i < ARRAY_SIZE(hidden_c); i++)
        assert_false(r.c >> hidden_c[i] & 1);
    for (unsigned i = 0; i < ARRAY_SIZE(hidden_d); i++)
        assert_false(r.d >> hidden_d[i] & 1);
    assert_int_equal(r.a, 2);
    assert_int_equal(cpuid_filter(&view, 7, 2, all).a, 0);
    /* No CPU can be given a feature it lacks. */
    r = cpuid_filter(&view, 7, 0, (struct cpuid_regs){0});
    assert_int_equal(r.a | r.b | r.c | r.d, 0);
}

static void test_xstate(void **state)
{
    struct cpuid_view view = dom0_view();
    struct cpuid_regs r = cpuid_filter(&view, 0xd, 0, all);

    (void)state;
    assert_int_equal(r.a, 0xe7);
    assert_int_equal(r.b, 576); /* what is on now */
    assert_int_equal(r.c, 2688);
    assert_int_equal(r.d, 0);
    view.xcr0 = 7;
    assert_int_equal(cpuid_filter(&view, 0xd, 0, all).b, 832);
    assert_int_equal(cpuid_filter(&view, 0xd, 1, all).a, 7);
    assert_int_equal(cpuid_filter(&view, 0xd, 1, all).b, 832);
    assert_int_equal(cpuid_filter(&view, 0xd, 1, all).c, 0);
    assert_int_equal(cpuid_filter(&view, 0xd, 2, all).a, ~0U);
    assert_int_equal(cpuid_filter(&view, 0xd, 9, all).a, 0);
    assert_int_equal(cpuid_filter(&view, 0xd, ~0U, all).a, 0);
    view.xstate = &none;
    assert_int_equal(cpuid_filter(&view, 0xd, 0, all).a, 0);
}

static void test_limits(void **state)
{
    struct cpuid_view view = dom0_view();

    (void)state;
    assert_int_equal(cpuid_filter(&view, 0, 0, all).a, 0xd);
    assert_int_equal(cpuid_filter(&view, 0x80000000, 0, all).a, 0x80000021);
    assert_int_equal(cpuid_filter(&view, 0, 0, (struct cpuid_regs){.a = 5}).a,
                     5);
    for (uint32_t leaf = 5; leaf < 0x20; leaf++) {
        struct cpuid_regs r = cpuid_filter(&view, leaf, 0, all);

        if (leaf != 7 && leaf != 0xb && leaf != 0xd)
            assert_int_equal(r.a | r.b | r.c | r.d, 0);
    }
    assert_int_equal(cpuid_filter(&view, 0x8000000a, 0, all).a, 0);
    assert_int_equal(cpuid_filter(&view, 0x8000001f, 0, all).a, 0);
}

static void test_extended(void **state)
{
    struct cpuid_view view = dom0_view();
    struct cpuid_regs r = cpuid_filter(&view, 0x80000001, 0, all);

    (void)state;
    assert_false(r.c & 1U << 2);  /* SVM */
    assert_false(r.d & 1U << 26); /* 1 GiB pages */
    assert_false(r.d & 1U << 3);  /* AMD's copy of PSE */
    assert_true(r.d & 1U << 11);
    assert_false(r.d & 1U);
    view.amd = true;
    r = cpuid_filter(&view, 0x80000001, 0, all);
    assert_true(r.d & 1U);
    assert_false(r.d & 1U << 3);
    assert_int_equal(cpuid_filter(&view, 0x80000007, 0, all).d, 1U << 8);
    view.invariant_tsc = false;
    assert_int_equal(cpuid_filter(&view, 0x80000007, 0, all).d, 0);
    assert_int_equal(cpuid_filter(&view, 0x80000008, 0, all).b, 5);
}

/* A vcpu has one APIC id, wherever it asks. */
static void test_topology(void **state)
{
    struct cpuid_view view = dom0_view();

    (void)state;
    assert_int_equal(cpuid_filter(&view, 0xb, 1, all).d, 6);
    assert_int_equal(cpuid_filter(&view, 0xb, 1, all).c & 0xff, 1);
    assert_int_equal(cpuid_filter(&view, 4, 0, all).a, ~0U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signature),  cmocka_unit_test(test_leaf_1),
        cmocka_unit_test(test_osxsave),    cmocka_unit_test(test_vectors),
        cmocka_unit_test(test_structured), cmocka_unit_test(test_xstate),
        cmocka_unit_test(test_limits),     cmocka_unit_test(test_extended),
        cmocka_unit_test(test_topology),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

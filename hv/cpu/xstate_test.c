/*
 * cpu/xstate_test.c - which components a machine's guests get, and the sizes.
 */
/* link: hv/cpu/xstate.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "cpu/xstate.h"

/* A CPU with everything, as Intel lays it out. */
static struct xstate_layout server(void)
{
    return (struct xstate_layout){
        .allowed = ~0UL,
        .component = {[2] = {256, 576, false},
                      [3] = {64, 960, false},
                      [4] = {64, 1024, false},
                      [5] = {64, 1088, true},
                      [6] = {512, 1152, false},
                      [7] = {1024, 1664, true}},
    };
}

static void test_offered(void **state)
{
    struct xstate_layout x = server();

    (void)state;
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 0xe7);
    x.allowed = 7;
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 7);
    x.allowed = 0x27; /* a third of AVX-512 */
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 7);
    x.allowed = 0xe3; /* AVX-512 without AVX */
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 3);
    x.allowed = 1;
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 0);
    x.allowed = 6;
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 0);
}

/* A component that is said to lie elsewhere is not used. */
static void test_strange_layouts(void **state)
{
    struct xstate_layout x = server();

    (void)state;
    x.component[7].offset = 3100;
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 7);
    x = server();
    x.component[2].bytes = 0;
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 3);
    x = server();
    x.component[2].offset = 0xffffffff;
    x.component[6].bytes = 0xffffffff;
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 3);
    x = server();
    x.component[2].offset = 512;
    xstate_restrict(&x);
    assert_int_equal(x.allowed, 3);
}

static void test_valid_values(void **state)
{
    struct xstate_layout x = server();

    (void)state;
    xstate_restrict(&x);
    assert_true(xstate_is_valid(&x, 1));
    assert_true(xstate_is_valid(&x, 3));
    assert_true(xstate_is_valid(&x, 7));
    assert_true(xstate_is_valid(&x, 0xe7));
    assert_false(xstate_is_valid(&x, 0));
    assert_false(xstate_is_valid(&x, 2));
    assert_false(xstate_is_valid(&x, 5));
    assert_false(xstate_is_valid(&x, 0x27));
    assert_false(xstate_is_valid(&x, 0xe3));
    assert_false(xstate_is_valid(&x, 0x207));
    assert_false(xstate_is_valid(&x, 1UL << 63 | 7));
    x.allowed = 0;
    assert_false(xstate_is_valid(&x, 3));
}

static void test_sizes(void **state)
{
    struct xstate_layout x = server();

    (void)state;
    assert_int_equal(xstate_bytes(&x, 3), 576);
    assert_int_equal(xstate_bytes(&x, 7), 832);
    assert_int_equal(xstate_bytes(&x, 0xe7), 2688);
    assert_int_equal(xstate_compacted_bytes(&x, 3), 576);
    assert_int_equal(xstate_compacted_bytes(&x, 7), 832);
    /* 576 256 64 512, all multiples of 64, then 1024 */
    assert_int_equal(xstate_compacted_bytes(&x, 0xe7), 2432);
    x.component[6].bytes = 8;
    assert_int_equal(xstate_compacted_bytes(&x, 0xe7), 896 + 64 + 1024);
}

static void test_images(void **state)
{
    struct xstate_layout x = server();
    uint64_t header[8] = {7};

    (void)state;
    xstate_restrict(&x);
    assert_int_equal(xstate_check(&x, 7, 7, header), 0);
    assert_int_equal(xstate_check(&x, 3, 7, header), 0);
    assert_int_equal(xstate_check(&x, 7, 3, header), -EINVAL);
    assert_int_equal(xstate_check(&x, 3, 3, header), -EINVAL);
    assert_int_equal(xstate_check(&x, 0, 7, header), -EINVAL);
    assert_int_equal(xstate_check(&x, 7, 0x207, header), -EINVAL);
    assert_int_equal(xstate_check(&x, 0, 0, header), -EINVAL);
    header[1] = 1UL << 63;
    assert_int_equal(xstate_check(&x, 7, 7, header), -EOPNOTSUPP);
    header[1] = 0;
    for (unsigned i = 2; i < 8; i++) {
        header[i] = 1;
        assert_int_equal(xstate_check(&x, 7, 7, header), -EIO);
        header[i] = 0;
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_offered),
        cmocka_unit_test(test_strange_layouts),
        cmocka_unit_test(test_valid_values),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_images),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

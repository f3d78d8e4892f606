/* Tests of pv/l1tf.h. */
/* link: */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pv/l1tf.h"

#define LIMIT 0x150000000UL /* 5.25 GiB */

static void test_small(void **state)
{
    (void)state;
    for (unsigned level = 1; level <= 4; level++) {
        assert_true(l1tf_entry_is_safe(0, level, LIMIT));
        assert_true(l1tf_entry_is_safe(0xf7e | PTE_NX, level, LIMIT));
        assert_false(l1tf_entry_is_safe(0x1000, level, LIMIT));
        assert_false(l1tf_entry_is_safe(LIMIT - PAGE_SIZE, level, LIMIT));
        assert_true(l1tf_entry_is_safe(LIMIT, level, LIMIT));
        assert_true(l1tf_entry_is_safe(PTE_ADDR & ~0xffffUL, level, LIMIT));
        /* Bits that the cache may not compare do not help. */
        assert_false(l1tf_entry_is_safe(1UL << 44 | 0x1000, level, LIMIT));
        assert_false(l1tf_entry_is_safe(0xffUL << 44 | 0x1000, level, LIMIT));
        assert_true(l1tf_entry_is_safe(1UL << 43, level, LIMIT));
    }
}

static void test_large(void **state)
{
    (void)state;
    assert_true(l1tf_entry_is_safe(PTE_PAT, 1, LIMIT));
    for (unsigned level = 2; level <= 4; level++) {
        assert_false(l1tf_entry_is_safe(PTE_PSE, level, LIMIT));
        assert_false(l1tf_entry_is_safe(LIMIT | PTE_PSE, level, LIMIT));
        assert_true(l1tf_entry_is_safe(6UL << 30 | PTE_PSE, level, LIMIT));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_small),
                                       cmocka_unit_test(test_large)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Tests of mm/isolation.h. */
/* link: */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/compiler.h"
#include "mm/isolation.h"

/* A value of CR3 is the table, and the number only where there are numbers. */
static void test_cr3(void **state)
{
    const paddr_t l4 = 0x123456789000;

    (void)state;
    assert_int_equal(isolation_cr3(l4, true, false), l4);
    assert_int_equal(isolation_cr3(l4, false, false), l4);
    assert_int_equal(isolation_cr3(l4, true, true), l4 | 1);
    assert_int_equal(isolation_cr3(l4, false, true), l4 | 2);
    /* Ours is number 0; none has the bit that keeps what is cached. */
    assert_int_not_equal(PCID_KERNEL, PCID_USER);
    assert_true(PCID_KERNEL && PCID_USER);
    assert_false(isolation_cr3(l4, true, true) & CR3_NO_FLUSH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cr3)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

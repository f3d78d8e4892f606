/* link: */
/*
 * pv/machine_check_test.c - what each kind of report leads to.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pv/machine_check.h"

#define V  MCI_VALID
#define UC (MCI_VALID | MCI_UNCORRECTED)

static void test_each_kind(void **state)
{
    static const struct {
        uint64_t mcg, status;
        enum mce_verdict guest, ours;
    } cases[] = {
        {MCG_RIPV, 0, MCE_NOTHING, MCE_NOTHING},
        {0, MCI_UNCORRECTED, MCE_NOTHING, MCE_NOTHING},
        {MCG_RIPV, V, MCE_HARMLESS, MCE_HARMLESS},
        {0, V, MCE_HARMLESS, MCE_HARMLESS},
        {MCG_RIPV, UC, MCE_HARMLESS, MCE_HARMLESS},
        {MCG_RIPV, UC | MCI_SIGNALED, MCE_HARMLESS, MCE_HARMLESS},
        {MCG_RIPV, UC | MCI_SIGNALED | MCI_ACTION, MCE_GUEST, MCE_FATAL},
        {0, UC | MCI_SIGNALED | MCI_ACTION, MCE_FATAL, MCE_FATAL},
        {MCG_RIPV, UC | MCI_ACTION, MCE_FATAL, MCE_FATAL},
        {MCG_RIPV, UC | MCI_CORRUPT, MCE_FATAL, MCE_FATAL},
        {MCG_RIPV, UC | MCI_OVERFLOW, MCE_FATAL, MCE_FATAL},
        {0, UC, MCE_FATAL, MCE_FATAL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        assert_int_equal(mce_judge(cases[i].mcg, cases[i].status, true),
                         cases[i].guest);
        assert_int_equal(mce_judge(cases[i].mcg, cases[i].status, false),
                         cases[i].ours);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_each_kind)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}

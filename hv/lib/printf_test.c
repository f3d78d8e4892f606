/*
 * lib/printf_test.c - against the host's C library, and the differences.
 */
/* link: hv/lib/printf.c hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/printf.h"

#define SAME(...)                                                              \
    do {                                                                       \
        char want[300], got[300];                                              \
        int n = snprintf(want, sizeof(want), __VA_ARGS__);                     \
        assert_int_equal(str_format(got, sizeof(got), __VA_ARGS__), n);        \
        assert_string_equal(got, want);                                        \
    } while (0)

static void integers(void **state)
{
    (void)state;
    SAME("%d %u", -5, 7U);
    SAME("%d %d %ld %lld", 0, INT32_MIN, INT64_MIN, 9223372036854775807LL);
    SAME("%x %lx %lu", 0xbeefU, UINT64_MAX, UINT64_MAX);
    SAME("%zu", (size_t)5);
}

static void widths_and_flags(void **state)
{
    (void)state;
    SAME("[%5d] [%05d] [%5d] [%05d]", 42, 42, -42, -42);
    SAME("[%#x] [%#x]", 255U, 0U);
    SAME("[%#10x] [%#010x] [%08lx]", 255U, 255U, 0x1234UL);
}

static void text(void **state)
{
    (void)state;
    SAME("[%s] [%8s] [%2s]", "abc", "abc", "abc");
    SAME("[%c] [%3c] [%%]", 'x', 'y');
    SAME("nothing to do");
}

static int format_unchecked(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = str_vformat(buf, size, fmt, args);
    va_end(args);
    return n;
}

static void differences(void **state)
{
    char got[64];

    (void)state;
    format_unchecked(got, sizeof(got), "%s", NULL);
    assert_string_equal(got, "(null)");
    format_unchecked(got, sizeof(got), "a%q%");
    assert_string_equal(got, "aq");
    format_unchecked(got, sizeof(got), "%99999999999d|", 1);
    assert_int_equal(strlen(got), 63);
}

static void cut_text_is_terminated(void **state)
{
    char got[8] = "#######";

    (void)state;
    assert_int_equal(str_format(got, 4, "%s", "abcdef"), 6);
    assert_string_equal(got, "abc");
    assert_int_equal(got[4], '#');
    assert_int_equal(str_format(got, 1, "xyz"), 3);
    assert_string_equal(got, "");
    assert_int_equal(str_format(NULL, 0, "%d", 12345), 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers),
        cmocka_unit_test(widths_and_flags),
        cmocka_unit_test(text),
        cmocka_unit_test(differences),
        cmocka_unit_test(cut_text_is_terminated),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

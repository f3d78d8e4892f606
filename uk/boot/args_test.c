/* link: uk/boot/args.c */
/* args_test.c - the command line as words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "boot/args.h"

/* The words of `line`, joined by |; or the refusal's number. */
static const char *split(const char *line, size_t size)
{
    static char joined[256];
    char *out = malloc(size), *end = out, *at = joined;
    int n = args_split(line, out, size, &end);

    if (n < 0) {
        at[0] = '-';
        at[1] = (char)('0' - n);
        at[2] = 0;
    } else {
        assert_true(end >= out && end <= out + size);
        for (char *c = out; c < end; c++)
            *at++ = *c ? *c : '|';
        *at = 0;
    }
    free(out);
    return joined;
}

static void words_are_parted_by_blanks(void **state)
{
    (void)state;
    assert_string_equal(split("", 9), "");
    assert_string_equal(split("  hello \t a\n", 99), "hello|a|");
}

static void quotes_keep_blanks(void **state)
{
    (void)state;
    assert_string_equal(split("'a b' c\"d \\\" e\"f ''", 99), "a b|cd \" ef||");
    assert_string_equal(split("a\\ b '\\' \"\\n\"", 99), "a b|\\|\\n|");
    assert_string_equal(split("a\\", 99), "a\\|");
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    assert_string_equal(split("a 'b", 99), "-1");
    assert_string_equal(split("abc", 3), "-2");
    assert_string_equal(split("abc", 4), "abc|");
    assert_string_equal(split("a b", 3), "-2");
}

static void assignments_come_first(void **state)
{
    (void)state;
    assert_int_equal(args_count_environment("A=1\0_b2=\0x\0C=3", 4), 2);
    assert_int_equal(args_count_environment("=1", 1), 0);
    assert_int_equal(args_count_environment("2A=1", 1), 0);
    assert_int_equal(args_count_environment("A=", 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_parted_by_blanks),
        cmocka_unit_test(quotes_keep_blanks),
        cmocka_unit_test(what_is_wrong_is_refused),
        cmocka_unit_test(assignments_come_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

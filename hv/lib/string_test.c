/*
 * lib/string_test.c - our own memory and string functions, all sizes and
 * overlaps that their branches tell apart.
 */
/* link: hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The real ones keep their names; what is tested gets others. */
#define memcpy  our_memcpy
#define memmove our_memmove
#define memset  our_memset
#define memcmp  our_memcmp
#define memchr  our_memchr
#define strlen  our_strlen
#define strnlen our_strnlen
#define strcmp  our_strcmp
#define strncmp our_strncmp
#define strchr  our_strchr
#define strstr  our_strstr
#undef LIB_STRING_H
#include "lib/memory.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strstr

#define SIZES 80

static unsigned char bytes[4 * SIZES];

static void fill(void)
{
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] = (unsigned char)(i * 37 + 11);
}

/* Every distance between source and target, every length. */
static void copies(void **state)
{
    unsigned char want[sizeof(bytes)];

    (void)state;
    for (size_t n = 0; n < SIZES; n++) {
        for (size_t to = 0; to <= 2 * SIZES; to++) {
            fill();
            memcpy(want, bytes, sizeof(want));
            memmove(want + to, want + SIZES, n);
            assert_ptr_equal(our_memmove(bytes + to, bytes + SIZES, n),
                             bytes + to);
            assert_memory_equal(bytes, want, sizeof(want));
        }
        fill();
        memcpy(want, bytes, sizeof(want));
        memcpy(want + 3, want + 2 * SIZES + 1, n);
        our_memcpy(bytes + 3, bytes + 2 * SIZES + 1, n);
        assert_memory_equal(bytes, want, sizeof(want));
    }
}

static void fills(void **state)
{
    unsigned char want[sizeof(bytes)];

    (void)state;
    for (size_t n = 0; n < SIZES; n++) {
        fill();
        memcpy(want, bytes, sizeof(want));
        memset(want + 5, 0xa7, n);
        assert_ptr_equal(our_memset(bytes + 5, 0x1a7, n), bytes + 5);
        assert_memory_equal(bytes, want, sizeof(want));
    }
}

static int sign(int n)
{
    return (n > 0) - (n < 0);
}

static void comparisons(void **state)
{
    unsigned char a[32], b[32];

    (void)state;
    for (size_t n = 0; n < 32; n++) {
        for (size_t at = 0; at < 32; at++) {
            memset(a, 'x', sizeof(a));
            memset(b, 'x', sizeof(b));
            b[at] = 0xff;
            assert_int_equal(sign(our_memcmp(a, b, n)), at < n ? -1 : 0);
            assert_int_equal(sign(our_memcmp(b, a, n)), at < n ? 1 : 0);
        }
    }
    assert_int_equal(our_strcmp("", ""), 0);
    assert_true(our_strcmp("a", "b") < 0);
    assert_true(our_strcmp("ab", "a") > 0);
    assert_true(our_strcmp("a\xff", "a\x01") > 0);
    assert_int_equal(our_strncmp("abc", "abd", 2), 0);
    assert_true(our_strncmp("abc", "abd", 3) < 0);
    assert_int_equal(our_strncmp("ab", "ab", 99), 0);
    assert_int_equal(our_strncmp("a", "b", 0), 0);
}

static void searches(void **state)
{
    const char *s = "one two";

    (void)state;
    assert_ptr_equal(our_strchr(s, 't'), s + 4);
    assert_ptr_equal(our_strchr(s, 0), s + 7);
    assert_null(our_strchr(s, 'x'));
    assert_ptr_equal(our_strstr(s, "tw"), s + 4);
    assert_ptr_equal(our_strstr(s, ""), s);
    assert_null(our_strstr(s, "twos"));
    assert_ptr_equal(our_memchr(s, 'n', 7), s + 1);
    assert_null(our_memchr(s, 'w', 5));
    assert_int_equal(our_strlen(s), 7);
    assert_int_equal(our_strnlen(s, 3), 3);
    assert_int_equal(our_strnlen(s, 30), 7);
}

static void copy_of_text(void **state)
{
    char buf[4];

    (void)state;
    assert_int_equal(str_copy(buf, "ab", 4), 2);
    assert_string_equal(buf, "ab");
    assert_int_equal(str_copy(buf, "abcdef", 4), 6);
    assert_string_equal(buf, "abc");
    assert_int_equal(str_copy(buf, "x", 0), 1);
    assert_string_equal(buf, "abc");
}

static void number(const char *s, uint64_t want, size_t used)
{
    const char *end;

    assert_true(str_to_u64(s, &end) == want);
    assert_int_equal(end - s, used);
}

static void numbers(void **state)
{
    (void)state;
    number("0", 0, 1);
    number("12x", 12, 2);
    number("0x1fG", 0x1f, 4);
    number("0XAb", 0xab, 4);
    number("0x", 0, 1);
    number("0xg", 0, 1);
    number("0178", 15, 3);
    number("", 0, 0);
    number("-1", 0, 0);
    number("18446744073709551615", UINT64_MAX, 20);
    number("18446744073709551616", UINT64_MAX, 20);
    number("0xfffffffffffffffff,", UINT64_MAX, 19);
    assert_int_equal(str_to_u64("7", NULL), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies),       cmocka_unit_test(fills),
        cmocka_unit_test(comparisons),  cmocka_unit_test(searches),
        cmocka_unit_test(copy_of_text), cmocka_unit_test(numbers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

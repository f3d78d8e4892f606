/*
 * lib/tools_test.c - bitmaps, lists, clock scaling, option values.
 */
/* link: hv/lib/scale.c hv/lib/option.c hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lib/bitmap.h"
#include "lib/list.h"
#include "lib/nospec.h"
#include "lib/option.h"
#include "lib/scale.h"

static void bits(void **state)
{
    uint64_t map[BITMAP_WORDS(130)] = {0};

    (void)state;
    assert_int_equal(BITMAP_WORDS(130), 3);
    map[1] = 1;
    map[2] = 2;
    assert_true(bitmap_test(map, 64));
    assert_false(bitmap_test(map, 65));
    assert_true(bitmap_test_and_clear(map, 64));
    assert_false(bitmap_test_and_clear(map, 64));
    assert_false(bitmap_test_and_set(map, 0));
    assert_true(bitmap_test_and_set(map, 0));
    assert_int_equal(map[0], 1);
}

struct item {
    int value;
    struct list_node node;
};

static int sum(struct list_node *head)
{
    int total = 0;

    list_for_each(n, head) total =
        total * 10 + list_entry(n, struct item, node)->value;
    return total;
}

static void lists(void **state)
{
    struct list_node head = LIST_INIT(head);
    struct item a = {.value = 1}, b = {.value = 2}, c = {.value = 3};

    (void)state;
    list_insert_before(&head, &a.node);
    list_insert_before(&head, &b.node);
    list_insert_before(&a.node, &c.node);
    assert_int_equal(sum(&head), 312);
    list_remove(&a.node);
    list_remove(&a.node);
    assert_int_equal(sum(&head), 32);
    list_insert_before(&b.node, &a.node);
    assert_int_equal(sum(&head), 312);
    list_remove(&c.node);
    list_remove(&b.node);
    assert_int_equal(sum(&head), 1);
}

/* The error of the factor, in units of 2^-32, over a second of ticks. */
static void check_scale(uint64_t from, uint64_t to)
{
    uint32_t mul;
    int8_t shift;
    uint64_t got;

    scale_find(from, to, &mul, &shift);
    assert_true(mul >> 31);
    got = scale_u64(from, mul, shift);
    assert_true(got <= to + 2 && got + 2 + to / 0x7fffffff >= to);
}

static void scales(void **state)
{
    uint32_t mul;
    int8_t shift;

    (void)state;
    assert_int_equal(scale_u64(1000, 0x80000000, 1), 1000);
    assert_int_equal(scale_u64(1000, 0x80000000, 0), 500);
    assert_int_equal(scale_u64(1000, 0x80000000, -1), 250);
    assert_true(scale_u64(UINT64_MAX, UINT32_MAX, 0) == 0xfffffffeffffffff);
    check_scale(1000000000, 1000000000);
    check_scale(2893299000, 1000000000);
    check_scale(3579545, 1000000000);
    check_scale(100000000, 1000000000);
    check_scale(1000000000, 2893299000);
    check_scale(1, 1000000000);
    check_scale((1UL << 62) - 1, 1);
    check_scale(1193182, 1000000000);
    scale_find(1UL << 40, (1UL << 40) - 1, &mul, &shift);
    assert_int_equal(mul, UINT32_MAX);
}

static void bools(void **state)
{
    (void)state;
    assert_int_equal(option_parse_bool(""), 1);
    assert_int_equal(option_parse_bool("enable"), 1);
    assert_int_equal(option_parse_bool("1"), 1);
    assert_int_equal(option_parse_bool("off"), 0);
    assert_int_equal(option_parse_bool("0"), 0);
    assert_int_equal(option_parse_bool("maybe"), -1);
}

static void size(const char *text, uint64_t want, const char *rest)
{
    const char *end;
    uint64_t bytes;

    assert_true(option_parse_size(text, &end, &bytes));
    assert_true(bytes == want);
    assert_string_equal(end, rest);
}

static void sizes(void **state)
{
    const char *end;
    uint64_t bytes;

    (void)state;
    size("512M", 512UL << 20, "");
    size("1g,x", 1UL << 30, ",x");
    size("16", 16UL << 10, "");
    size("16k", 16UL << 10, "");
    size("4096B", 4096, "");
    size("0x10T", 16UL << 40, "");
    size("99999999999T", UINT64_MAX, "");
    assert_false(option_parse_size("G", &end, &bytes));
    assert_false(option_parse_size("", &end, &bytes));
}

static void items(void **state)
{
    const char *list = "one,,three";
    char item[4];

    (void)state;
    assert_true(option_next_item(&list, item, sizeof(item)));
    assert_string_equal(item, "one");
    assert_true(option_next_item(&list, item, sizeof(item)));
    assert_string_equal(item, "");
    assert_true(option_next_item(&list, item, sizeof(item)));
    assert_string_equal(item, "thr");
    assert_false(option_next_item(&list, item, sizeof(item)));
}

static void indices(void **state)
{
    (void)state;
    assert_int_equal(index_nospec(0, 5), 0);
    assert_int_equal(index_nospec(4, 5), 4);
    assert_int_equal(index_nospec(5, 5), 0);
    assert_int_equal(index_nospec(~0UL, 5), 0);
    assert_int_equal(index_nospec(~0UL - 1, ~0UL), ~0UL - 1);
    assert_int_equal(index_nospec(0, 0), 0);
    assert_int_equal(spoil_if_zero(7, 0), ~0UL);
    assert_int_equal(spoil_if_zero(7, 1), 7);
    assert_int_equal(spoil_if_zero(7, ~0UL), 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(indices), cmocka_unit_test(bits),
        cmocka_unit_test(lists),   cmocka_unit_test(scales),
        cmocka_unit_test(bools),   cmocka_unit_test(sizes),
        cmocka_unit_test(items),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

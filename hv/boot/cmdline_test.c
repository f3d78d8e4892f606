/*
 * boot/cmdline_test.c - options of every kind, and dom0_mem=.
 */
/* link: hv/boot/cmdline.c hv/boot/dom0_mem.c hv/lib/option.c hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "boot/cmdline.h"
#include "boot/dom0_mem.h"

static bool flag;
static uint32_t number;
static char custom[32];

static int parse_custom(const char *value)
{
    snprintf(custom, sizeof(custom), "%s", value ? value : "(no)");
    return value && strcmp(value, "bad") == 0 ? -EINVAL : 0;
}

static const struct cmdline_option options[] = {
    {.name = "flag", .kind = OPTION_BOOL, .target = &flag},
    {.name = "number", .kind = OPTION_U32, .target = &number},
    {.name = "custom", .kind = OPTION_CUSTOM, .parse = parse_custom},
    {.name = "no-such", .kind = OPTION_BOOL, .target = &flag},
    {.name = "broken", .kind = (enum option_kind)99, .target = &flag},
};

static char reports[600];

static void report(const char *word, enum cmdline_problem why)
{
    size_t n = strlen(reports);

    snprintf(reports + n, sizeof(reports) - n, "%c%.40s ", "?!+"[why], word);
}

/* Returns the words that could not be used, each behind its reason. */
static const char *parse(const char *line)
{
    reports[0] = '\0';
    cmdline_parse(line, options, ARRAY_SIZE(options), report);
    return reports;
}

static void bools(void **state)
{
    (void)state;
    assert_string_equal(parse("flag"), "");
    assert_true(flag);
    assert_string_equal(parse("no-flag"), "");
    assert_false(flag);
    parse("flag=yes");
    assert_true(flag);
    parse("flag=off");
    assert_false(flag);
    parse("flag=0 flag=1");
    assert_true(flag);
    assert_string_equal(parse("flag=2 no-flag=1"), "!flag=2 ?no-flag=1 ");
    assert_true(flag);
    parse("no-no-such");
    assert_false(flag);
    parse("no-such");
    assert_true(flag);
}

static void numbers(void **state)
{
    (void)state;
    assert_string_equal(parse("number=4294967295"), "");
    assert_int_equal(number, UINT32_MAX);
    assert_string_equal(parse("number=0x10"), "");
    assert_int_equal(number, 16);
    assert_string_equal(parse("number=1x number= number=-1 number no-number"),
                        "!number=1x !number= !number=-1 !number !no-number ");
    assert_string_equal(parse("number=4294967296"), "!number=4294967296 ");
    assert_int_equal(number, 16);
    parse("number=010");
    assert_int_equal(number, 8);
}

static void texts(void **state)
{
    (void)state;
    assert_string_equal(parse("custom=a=b,c"), "");
    assert_string_equal(custom, "a=b,c");
    assert_string_equal(parse("custom=x custom=bad"), "!custom=bad ");
    assert_string_equal(custom, "bad");
    parse("no-custom");
    assert_string_equal(custom, "(no)");
    parse("custom");
    assert_string_equal(custom, "");
    assert_string_equal(parse("broken"), "!broken ");
}

static void lines(void **state)
{
    char line[400];

    (void)state;
    assert_string_equal(parse(""), "");
    assert_string_equal(parse(" \t\n\r "), "");
    assert_string_equal(parse("what no-what  Flag\tx=1 ="),
                        "?what ?no-what ?Flag ?x=1 ?= ");
    number = 1;
    assert_string_equal(parse("number=2 -- number=3 nonsense"), "");
    assert_int_equal(number, 2);
    assert_string_equal(parse("--x"), "?--x ");
    memset(line, 'a', sizeof(line));
    line[sizeof(line) - 1] = '\0';
    parse(line);
    assert_int_equal(reports[0], '+');
    memcpy(line + CMDLINE_WORD_MAX, " flag=0", 8);
    flag = true;
    parse(line);
    assert_int_equal(reports[0], '?');
    assert_false(flag);
}

static void guest_parts(void **state)
{
    (void)state;
    assert_string_equal(cmdline_guest_part("a b -- c d"), "c d");
    assert_string_equal(cmdline_guest_part("a --b c--"), "");
    assert_string_equal(cmdline_guest_part("--\tquiet"), "quiet");
    assert_string_equal(cmdline_guest_part("a --"), "");
    assert_string_equal(cmdline_guest_part(""), "");
    assert_string_equal(cmdline_skip_word(" /boot/xen.gz  a b"), "a b");
    assert_string_equal(cmdline_skip_word("xen"), "");
    assert_string_equal(cmdline_skip_word(""), "");
}

#define MIB_PAGES 256UL
#define GIB_PAGES (1024 * MIB_PAGES)

static uint64_t pages(const char *value, uint64_t available)
{
    struct dom0_mem mem = {0};

    if (value[0])
        assert_int_equal(dom0_mem_parse(value, &mem), 0);
    return dom0_mem_pages(&mem, available);
}

static void dom0_sizes(void **state)
{
    (void)state;
    assert_int_equal(pages("", GIB_PAGES), GIB_PAGES - 64 * MIB_PAGES);
    assert_int_equal(pages("", 100 * GIB_PAGES),
                     100 * GIB_PAGES - 128 * MIB_PAGES);
    assert_int_equal(pages("512M", GIB_PAGES), 512 * MIB_PAGES);
    assert_int_equal(pages("524288", GIB_PAGES), 512 * MIB_PAGES);
    assert_int_equal(pages("2G", GIB_PAGES), GIB_PAGES);
    assert_int_equal(pages("-256M", GIB_PAGES), 768 * MIB_PAGES);
    assert_int_equal(pages("-2G", GIB_PAGES), 0);
    assert_int_equal(pages("25%", GIB_PAGES), 256 * MIB_PAGES);
    assert_int_equal(pages("-25%", GIB_PAGES), 768 * MIB_PAGES);
    assert_int_equal(pages("1G+25%", 256 * GIB_PAGES), 65 * GIB_PAGES);
    assert_int_equal(pages("25%+1G", 256 * GIB_PAGES), 65 * GIB_PAGES);
    assert_int_equal(pages("99999999999T+50%", 7), 7);
    assert_int_equal(pages("0", GIB_PAGES), 0);
}

static void dom0_limits(void **state)
{
    struct dom0_mem mem = {0};

    (void)state;
    assert_int_equal(pages("max:256M", GIB_PAGES), 256 * MIB_PAGES);
    assert_int_equal(pages("512M,max:256M", GIB_PAGES), 256 * MIB_PAGES);
    assert_int_equal(pages("min:512M,256M", GIB_PAGES), 512 * MIB_PAGES);
    assert_int_equal(pages("min:2G", GIB_PAGES), GIB_PAGES);
    assert_int_equal(pages("min:512M,max:300M,1M", GIB_PAGES), 300 * MIB_PAGES);
    assert_int_equal(pages("min:-512M,1M", GIB_PAGES), 512 * MIB_PAGES);
    assert_true(dom0_mem_max_pages(&mem, GIB_PAGES) == UINT64_MAX);
    assert_int_equal(dom0_mem_parse("512M,max:1G", &mem), 0);
    assert_int_equal(dom0_mem_max_pages(&mem, 4 * GIB_PAGES), GIB_PAGES);
    assert_int_equal(dom0_mem_parse("256M", &mem), 0);
    assert_true(mem.max.given);
    assert_int_equal(mem.size.pages, 256 * MIB_PAGES);
}

static void dom0_refusals(void **state)
{
    static const char *const bad[] = {
        "x",    "100%", "1G+",      "1G+1G", "5%+5%", "min:", "512M,,",
        "--1G", "1G%x", "max:1G+x", "-",     "1G 1",  "1%1",  "min:x",
    };
    struct dom0_mem mem = {.size = {.pages = 5}};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(dom0_mem_parse(bad[i], &mem), -EINVAL);
        assert_int_equal(mem.size.pages, 5);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bools),       cmocka_unit_test(numbers),
        cmocka_unit_test(texts),       cmocka_unit_test(lines),
        cmocka_unit_test(guest_parts), cmocka_unit_test(dom0_sizes),
        cmocka_unit_test(dom0_limits), cmocka_unit_test(dom0_refusals),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

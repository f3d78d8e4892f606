/*
 * console/console_test.c - the console's decisions: levels, rate limit, ring,
 * input, symbols, backtraces.
 */
/* link: hv/console/loglevel.c hv/console/log_ring.c hv/console/input.c
 * hv/console/symbol_find.c hv/console/backtrace.c hv/lib/string.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "abi/errno.h"
#include "console/backtrace.h"
#include "console/input.h"
#include "console/log_ring.h"
#include "console/loglevel.h"
#include "console/symbols.h"
#include "lib/log.h"

static void levels(void **state)
{
    const char *fmt = XENLOG_G_INFO "text";
    struct log_level level = log_take_level(&fmt);

    (void)state;
    assert_string_equal(fmt, "text");
    assert_int_equal(level.severity, LOG_INFO);
    assert_true(level.by_guest && level.given);
    fmt = XENLOG_ERR "";
    level = log_take_level(&fmt);
    assert_int_equal(level.severity, LOG_ERR);
    assert_false(level.by_guest);
    fmt = "plain";
    level = log_take_level(&fmt);
    assert_int_equal(level.severity, LOG_WARNING);
    assert_false(level.given);
    fmt = "\0019";
    assert_false(log_take_level(&fmt).given);
    assert_string_equal(fmt, "\0019");
}

static void thresholds(void **state)
{
    struct log_threshold t = {9, 9};

    (void)state;
    assert_int_equal(log_parse_threshold("all", &t), 0);
    assert_int_equal(t.always, LOG_ALL);
    assert_int_equal(t.limited, LOG_ALL);
    assert_int_equal(log_parse_threshold("none/warning", &t), 0);
    assert_int_equal(t.always, LOG_ERR);
    assert_int_equal(t.limited, LOG_INFO);
    assert_int_equal(log_parse_threshold("info/error", &t), 0);
    assert_int_equal(t.limited, t.always);
    assert_int_equal(log_parse_threshold("loud", &t), -EINVAL);
    assert_int_equal(log_parse_threshold("info/", &t), -EINVAL);
    assert_int_equal(log_parse_threshold("info,", &t), -EINVAL);
    assert_int_equal(log_parse_threshold("", &t), -EINVAL);
    assert_int_equal(t.always, LOG_DEBUG);
}

#define SECOND 1000000000UL

static void rate_limits(void **state)
{
    struct rate_limit limit = {0};
    uint32_t lost;

    (void)state;
    for (int i = 0; i < RATE_LIMIT_MESSAGES; i++) {
        assert_true(rate_limit_admit(&limit, 7 * SECOND, &lost));
        assert_int_equal(lost, 0);
    }
    assert_false(rate_limit_admit(&limit, 8 * SECOND, &lost));
    assert_false(rate_limit_admit(&limit, 12 * SECOND - 1, &lost));
    assert_int_equal(lost, 0);
    assert_true(rate_limit_admit(&limit, 12 * SECOND, &lost));
    assert_int_equal(lost, 2);
    assert_true(rate_limit_admit(&limit, 12 * SECOND, &lost));
    assert_int_equal(lost, 0);
}

static enum log_verdict judge(struct log_policy *policy,
                              enum log_severity severity, bool by_guest)
{
    struct log_level level = {(uint8_t)severity, by_guest, true};
    uint32_t lost;

    return log_judge(policy, level, SECOND, &lost);
}

static void verdicts(void **state)
{
    struct log_policy p = {.own = {LOG_DEBUG, LOG_DEBUG},
                           .guest = {LOG_ERR, LOG_INFO}};

    (void)state;
    for (int i = 0; i < 20; i++) {
        assert_int_equal(judge(&p, LOG_INFO, false), LOG_SHOW);
        assert_int_equal(judge(&p, LOG_DEBUG, false), LOG_KEEP);
        assert_int_equal(judge(&p, LOG_INFO, true), LOG_DROP);
    }
    for (int i = 0; i < 20; i++)
        assert_int_equal(judge(&p, LOG_WARNING, true),
                         i < 10 ? LOG_SHOW : LOG_DROP);
    log_parse_threshold("all", &p.guest);
    for (int i = 0; i < 20; i++)
        assert_int_equal(judge(&p, LOG_DEBUG, true), LOG_SHOW);
}

/* Compares what is read from `from` on; returns the index behind it. */
static uint32_t reads(const struct log_ring *ring, uint32_t from, size_t n,
                      const char *want)
{
    char buf[64];
    size_t got = log_ring_read(ring, &from, buf, n);

    assert_int_equal(got, strlen(want));
    assert_memory_equal(buf, want, got);
    return from;
}

static void ring(void **state)
{
    char bytes[8];
    uint32_t start = UINT32_MAX - 3; /* the sequence number wraps */
    struct log_ring r = {bytes, 8, start, start};

    (void)state;
    reads(&r, start, 64, "");
    log_ring_write(&r, "abcde", 5);
    assert_int_equal(reads(&r, start, 2, "ab"), start + 2);
    reads(&r, start + 2, 64, "cde");
    log_ring_write(&r, "fghij", 5);
    reads(&r, start, 64, "cdefghij");
    reads(&r, start + 99, 64, "cdefghij");
    log_ring_drop(&r, start);
    reads(&r, start, 64, "cdefghij");
    log_ring_drop(&r, start + 8);
    reads(&r, start, 64, "ij");
    log_ring_write(&r, "0123456789abcdefgh", 18);
    reads(&r, 0, 64, "abcdefgh");
    reads(&r, r.next, 64, "");
}

#define CTRL_A 1

static void input_changes_sides(void **state)
{
    struct console_input in = {.switch_key = CTRL_A};
    struct input_result r;

    (void)state;
    assert_int_equal(input_receive(&in, CTRL_A).count, 0);
    assert_int_equal(input_receive(&in, CTRL_A).count, 0);
    r = input_receive(&in, CTRL_A);
    assert_true(r.switched && r.count == 0 && in.to_hypervisor);
    r = input_receive(&in, 'h');
    assert_true(r.count == 1 && r.chars[0] == 'h');
    input_receive(&in, CTRL_A);
    input_receive(&in, CTRL_A);
    r = input_receive(&in, 'x');
    assert_true(!r.switched && r.count == 3 && in.to_hypervisor);
    assert_memory_equal(r.chars, "\1\1x", 3);
    for (int i = 0; i < 3; i++)
        r = input_receive(&in, CTRL_A);
    assert_true(r.switched && !in.to_hypervisor);
    in.switch_key = 0;
    for (int i = 0; i < 9; i++)
        assert_int_equal(input_receive(&in, CTRL_A).count, 1);
    assert_int_equal(input_receive(&in, 0).count, 1);
}

static void input_ring(void **state)
{
    struct console_input in = {.head = UINT32_MAX - 5, .tail = UINT32_MAX - 5};
    char buf[INPUT_RING_SIZE + 1];

    (void)state;
    assert_int_equal(input_pop(&in, buf, 9), 0);
    for (unsigned int i = 0; i < INPUT_RING_SIZE; i++)
        assert_true(input_push(&in, (char)('a' + i % 26)));
    assert_false(input_push(&in, '!'));
    assert_int_equal(input_pop(&in, buf, 3), 3);
    assert_memory_equal(buf, "abc", 3);
    assert_true(input_push(&in, '?'));
    assert_int_equal(input_pop(&in, buf, sizeof(buf)), INPUT_RING_SIZE - 2);
    assert_int_equal(buf[INPUT_RING_SIZE - 3], '?');
}

static void symbols(void **state)
{
    static const uint32_t offsets[] = {16, 48, 48, 100};
    static const uint32_t name_offsets[] = {0, 4, 9, 12};
    const struct symbol_table table = {4, offsets, name_offsets,
                                       "foo\0same\0ba\0last"};
    const struct symbol_table empty = {0};
    struct symbol s;

    (void)state;
    assert_false(symbol_find(&table, 15, 200, &s));
    assert_true(symbol_find(&table, 16, 200, &s));
    assert_string_equal(s.name, "foo");
    assert_int_equal(s.offset, 0);
    assert_int_equal(s.size, 32);
    assert_true(symbol_find(&table, 99, 200, &s));
    assert_string_equal(s.name, "ba");
    assert_int_equal(s.offset, 51);
    assert_true(symbol_find(&table, 199, 200, &s));
    assert_string_equal(s.name, "last");
    assert_int_equal(s.size, 100);
    assert_false(symbol_find(&table, 200, 200, &s));
    assert_false(symbol_find(&empty, 5, 200, &s));
}

static void backtraces(void **state)
{
    enum { LOW = 0x1000, HIGH = LOW + 64 };
    uint64_t stack[8] = {0, 0, LOW + 48, 0xaaaa, 0, 0, 0, 0xbbbb};
    vaddr_t found[8];

    (void)state;
    assert_int_equal(backtrace_walk(stack, LOW, HIGH, LOW + 16, found, 8), 2);
    assert_int_equal(found[0], 0xaaaa);
    assert_int_equal(found[1], 0xbbbb);
    assert_int_equal(backtrace_walk(stack, LOW, HIGH, LOW + 16, found, 1), 1);
    assert_int_equal(backtrace_walk(stack, LOW, HIGH, LOW + 17, found, 8), 0);
    assert_int_equal(backtrace_walk(stack, LOW, HIGH, LOW - 8, found, 8), 0);
    assert_int_equal(backtrace_walk(stack, LOW, HIGH, HIGH - 8, found, 8), 0);
    assert_int_equal(backtrace_walk(stack, LOW, HIGH, HIGH, found, 8), 0);
    stack[2] = LOW + 16; /* a loop */
    assert_int_equal(backtrace_walk(stack, LOW, HIGH, LOW + 16, found, 8), 1);
    stack[2] = HIGH + 16; /* out of the stack */
    assert_int_equal(backtrace_walk(stack, LOW, HIGH, LOW + 16, found, 8), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(levels),      cmocka_unit_test(thresholds),
        cmocka_unit_test(rate_limits), cmocka_unit_test(verdicts),
        cmocka_unit_test(ring),        cmocka_unit_test(input_changes_sides),
        cmocka_unit_test(input_ring),  cmocka_unit_test(symbols),
        cmocka_unit_test(backtraces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

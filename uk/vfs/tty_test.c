/* link: uk/vfs/tty.c */
/* tty_test.c - the line discipline. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <signal.h>
#include <string.h>

#include "vfs/tty.h"

static struct tty t;
static char shown[10000];
static int got_signal;

static void show(const char *text, size_t n)
{
    if (strlen(shown) + n < sizeof(shown))
        strncat(shown, text, n);
}

static void take_signal(int signal)
{
    got_signal = signal;
}

static int setup(void **state)
{
    (void)state;
    memset(&t, 0, sizeof(t));
    t.echo = show;
    t.signal = take_signal;
    shown[0] = 0;
    tty_init(&t);
    return 0;
}

static void type(const char *text)
{
    while (*text)
        tty_type(&t, *text++);
}

static const char *read_some(size_t size)
{
    static char out[TTY_BYTES + 1];

    out[tty_read(&t, out, size)] = 0;
    return out;
}

static void lines_are_edited(void **state)
{
    (void)state;
    type("ab\177c");
    assert_false(tty_is_ready(&t));
    type("\r");
    assert_true(tty_is_ready(&t));
    assert_string_equal(shown, "ab\b \bc\r\n");
    type("x\025second\n");
    assert_string_equal(read_some(100), "ac\n");
    assert_string_equal(read_some(3), "sec");
    assert_true(tty_is_ready(&t));
    assert_string_equal(read_some(100), "ond\n");
    assert_false(tty_is_ready(&t));
}

static void the_end_is_read_once(void **state)
{
    (void)state;
    type("\004");
    assert_true(tty_is_ready(&t));
    assert_string_equal(read_some(9), "");
    assert_false(tty_is_ready(&t));
    type("ab\004");
    assert_string_equal(read_some(9), "ab");
    assert_false(tty_is_ready(&t));
}

/* Lines and ends come as they were typed. */
static void ends_keep_their_place(void **state)
{
    (void)state;
    type("\004\004a\nb\004\004c\004d\n");
    assert_int_equal(tty_count(&t), 6);
    assert_string_equal(read_some(9), "");
    assert_string_equal(read_some(9), "");
    assert_string_equal(read_some(9), "a\n");
    assert_string_equal(read_some(1), "b");
    assert_string_equal(read_some(9), "");
    assert_string_equal(read_some(9), "c");
    assert_string_equal(read_some(9), "d\n");
    assert_false(tty_is_ready(&t));
    type("e\004f\n");
    t.mode.c_lflag = 0;
    assert_string_equal(read_some(9), "ef\n");
    assert_int_equal(t.readable, 0);
    tty_init(&t);
    for (int i = 0; i < 2 * TTY_BYTES; i++)
        type("\004");
    assert_int_equal(t.readable, TTY_BYTES);
    assert_int_equal(tty_count(&t), 0);
    tty_flush(&t);
    assert_false(tty_is_ready(&t));
}

static void keys_make_signals(void **state)
{
    (void)state;
    type("abc\003");
    assert_int_equal(got_signal, SIGINT);
    assert_string_equal(shown, "abc^C");
    type("d\n");
    assert_string_equal(read_some(9), "d\n");
}

static void raw_is_raw(void **state)
{
    (void)state;
    t.mode.c_lflag = 0;
    t.mode.c_iflag = 0;
    type("a\003\r");
    assert_string_equal(read_some(9), "a\003\r");
    assert_string_equal(shown, "");
    assert_false(tty_is_ready(&t));
    t.mode.c_cc[VMIN] = 0;
    assert_true(tty_is_ready(&t));
    assert_string_equal(read_some(9), "");
}

static void set_lines(bool on)
{
    struct termios mode = t.mode;

    mode.c_lflag &= ~(tcflag_t)ICANON;
    mode.c_lflag |= on ? ICANON : 0;
    tty_set_mode(&t, &mode);
}

static void keys_become_lines(void **state)
{
    (void)state;
    set_lines(false);
    type("one\ntwo");
    set_lines(true);
    assert_string_equal(read_some(9), "one\n");
    assert_true(tty_is_ready(&t));
    assert_string_equal(read_some(9), "two");
    assert_false(tty_is_ready(&t));
    type("three\n");
    assert_string_equal(read_some(9), "three\n");
    assert_false(tty_is_ready(&t));
    set_lines(false);
    set_lines(true);
    assert_false(tty_is_ready(&t));
    type("four\n");
    set_lines(false);
    assert_string_equal(read_some(2), "fo");
    set_lines(true);
    assert_string_equal(read_some(9), "ur\n");
    assert_false(tty_is_ready(&t));
}

static void a_line_becomes_keys(void **state)
{
    (void)state;
    type("line\nabc");
    set_lines(false);
    assert_true(tty_is_ready(&t));
    assert_string_equal(read_some(99), "line\nabc");
    assert_false(tty_is_ready(&t));
    type("d");
    assert_string_equal(read_some(9), "d");
    set_lines(true);
    assert_false(tty_is_ready(&t));
    type("e\n");
    assert_string_equal(read_some(9), "e\n");
}

/* There is no room for a mark. */
static void full_of_keys(void **state)
{
    (void)state;
    set_lines(false);
    for (int i = 0; i < 2 * TTY_BYTES; i++)
        tty_type(&t, 'a');
    set_lines(true);
    assert_true(tty_is_ready(&t));
    assert_int_equal(strlen(read_some(TTY_BYTES)), TTY_BYTES);
    assert_false(tty_is_ready(&t));
    type("x\n");
    assert_string_equal(read_some(9), "x\n");
    assert_false(tty_is_ready(&t));
}

static void too_much_is_dropped(void **state)
{
    (void)state;
    for (int i = 0; i < 3 * TTY_BYTES; i++)
        tty_type(&t, 'a');
    type("\n");
    assert_int_equal(strlen(read_some(TTY_BYTES)), TTY_BYTES);
    for (int i = 0; i < 3 * TTY_BYTES; i++)
        type("\n");
    for (int i = 0; i < 4 * TTY_BYTES && tty_is_ready(&t); i++)
        read_some(9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(lines_are_edited, setup),
        cmocka_unit_test_setup(the_end_is_read_once, setup),
        cmocka_unit_test_setup(ends_keep_their_place, setup),
        cmocka_unit_test_setup(keys_make_signals, setup),
        cmocka_unit_test_setup(raw_is_raw, setup),
        cmocka_unit_test_setup(keys_become_lines, setup),
        cmocka_unit_test_setup(a_line_becomes_keys, setup),
        cmocka_unit_test_setup(full_of_keys, setup),
        cmocka_unit_test_setup(too_much_is_dropped, setup),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

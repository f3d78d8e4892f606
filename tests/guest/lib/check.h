/*
 * check.h - how a guest states what it claims. A check that fails prints a
 * line "FAIL name: what is this, not that (file:line)" and goes on; one that
 * the rest needs is REQUIREd. At the end "PASS name" if there was none.
 */
#ifndef CHECK_H
#define CHECK_H

#include "types.h"

/* Formats: %s %c %d %u %x with l or none, and a width padded by 0 or blanks. */
__attribute__((format(printf, 1, 2))) void print(const char *format, ...);
void vprint(const char *format, va_list list);
/* Waits until what was printed has been read. */
void print_finish(void);

/* The guest's name: the first word of its command line. */
extern const char *test_name;
/* Is this a domain that another test guest made? See sibling.h. */
extern bool is_sibling;
extern void (*sibling_main)(void);

/* The initial domain, with its rights; else a guest of xl or another test. */
extern bool is_initial;
/* On another hypervisor than Paravane? */
extern bool on_xen;

void check_equal(const char *file, int line, const char *what, uint64_t got,
                 uint64_t wanted);
void check_true(const char *file, int line, const char *what, bool fine);
/* Ends the guest; its result is what was checked up to here. */
__attribute__((noreturn)) void test_end(void);
/* The same after a line that says why. */
__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format,
                                                          ...);
/* The line of a guest that cannot say anything here, and the end. */
__attribute__((noreturn)) void skip(const char *why);

#define CHECK(c) check_true(__FILE__, __LINE__, #c, (c))
#define CHECK_EQ(g, w)                                                         \
    check_equal(__FILE__, __LINE__, #g, (uint64_t)(g), (uint64_t)(w))
/* One answer here, another on Xen: docs/abi.md says so. */
#define CHECK_DIFFERS(g, ours, xens) CHECK_EQ(g, on_xen ? (xens) : (ours))
/* One answer to the initial domain, another to who has no rights. */
#define CHECK_RIGHTS(g, initials, others)                                      \
    CHECK_EQ(g, is_initial ? (initials) : (others))
#define REQUIRE(c)                                                             \
    do {                                                                       \
        if (!(c))                                                              \
            fail("%s, which the rest needs (%s:%d)", #c, __FILE__, __LINE__);  \
    } while (0)
#define REQUIRE_EQ(g, w)                                                       \
    do {                                                                       \
        uint64_t g_ = (uint64_t)(g), w_ = (uint64_t)(w);                       \
        check_equal(__FILE__, __LINE__, #g, g_, w_);                           \
        if (g_ != w_)                                                          \
            test_end();                                                        \
    } while (0)

/* What each folder's test.c has. */
void test(void);

#endif

/*
 * check.h - what every program in this folder uses to state its claim.
 *
 * A program has one claim.  It ends with one line, "PASS name: claim" and
 * status 0, "FAIL name: what was wrong" and status 1, or "SKIP name: why" and
 * status 77.
 */
#ifndef TESTS_DOM0_CHECK_H
#define TESTS_DOM0_CHECK_H

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE_BYTES  4096UL
#define STATUS_SKIP 77

static inline void check_say(const char *verdict, const char *format, va_list p)
{
    printf("%s %s: ", verdict, program_invocation_short_name);
    vprintf(format, p);
    printf("\n");
    fflush(stdout);
}

/* Prints the FAIL line and ends the process, a child's process as well. */
__attribute__((noreturn, format(printf, 1, 2))) static inline void
fail(const char *format, ...)
{
    va_list p;

    va_start(p, format);
    check_say("FAIL", format, p);
    _exit(1);
}

/* Prints the SKIP line and ends the process. */
__attribute__((noreturn, format(printf, 1, 2))) static inline void
skip(const char *format, ...)
{
    va_list p;

    va_start(p, format);
    check_say("SKIP", format, p);
    _exit(STATUS_SKIP);
}

/* Prints the PASS line; returns main's status. */
__attribute__((format(printf, 1, 2))) static inline int pass(const char *format,
                                                             ...)
{
    va_list p;

    va_start(p, format);
    check_say("PASS", format, p);
    va_end(p);
    return 0;
}

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            fail("%s:%d: %s (errno %d)", __FILE__, __LINE__, #condition,       \
                 errno);                                                       \
    } while (0)

#define CHECK_EQUAL(got, wanted)                                               \
    do {                                                                       \
        unsigned long long g_ = (unsigned long long)(got);                     \
        unsigned long long w_ = (unsigned long long)(wanted);                  \
        if (g_ != w_)                                                          \
            fail("%s:%d: %s is %#llx, not %#llx", __FILE__, __LINE__, #got,    \
                 g_, w_);                                                      \
    } while (0)

/* A deterministic generator (xorshift64*): every run does the same. */
static inline uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * 0x2545f4914f6cdd1dULL;
}

/* On another hypervisor than Paravane, some of whose ways differ? */
static inline int runs_on_xen(void)
{
    char extra[64] = "";
    FILE *file = fopen("/sys/hypervisor/version/extra", "r");

    if (!file)
        return 0;
    if (!fgets(extra, sizeof(extra), file))
        extra[0] = 0;
    fclose(file);
    return strstr(extra, "paravane") == NULL;
}

/* Private zeroed memory of at least `bytes`; never fails. */
static inline void *map_anonymous(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    return p;
}

/* The same, shared with children. */
static inline void *map_shared(size_t bytes)
{
    void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    CHECK(p != MAP_FAILED);
    return p;
}

#endif

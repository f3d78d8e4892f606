/*
 * lib/memory.c - the memory and string functions of C11 7.24 that lib/string.h
 * declares; the compiler calls the first four on its own. Layer: lib. Pure.
 * A hosted build does not link this file: it has the C library's.
 *
 * Blocks move in units of eight bytes, with the last (or first) eight taken by
 * one overlapping access, so that no tail is copied byte by byte.
 */
#include "lib/memory.h"
#include "lib/string.h"

/* n <= 16; all loads come before the first store, so overlap is harmless. */
static inline void copy_short(unsigned char *d, const unsigned char *s,
                              size_t n)
{
    if (n >= 8) {
        uint64_t first = load64(s), last = load64(s + n - 8);

        store64(d, first);
        store64(d + n - 8, last);
    } else if (n >= 4) {
        uint32_t first = load32(s), last = load32(s + n - 4);

        store32(d, first);
        store32(d + n - 4, last);
    } else if (n >= 2) {
        uint16_t first = load16(s), last = load16(s + n - 2);

        store16(d, first);
        store16(d + n - 2, last);
    } else if (n == 1) {
        *d = *s;
    }
}

/* n > 16; right for overlap too as long as d > s. */
static inline void copy_downwards(unsigned char *d, const unsigned char *s,
                                  size_t n)
{
    uint64_t first = load64(s);

    while (n > 8) {
        n -= 8;
        store64(d + n, load64(s + n));
    }
    store64(d, first);
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
    if (n <= 16)
        copy_short(dst, src, n);
    else
        copy_upwards(dst, src, n);
    return dst;
}

void *memmove(void *dst, const void *src, size_t n)
{
    if (n <= 16)
        copy_short(dst, src, n);
    else if (is_upwards(dst, src, n))
        copy_upwards(dst, src, n);
    else
        copy_downwards(dst, src, n);
    return dst;
}

static inline void set_short(unsigned char *d, uint64_t pattern, size_t n)
{
    if (n >= 8) {
        store64(d, pattern);
        store64(d + n - 8, pattern);
    } else if (n >= 4) {
        store32(d, (uint32_t)pattern);
        store32(d + n - 4, (uint32_t)pattern);
    } else if (n >= 2) {
        store16(d, (uint16_t)pattern);
        store16(d + n - 2, (uint16_t)pattern);
    } else if (n == 1) {
        *d = (unsigned char)pattern;
    }
}

void *memset(void *dst, int c, size_t n)
{
    uint64_t pattern = (unsigned char)c * 0x0101010101010101UL;
    unsigned char *d = dst;
    size_t words = n / 8;

    if (n <= 16) {
        set_short(d, pattern, n);
        return dst;
    }
    store64(d + n - 8, pattern);
    __asm__ volatile("rep stosq"
                     : "+D"(d), "+c"(words)
                     : "a"(pattern)
                     : "memory");
    return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *x = a, *y = b;

    for (; n >= 8 && load64(x) == load64(y); n -= 8) {
        x += 8;
        y += 8;
    }
    for (; n > 0; n--, x++, y++) {
        if (*x != *y)
            return *x - *y;
    }
    return 0;
}

void *memchr(const void *s, int c, size_t n)
{
    const unsigned char *p = s;

    for (; n > 0; n--, p++) {
        if (*p == (unsigned char)c)
            return (void *)(uintptr_t)p;
    }
    return NULL;
}

size_t strlen(const char *s)
{
    const char *p = s;

    while (*p) {
        p++;
        barrier(); /* or the compiler makes this loop a call of strlen */
    }
    return (size_t)(p - s);
}

size_t strnlen(const char *s, size_t max)
{
    size_t n = 0;

    while (n < max && s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b) {
        a++;
        b++;
    }
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0; n--, a++, b++) {
        if (*a != *b || !*a)
            return (unsigned char)*a - (unsigned char)*b;
    }
    return 0;
}

char *strchr(const char *s, int c)
{
    for (; *s != (char)c; s++) {
        if (!*s)
            return NULL;
    }
    return (char *)(uintptr_t)s;
}

char *strstr(const char *haystack, const char *needle)
{
    size_t n = strlen(needle);

    for (; strncmp(haystack, needle, n) != 0; haystack++) {
        if (!*haystack)
            return NULL;
    }
    return (char *)(uintptr_t)haystack;
}

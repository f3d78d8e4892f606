/*
 * lib/string.c - our own string functions of lib/string.h; the C library's are
 * in lib/memory.c. Layer: lib. Pure.
 */
#include "lib/string.h"

size_t str_copy(char *dst, const char *src, size_t size)
{
    size_t n = strlen(src);

    if (size > 0) {
        size_t fits = MIN(n, size - 1);

        memcpy(dst, src, fits);
        dst[fits] = '\0';
    }
    return n;
}

/* The value of a digit in any base up to 16; 16 and more: no digit. */
static unsigned int digit_value(char c)
{
    if (c >= '0' && c <= '9')
        return (unsigned int)(c - '0');
    c |= 0x20;
    if (c >= 'a' && c <= 'f')
        return (unsigned int)(c - 'a' + 10);
    return 16;
}

uint64_t str_to_u64(const char *s, const char **end)
{
    uint64_t value = 0;
    unsigned int base = 10;

    if (s[0] == '0') {
        base = 8;
        if ((s[1] | 0x20) == 'x' && digit_value(s[2]) < 16) {
            base = 16;
            s += 2;
        }
    }
    for (; digit_value(*s) < base; s++) {
        if (__builtin_mul_overflow(value, base, &value) ||
            __builtin_add_overflow(value, digit_value(*s), &value)) {
            while (digit_value(*s) < base)
                s++;
            value = UINT64_MAX;
            break;
        }
    }
    if (end)
        *end = s;
    return value;
}

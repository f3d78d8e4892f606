/* string.c - see string.h; sources: C11 7.24. */
#include "lib/string.h"

/* By words, then what is left. */
void *memcpy(void *to, const void *from, size_t n)
{
    void *d = to;
    size_t words = n / 8;

    n %= 8;
    __asm__ volatile("rep movsq"
                     : "+D"(d), "+S"(from), "+c"(words)
                     :
                     : "memory");
    __asm__ volatile("rep movsb" : "+D"(d), "+S"(from), "+c"(n) : : "memory");
    return to;
}

void *memmove(void *to, const void *from, size_t n)
{
    char *d = to;
    const char *s = from;

    if ((uintptr_t)to - (uintptr_t)from >= n)
        return memcpy(to, from, n);
    while (n-- > 0)
        d[n] = s[n];
    return to;
}

void *memset(void *at, int byte, size_t n)
{
    void *d = at;
    size_t words = n / 8;

    n %= 8;
    __asm__ volatile("rep stosq"
                     : "+D"(d), "+c"(words)
                     : "a"((unsigned char)byte * 0x0101010101010101UL)
                     : "memory");
    __asm__ volatile("rep stosb" : "+D"(d), "+c"(n) : "a"(byte) : "memory");
    return at;
}

int memcmp(const void *a, const void *b, size_t n)
{
    const unsigned char *p = a, *q = b;

    for (; n > 0; n--, p++, q++)
        if (*p != *q)
            return *p - *q;
    return 0;
}

size_t strlen(const char *s)
{
    size_t n = 0;

    while (s[n])
        n++;
    return n;
}

int strcmp(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t n)
{
    for (; n > 0 && *a && *a == *b; n--)
        a++, b++;
    return n ? (unsigned char)*a - (unsigned char)*b : 0;
}

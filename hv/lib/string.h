/*
 * lib/string.h - the C library's memory and string functions that the
 * hypervisor uses, with the C library's contracts (ISO C11 7.24), and two of
 * our own. Layer: lib. Pure.
 */
#ifndef LIB_STRING_H
#define LIB_STRING_H

#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict dst, const void *restrict src, size_t n);
void *memmove(void *dst, const void *src, size_t n);
void *memset(void *dst, int c, size_t n);
int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n);
size_t strlen(const char *s);
size_t strnlen(const char *s, size_t max);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);
char *strchr(const char *s, int c);
char *strstr(const char *haystack, const char *needle);

/*
 * Copies `src` into `dst` of `size` bytes, always terminated when size > 0.
 * Returns the length of src: a result >= size means it was cut.
 */
size_t str_copy(char *dst, const char *src, size_t size);

/*
 * Parses a number with the prefixes of strtoull(base 0: 0x, 0, decimal);
 * *end is set behind the last digit used (to s itself when there is none).
 * A value beyond 64 bits saturates at UINT64_MAX.
 */
uint64_t str_to_u64(const char *s, const char **end);

#endif

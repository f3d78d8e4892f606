/*
 * string.h - the Unix layer's own string functions: it shares none with the
 * program it carries. Layer: lib.
 */
#ifndef UK_LIB_STRING_H
#define UK_LIB_STRING_H

#include "lib/types.h"

void *memcpy(void *to, const void *from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *at, int byte, size_t n);
int memcmp(const void *a, const void *b, size_t n);
size_t strlen(const char *s);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t n);

#endif

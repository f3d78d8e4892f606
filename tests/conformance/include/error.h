/* What tests of others take from glibc's <error.h>. */
#ifndef CONFORMANCE_ERROR_H
#define CONFORMANCE_ERROR_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline void error(int status, int number, const char *format, ...)
{
    va_list list;

    va_start(list, format);
    fflush(stdout);
    vfprintf(stderr, format, list);
    va_end(list);
    fprintf(stderr, number ? ": %s\n" : "\n", strerror(number));
    if (status)
        exit(status);
}

#endif

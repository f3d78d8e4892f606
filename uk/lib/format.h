/* format.h - the Unix layer's own small printf into a buffer. Layer: lib. */
#ifndef UK_LIB_FORMAT_H
#define UK_LIB_FORMAT_H

#include "lib/types.h"

/*
 * Knows %s %c %d %u %x %p %%, with l, 0 and a width. Ends with a zero byte and
 * gives the length that was written, which is less than `size`.
 */
size_t format_list(char *out, size_t size, const char *format, va_list args)
    format_(3, 0);
size_t format_text(char *out, size_t size, const char *format, ...)
    format_(3, 4);

#endif

/*
 * lib/printf.h - formatted text into a buffer. Layer: lib. Pure.
 * Conversions: %d %u %x %c %s %%, with flags "0#", width, lengths l ll z.
 * Nothing else.
 */
#ifndef LIB_PRINTF_H
#define LIB_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

#include "lib/compiler.h"

/*
 * As C's vsnprintf: writes at most size bytes including the final NUL, returns
 * the length the whole text would have.
 */
int str_vformat(char *buf, size_t size, const char *fmt, va_list args);
int str_format(char *buf, size_t size, const char *fmt, ...) __printf(3, 4);

#endif

/*
 * console/console_internal.h - what only the console's files share. Layer:
 * console.
 */
#ifndef CONSOLE_CONSOLE_INTERNAL_H
#define CONSOLE_CONSOLE_INTERNAL_H

#include <stdarg.h>

#include "lib/log.h"
#include "lib/types.h"

struct cpu_regs;

/* Whose unfinished line the devices show. */
enum console_line {
    LINE_NONE,
    LINE_OWN,
    LINE_GUEST,
};

/* The one lock of the console: devices, ring, input. A leaf. */
void console_lock(void);
void console_unlock(void);

/* The registered clock; 0 without one. */
uint64_t console_clock_ns(void);

/* What lib/log.h hands over: printk.c, panic.c. */
void console_vprintk(const char *fmt, va_list args);
void console_panic(const struct cpu_regs *regs, const char *fmt,
                   va_list args) __noreturn;

/* With the lock held: text to every device in use; whose, for the line. */
void devices_write(const char *text, size_t n, enum console_line owner);
enum console_line devices_line(void);

/* With the lock held: the whole log ring through `write`, piece by piece. */
void console_replay(void (*write)(const char *text, size_t n));

#endif

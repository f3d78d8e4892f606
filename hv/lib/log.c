/*
 * lib/log.c - hands messages and panics to the console. Layer: lib.
 */
#include "lib/log.h"

#include <stddef.h>

static void (*log_message)(const char *fmt, va_list args);
static void (*log_end)(const struct cpu_regs *regs, const char *fmt,
                       va_list args) __noreturn;

void log_register(void (*message)(const char *fmt, va_list args),
                  void (*end)(const struct cpu_regs *regs, const char *fmt,
                              va_list args) __noreturn)
{
    log_message = message;
    log_end = end;
}

void printk(const char *fmt, ...)
{
    va_list args;

    if (!log_message)
        return;
    va_start(args, fmt);
    log_message(fmt, args);
    va_end(args);
}

static void __noreturn end(const struct cpu_regs *regs, const char *fmt,
                           va_list args)
{
    if (log_end)
        log_end(regs, fmt, args);
    __builtin_trap();
}

void panic(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    end(NULL, fmt, args);
    va_end(args);
}

void panic_at(const struct cpu_regs *regs, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    end(regs, fmt, args);
    va_end(args);
}

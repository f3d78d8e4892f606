/*
 * lib/log.h - messages, assertions and the end of everything, for every room.
 * Layer: lib. The console, which is above most rooms, registers itself as what
 * does the work; what is said before that is lost.
 */
#ifndef LIB_LOG_H
#define LIB_LOG_H

#include <stdarg.h>

#include "lib/compiler.h"

struct cpu_regs;

/* A level is a prefix of the format string. Without one: XENLOG_WARNING. */
#define XENLOG_ERR     "\0010"
#define XENLOG_WARNING "\0011"
#define XENLOG_INFO    "\0012"
#define XENLOG_DEBUG   "\0013"
/* The same for messages that a guest can cause: filtered by guest_loglvl=
 * and rate-limited (at most 10 in 5 s, then one line with the count lost). */
#define XENLOG_G_ERR     "\0014"
#define XENLOG_G_WARNING "\0015"
#define XENLOG_G_INFO    "\0016"

/*
 * Formats (lib/printf.h) one message to the log ring and, if its level
 * passes the threshold, to the output devices with the prefix "(XEN) " on each
 * line (as Xen: people's tools look for it). A message without "\n" at its end
 * is continued by the next one without a level. A guest's message that does not
 * pass does not reach the ring either. Any context but NMI.
 */
void printk(const char *fmt, ...) __printf(1, 2);

/*
 * Says why the hypervisor cannot go on, and where it is, and reboots or halts
 * as the command line says. panic_at() for a trap: `regs` are shown as well.
 * Any context. Never for what a guest did.
 */
void panic(const char *fmt, ...) __printf(1, 2) __noreturn;
void panic_at(const struct cpu_regs *regs, const char *fmt, ...)
    __printf(2, 3) __noreturn;

/* The hypervisor's own mistakes only, never a guest's. */
#define BUG_ON(condition)                                                      \
    do {                                                                       \
        if (unlikely(condition))                                               \
            panic("BUG_ON(%s) at %s:%d", #condition, __FILE__, __LINE__);      \
    } while (0)
#define ASSERT(condition)                                                      \
    do {                                                                       \
        if (unlikely(!(condition)))                                            \
            panic("Assertion '%s' failed at %s:%d", #condition, __FILE__,      \
                  __LINE__);                                                   \
    } while (0)

/* For the console: what printk() and panic() call. */
void log_register(void (*message)(const char *fmt, va_list args),
                  void (*end)(const struct cpu_regs *regs, const char *fmt,
                              va_list args) __noreturn);

#endif

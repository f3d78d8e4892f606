/*
 * console/console.h - the hypervisor's text output: serial ports, VGA text,
 * the log ring, printk, and input for dom0. Layer: console.
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include "lib/compiler.h"
#include "lib/types.h"

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
#define XENLOG_G_DEBUG   "\0017"

/*
 * Formats (lib/printf.h) one message to the log ring and, if its level
 * passes the threshold, to the output devices with the prefix "(XEN) " on each
 * line (as Xen: people's tools look for it). Any context but NMI.
 */
void printk(const char *fmt, ...) __printf(1, 2);

#endif

/*
 * console/console.h - the hypervisor's text output: serial ports, VGA text,
 * the log ring, printk, and input for dom0. Layer: console.
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include <stdarg.h>

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
 * line (as Xen: people's tools look for it). A message without "\n" at its end
 * is continued by the next one without a level. A guest's message that does not
 * pass does not reach the ring either. Any context but NMI.
 */
void printk(const char *fmt, ...) __printf(1, 2);
void console_vprintk(const char *fmt, va_list args);

/*
 * Output to COM1 as the firmware left it, before the command line is known.
 * Earlier messages are in the ring only.
 */
void console_init_early(void);

/*
 * After the command line: opens the serial ports that console= names (default
 * "com1,vga") with their settings; one that was not in use before gets the log
 * so far.
 */
void console_init(void);

/* True if console= names vga: then somebody has to call console_init_vga(). */
bool console_wants_vga(void);

/* Output to the 80x25 text screen mapped at `text_memory`. */
void console_init_vga(void *text_memory);

/* dom0 draws on the screen now: no more output there, unless vga=keep. */
void console_release_vga(void);

/* Nanoseconds since any start, for the rate limit and console_timestamps=. */
void console_set_clock(uint64_t (*now_ns)(void));

/* dom0's output: to the devices as it is. */
void console_write_guest(const char *text, size_t n);

/* Up to n bytes of input for dom0; returns how many. */
size_t console_read_input(char *buf, size_t n);

/* Called after input for dom0 came in, to notify it. */
void console_set_input_hook(void (*fn)(void));

/* Called with each debug key typed while the hypervisor has the input. */
void console_set_key_handler(void (*fn)(char key));

/* Fetches what the serial ports have received: from a timer when polled. */
void console_poll_input(void);

/* The handler of the serial ports' interrupt: after the acknowledgement. */
void serial_interrupt(void);

/*
 * Copies log bytes from sequence number *index on (one not in the ring means
 * its oldest byte) and advances it; returns the count. `clear` then forgets
 * everything up to there.
 */
size_t console_ring_read(uint32_t *index, char *buf, size_t n, bool clear);
uint32_t console_ring_oldest(void);
uint32_t console_ring_size(void);

/* For panic: takes the lock away, since its holder may never return. */
void console_force_unlock(void);

#endif

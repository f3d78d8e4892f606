/*
 * console/console.h - the hypervisor's text output: serial ports, VGA text,
 * the log ring, and input for dom0. Layer: console. Messages themselves are
 * lib/log.h's, for the rooms below.
 */
#ifndef CONSOLE_CONSOLE_H
#define CONSOLE_CONSOLE_H

#include "lib/log.h"
#include "lib/types.h"

/*
 * The very first call: from here on printk() and panic() work, with output to
 * COM1 as the firmware left it, since the command line is not known yet.
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

/* Called after each message, with whatever locks its sender holds. */
void console_set_log_hook(void (*fn)(void));

/* Called with each debug key typed while the hypervisor has the input. */
void console_set_key_handler(void (*fn)(char key));

/* The same key, from elsewhere. */
void console_debug_key(char key);

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

/* For panic: takes the lock away, since its holder may never return. */
void console_force_unlock(void);

#endif

/*
 * console/vga.h - the 80x25 colour text screen. Layer: console. The console's
 * lock covers it.
 */
#ifndef CONSOLE_VGA_H
#define CONSOLE_VGA_H

#include "lib/types.h"

/* Takes the screen over: clears it; writes go there from then on. */
void vga_init(void *text_memory);

/* Stops writing to the screen. */
void vga_release(void);

void vga_write(const char *text, size_t n);

#endif

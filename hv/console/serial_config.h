/*
 * console/serial_config.h - the meaning of com1= and com2=. Layer: console.
 * Pure.
 */
#ifndef CONSOLE_SERIAL_CONFIG_H
#define CONSOLE_SERIAL_CONFIG_H

#include "lib/types.h"

#define SERIAL_CLOCK_HZ 1843200U

struct serial_config {
    uint32_t baud; /* 0: "auto", keep what the firmware has set */
    uint32_t clock_hz;
    uint8_t data_bits; /* 5 to 8 */
    char parity;       /* 'n', 'o', 'e', 'm' or 's' */
    uint8_t stop_bits; /* 1 or 2 */
    uint8_t irq;       /* 0: polled */
    uint16_t io_base;
};

/*
 * Parses Xen's list `BAUD[/BASE_BAUD],DPS,IO_BASE,IRQ`, of which any part may
 * be left out or empty and keeps its value then, and the names baud= clock-hz=
 * data-bits= parity= stop-bits= io-base= irq= in its place. BASE_BAUD is a
 * sixteenth of the clock. UARTs on PCI cards or in memory are not supported:
 * their words are refused. Returns 0, or -EINVAL with *config unchanged.
 */
int serial_parse_config(const char *text, struct serial_config *config);

/* The line control byte (16550: LCR without DLAB) of these settings. */
uint8_t serial_line_control(const struct serial_config *config);

/* The divisor of the baud rate, rounded to the nearest; at least 1. */
uint16_t serial_divisor(const struct serial_config *config);

#endif

/*
 * console/serial.h - the 16550 UARTs behind com1= and com2=. Layer: console.
 * Output is polled; input comes by interrupt or by polling.
 */
#ifndef CONSOLE_SERIAL_H
#define CONSOLE_SERIAL_H

#include "lib/types.h"

enum serial_port {
    SERIAL_COM1,
    SERIAL_COM2,
    SERIAL_PORTS,
};

/*
 * Sets the UART up as com1=/com2= say, or as the firmware left it. Returns
 * false when there is no UART at that address; writes to it then go nowhere.
 */
bool serial_open(enum serial_port port);

/* Stops using the UART: writes to it go nowhere from then on. */
void serial_close(enum serial_port port);
bool serial_is_open(enum serial_port port);

/* Waits for room for each byte, but not forever; "\n" becomes "\r\n". */
void serial_write(enum serial_port port, const char *text, size_t n);

/* The next byte received, or -1. */
int serial_read(enum serial_port port);

/* For the code that binds interrupts and keeps the ports from dom0. */
unsigned int serial_irq(enum serial_port port); /* ISA; 0: polled or closed */
uint16_t serial_io_base(enum serial_port port); /* eight ports; 0: closed */

/* Lets the UART raise its interrupt for input. Bind serial_interrupt first. */
void serial_enable_interrupt(enum serial_port port);

#endif

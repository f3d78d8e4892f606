/*
 * console/serial.c - the 16550 UARTs. Layer: console. The console's lock
 * covers the state and the devices. Source: National Semiconductor PC16550D.
 */
#include "console/serial.h"

#include "console/serial_config.h"
#include "cpu/port.h"
#include "cpu/spinlock.h"
#include "lib/option.h"

/* Registers; the divisor replaces the first two while LCR_DLAB is set. */
#define UART_DATA         0
#define UART_DIVISOR_LOW  0
#define UART_IER          1
#define UART_DIVISOR_HIGH 1
#define UART_FCR          2
#define UART_LCR          3
#define UART_MCR          4
#define UART_LSR          5
#define UART_SCRATCH      7

#define IER_RECEIVE  0x01
#define FCR_ON_CLEAR 0x07 /* FIFOs on and emptied, interrupt at one byte */
#define LCR_DLAB     0x80
#define MCR_DTR_RTS  0x03
#define MCR_OUT2     0x08 /* gates the interrupt line on a PC */
#define LSR_RECEIVED 0x01
#define LSR_EMPTY    0x20

/* A byte takes 33 ms at 300 baud; a read of a port takes about 1 us. */
#define SPIN_LIMIT 100000

struct uart {
    struct serial_config config;
    bool open;
};

#define UART_INIT(base, line)                                                  \
    {                                                                          \
        .config = {                                                            \
            .clock_hz = SERIAL_CLOCK_HZ,                                       \
            .data_bits = 8,                                                    \
            .parity = 'n',                                                     \
            .stop_bits = 1,                                                    \
            .io_base = (base),                                                 \
            .irq = (line)                                                      \
        }                                                                      \
    }

static struct uart uarts[SERIAL_PORTS] = {
    [SERIAL_COM1] = UART_INIT(0x3f8, 4),
    [SERIAL_COM2] = UART_INIT(0x2f8, 3),
};

static int __init parse_com1(const char *value)
{
    return serial_parse_config(value ? value : "-", &uarts[SERIAL_COM1].config);
}

static int __init parse_com2(const char *value)
{
    return serial_parse_config(value ? value : "-", &uarts[SERIAL_COM2].config);
}

OPTION_DEFINE_CUSTOM("com1", parse_com1);
OPTION_DEFINE_CUSTOM("com2", parse_com2);

static uint8_t uart_read(const struct uart *uart, unsigned int reg)
{
    return in8((uint16_t)(uart->config.io_base + reg));
}

static void uart_write(const struct uart *uart, unsigned int reg, uint8_t value)
{
    out8((uint16_t)(uart->config.io_base + reg), value);
}

/*
 * An absent UART reads as all ones. The scratch register keeps what is written
 * to it; IER's upper half is always zero.
 */
static bool uart_is_present(const struct uart *uart)
{
    uart_write(uart, UART_IER, 0);
    if (uart_read(uart, UART_IER) != 0)
        return false;
    uart_write(uart, UART_SCRATCH, 0x5a);
    if (uart_read(uart, UART_SCRATCH) != 0x5a)
        return false;
    uart_write(uart, UART_SCRATCH, 0xa5);
    return uart_read(uart, UART_SCRATCH) == 0xa5;
}

static void __init uart_set_rate(const struct uart *uart)
{
    uint16_t divisor = serial_divisor(&uart->config);
    uint8_t lcr = serial_line_control(&uart->config);

    uart_write(uart, UART_LCR, lcr | LCR_DLAB);
    uart_write(uart, UART_DIVISOR_LOW, (uint8_t)divisor);
    uart_write(uart, UART_DIVISOR_HIGH, (uint8_t)(divisor >> 8));
}

bool __init serial_open(enum serial_port port)
{
    struct uart *uart = &uarts[port];

    uart->open = false;
    uart_write(uart, UART_LCR, serial_line_control(&uart->config));
    if (!uart_is_present(uart))
        return false;
    if (uart->config.baud)
        uart_set_rate(uart);
    uart_write(uart, UART_LCR, serial_line_control(&uart->config));
    uart_write(uart, UART_FCR, FCR_ON_CLEAR);
    uart_write(uart, UART_MCR, MCR_DTR_RTS);
    uart->open = true;
    return true;
}

void serial_close(enum serial_port port)
{
    struct uart *uart = &uarts[port];

    if (uart->open)
        uart_write(uart, UART_IER, 0);
    uart->open = false;
}

bool serial_is_open(enum serial_port port)
{
    return uarts[port].open;
}

static void send_byte(struct uart *uart, uint8_t byte)
{
    unsigned int spins = 0;

    while (!(uart_read(uart, UART_LSR) & LSR_EMPTY)) {
        if (++spins == SPIN_LIMIT) {
            uart->open = false; /* the device went away: stop waiting */
            return;
        }
    }
    uart_write(uart, UART_DATA, byte);
}

void serial_write(enum serial_port port, const char *text, size_t n)
{
    struct uart *uart = &uarts[port];

    for (size_t i = 0; i < n && uart->open; i++) {
        if (text[i] == '\n')
            send_byte(uart, '\r');
        send_byte(uart, (uint8_t)text[i]);
    }
}

int serial_read(enum serial_port port)
{
    const struct uart *uart = &uarts[port];
    uint8_t status;

    if (!uart->open)
        return -1;
    status = uart_read(uart, UART_LSR);
    if (status == 0xff || !(status & LSR_RECEIVED))
        return -1;
    return uart_read(uart, UART_DATA);
}

unsigned int serial_irq(enum serial_port port)
{
    return uarts[port].open ? uarts[port].config.irq : 0;
}

uint16_t serial_io_base(enum serial_port port)
{
    return uarts[port].open ? uarts[port].config.io_base : 0;
}

void serial_enable_interrupt(enum serial_port port)
{
    const struct uart *uart = &uarts[port];

    if (!uart->open || !uart->config.irq)
        return;
    uart_write(uart, UART_MCR, MCR_DTR_RTS | MCR_OUT2);
    uart_write(uart, UART_IER, IER_RECEIVE);
}

/*
 * console/serial_config.c - the meaning of com1= and com2=. Layer: console.
 * Pure.
 */
#include "console/serial_config.h"

#include "abi/errno.h"
#include "lib/string.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool parse_baud(const char **text, struct serial_config *config)
{
    uint64_t value;

    if (strncmp(*text, "auto", 4) == 0) {
        config->baud = 0;
        *text += 4;
    } else if (is_digit(**text)) {
        value = str_to_u64(*text, text);
        if (value == 0 || value > UINT32_MAX)
            return false;
        config->baud = (uint32_t)value;
    }
    if (**text != '/')
        return true;
    value = str_to_u64(*text + 1, text);
    if (value == 0 || value > UINT32_MAX)
        return false;
    config->clock_hz = (uint32_t)value;
    return true;
}

/* Data bits, parity, stop bits, such as "8n1". */
static bool parse_frame(const char **text, struct serial_config *config)
{
    const char *p = *text;

    if (p[0] < '5' || p[0] > '8' || !p[1] || !strchr("noems", p[1]) ||
        (p[2] != '1' && p[2] != '2'))
        return false;
    config->data_bits = (uint8_t)(p[0] - '0');
    config->parity = p[1];
    config->stop_bits = (uint8_t)(p[2] - '0');
    *text += 3;
    return true;
}

static bool parse_io_base(const char **text, struct serial_config *config)
{
    uint64_t value;

    if (!is_digit(**text))
        return false;
    value = str_to_u64(*text, text);
    if (value == 0 || value > 0xfff8)
        return false;
    config->io_base = (uint16_t)value;
    return true;
}

static bool parse_irq(const char **text, struct serial_config *config)
{
    uint64_t value;

    if (!is_digit(**text))
        return false;
    value = str_to_u64(*text, text);
    if (value > 15)
        return false;
    config->irq = (uint8_t)value;
    return true;
}

int serial_parse_config(const char *text, struct serial_config *config)
{
    static bool (*const parts[])(const char **, struct serial_config *) = {
        parse_frame, parse_io_base, parse_irq};
    struct serial_config c = *config;

    if (!parse_baud(&text, &c))
        return -EINVAL;
    for (size_t i = 0; i < ARRAY_SIZE(parts) && *text == ','; i++) {
        text++;
        if (*text && *text != ',' && !parts[i](&text, &c))
            return -EINVAL;
    }
    if (*text)
        return -EINVAL;
    *config = c;
    return 0;
}

uint8_t serial_line_control(const struct serial_config *config)
{
    unsigned int lcr = config->data_bits - 5U;

    if (config->stop_bits == 2)
        lcr |= 1U << 2;
    switch (config->parity) {
    case 'o':
        lcr |= 1U << 3;
        break;
    case 'e':
        lcr |= 3U << 3;
        break;
    case 'm':
        lcr |= 5U << 3;
        break;
    case 's':
        lcr |= 7U << 3;
        break;
    default:
        break;
    }
    return (uint8_t)lcr;
}

uint16_t serial_divisor(const struct serial_config *config)
{
    uint64_t rate = config->baud * 16UL;
    uint64_t divisor;

    if (rate == 0)
        return 1;
    divisor = (config->clock_hz + rate / 2) / rate;
    return (uint16_t)MIN(MAX(divisor, 1), UINT16_MAX);
}

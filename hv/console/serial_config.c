/*
 * console/serial_config.c - the meaning of com1= and com2=. Layer: console.
 * Pure.
 */
#include "console/serial_config.h"

#include "abi/errno.h"
#include "lib/option.h"
#include "lib/string.h"

/* A number and nothing else, within [low, high]. */
static bool parse_number(const char *text, uint64_t low, uint64_t high,
                         uint64_t *value)
{
    const char *end;

    *value = str_to_u64(text, &end);
    return end != text && !*end && *value >= low && *value <= high;
}

static bool parse_baud(const char *text, struct serial_config *config)
{
    uint64_t value = 0;

    if (strcmp(text, "auto") != 0 && !parse_number(text, 1, 4000000, &value))
        return false;
    config->baud = (uint32_t)value;
    return true;
}

/* The rate of divisor 1; the clock runs at sixteen times that. */
static bool parse_base_baud(const char *text, struct serial_config *config)
{
    uint64_t value;

    if (!parse_number(text, 1, UINT32_MAX / 16, &value))
        return false;
    config->clock_hz = (uint32_t)value * 16;
    return true;
}

/* "115200", "auto", either with "/BASE". */
static bool parse_rate(const char *text, struct serial_config *config)
{
    const char *slash = strchr(text, '/');
    char baud[12];

    if (!slash)
        return parse_baud(text, config);
    if ((size_t)(slash - text) >= sizeof(baud))
        return false;
    str_copy(baud, text, (size_t)(slash - text) + 1);
    return parse_baud(baud, config) && parse_base_baud(slash + 1, config);
}

static bool parse_data_bits(const char *text, struct serial_config *config)
{
    uint64_t value;

    if (!parse_number(text, 5, 8, &value))
        return false;
    config->data_bits = (uint8_t)value;
    return true;
}

static bool parse_parity(const char *text, struct serial_config *config)
{
    if (!text[0] || text[1] || !strchr("noems", text[0]))
        return false;
    config->parity = text[0];
    return true;
}

static bool parse_stop_bits(const char *text, struct serial_config *config)
{
    uint64_t value;

    if (!parse_number(text, 1, 2, &value))
        return false;
    config->stop_bits = (uint8_t)value;
    return true;
}

/* Data bits, parity, stop bits, such as "8n1". */
static bool parse_frame(const char *text, struct serial_config *config)
{
    char part[3][2];

    if (strlen(text) != 3)
        return false;
    for (size_t i = 0; i < 3; i++)
        str_copy(part[i], text + i, 2);
    return parse_data_bits(part[0], config) && parse_parity(part[1], config) &&
           parse_stop_bits(part[2], config);
}

static bool parse_io_base(const char *text, struct serial_config *config)
{
    uint64_t value;

    if (!parse_number(text, 1, 0xfff8, &value))
        return false;
    config->io_base = (uint16_t)value;
    return true;
}

static bool parse_irq(const char *text, struct serial_config *config)
{
    uint64_t value;

    if (!parse_number(text, 0, 15, &value))
        return false;
    config->irq = (uint8_t)value;
    return true;
}

/* By position, and by name. */
static bool (*const positions[])(const char *, struct serial_config *) = {
    parse_rate, parse_frame, parse_io_base, parse_irq};

static const struct {
    char name[12];
    bool (*parse)(const char *text, struct serial_config *config);
} names[] = {
    {"baud=", parse_baud},
    {"clock-hz=", parse_base_baud},
    {"data-bits=", parse_data_bits},
    {"parity=", parse_parity},
    {"stop-bits=", parse_stop_bits},
    {"io-base=", parse_io_base},
    {"irq=", parse_irq},
};

static bool parse_named(const char *item, struct serial_config *config)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        size_t n = strlen(names[i].name);

        if (strncmp(item, names[i].name, n) == 0)
            return names[i].parse(item + n, config);
    }
    return false;
}

int serial_parse_config(const char *text, struct serial_config *config)
{
    struct serial_config c = *config;
    char item[32];

    for (size_t i = 0; option_next_item(&text, item, sizeof(item)); i++) {
        bool good;

        if (strchr(item, '='))
            good = parse_named(item, &c);
        else if (!item[0])
            good = true;
        else
            good = i < ARRAY_SIZE(positions) && positions[i](item, &c);
        if (!good)
            return -EINVAL;
    }
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

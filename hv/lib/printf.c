/*
 * lib/printf.c - formatted text into a buffer. Layer: lib. Pure.
 */
#include "lib/printf.h"

#include <stdbool.h>
#include <stdint.h>

#include "lib/string.h"

/* Where the text goes: `length` counts on when the buffer is full. */
struct sink {
    char *buf;
    size_t size;
    size_t length;
};

/* One conversion specification, between the '%' and its letter. */
struct spec {
    bool left, zero, plus, space, alternate;
    int width;
    int precision; /* -1: none was given */
    char length;   /* 'H' hh, 'h', 'l' (also ll z t j: all 64 bits), 0 int */
};

/* A va_list by reference: passing one on to functions by value is undefined
 * once they used it. */
struct arguments {
    va_list list;
};

static void put_char(struct sink *out, char c)
{
    if (out->length + 1 < out->size)
        out->buf[out->length] = c;
    out->length++;
}

static void put_repeated(struct sink *out, char c, int n)
{
    for (; n > 0; n--)
        put_char(out, c);
}

static void put_text(struct sink *out, const char *s, size_t n)
{
    for (; n > 0; n--)
        put_char(out, *s++);
}

static const char *parse_flags(const char *fmt, struct spec *spec)
{
    for (;; fmt++) {
        switch (*fmt) {
        case '-':
            spec->left = true;
            break;
        case '0':
            spec->zero = true;
            break;
        case '+':
            spec->plus = true;
            break;
        case ' ':
            spec->space = true;
            break;
        case '#':
            spec->alternate = true;
            break;
        default:
            return fmt;
        }
    }
}

/* A decimal number or a star; a value too large is cut to a harmless one. */
static const char *parse_number(const char *fmt, struct arguments *args,
                                int *value)
{
    if (*fmt == '*') {
        *value = va_arg(args->list, int);
        return fmt + 1;
    }
    *value = 0;
    for (; *fmt >= '0' && *fmt <= '9'; fmt++)
        *value = MIN(*value * 10 + (*fmt - '0'), 4096);
    return fmt;
}

static const char *parse_width(const char *fmt, struct arguments *args,
                               struct spec *spec)
{
    fmt = parse_number(fmt, args, &spec->width);
    if (spec->width < 0) {
        spec->left = true;
        spec->width = -spec->width;
    }
    spec->precision = -1;
    if (*fmt == '.')
        fmt = parse_number(fmt + 1, args, &spec->precision);
    return fmt;
}

static const char *parse_length(const char *fmt, struct spec *spec)
{
    switch (*fmt) {
    case 'h':
        spec->length = fmt[1] == 'h' ? 'H' : 'h';
        return fmt + (fmt[1] == 'h' ? 2 : 1);
    case 'l':
        spec->length = 'l';
        return fmt + (fmt[1] == 'l' ? 2 : 1);
    case 'z':
    case 't':
    case 'j':
        spec->length = 'l';
        return fmt + 1;
    default:
        return fmt;
    }
}

static int64_t fetch_signed(struct arguments *args, const struct spec *spec)
{
    int value;

    if (spec->length == 'l')
        return va_arg(args->list, int64_t);
    value = va_arg(args->list, int);
    if (spec->length == 'h')
        return (int16_t)value;
    return spec->length == 'H' ? (int8_t)value : value;
}

static uint64_t fetch_unsigned(struct arguments *args, const struct spec *spec)
{
    unsigned int value;

    if (spec->length == 'l')
        return va_arg(args->list, uint64_t);
    value = va_arg(args->list, unsigned int);
    if (spec->length == 'h')
        return (uint16_t)value;
    return spec->length == 'H' ? (uint8_t)value : value;
}

/* Text with its padding by blanks. */
static void put_padded(struct sink *out, const struct spec *spec,
                       const char *text, size_t n)
{
    int padding = n < (size_t)spec->width ? spec->width - (int)n : 0;

    if (!spec->left)
        put_repeated(out, ' ', padding);
    put_text(out, text, n);
    if (spec->left)
        put_repeated(out, ' ', padding);
}

/* Digits with a sign or base prefix: [blanks] prefix [zeroes] digits. */
static void put_number(struct sink *out, const struct spec *spec,
                       const char *prefix, const char *digits, int n)
{
    int prefix_length = (int)strlen(prefix);
    int zeroes = spec->precision > n ? spec->precision - n : 0;
    int padding = spec->width - prefix_length - zeroes - n;

    if (spec->zero && !spec->left && spec->precision < 0 && padding > 0) {
        zeroes = padding;
        padding = 0;
    }
    if (!spec->left)
        put_repeated(out, ' ', padding);
    put_text(out, prefix, (size_t)prefix_length);
    put_repeated(out, '0', zeroes);
    put_text(out, digits, (size_t)n);
    if (spec->left)
        put_repeated(out, ' ', padding);
}

/* `end` is behind the last digit; returns where the first one is. */
static char *make_digits(char *end, uint64_t value, unsigned int base,
                         char letter_a)
{
    for (; value; value /= base) {
        char digit = (char)(value % base);

        *--end = (char)(digit < 10 ? digit + '0' : digit - 10 + letter_a);
    }
    return end;
}

static void put_integer(struct sink *out, const struct spec *spec,
                        const char *prefix, uint64_t value, unsigned int base,
                        char letter_a)
{
    char digits[24]; /* 22 octal ones and a zero in front */
    char *end = digits + sizeof(digits);
    char *p = make_digits(end, value, base, letter_a);

    if (p == end && spec->precision != 0)
        *--p = '0';
    if (base == 8 && spec->alternate && spec->precision <= end - p &&
        (p == end || *p != '0'))
        *--p = '0';
    put_number(out, spec, prefix, p, (int)(end - p));
}

static void put_signed(struct sink *out, const struct spec *spec, int64_t value)
{
    const char *sign = spec->plus ? "+" : spec->space ? " " : "";
    uint64_t magnitude = (uint64_t)value;

    if (value < 0) {
        sign = "-";
        magnitude = -magnitude;
    }
    put_integer(out, spec, sign, magnitude, 10, 'a');
}

static void put_hex(struct sink *out, const struct spec *spec, uint64_t value,
                    char conversion)
{
    const char *prefix = "";

    if (spec->alternate && value)
        prefix = conversion == 'x' ? "0x" : "0X";
    put_integer(out, spec, prefix, value, 16, conversion == 'x' ? 'a' : 'A');
}

static void put_pointer(struct sink *out, struct spec *spec, const void *p)
{
    spec->precision = 16;
    put_integer(out, spec, "", (uintptr_t)p, 16, 'a');
}

static void put_string(struct sink *out, const struct spec *spec, const char *s)
{
    if (!s)
        s = "(null)";
    put_padded(out, spec, s,
               spec->precision < 0 ? strlen(s)
                                   : strnlen(s, (size_t)spec->precision));
}

static void convert(struct sink *out, struct spec *spec, char conversion,
                    struct arguments *args)
{
    char c;

    switch (conversion) {
    case 'd':
    case 'i':
        put_signed(out, spec, fetch_signed(args, spec));
        break;
    case 'u':
        put_integer(out, spec, "", fetch_unsigned(args, spec), 10, 'a');
        break;
    case 'o':
        put_integer(out, spec, "", fetch_unsigned(args, spec), 8, 'a');
        break;
    case 'x':
    case 'X':
        put_hex(out, spec, fetch_unsigned(args, spec), conversion);
        break;
    case 'c':
        c = (char)va_arg(args->list, int);
        put_padded(out, spec, &c, 1);
        break;
    case 's':
        put_string(out, spec, va_arg(args->list, const char *));
        break;
    case 'p':
        put_pointer(out, spec, va_arg(args->list, void *));
        break;
    default:
        put_char(out, conversion);
        break;
    }
}

int str_vformat(char *buf, size_t size, const char *fmt, va_list args)
{
    struct sink out = {.buf = buf, .size = size};
    struct arguments copy;

    va_copy(copy.list, args);
    while (*fmt) {
        struct spec spec = {0};

        if (*fmt != '%') {
            put_char(&out, *fmt++);
            continue;
        }
        fmt = parse_flags(fmt + 1, &spec);
        fmt = parse_width(fmt, &copy, &spec);
        fmt = parse_length(fmt, &spec);
        if (!*fmt)
            break;
        convert(&out, &spec, *fmt++, &copy);
    }
    va_end(copy.list);
    if (size > 0)
        buf[MIN(out.length, size - 1)] = '\0';
    return (int)out.length;
}

int str_format(char *buf, size_t size, const char *fmt, ...)
{
    va_list args;
    int n;

    va_start(args, fmt);
    n = str_vformat(buf, size, fmt, args);
    va_end(args);
    return n;
}

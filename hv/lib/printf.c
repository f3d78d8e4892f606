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
    bool zero, alternate, is_long;
    int width;
};

/* A va_list by reference: passing one on to functions by value is undefined
 * once they used it. */
struct arguments {
    va_list list;
};

static void put_repeated(struct sink *out, char c, int n)
{
    for (; n > 0; n--, out->length++)
        if (out->length + 1 < out->size)
            out->buf[out->length] = c;
}

static void put_text(struct sink *out, const char *s, size_t n)
{
    for (; n > 0; n--)
        put_repeated(out, *s++, 1);
}

/* A width too large is cut to a harmless one. */
static const char *parse(const char *fmt, struct spec *spec)
{
    for (; *fmt == '0' || *fmt == '#'; fmt++)
        *(*fmt == '0' ? &spec->zero : &spec->alternate) = true;
    for (; *fmt >= '0' && *fmt <= '9'; fmt++)
        spec->width = MIN(spec->width * 10 + (*fmt - '0'), 4096);
    for (; *fmt == 'l' || *fmt == 'z'; fmt++)
        spec->is_long = true;
    return fmt;
}

/* [blanks] prefix [zeroes] text */
static void put_padded(struct sink *out, const struct spec *spec,
                       const char *prefix, const char *text, size_t n)
{
    int padding = spec->width - (int)(strlen(prefix) + n);

    put_repeated(out, ' ', spec->zero ? 0 : padding);
    put_text(out, prefix, strlen(prefix));
    put_repeated(out, '0', spec->zero ? padding : 0);
    put_text(out, text, n);
}

static void put_integer(struct sink *out, const struct spec *spec,
                        const char *prefix, uint64_t value, unsigned int base)
{
    char digits[20], *end = digits + sizeof(digits), *p = end;

    do
        *--p = "0123456789abcdef"[value % base];
    while (value /= base);
    put_padded(out, spec, prefix, p, (size_t)(end - p));
}

static void put_signed(struct sink *out, const struct spec *spec, int64_t value)
{
    put_integer(out, spec, value < 0 ? "-" : "",
                value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
}

static uint64_t fetch(struct arguments *args, const struct spec *spec)
{
    return spec->is_long ? va_arg(args->list, uint64_t)
                         : va_arg(args->list, unsigned int);
}

static void convert(struct sink *out, const struct spec *spec, char conversion,
                    struct arguments *args)
{
    const char *text;
    uint64_t value;
    char c;

    switch (conversion) {
    case 'd':
        value = fetch(args, spec);
        put_signed(out, spec, spec->is_long ? (int64_t)value : (int32_t)value);
        break;
    case 'u':
        put_integer(out, spec, "", fetch(args, spec), 10);
        break;
    case 'x':
        value = fetch(args, spec);
        put_integer(out, spec, spec->alternate && value ? "0x" : "", value, 16);
        break;
    case 'c':
        c = (char)va_arg(args->list, int);
        put_padded(out, spec, "", &c, 1);
        break;
    case 's':
        text = va_arg(args->list, const char *);
        text = text ? text : "(null)";
        put_padded(out, spec, "", text, strlen(text));
        break;
    default:
        put_repeated(out, conversion, 1);
        break;
    }
}

int str_vformat(char *buf, size_t size, const char *fmt, va_list args)
{
    struct sink out = {.buf = buf, .size = size};
    struct arguments copy;

    va_copy(copy.list, args);
    for (; *fmt; fmt++) {
        struct spec spec = {0};

        if (*fmt != '%') {
            put_repeated(&out, *fmt, 1);
            continue;
        }
        fmt = parse(fmt + 1, &spec);
        if (!*fmt)
            break;
        convert(&out, &spec, *fmt, &copy);
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

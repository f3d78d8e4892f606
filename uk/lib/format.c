/* format.c - see format.h. */
#include "lib/format.h"

struct out {
    char *at;
    size_t room; /* without the zero byte */
};

static void put(struct out *o, char c)
{
    if (o->room == 0)
        return;
    *o->at++ = c;
    o->room--;
}

static void put_number(struct out *o, uint64_t value, unsigned base, int width,
                       char fill)
{
    char digits[24];
    int n = 0;

    do {
        digits[n++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value);
    for (; width > n; width--)
        put(o, fill);
    while (n > 0)
        put(o, digits[--n]);
}

static void put_signed(struct out *o, int64_t value, int width, char fill)
{
    if (value < 0)
        put(o, '-');
    put_number(o, value < 0 ? -(uint64_t)value : (uint64_t)value, 10, width,
               fill);
}

static void put_text(struct out *o, const char *s)
{
    for (s = s ? s : "(null)"; *s; s++)
        put(o, *s);
}

/* What comes behind %, from the flags on; gives the last character of it. */
static const char *put_item(struct out *o, const char *f, va_list *args)
{
    char fill = *f == '0' ? '0' : ' ';
    int width = 0, wide = 0;

    for (; *f >= '0' && *f <= '9'; f++)
        width = width * 10 + (*f - '0');
    for (; *f == 'l' || *f == 'z'; f++)
        wide = 1;
    switch (*f) {
    case 's':
        put_text(o, va_arg(*args, const char *));
        break;
    case 'c':
        put(o, (char)va_arg(*args, int));
        break;
    case 'd':
        put_signed(o, wide ? va_arg(*args, long) : va_arg(*args, int), width,
                   fill);
        break;
    case 'u':
        put_number(
            o, wide ? va_arg(*args, unsigned long) : va_arg(*args, unsigned),
            10, width, fill);
        break;
    case 'p':
        wide = 1; /* fallthrough */
    case 'x':
        put_number(
            o, wide ? va_arg(*args, unsigned long) : va_arg(*args, unsigned),
            16, width, fill);
        break;
    default:
        put(o, *f);
    }
    return f;
}

size_t format_list(char *out, size_t size, const char *format, va_list args)
{
    struct out o = {.at = out, .room = size - 1};
    va_list rest;

    va_copy(rest, args);
    for (; *format; format++)
        if (*format != '%' || !format[1])
            put(&o, *format);
        else
            format = put_item(&o, format + 1, &rest);
    va_end(rest);
    *o.at = 0;
    return (size_t)(o.at - out);
}

size_t format_text(char *out, size_t size, const char *format, ...)
{
    va_list args;
    size_t n;

    va_start(args, format);
    n = format_list(out, size, format, args);
    va_end(args);
    return n;
}

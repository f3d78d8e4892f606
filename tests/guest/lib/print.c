/* print.c - text to the console, by console_io. */
#include "check.h"
#include "hypercall.h"

static char line[512];
static unsigned used;

/* What a domain says that has no console: whoever made it reads it here. */
char said[4096] __attribute__((aligned(4096)));
unsigned said_bytes;

static void flush(void)
{
    if (is_sibling) {
        if (said_bytes + used <= sizeof(said))
            memcpy(said + said_bytes, line, used);
        said_bytes += used;
        used = 0;
        return;
    }
    console_io(CONSOLEIO_write, used, line);
    used = 0;
}

static void put(char c)
{
    line[used++] = c;
    if (c == '\n' || used == sizeof(line))
        flush();
}

static void put_text(const char *s)
{
    while (*s)
        put(*s++);
}

static void put_number(uint64_t n, unsigned base, unsigned width, char pad)
{
    char digits[24];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[n % base];
        n /= base;
    } while (n);
    while (width-- > count)
        put(pad);
    while (count)
        put(digits[--count]);
}

static void put_signed(long n, unsigned width, char pad)
{
    if (n < 0)
        put('-');
    put_number(n < 0 ? -(uint64_t)n : (uint64_t)n, 10, width, pad);
}

static void put_argument(char kind, bool wide, unsigned width, char pad,
                         va_list *list)
{
    uint64_t n;

    if (kind == 's') {
        put_text(va_arg(*list, const char *));
        return;
    }
    n = wide ? va_arg(*list, uint64_t) : va_arg(*list, unsigned);
    if (kind == 'c')
        put((char)n);
    else if (kind == 'd')
        put_signed(wide ? (long)n : (int)n, width, pad);
    else
        put_number(n, kind == 'x' ? 16 : 10, width, pad);
}

void vprint(const char *format, va_list list)
{
    va_list l;

    va_copy(l, list);
    for (const char *p = format; *p; p++) {
        unsigned width = 0;
        bool wide = false;
        char pad = ' ';

        if (*p != '%') {
            put(*p);
            continue;
        }
        if (*++p == '#') {
            put_text("0x");
            p++;
        }
        if (*p == '0')
            pad = *p++;
        while (*p >= '0' && *p <= '9')
            width = width * 10 + (unsigned)(*p++ - '0');
        for (; *p == 'l'; p++)
            wide = true;
        put_argument(*p, wide, width, pad, &l);
    }
    va_end(l);
}

void print(const char *format, ...)
{
    va_list list;

    va_start(list, format);
    vprint(format, list);
    va_end(list);
}

/* print.c - text to the console: by console_io, or the ring of a guest. */
#include "guest.h"
#include <xen/io/console.h>

static char line[512];
static unsigned used;

/* What a domain says that has no console: whoever made it reads it here. */
char said[4096] __attribute__((aligned(4096)));
unsigned said_bytes;

/* A guest that a toolstack made has a console in its start_info. */
static struct xencons_interface *console_ring(void)
{
    if (!start_info || start_info->flags & SIF_INITDOMAIN ||
        !start_info->console.domU.mfn)
        return NULL;
    return mfn_to_va(start_info->console.domU.mfn);
}

static void put_into_ring(struct xencons_interface *ring)
{
    for (unsigned i = 0; i < used; i++) {
        while (ring->out_prod - READ_ONCE(ring->out_cons) == sizeof(ring->out))
            sched_op(SCHEDOP_yield, NULL);
        ring->out[MASK_XENCONS_IDX(ring->out_prod, ring->out)] = line[i];
        barrier();
        WRITE_ONCE(ring->out_prod, ring->out_prod + 1);
    }
    event_send(start_info->console.domU.evtchn);
}

void print_finish(void)
{
    struct xencons_interface *ring = is_sibling ? NULL : console_ring();

    /* Who closed its port is not heard any more. */
    for (unsigned n = 0; ring && n < 1000000; n++) {
        if (READ_ONCE(ring->out_cons) == ring->out_prod)
            return;
        sched_op(SCHEDOP_yield, NULL);
    }
}

static void flush(void)
{
    struct xencons_interface *ring;

    if (is_sibling) {
        if (said_bytes + used <= sizeof(said))
            memcpy(said + said_bytes, line, used);
        said_bytes += used;
        used = 0;
        return;
    }
    ring = console_ring();
    if (ring)
        put_into_ring(ring);
    else
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

/*
 * console.c - see console.h. The initial domain has the hypervisor's console by
 * hypercall; other domains have a ring that is shared with a daemon.
 * Locks: events are masked. Source: xen/public/io/console.h.
 */
#include "xen/console.h"
#include "lib/format.h"
#include "lib/string.h"
#include "xen/hypercall.h"
#include "xen/shared.h"
#include <xen/io/console.h>

enum { PTE_PRESENT_RW = 0x67 };

static aligned_(4096) char ring_page[PAGE_BYTES];
static struct xencons_interface *ring; /* NULL in the initial domain */
static evtchn_port_t ring_port;

void console_init(const struct start_info *start)
{
    if (start->flags & SIF_INITDOMAIN || !start->console.domU.mfn)
        return;
    xen_update_va_mapping(
        ring_page, start->console.domU.mfn << 12 | PTE_PRESENT_RW | 1UL << 63,
        UVMF_INVLPG);
    ring = (struct xencons_interface *)(void *)ring_page;
    ring_port = start->console.domU.evtchn;
}

static void ring_notify(void)
{
    struct evtchn_send send = {.port = ring_port};

    xen_event_channel_op(EVTCHNOP_send, &send);
}

/* Waits for room: text is never dropped while the other side reads. */
static void ring_write(const char *text, size_t n)
{
    while (n > 0) {
        XENCONS_RING_IDX at = ring->out_prod;

        if (at - read_once(ring->out_cons) >= sizeof(ring->out)) {
            ring_notify();
            xen_sched_op(SCHEDOP_yield, 0);
            continue;
        }
        ring->out[MASK_XENCONS_IDX(at, ring->out)] = *text++;
        barrier();
        ring->out_prod = at + 1;
        n--;
    }
    ring_notify();
}

static bool line_begun;

void console_write(const char *text, size_t n)
{
    if (n > 0)
        line_begun = text[n - 1] != '\n';
    if (ring)
        ring_write(text, n);
    else
        xen_console_io(CONSOLEIO_write, n, text);
}

void console_end_line(void)
{
    if (line_begun)
        console_write("\n", 1);
}

static void (*input)(const char *text, size_t n);

static void read_by_hypercall(void)
{
    char text[64];
    long n;

    while ((n = xen_console_io(CONSOLEIO_read, sizeof(text), text)) > 0)
        input(text, (size_t)n);
}

static void read_ring(void)
{
    while (ring->in_cons != read_once(ring->in_prod)) {
        char c = ring->in[MASK_XENCONS_IDX(ring->in_cons, ring->in)];

        barrier();
        ring->in_cons++;
        input(&c, 1);
    }
    ring_notify();
}

static void hear(unsigned port)
{
    (void)port;
    if (ring)
        read_ring();
    else
        read_by_hypercall();
}

void console_listen(void (*listener)(const char *text, size_t n))
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_CONSOLE};

    input = listener;
    if (ring)
        shared_bind(ring_port, hear);
    else if (xen_event_channel_op(EVTCHNOP_bind_virq, &bind) == 0)
        shared_bind(bind.port, hear);
    hear(0);
}

void console_resume(const struct start_info *start)
{
    if (!ring)
        return;
    ring_port = start->console.domU.evtchn;
    if (input)
        shared_bind(ring_port, hear);
    ring_notify();
}

static void print_list(const char *format, va_list args)
{
    char line[256];
    size_t n = format_list(line, sizeof(line), format, args);

    console_write(line, n);
}

void console_print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print_list(format, args);
    va_end(args);
}

noreturn_ void console_panic(const char *format, ...)
{
    va_list args;

    console_end_line();
    console_print("panic: ");
    va_start(args, format);
    print_list(format, args);
    va_end(args);
    console_print("\n");
    shared_shutdown(SHUTDOWN_crash);
}

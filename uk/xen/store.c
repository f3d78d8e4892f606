/*
 * store.c - see store.h. A watch that fires asks for the value, whose reply
 * carries the watch's number; replies to all else are only counted. The other
 * side is not trusted: what is too long is cut, what is wrong is ignored.
 */
#include "xen/store.h"
#include "lib/string.h"
#include "xen/clock.h"
#include "xen/hypercall.h"
#include "xen/shared.h"
#include <xen/io/xs_wire.h>

enum { PTE_PRESENT_RW = 0x67, TEXT_MOST = 120, OTHERS = 1000 };

static aligned_(4096) char ring_page[PAGE_BYTES];
static struct xenstore_domain_interface *ring; /* NULL: there is none */
static evtchn_port_t port;
static const struct store_watch *watches;
static unsigned watches_count;
static unsigned asked, answered; /* requests, but those for values */

static void notify(void)
{
    struct evtchn_send send = {.port = port};

    xen_event_channel_op(EVTCHNOP_send, &send);
}

/* Until something happens at the ring, or a tenth of a second. */
static void wait_for_other(void)
{
    struct sched_poll poll = {.nr_ports = 1,
                              .timeout = clock_system_ns() + NS_PER_S / 10};

    set_xen_guest_handle(poll.ports, &port);
    xen_sched_op(SCHEDOP_poll, &poll);
    shared_clear(port);
}

/* False if nobody takes it. */
static bool put(const void *from, size_t n)
{
    const char *text = from;

    for (unsigned tries = 0; n > 0;) {
        XENSTORE_RING_IDX at = ring->req_prod;

        if (at - read_once(ring->req_cons) >= XENSTORE_RING_SIZE) {
            if (tries++ == 10)
                return false;
            notify();
            wait_for_other();
            continue;
        }
        ring->req[MASK_XENSTORE_IDX(at)] = *text++;
        barrier();
        ring->req_prod = at + 1;
        n--;
    }
    return true;
}

static void ask(uint32_t type, uint32_t id, const char *text, size_t n)
{
    struct xsd_sockmsg head = {.type = type, .req_id = id, .len = (uint32_t)n};

    asked += id == OTHERS;
    if (put(&head, sizeof(head)) && put(text, n))
        notify();
}

/* ------------------------------------------------------------- replies */
/* What has come of the message so far. */
static struct {
    struct xsd_sockmsg head;
    size_t bytes; /* with the head */
    char text[TEXT_MOST + 1];
} reply;

static char last_read[TEXT_MOST + 1]; /* by store_read() */

static void take_value(void)
{
    unsigned i = reply.head.req_id;

    if (i == OTHERS)
        answered++;
    if (i == OTHERS && reply.head.type == XS_READ)
        memcpy(last_read, reply.text, sizeof(last_read));
    else if (i < watches_count && reply.head.type == XS_READ)
        watches[i].changed(reply.text);
}

/* The path, and the token that store_watch() gave: a letter. */
static void take_event(void)
{
    size_t path = strlen(reply.text);
    unsigned i = path < TEXT_MOST ? (unsigned)reply.text[path + 1] - 'a' : ~0U;

    if (i < watches_count)
        ask(XS_READ, i, watches[i].path, strlen(watches[i].path) + 1);
}

static void take_message(void)
{
    reply.text[minimum((size_t)reply.head.len, (size_t)TEXT_MOST)] = '\0';
    if (reply.head.type == XS_WATCH_EVENT)
        take_event();
    else
        take_value();
}

static void take_byte(char c)
{
    const size_t head = sizeof(reply.head);

    if (reply.bytes < head)
        ((char *)&reply.head)[reply.bytes] = c;
    else if (reply.bytes - head < TEXT_MOST)
        reply.text[reply.bytes - head] = c;
    reply.bytes++;
    if (reply.bytes >= head && reply.bytes - head >= reply.head.len) {
        reply.bytes = 0;
        take_message();
    }
}

static void receive(unsigned from)
{
    (void)from;
    while (ring->rsp_cons != read_once(ring->rsp_prod)) {
        char c = ring->rsp[MASK_XENSTORE_IDX(ring->rsp_cons)];

        barrier();
        ring->rsp_cons++;
        take_byte(c);
    }
    notify();
}

/* -------------------------------------------------------------- requests */
static void wait_for_answers(void)
{
    uint64_t end = clock_system_ns() + NS_PER_S;

    while (answered != asked && clock_system_ns() < end) {
        wait_for_other();
        receive(port);
    }
}

const char *store_read(const char *path)
{
    last_read[0] = '\0';
    if (ring) {
        ask(XS_READ, OTHERS, path, strlen(path) + 1);
        wait_for_answers();
    }
    return last_read;
}

void store_write(const char *path, const char *value)
{
    char text[TEXT_MOST];
    size_t n = strlen(path) + 1, length = strlen(value);

    if (!ring || n + length > sizeof(text))
        return;
    memcpy(text, path, n);
    memcpy(text + n, value, length);
    ask(XS_WRITE, OTHERS, text, n + length);
    wait_for_answers();
}

static void watch_all(void)
{
    for (unsigned i = 0; i < watches_count; i++) {
        char text[TEXT_MOST];
        size_t n = strlen(watches[i].path) + 1;

        memcpy(text, watches[i].path, n);
        text[n] = (char)('a' + i);
        text[n + 1] = '\0';
        ask(XS_WATCH, OTHERS, text, n + 2);
    }
}

void store_watch(const struct store_watch *table, unsigned n)
{
    watches = table;
    watches_count = n;
    if (ring)
        watch_all();
}

void store_init(const struct start_info *start)
{
    if (start->flags & SIF_INITDOMAIN || !start->store_mfn)
        return;
    xen_update_va_mapping(ring_page,
                          start->store_mfn << 12 | PTE_PRESENT_RW | 1UL << 63,
                          UVMF_INVLPG);
    ring = (struct xenstore_domain_interface *)(void *)ring_page;
    port = start->store_evtchn;
    ring->rsp_cons = ring->rsp_prod;
    reply.bytes = 0;
    asked = answered = 0;
    shared_bind(port, receive);
    if (watches_count)
        watch_all();
}

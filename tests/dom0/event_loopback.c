/*
 * event_loopback.c - event channels that dom0 binds to itself: each send
 * arrives at the other end, once; a port closed leaves the other end waiting;
 * ports beyond the first 1024 work too.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <sys/ioctl.h>

typedef uint16_t domid_t;
#include <xen/sys/evtchn.h>

#include "check.h"

#define SENDS 20000
#define PORTS 1500

static int device;

static int bind_unbound(void)
{
    struct ioctl_evtchn_bind_unbound_port op = {.remote_domain = 0};

    return ioctl(device, IOCTL_EVTCHN_BIND_UNBOUND_PORT, &op);
}

static int bind_to(unsigned domain, int port)
{
    struct ioctl_evtchn_bind_interdomain op = {.remote_domain = domain,
                                               .remote_port = (unsigned)port};

    return ioctl(device, IOCTL_EVTCHN_BIND_INTERDOMAIN, &op);
}

/* The next event must be that of `port`; lets it come again. */
static void receive(int port)
{
    struct pollfd p = {.fd = device, .events = POLLIN};
    uint32_t got;

    if (poll(&p, 1, 5000) != 1)
        fail("no event of port %d within 5 s", port);
    if (read(device, &got, sizeof(got)) != sizeof(got) || (int)got != port)
        fail("an event of port %u instead of %d", got, port);
    if (write(device, &got, sizeof(got)) != sizeof(got))
        fail("cannot unmask port %d", port);
}

static void nothing_waits(void)
{
    struct pollfd p = {.fd = device, .events = POLLIN};

    if (poll(&p, 1, 100))
        fail("an event that nobody sent");
}

static void send_from(int port)
{
    struct ioctl_evtchn_notify op = {.port = (unsigned)port};

    if (ioctl(device, IOCTL_EVTCHN_NOTIFY, &op))
        fail("cannot send from port %d", port);
}

static void send_both_ways(int a, int b)
{
    for (int i = 0; i < SENDS; i++) {
        send_from(i & 1 ? a : b);
        receive(i & 1 ? b : a);
    }
    nothing_waits();
}

static void close_one_end(int a, int b)
{
    struct ioctl_evtchn_unbind op = {.port = (unsigned)b};

    if (ioctl(device, IOCTL_EVTCHN_UNBIND, &op))
        fail("cannot close port %d", b);
    send_from(a); /* to nobody */
    b = bind_to(0, a);
    if (b < 0)
        fail("the other end does not wait for a new binding");
    receive(b);
    nothing_waits();
}

/* A send to the last of many ports. */
static void use_many_ports(void)
{
    int port = 0, peer;

    for (int i = 0; i < PORTS; i++)
        if ((port = bind_unbound()) < 0)
            fail("port %d of %d cannot be allocated", i, PORTS);
    peer = bind_to(0, port);
    if (peer < 0)
        fail("port %d cannot be bound", port);
    receive(peer);
    send_from(peer);
    receive(port);
}

int main(void)
{
    int a, b;

    device = open("/dev/xen/evtchn", O_RDWR);
    if (device < 0)
        skip("no /dev/xen/evtchn");
    a = bind_unbound();
    b = bind_to(0, a);
    if (a < 0 || b < 0)
        fail("a pair of ports cannot be made");
    receive(b); /* binding raises it */
    send_both_ways(a, b);
    close_one_end(a, b);
    if (bind_to(0, 100000) >= 0 || bind_to(77, 1) >= 0)
        fail("bound to a port that does not exist");
    use_many_ports();
    return pass("%d events arrived, in order, once", SENDS);
}

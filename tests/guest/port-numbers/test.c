/*
 * Event channel ports to the end of what there can be: each number can be
 * named in a poll whether it is a port or not (XSA-221), as many as the 2-level
 * form has can be had and not one more (XSA-317), and a FIFO form that could
 * not begin cannot be extended (XSA-188).
 */
/* not-as-guest: it counts all ports, and a toolstack made two */
#include "guest.h"

static long poll_port(evtchn_port_t port)
{
    struct sched_poll poll = {.nr_ports = 1, .timeout = 1};

    set_xen_guest_handle(poll.ports, &port);
    return sched_op(SCHEDOP_poll, &poll);
}

/* Numbers that no port ever had may be refused. */
static void polls(bool had)
{
    for (evtchn_port_t port = 1; port < 4096; port += port < 64 ? 1 : 61) {
        long rc = poll_port(port);

        CHECK(!rc || (!had && rc == -EINVAL));
    }
    CHECK_EQ(poll_port(4096), -EINVAL);
    CHECK_EQ(poll_port(~0U), -EINVAL);
}

static void all_there_are(void)
{
    struct evtchn_alloc_unbound a = {.dom = DOMID_SELF, .remote_dom = 0};
    unsigned n = 0;
    long rc;

    while (!(rc = event_channel_op(EVTCHNOP_alloc_unbound, &a)) && n < 5000)
        n++;
    CHECK_EQ(rc, -ENOSPC);
    CHECK(n > 4000 && n < 4096);
    CHECK_EQ(event_close(77), 0);
    CHECK_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &a), 0);
    CHECK_EQ(a.port, 77);
    CHECK_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &a), -ENOSPC);
    polls(true);
}

static void no_fifo(void)
{
    struct evtchn_init_control c = {.control_gfn = ~1UL};
    struct evtchn_expand_array e = {.array_gfn = va_to_mfn(page_alloc())};

    CHECK_EQ(event_channel_op(EVTCHNOP_init_control, &c), -EINVAL);
    CHECK_EQ(event_channel_op(EVTCHNOP_expand_array, &e), -EOPNOTSUPP);
}

void test(void)
{
    events_init();
    polls(false);
    no_fifo();
    all_there_are();
}

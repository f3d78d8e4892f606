/*
 * EVTCHNOP_reset closes all ports of the caller, which can then be had again,
 * and goes back to the 2-level form.
 */
/* not-as-guest: it closes the port of its own console */
#include "guest.h"

static long reset(domid_t domain)
{
    struct evtchn_reset r = {.dom = domain};

    return event_channel_op(EVTCHNOP_reset, &r);
}

static unsigned status(evtchn_port_t port)
{
    struct evtchn_status s = {.dom = DOMID_SELF, .port = port};

    CHECK_EQ(event_channel_op(EVTCHNOP_status, &s), 0);
    return s.status;
}

void test(void)
{
    evtchn_port_t a, b;
    struct evtchn_init_control c = {.control_gfn = 0};

    events_init();
    a = bind_ipi(0);
    b = bind_virq(VIRQ_TIMER, 0);
    CHECK_EQ(status(a), EVTCHNSTAT_ipi);
    CHECK_EQ(status(b), EVTCHNSTAT_virq);
    CHECK_EQ(reset(7), -ESRCH);
    CHECK_EQ(reset(DOMID_SELF), 0);
    CHECK_EQ(status(a), EVTCHNSTAT_closed);
    CHECK_EQ(status(b), EVTCHNSTAT_closed);
    CHECK_EQ(event_send(a), -EINVAL);
    CHECK_EQ(bind_virq(VIRQ_TIMER, 0) > 0, true);

    c.control_gfn = va_to_mfn(page_alloc());
    CHECK_EQ(event_channel_op(EVTCHNOP_init_control, &c), 0);
    CHECK_EQ(reset(DOMID_SELF), 0);
    a = bind_ipi(0);
    port_mask(a, false);
    CHECK_EQ(event_send(a), 0);
    CHECK(port_is_pending(a));
}

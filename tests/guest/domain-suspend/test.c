/*
 * A domain that suspends raises the port that its toolstack subscribed for
 * that, and not VIRQ_DOM_EXC; any other end, and a port that is none, do not.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static struct sibling s;
static evtchn_port_t offered __attribute__((section(".data")));
static volatile evtchn_port_t bound;
static volatile unsigned order; /* the reason and 1 */

static void end(void)
{
    struct evtchn_bind_interdomain b = {.remote_dom = 0,
                                        .remote_port = offered};

    events_init();
    events_mask();
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_interdomain, &b), 0);
    bound = b.local_port;
    while (!order)
        yield();
    shut_down(order - 1);
}

static bool take(evtchn_port_t port)
{
    uint64_t bit = 1UL << port % 64;

    return __atomic_fetch_and(&shared_info->evtchn_pending[port / 64], ~bit,
                              __ATOMIC_SEQ_CST) &
           bit;
}

static void check(unsigned how, bool subscribed, evtchn_port_t exception)
{
    struct evtchn_alloc_unbound a = {.dom = DOMID_SELF};
    volatile evtchn_port_t *port;
    evtchn_port_t *offer;
    volatile unsigned *way;
    struct xen_domctl op;

    sibling_make(&s, 1, end);
    a.remote_dom = s.id;
    REQUIRE_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &a), 0);
    offer = sibling_at(&s, &offered);
    *offer = a.port;
    foreign_unmap(offer);
    port = sibling_at(&s, &bound);
    way = sibling_at(&s, &order);
    sibling_start(&s);
    REQUIRE(EVENTUALLY(*port));
    memset(&op, 0, sizeof(op));
    op.u.subscribe.port = subscribed ? *port : 0;
    CHECK_EQ(domain_op(XEN_DOMCTL_subscribe, s.id, &op), 0);
    take(a.port);
    take(exception);
    *way = how + 1;
    CHECK_EQ(sibling_wait(&s), how);
    CHECK_EQ(take(a.port), subscribed && how == SHUTDOWN_suspend);
    CHECK_EQ(take(exception), !subscribed || how != SHUTDOWN_suspend);
    foreign_unmap((void *)port);
    foreign_unmap((void *)way);
    domain_destroy(s.id);
}

void test(void)
{
    struct evtchn_bind_virq exception = {.virq = VIRQ_DOM_EXC};
    struct xen_domctl op;
    domid_t id;

    events_init();
    events_mask();
    CHECK_EQ(event_channel_op(EVTCHNOP_bind_virq, &exception), 0);
    check(SHUTDOWN_suspend, true, exception.port);
    check(SHUTDOWN_suspend, false, exception.port);
    check(SHUTDOWN_poweroff, true, exception.port);
    CHECK_EQ(domain_do(XEN_DOMCTL_subscribe, 1000), -ESRCH);
    id = domain_new(1, 7);
    memset(&op, 0xff, sizeof(op)); /* no such port */
    CHECK_EQ(domain_op(XEN_DOMCTL_subscribe, id, &op), 0);
    domain_destroy(id);
}

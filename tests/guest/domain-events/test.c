/*
 * Event channels between domains: made on either's behalf by who may, bound,
 * sent on both ways, reset, and left unbound when the other end dies. Each
 * domain's shutdown and death is told by VIRQ_DOM_EXC.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

#define NONE 999

static struct sibling s;
static volatile uint64_t theirs, step;

static long bind(unsigned dom, unsigned port, evtchn_port_t *local)
{
    struct evtchn_bind_interdomain op = {.remote_dom = (domid_t)dom,
                                         .remote_port = port};
    long rc = event_channel_op(EVTCHNOP_bind_interdomain, &op);

    *local = op.local_port;
    return rc;
}

static long alloc(unsigned dom, unsigned remote, evtchn_port_t *port)
{
    struct evtchn_alloc_unbound op = {.dom = (domid_t)dom,
                                      .remote_dom = (domid_t)remote};
    long rc = event_channel_op(EVTCHNOP_alloc_unbound, &op);

    *port = op.port;
    return rc;
}

static long status(unsigned dom, unsigned port, struct evtchn_status *op)
{
    memset(op, 0, sizeof(*op));
    op->dom = (domid_t)dom;
    op->port = port;
    return event_channel_op(EVTCHNOP_status, op);
}

static long reset(unsigned dom)
{
    struct evtchn_reset op = {.dom = (domid_t)dom};

    return event_channel_op(EVTCHNOP_reset, &op);
}

/* The sibling: its port 1 was made for it. It answers. */
static void answer(void)
{
    struct evtchn_status st;
    evtchn_port_t port, other;

    events_init();
    events_mask();
    CHECK_EQ(alloc(0, 0, &port), -EPERM);
    CHECK_EQ(alloc(NONE, 0, &port), -EPERM);
    CHECK_EQ(status(0, 1, &st), -EPERM);
    CHECK_EQ(reset(0), -EPERM);
    CHECK_EQ(bind(0, 60, &port), -EINVAL);
    CHECK_EQ(bind(NONE, 1, &port), -ESRCH);
    CHECK_EQ(bind(0, (unsigned)theirs, &other), 0);
    CHECK_EQ(bind(0, (unsigned)theirs, &port), -EINVAL);
    CHECK(port_is_pending(other)); /* in case somebody has sent */
    port_clear(other);
    CHECK_EQ(event_send(other), 0);
    step = 1;
    CHECK(EVENTUALLY(port_is_pending(1)));
    CHECK_EQ(alloc(DOMID_SELF, 0, &port), 0);
    CHECK_EQ(status(DOMID_SELF, port, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_unbound);
    step = 2;
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

static bool step_is(uint64_t n)
{
    volatile uint64_t *seen = sibling_at(&s, &step);
    bool is = *seen == n;

    foreign_unmap((void *)(uint64_t)seen);
    return is;
}

static void check_args(void)
{
    struct evtchn_status st;
    evtchn_port_t port;

    CHECK_EQ(alloc(NONE, 0, &port), -ESRCH);
    CHECK_EQ(status(NONE, 1, &st), -ESRCH);
    CHECK_EQ(reset(NONE), -ESRCH);
    CHECK_EQ(bind(NONE, 1, &port), -ESRCH);
    CHECK_EQ(bind(s.id, 1, &port), -EINVAL);
    CHECK_EQ(bind(s.id, 100000, &port), -EINVAL);
}

static evtchn_port_t exceptions;

static bool exception_came(void)
{
    if (!port_is_pending(exceptions))
        return false;
    port_clear(exceptions);
    return true;
}

static void check_death(evtchn_port_t ours, evtchn_port_t to_it)
{
    struct evtchn_status st;
    evtchn_port_t port;

    exception_came();
    CHECK_EQ(domain_do(XEN_DOMCTL_destroydomain, s.id), 0);
    CHECK(EVENTUALLY(exception_came()));
    CHECK(EVENTUALLY(!domain_exists(s.id)));
    CHECK_EQ(status(DOMID_SELF, ours, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_unbound);
    CHECK_EQ(st.u.unbound.dom, s.id);
    CHECK_EQ(status(DOMID_SELF, to_it, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_unbound);
    CHECK_EQ(event_send(ours), 0);
    CHECK_EQ(event_close(ours), 0);
    CHECK_EQ(event_close(to_it), 0);
    CHECK_EQ(bind(s.id, 1, &port), -ESRCH);
}

static void check_shutdown(void)
{
    static struct sibling t;

    exception_came();
    sibling_run(&t, yield);
    CHECK_EQ(sibling_wait(&t), SHUTDOWN_poweroff);
    CHECK(EVENTUALLY(exception_came()));
    domain_destroy(t.id);
    CHECK(EVENTUALLY(exception_came()));
}

void test(void)
{
    evtchn_port_t ours, to_it, port;
    struct evtchn_status st;
    struct xen_domctl op;
    volatile uint64_t *seen;

    events_init();
    events_mask();
    exceptions = bind_virq(VIRQ_DOM_EXC, 0);
    sibling_make(&s, 1, answer);
    check_args();
    CHECK_EQ(alloc(DOMID_SELF, s.id, &ours), 0);
    CHECK_EQ(alloc(s.id, 0, &port), 0); /* its first */
    CHECK_EQ(port, 1);
    CHECK_EQ(bind(s.id, 1, &to_it), 0);
    CHECK_EQ(status(s.id, 1, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_interdomain);
    CHECK_EQ(st.u.interdomain.dom, 0);
    CHECK_EQ(st.u.interdomain.port, to_it);
    /* Paused by us: we may reset it. Then there it is again. */
    CHECK_EQ(reset(s.id), 0);
    CHECK_EQ(status(s.id, 1, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_closed);
    CHECK_EQ(status(DOMID_SELF, to_it, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_unbound);
    CHECK_EQ(event_close(to_it), 0);
    CHECK_EQ(alloc(s.id, DOMID_SELF, &port), 0);
    CHECK_EQ(bind(s.id, port, &to_it), 0);

    seen = sibling_at(&s, &theirs);
    *seen = ours;
    foreign_unmap((void *)(uint64_t)seen);
    memset(&op, 0, sizeof(op));
    sibling_start(&s);
    CHECK(EVENTUALLY(step_is(1)));
    CHECK_EQ(reset(s.id), -EINVAL);
    CHECK(port_is_pending(ours));
    CHECK_EQ(event_send(to_it), 0);
    CHECK(EVENTUALLY(step_is(2)));
    CHECK_EQ(status(DOMID_SELF, ours, &st), 0);
    CHECK_EQ(st.status, EVTCHNSTAT_interdomain);
    check_death(ours, to_it);
    check_shutdown();
}

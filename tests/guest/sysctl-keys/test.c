/*
 * sysctl presses debug keys and sets the scheduler's options, and domctl says
 * who gets a VIRQ: what is odd is refused and nothing happens.
 */
/* not-as-guest: it gives a toolstack's orders */
#define __XEN_TOOLS__ 1
#include "guest.h"
#include <xen/sysctl.h>

static struct xen_sysctl op;

static long call(unsigned cmd)
{
    op.cmd = cmd;
    op.interface_version = XEN_SYSCTL_INTERFACE_VERSION;
    return sysctl(&op);
}

static long press(char *keys, uint32_t count)
{
    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.debug_keys.keys, keys);
    op.u.debug_keys.nr_keys = count;
    return call(XEN_SYSCTL_debug_keys);
}

static void keys(void)
{
    char some[] = "hqmr0\xff";

    CHECK_EQ(press(some, 6), 0);
    CHECK_EQ(press(NULL, 0), 0);
    CHECK_EQ(press((char *)HV_START, 1), -EFAULT);
    CHECK_EQ(press((char *)HV_START, ~0U), -EFAULT);
}

static long options(uint32_t pool, uint32_t sched, uint32_t cmd)
{
    memset(&op, 0, sizeof(op));
    op.u.scheduler_op.cpupool_id = pool;
    op.u.scheduler_op.sched_id = sched;
    op.u.scheduler_op.cmd = cmd;
    return call(XEN_SYSCTL_scheduler_op);
}

static void scheduler(void)
{
    CHECK_EQ(options(0, XEN_SCHEDULER_CREDIT2, XEN_SYSCTL_SCHEDOP_getinfo), 0);
    CHECK(op.u.scheduler_op.u.sched_credit2.ratelimit_us <= 1000);
    CHECK_EQ(options(0, XEN_SCHEDULER_CREDIT2, XEN_SYSCTL_SCHEDOP_putinfo), 0);
    CHECK_EQ(options(0, XEN_SCHEDULER_CREDIT2, 77), -EINVAL);
    CHECK_EQ(options(0, XEN_SCHEDULER_CREDIT, XEN_SYSCTL_SCHEDOP_getinfo),
             -EINVAL);
    CHECK_EQ(options(9, XEN_SCHEDULER_CREDIT2, XEN_SYSCTL_SCHEDOP_getinfo),
             -ESRCH);
}

static long handler(domid_t id, uint32_t virq)
{
    struct xen_domctl c;

    memset(&c, 0, sizeof(c));
    c.u.set_virq_handler.virq = virq;
    return domain_op(XEN_DOMCTL_set_virq_handler, id, &c);
}

/* Xen lets a dying domain handle one, and keeps it for good. */
static void handler_dying(void)
{
    void *page;
    domid_t id = domain_new_dying(&page);

    CHECK(on_xen || handler(id, VIRQ_CON_RING) == -EINVAL);
    foreign_unmap(page);
}

static void handlers(void)
{
    CHECK_EQ(handler(0, VIRQ_CON_RING), 0);
    CHECK_EQ(handler(0, VIRQ_CON_RING), 0);
    CHECK_EQ(handler(0, VIRQ_TIMER), -EINVAL);
    CHECK_EQ(handler(0, NR_VIRQS), -EINVAL);
    CHECK_EQ(handler(0, ~0U), -EINVAL);
    CHECK_EQ(handler(77, VIRQ_CON_RING), -ESRCH);
    handler_dying();
}

/* New lines of the log are told, where somebody wants to know. */
static void log_grows(void)
{
    struct evtchn_bind_virq bind = {.virq = VIRQ_CON_RING};
    char key = 'h';

    CHECK_EQ(event_channel_op(EVTCHNOP_bind_virq, &bind), 0);
    CHECK_EQ(press(&key, 1), 0);
    for (unsigned i = 0; i < 1000 && !port_is_pending(bind.port); i++)
        yield();
    CHECK(port_is_pending(bind.port));
}

void test(void)
{
    events_init();
    keys();
    scheduler();
    handlers();
    log_grows();
}

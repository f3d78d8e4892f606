/*
 * A domain begins paused once. Pauses count, up to 255; it runs while there are
 * none; one too many unpause is refused. After it shut down, resumedomain lets
 * it go on where it was.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static struct sibling s;
static volatile uint64_t counter, suspended, result;

static void count(void)
{
    struct sched_shutdown op = {.reason = SHUTDOWN_suspend};

    for (;;) {
        counter++;
        if (counter % 100000 == 0)
            yield();
        if (READ_ONCE(suspended) == 1) {
            suspended = 2;
            result = (uint64_t)sched_op(SCHEDOP_shutdown, &op);
            suspended = 3;
            shut_down(SHUTDOWN_watchdog);
        }
    }
}

static bool runs(volatile uint64_t *seen)
{
    uint64_t was = *seen;

    return EVENTUALLY(*seen != was);
}

static bool stands(volatile uint64_t *seen)
{
    uint64_t was = *seen, end = rdtsc() + (32UL << 20);

    while (*seen == was && rdtsc() < end)
        yield();
    return *seen == was;
}

static unsigned flags(void)
{
    struct xen_domctl_getdomaininfo info;

    REQUIRE(domain_info(s.id, &info));
    return info.flags & (XEN_DOMINF_paused | XEN_DOMINF_shutdown);
}

static void check_counting(volatile uint64_t *seen)
{
    CHECK_EQ(flags(), XEN_DOMINF_paused);
    CHECK(stands(seen));
    CHECK_EQ(domain_do(XEN_DOMCTL_unpausedomain, s.id), 0);
    CHECK_EQ(flags(), 0);
    CHECK(runs(seen));
    CHECK_EQ(domain_do(XEN_DOMCTL_unpausedomain, s.id), -EINVAL);
    CHECK_EQ(domain_do(XEN_DOMCTL_pausedomain, s.id), 0);
    CHECK(stands(seen));
    CHECK_EQ(domain_do(XEN_DOMCTL_pausedomain, s.id), 0);
    CHECK_EQ(domain_do(XEN_DOMCTL_unpausedomain, s.id), 0);
    CHECK(stands(seen));
    for (unsigned i = 1; i < 255; i++)
        CHECK_EQ(domain_do(XEN_DOMCTL_pausedomain, s.id), 0);
    CHECK_EQ(domain_do(XEN_DOMCTL_pausedomain, s.id), -EOVERFLOW);
    for (unsigned i = 0; i < 255; i++)
        CHECK_EQ(domain_do(XEN_DOMCTL_unpausedomain, s.id), 0);
    CHECK(runs(seen));
    CHECK_EQ(domain_do(XEN_DOMCTL_unpausedomain, s.id), -EINVAL);
}

/* As the toolstack tells a domain that it was not saved after all. */
static void set_result(uint64_t rax)
{
    static struct vcpu_guest_context ctx;
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.vcpucontext.ctxt, &ctx);
    CHECK_EQ(domain_op(XEN_DOMCTL_getvcpucontext, s.id, &op), 0);
    CHECK_EQ(ctx.user_regs.rax, 0);
    ctx.user_regs.rax = rax;
    CHECK_EQ(domain_op(XEN_DOMCTL_setvcpucontext, s.id, &op), 0);
}

static void check_resume(volatile uint64_t *seen)
{
    volatile uint64_t *step = sibling_at(&s, &suspended), *value;

    *step = 1;
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_suspend);
    CHECK_EQ(flags(), XEN_DOMINF_shutdown);
    CHECK(stands(seen));
    CHECK_EQ(*step, 2);
    /* Not held by a pause. */
    CHECK_EQ(domain_do(XEN_DOMCTL_unpausedomain, s.id), -EINVAL);
    set_result(0x4321);
    CHECK_EQ(domain_do(XEN_DOMCTL_resumedomain, s.id), 0);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_watchdog);
    CHECK_EQ(*step, 3);
    value = sibling_at(&s, &result);
    CHECK_EQ(*value, 0x4321);
    foreign_unmap((void *)(uint64_t)value);
    foreign_unmap((void *)(uint64_t)step);
}

void test(void)
{
    struct xen_domctl op;
    volatile uint64_t *seen;

    sibling_make(&s, 1, count);
    memset(&op, 0, sizeof(op));
    set_xen_guest_handle(op.u.vcpucontext.ctxt, sibling_context(&s));
    REQUIRE_EQ(domain_op(XEN_DOMCTL_setvcpucontext, s.id, &op), 0);
    seen = sibling_at(&s, &counter);
    check_counting(seen);
    /* To one that did not shut down it does nothing. */
    CHECK_EQ(domain_do(XEN_DOMCTL_resumedomain, s.id), 0);
    CHECK(runs(seen));
    check_resume(seen);
    foreign_unmap((void *)(uint64_t)seen);
    domain_destroy(s.id);
}

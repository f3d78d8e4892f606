/*
 * A domain that does nothing but yield does not keep another one from getting
 * on: the one that works has at least a third of the CPU that they share.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 1 */
#include "guest.h"

static struct sibling s;
static volatile uint64_t yields;

static void yield_always(void)
{
    for (;;) {
        yields++;
        sched_op(SCHEDOP_yield, NULL);
    }
}

static uint64_t ran_ns(void)
{
    struct vcpu_runstate_info r;

    REQUIRE(vcpu_op(VCPUOP_get_runstate_info, 0, &r) == 0);
    return r.time[RUNSTATE_running];
}

void test(void)
{
    volatile uint64_t *seen;
    uint64_t begin, ran;

    events_init();
    wait_ns(50 * MS); /* so that we have had more than the other one */
    sibling_run(&s, yield_always);
    seen = sibling_at(&s, &yields);
    REQUIRE(seen);
    REQUIRE(EVENTUALLY(*seen));
    begin = now_ns();
    ran = ran_ns();
    wait_ns(300 * MS);
    ran = ran_ns() - ran;
    CHECK(ran >= (now_ns() - begin) / 3);
    foreign_unmap((void *)(uintptr_t)seen);
    domain_destroy(s.id);
}

/*
 * Three vcpus that never sleep get equal shares of two CPUs, and neither CPU is
 * idle: runstates say so.
 */
/* not-as-guest: dom0 wants its share of the CPUs too */
/* hv-args: dom0_max_vcpus=3 */
/* smp: 2 */
/* timeout: 30 */
#include "guest.h"

#define WORKERS 3
#define SPAN    (600 * MS)

static volatile bool stop;

static void spin(void *arg)
{
    (void)arg;
    while (!stop)
        pause();
}

static uint64_t running_ns(unsigned id)
{
    struct vcpu_runstate_info r;

    CHECK_EQ(vcpu_op(VCPUOP_get_runstate_info, id, &r), 0);
    return r.time[RUNSTATE_running];
}

/* Two thirds of the time for each, within a turn or two. */
static bool are_fair(void)
{
    uint64_t before[WORKERS], sum = 0, start, span;
    bool fair = true;

    start = now_ns();
    for (unsigned i = 0; i < WORKERS; i++)
        before[i] = running_ns(i);
    wait_ns(SPAN);
    span = now_ns() - start;
    for (unsigned i = 0; i < WORKERS; i++) {
        uint64_t ran = running_ns(i) - before[i];

        sum += ran;
        fair &= ran * 100 > span * 58 && ran * 100 < span * 76;
    }
    return fair && sum * 100 > span * 2 * 95;
}

/* A busy host takes the CPUs away for a while: one good span is enough. */
void test(void)
{
    bool fair = false;

    events_init();
    for (unsigned i = 1; i < WORKERS; i++)
        vcpu_launch(i, spin, NULL);
    wait_ns(50 * MS);
    for (unsigned i = 0; i < 16 && !fair; i++)
        fair = are_fair();
    CHECK(fair);
    stop = true;
}

/*
 * INVLPG_MULTI for a vcpu that spins on another CPU returns, each time; and
 * says what it costs, for bench/smp: instructions of both CPUs together, where
 * the time stamp counter counts these.
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
/* timeout: 30 */
#include "guest.h"

#define TIMES 200

static volatile bool runs, stop;

static void spin(void *arg)
{
    (void)arg;
    runs = true;
    while (!stop)
        pause();
}

static uint64_t flush(uint64_t *vcpus)
{
    struct mmuext_op op = {.cmd = MMUEXT_INVLPG_MULTI};
    uint64_t began = rdtsc();

    op.arg1.linear_addr = 0x10000000;
    set_xen_guest_handle(op.arg2.vcpumask, vcpus);
    for (unsigned i = 0; i < TIMES; i++)
        if (mmuext_op(&op, 1, NULL, DOMID_SELF))
            fail("flush %u failed", i);
    return (rdtsc() - began) / TIMES;
}

void test(void)
{
    uint64_t none = 0, other = 2; /* vcpu 1 */

    events_init();
    vcpu_launch(1, spin, NULL);
    while (!runs)
        pause();
    flush(&other);
    print("COST %lu, of nobody %lu\n", flush(&other), flush(&none));
    stop = true;
}

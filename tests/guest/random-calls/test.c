/*
 * Two vcpus on two CPUs make random hypercalls of every kind, with arguments of
 * the sort that hypercalls trip over: huge counts, addresses that are unmapped,
 * read-only, not canonical or the hypervisor's, structures across the end of
 * what is mapped, frames and domains of others. Each also rewrites what the
 * other passes. The hypervisor lives on, and its counts are right (audit).
 *
 * Left out is what would end the machine or this guest, as the ABI has it: the
 * sleep of ACPI, shutdowns, the debug keys, a vcpu taken offline, new trap
 * handlers, stacks and base pointers. Options: seed=, rounds=.
 */
/* not-as-guest: it closes the port of its own console; random-beside does the
 * same as a domain without rights */
/* hv-args: dom0_max_vcpus=2 loglvl=warning guest_loglvl=none */
/* smp: 2 */
/* timeout: 40 */
#include "guest.h"

static volatile bool stop;
static volatile uint64_t other_rounds;

static void other(void *arg)
{
    struct random r;

    random_seed(&r, (uint64_t)arg);
    events_mask();
    while (!stop) {
        calls_round(&r, 1);
        other_rounds++;
    }
    for (;;)
        sched_op(SCHEDOP_yield, NULL);
}

void test(void)
{
    uint64_t seed = option_number("seed", 1);
    uint64_t rounds = option_number("rounds", 20000);
    struct random r;

    events_init();
    calls_setup();
    events_mask();
    print("seed=%lu rounds=%lu\n", seed, rounds);
    random_seed(&r, seed);
    vcpu_launch(1, other, (void *)(seed + 1000000));
    for (uint64_t i = 0; i < rounds; i++)
        calls_round(&r, 0);
    stop = true;
    CHECK(other_rounds > 0);
    CHECK(calls_served() >= 12);
    print("%lu calls beside it; %u kinds were served\n", other_rounds,
          calls_served());
}

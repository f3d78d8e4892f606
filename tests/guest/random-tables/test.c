/*
 * Two vcpus on two CPUs write random page-table entries through every door, to
 * frames that are now tables and now not: by mmu_update in all its forms,
 * update_va_mapping, stores to tables that are mapped read-only, pins, base
 * pointers, grants, pages given back and taken. Nothing that the hypervisor
 * keeps goes wrong: all counts are right at the end (audit), and what was not
 * part of it is as it was. Options: seed=, rounds=.
 */
/* not-as-guest: it takes long, and what it disturbs is random-beside's to see
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
/* timeout: 40 */
#include "guest.h"

static uint64_t *untouched;
static volatile bool stop;
static volatile uint64_t other_rounds, successes;

static void other(void *arg)
{
    struct random r;

    random_seed(&r, (uint64_t)arg);
    while (!stop) {
        successes += tables_round(&r);
        other_rounds++;
    }
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

/* ---- before and after ---- */

static void setup(void)
{
    events_init();
    tables_setup();
    untouched = pages_alloc(4);
    for (unsigned i = 0; i < 4 * PTES; i++)
        untouched[i] = i * 0x0101010101UL;
}

void test(void)
{
    uint64_t seed = option_number("seed", 1), rounds, end;
    unsigned changed = 0;
    struct random r;

    setup();
    rounds = option_number("rounds", 15000);
    print("seed=%lu rounds=%lu\n", seed, rounds);
    random_seed(&r, seed);
    vcpu_launch(1, other, (void *)(seed + 1000000));
    for (uint64_t i = 0; i < rounds; i++)
        successes += tables_round(&r);
    stop = true;
    end = now_ns() + 2000 * MS;
    while (vcpu_op(VCPUOP_is_up, 1, NULL) == 1 && now_ns() < end &&
           other_rounds == 0)
        pause();
    for (unsigned i = 0; i < 4 * PTES; i++)
        changed += untouched[i] != i * 0x0101010101UL;
    CHECK_EQ(changed, 0);
    CHECK(successes > rounds / 20);
    CHECK(other_rounds > 0);
    print("%lu done beside it, %lu were served\n", other_rounds, successes);
}

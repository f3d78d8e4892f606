/*
 * A guest without privilege that makes random hypercalls on one vcpu, and
 * writes random page-table entries on another, disturbs nobody: beside it a
 * second guest counts, and finds its memory, its registers and its time as they
 * have to be; so does the initial domain; and when both are gone all memory is
 * free again. Options: seed=, rounds=.
 */
/* not-as-guest: it gives a toolstack's orders */
/* hv-args: loglvl=warning guest_loglvl=none */
/* smp: 2 */
/* timeout: 60 */
#include "guest.h"

#define PAGES_KEPT 64

static struct sibling quiet, wild;
static volatile uint64_t counted __attribute__((section(".data")));
static volatile bool stop;
static uint64_t seed __attribute__((section(".data")));
static uint64_t rounds __attribute__((section(".data")));

/* ---- memory that must stay as it is ---- */

static uint64_t *fill(void)
{
    uint64_t *kept = pages_alloc(PAGES_KEPT);

    for (uint64_t i = 0; i < PAGES_KEPT * PTES; i++)
        kept[i] = i * 0x9e3779b97f4a7c15UL;
    return kept;
}

static unsigned changed(const uint64_t *kept)
{
    unsigned n = 0;

    for (uint64_t i = 0; i < PAGES_KEPT * PTES; i++)
        n += kept[i] != i * 0x9e3779b97f4a7c15UL;
    return n;
}

/* ---- the two guests ---- */

static void count(void)
{
    uint64_t *kept = fill(), then = 0;

    events_init();
    while (!stop) {
        uint64_t now = now_ns();

        CHECK_EQ(changed(kept), 0);
        CHECK(now >= then);
        then = now;
        counted++;
    }
    CHECK_EQ(upcalls, 0);
}

static void write_tables(void *arg)
{
    struct random r;

    random_seed(&r, (uint64_t)arg);
    while (!stop)
        tables_round(&r);
    for (;;)
        yield();
}

static void rage(void)
{
    struct random r;

    events_init();
    events_mask();
    calls_setup();
    tables_setup();
    random_seed(&r, seed);
    vcpu_launch(1, write_tables, (void *)(seed + 1000000));
    for (uint64_t i = 0; i < rounds; i++)
        calls_round(&r, 0);
    stop = true;
    CHECK(calls_served() >= 6);
}

/* ---- the initial domain ---- */

static uint64_t count_of(void)
{
    volatile uint64_t *at = sibling_at(&quiet, &counted);
    uint64_t n = *at;

    foreign_unmap((void *)(uint64_t)at);
    return n;
}

static void end_quiet(void)
{
    volatile bool *at = sibling_at(&quiet, &stop);
    uint64_t n = count_of();

    CHECK(EVENTUALLY(count_of() > n)); /* it still does */
    *at = true;
    foreign_unmap((void *)(uint64_t)at);
    CHECK_EQ(sibling_wait(&quiet), SHUTDOWN_poweroff);
}

/* The wild one may take longer than others are waited for. */
static void wait_for_wild(void)
{
    struct xen_domctl_getdomaininfo info;

    while (domain_info(wild.id, &info) && !(info.flags & XEN_DOMINF_shutdown))
        yield();
    CHECK_EQ(sibling_wait(&wild), SHUTDOWN_poweroff);
}

void test(void)
{
    uint64_t *kept, before;

    events_init();
    trap_set_hook(VECTOR_NMI, trap_ignore);
    kept = fill();
    seed = option_number("seed", 1);
    rounds = option_number("rounds", 20000);
    print("seed=%lu rounds=%lu\n", seed, rounds);
    sibling_make(&quiet, 1, count);
    sibling_make(&wild, 2, rage);
    before = free_pages();
    sibling_start(&quiet);
    CHECK(EVENTUALLY(count_of()));
    sibling_start(&wild);
    wait_for_wild();
    print("%lu rounds of the other meanwhile\n", count_of());
    end_quiet();
    domain_destroy(wild.id);
    domain_destroy(quiet.id);
    CHECK_EQ(changed(kept), 0);
    CHECK(free_pages_settled() >= before + 2 * SIBLING_PAGES);
}

/*
 * A flush that names another vcpu, which runs on another CPU meanwhile, has
 * been done there when it returns: by every operation that can ask for one.
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
/* timeout: 30 */
#include "guest.h"

#define VA     ((volatile uint64_t *)0x10000000UL)
#define ROUNDS 100

static uint64_t *l1;
static uint64_t old_pte, new_pte;
static volatile uint64_t round_asked, round_seen, seen, stop;

/* Reads all the time, so that its CPU has the translation. */
static void reader(void *arg)
{
    (void)arg;
    while (!stop) {
        uint64_t asked = round_asked;

        seen = *VA;
        round_seen = asked;
    }
}

/* What the reader finds after it has noticed that we are past the flush. */
static uint64_t what_it_sees(void)
{
    uint64_t asked = round_asked + 1, end = now_ns() + 2000 * MS;

    round_asked = asked;
    while (round_seen != asked && now_ns() < end)
        pause();
    return round_seen == asked ? seen : ~0UL;
}

static uint64_t others = 2; /* vcpu 1 */

static long by_multi(void)
{
    pte_write(l1, new_pte);
    return mmuext(MMUEXT_INVLPG_MULTI, (uint64_t)VA, (uint64_t)&others);
}

static long by_flush_multi(void)
{
    pte_write(l1, new_pte);
    return mmuext(MMUEXT_TLB_FLUSH_MULTI, 0, (uint64_t)&others);
}

static long by_all(void)
{
    pte_write(l1, new_pte);
    return mmuext(MMUEXT_INVLPG_ALL, (uint64_t)VA, 0);
}

static long by_flush_all(void)
{
    pte_write(l1, new_pte);
    return mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0);
}

static long by_mapping(void)
{
    return update_va_mapping(VA, new_pte, UVMF_INVLPG | UVMF_ALL);
}

static long by_mapping_flush(void)
{
    return update_va_mapping(VA, new_pte, UVMF_TLB_FLUSH | UVMF_ALL);
}

static long by_mapping_multi(void)
{
    return update_va_mapping(VA, new_pte, UVMF_INVLPG | (uint64_t)&others);
}

static void works(long (*change)(void), const char *name)
{
    unsigned wrong = 0;

    pte_write(l1, old_pte);
    mmuext(MMUEXT_TLB_FLUSH_ALL, 0, 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t was = old_pte;

        CHECK_EQ(what_it_sees(), i % 2 ? 22 : 11);
        CHECK_EQ(change(), 0);
        wrong += what_it_sees() != (i % 2 ? 11 : 22);
        old_pte = new_pte;
        new_pte = was;
    }
    if (wrong)
        fail("%s: %u stale reads", name, wrong);
}

void test(void)
{
    uint64_t *pages = pages_alloc(2);
    struct tree t = tree_map((uint64_t)VA, pages, 1, PTE_RO_FLAGS);

    events_init();
    pages[0] = 11;
    pages[PTES] = 22;
    l1 = t.l1;
    old_pte = pte_make(va_to_mfn(pages), PTE_RO_FLAGS);
    new_pte = pte_make(va_to_mfn(pages + PTES), PTE_RO_FLAGS);
    vcpu_launch(1, reader, NULL);
    works(by_multi, "INVLPG_MULTI");
    works(by_flush_multi, "TLB_FLUSH_MULTI");
    works(by_all, "INVLPG_ALL");
    works(by_flush_all, "TLB_FLUSH_ALL");
    works(by_mapping, "UVMF_INVLPG | UVMF_ALL");
    works(by_mapping_flush, "UVMF_TLB_FLUSH | UVMF_ALL");
    works(by_mapping_multi, "UVMF_INVLPG, UVMF_MULTI");
    stop = 1;
}

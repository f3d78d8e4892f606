/*
 * Four vcpus on four CPUs change tables at the same time, each its own and all
 * one that they share: nothing is lost, and at the end all counts are right
 * (audit).
 */
/* hv-args: dom0_max_vcpus=4 */
/* smp: 4 */
/* timeout: 30 */
#include "guest.h"

#define VA     0x10000000UL
#define ROUNDS 1500

static uint64_t *shared_l1, *data[VCPUS];
static volatile unsigned ready, done;
static volatile unsigned errors;

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

/* Entries of the shared table refer to everybody's pages, both ways. */
static void change_shared(uint32_t *seed)
{
    uint64_t *page = data[next(seed) % VCPUS];
    uint64_t pte =
        pte_make(va_to_mfn(page), next(seed) % 2 ? PTE_RW_FLAGS : PTE_RO_FLAGS);

    errors +=
        pte_write(&shared_l1[next(seed) % 8], next(seed) % 4 ? pte : 0) != 0;
}

/* A tree of its own: made, pinned, unpinned. */
static void change_own(struct tree *t, uint64_t *page)
{
    errors += pin(3, t->l3) != 0;
    errors +=
        pte_write(&t->l1[5], pte_make(va_to_mfn(page), PTE_RW_FLAGS)) != 0;
    errors += pte_write(&t->l1[5], 0) != 0;
    errors += unpin(t->l3) != 0;
}

static void work(unsigned id)
{
    struct tree t =
        tree_make(VA + 0x40000000UL * (id + 1), data[id], 1, PTE_RW_FLAGS);
    uint32_t seed = id * 77 + 1;

    __atomic_add_fetch(&ready, 1, __ATOMIC_SEQ_CST);
    while (ready < VCPUS)
        pause();
    for (unsigned i = 0; i < ROUNDS; i++) {
        change_shared(&seed);
        if (i % 8 == 0)
            change_own(&t, data[id]);
    }
    __atomic_add_fetch(&done, 1, __ATOMIC_SEQ_CST);
}

static void other(void *arg)
{
    work((unsigned)(uint64_t)arg);
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

void test(void)
{
    uint64_t end;

    events_init();
    for (unsigned i = 0; i < VCPUS; i++)
        data[i] = page_alloc();
    shared_l1 = tree_map(VA, data[0], 1, PTE_RW_FLAGS).l1;
    for (unsigned i = 1; i < VCPUS; i++)
        vcpu_launch(i, other, (void *)(uint64_t)i);
    work(0);
    end = now_ns() + 5000 * MS;
    while (done < VCPUS && now_ns() < end)
        pause();
    CHECK_EQ(done, VCPUS);
    CHECK_EQ(errors, 0);
}

/*
 * A vcpu on another CPU that writes to a page all the time, through a
 * translation that its guest never flushes, cannot write to it any more once it
 * is a page table. Its writes are of a kind that is never emulated (across two
 * entries), and harmless as long as the page is no table: nothing is present.
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
/* timeout: 30 */
#include "guest.h"

#define VA     0x10000000UL
#define ROUNDS 300

static volatile bool stop;
static volatile uint64_t faults, writes;

static bool skip_write(struct frame *f)
{
    faults++;
    f->rip += 3; /* mov %rax, (%rcx) */
    return true;
}

static void writer(void *arg)
{
    while (!stop) {
        __asm__ volatile(".byte 0x48, 0x89, 0x01" /* mov %rax, (%rcx) */
                         :
                         : "a"(0xbadbad00badbad00UL), "c"(arg)
                         : "memory");
        writes++;
    }
}

static void wait_for_writes(void)
{
    uint64_t before = writes, end = now_ns() + 2000 * MS;

    while (writes < before + 3 && now_ns() < end)
        pause();
    CHECK(writes >= before + 3);
}

void test(void)
{
    uint64_t *table = page_alloc();
    /* Mapped a second time, for the writer. */
    struct tree t = tree_map(VA, table, 1, PTE_RW_FLAGS);
    uint64_t pte = pte_make(va_to_mfn(table), PTE_RW_FLAGS);
    uint64_t entry = pte_make(va_to_mfn(table), PTE_RO_FLAGS);
    unsigned survived = 0;

    events_init();
    trap_set_hook(VECTOR_PF, skip_write);
    vcpu_launch(1, writer, (void *)(VA + 4));
    for (unsigned i = 0; i < ROUNDS; i++) {
        wait_for_writes();
        CHECK_EQ(pte_write(t.l1, pte & ~PTE_RW), 0);
        CHECK_EQ(page_protect(table, false), 0);
        REQUIRE_EQ(pin(1, table), 0);
        REQUIRE_EQ(pte_write(&table[0], entry), 0);
        wait_for_writes();
        survived += (table[0] & PTE_ADDR) == (entry & PTE_ADDR);
        CHECK_EQ(pte_write(&table[0], 0), 0);
        CHECK_EQ(unpin(table), 0);
        CHECK_EQ(page_protect(table, true), 0);
        CHECK_EQ(pte_write(t.l1, pte), 0);
    }
    CHECK_EQ(survived, ROUNDS);
    CHECK(faults > 0);
    stop = true;
}

/*
 * What a domain asks for in vain about a frame of another one's does not show
 * there: it cannot make that one's tables fail to be pinned.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 4 */
/* timeout: 60 */
#include "guest.h"

#define ASKING  3
#define TIME_NS (10000 * MS)

static struct sibling s;
static uint64_t target = 1; /* in .data, which the sibling gets */
static volatile uint64_t asked[ASKING];

static void ask(void *arg)
{
    uint64_t *slot = pte_find(page_alloc(), 1);

    for (;; asked[(uint64_t)arg]++)
        pte_write(slot, pte_make(target, PTE_RW_FLAGS));
}

static void start(void)
{
    for (uint64_t i = 1; i < ASKING; i++)
        vcpu_launch((unsigned)i, ask, (void *)i);
    ask(NULL);
}

static bool all_ask(volatile uint64_t *seen)
{
    for (unsigned i = 0; i < ASKING; i++)
        if (seen[i] < 10)
            return false;
    return true;
}

/* As a kernel makes a page a table and ends that. */
static unsigned make_table(void *page)
{
    return (page_protect(page, false) != 0) + (pin(1, page) != 0) +
           (unpin(page) != 0) + (page_protect(page, true) != 0);
}

void test(void)
{
    void *page = page_alloc();
    volatile uint64_t *seen;
    unsigned failures = 0;
    uint64_t end;

    events_init();
    target = va_to_mfn(page);
    sibling_make(&s, ASKING, start);
    sibling_start(&s);
    seen = sibling_at(&s, asked);
    CHECK(EVENTUALLY(all_ask(seen)));
    for (end = now_ns() + TIME_NS; !failures && now_ns() < end;)
        failures = make_table(page);
    CHECK_EQ(failures, 0);
    foreign_unmap((void *)(uintptr_t)seen);
    domain_destroy(s.id);
}

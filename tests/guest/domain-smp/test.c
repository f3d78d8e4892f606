/*
 * Domains whose vcpus run on other CPUs: paused at once, looked at, and torn
 * down while they compute, change page tables, send events and make
 * hypercalls. Nothing of them is left.
 */
/* not-as-guest: it gives a toolstack's orders */
/* smp: 4 */
#include "guest.h"

static struct sibling s;
static volatile uint64_t counter[4];
static uint64_t *tables[4];

/* Long lists of page-table changes, tables pinned and unpinned, events. */
static void work(void *arg)
{
    unsigned id = (unsigned)(uint64_t)arg;
    uint64_t *table = tables[id], *target = table + 512;
    struct mmu_update u[64];
    evtchn_port_t port = bind_ipi(id);

    REQUIRE_EQ(page_protect(table, false), 0);
    for (;;) {
        REQUIRE_EQ(pin(1, table), 0);
        for (unsigned i = 0; i < 64; i++)
            u[i] =
                (struct mmu_update){va_to_maddr(table + i),
                                    pte_make(va_to_mfn(target), PTE_RW_FLAGS)};
        REQUIRE_EQ(mmu_update(u, 64, NULL, DOMID_SELF), 0);
        REQUIRE_EQ(unpin(table), 0);
        event_send(port);
        counter[id]++;
    }
}

static void start(void)
{
    events_init();
    events_mask();
    for (unsigned i = 0; i < 4; i++)
        tables[i] = pages_alloc(2);
    for (uint64_t i = 1; i < 4; i++)
        vcpu_launch((unsigned)i, work, (void *)i);
    work(NULL);
}

static bool all_count(volatile uint64_t *seen)
{
    for (unsigned i = 0; i < 4; i++)
        if (seen[i] < 10)
            return false;
    return true;
}

static void check_stands_still(volatile uint64_t *seen)
{
    static struct vcpu_guest_context ctx;
    uint64_t was[4];
    struct xen_domctl op;

    CHECK_EQ(domain_do(XEN_DOMCTL_pausedomain, s.id), 0);
    for (unsigned i = 0; i < 4; i++)
        was[i] = seen[i];
    for (unsigned i = 0; i < 4; i++) {
        memset(&op, 0, sizeof(op));
        op.u.vcpucontext.vcpu = i;
        set_xen_guest_handle(op.u.vcpucontext.ctxt, &ctx);
        CHECK_EQ(domain_op(XEN_DOMCTL_getvcpucontext, s.id, &op), 0);
        CHECK(ctx.user_regs.rip >= (uint64_t)image_start &&
              ctx.user_regs.rip < (uint64_t)image_bss);
    }
    for (unsigned i = 0; i < 4; i++)
        CHECK_EQ(seen[i], was[i]);
    CHECK_EQ(domain_do(XEN_DOMCTL_unpausedomain, s.id), 0);
    for (unsigned i = 0; i < 4; i++)
        CHECK(EVENTUALLY(seen[i] > was[i]));
}

static void run_once(void)
{
    volatile uint64_t *seen;

    sibling_make(&s, 4, start);
    sibling_start(&s);
    seen = sibling_at(&s, counter);
    if (!EVENTUALLY(all_count(seen)))
        fail("they count %lu %lu %lu %lu", seen[0], seen[1], seen[2], seen[3]);
    check_stands_still(seen);
    foreign_unmap((void *)(uint64_t)seen);
    domain_destroy(s.id);
}

/* Wherever it is by then. */
static void cut_off(uint64_t cycles)
{
    uint64_t end;

    sibling_make(&s, 4, start);
    sibling_start(&s);
    end = rdtsc() + cycles;
    while (rdtsc() < end)
        pause();
    domain_destroy(s.id);
}

void test(void)
{
    uint64_t before;

    run_once();
    cut_off(1 << 20);
    before = free_pages_settled();
    run_once();
    for (unsigned i = 0; i < 8; i++)
        cut_off(i << 21);
    /* Xen has caches of its own, one a CPU. */
    if (on_xen)
        CHECK(free_pages_settled() + 128 > before);
    else
        CHECK_EQ(free_pages_settled(), before);
}

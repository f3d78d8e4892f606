/*
 * A batch that takes long, of updates or of multicall entries, is done to its
 * end while timers go on, and `done` counts all of it.
 */
#include "guest.h"

#define COUNT 4096

static struct mmu_update updates[COUNT];
static struct multicall_entry calls[256];
static evtchn_port_t timer;

static void timer_came(void)
{
    port_clear(timer);
    vcpu_info(0)->evtchn_pending_sel = 0;
}

static uint64_t *table(void)
{
    uint64_t *l1 = page_alloc();

    page_protect(l1, false);
    REQUIRE_EQ(pin(1, l1), 0);
    return l1;
}

static void updates_of(const uint64_t *l1, uint64_t pte)
{
    for (unsigned i = 0; i < COUNT; i++)
        updates[i] =
            (struct mmu_update){va_to_maddr(&l1[i % PTES]), i & 512 ? 0 : pte};
}

void test(void)
{
    uint64_t *l1 = table();
    unsigned done = 0;

    events_init();
    on_upcall = timer_came;
    timer = bind_virq(VIRQ_TIMER, 0);
    port_clear(timer);
    port_mask(timer, false);
    events_unmask();
    updates_of(l1, pte_make(va_to_mfn(page_alloc()), PTE_RW_FLAGS));
    CHECK_EQ(set_timer_op(now_ns() + MS / 5), 0);
    CHECK_EQ(mmu_update(updates, COUNT, &done, DOMID_SELF), 0);
    CHECK_EQ(done, COUNT);
    for (unsigned i = 0; i < PTES; i++)
        if (l1[i])
            CHECK_EQ(l1[i], 0);
    for (unsigned i = 0; i < 256; i++) {
        calls[i] = (struct multicall_entry){.op = __HYPERVISOR_mmu_update,
                                            .result = 1};
        calls[i].args[0] = (uint64_t)&updates[16 * i];
        calls[i].args[1] = 16;
        calls[i].args[3] = DOMID_SELF;
    }
    CHECK_EQ(set_timer_op(now_ns() + MS / 5), 0);
    CHECK_EQ(multicall(calls, 256), 0);
    for (unsigned i = 0; i < 256; i++)
        CHECK_EQ(calls[i].result, 0);
}

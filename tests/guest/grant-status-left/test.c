/*
 * A status frame that is mapped at the very moment at which the table goes back
 * to version 1 stays with who maps it, and may become a page table: but not
 * while a CPU can still write it by a translation of before.
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 2 */
/* timeout: 60 */
#include "guest.h"

#define FRAMES  64
#define TIME_NS (4000 * MS)
#define ENOUGH  2

enum { RESTS, IS_2, IS_1 };

static volatile unsigned state;
static volatile bool ready;
static struct random dice = {1};
static volatile unsigned attempts;
static volatile uint64_t frame;
static unsigned lost, failures;
static uint64_t end;

static long set_version(unsigned version)
{
    struct gnttab_set_version v = {.version = version};

    return grant_table_op(GNTTABOP_set_version, &v, 1);
}

static long setup(void)
{
    struct gnttab_setup_table op = {.dom = DOMID_SELF, .nr_frames = FRAMES};
    static uint64_t list[FRAMES];

    set_xen_guest_handle(op.frame_list, list);
    return grant_table_op(GNTTABOP_setup_table, &op, 1) ?: op.status;
}

/* The first one, which is given back last. */
static uint64_t status_frame(void)
{
    struct gnttab_get_status_frames g = {.dom = DOMID_SELF, .nr_frames = 1};
    uint64_t n = 0;

    set_xen_guest_handle(g.frame_list, &n);
    grant_table_op(GNTTABOP_get_status_frames, &g, 1);
    return n;
}

static void change(void *arg)
{
    (void)arg;
    for (;;) {
        while (state != RESTS)
            pause();
        if (set_version(2))
            continue;
        frame = status_frame();
        ready = false;
        state = IS_2;
        while (!ready)
            pause();
        while (set_version(1))
            attempts++;
        state = IS_1;
    }
}

/* It has been written through this address, which maps nothing now. */
static void write_once(uint64_t *va, uint64_t *slot)
{
    if (pte_write(slot, pte_make(frame, PTE_RW_FLAGS)))
        failures++;
    *(volatile uint64_t *)va = 0;
    if (pte_write(slot, 0))
        failures++;
}

/* Read-only, at one moment after the other: was it mapped before the table had
 * changed, and after it had? */
static bool map_meanwhile(uint64_t *slot)
{
    uint64_t pte = pte_make(frame, PTE_RO_FLAGS);
    unsigned before;

    ready = true;
    while (now_ns() < end) {
        for (unsigned i = random_below(&dice, 200); i; i--)
            pause();
        if (pte_write(slot, pte))
            return false;
        before = attempts;
        while (attempts - before < 2)
            if (state == IS_1)
                return true;
        pte_write(slot, 0);
    }
    return false;
}

static void make_table(uint64_t *va)
{
    lost++;
    if (mmuext(MMUEXT_PIN_L1_TABLE, frame, 0))
        return;
    CHECK_EQ(try_write(va, 0), VECTOR_PF);
    CHECK_EQ(mmuext(MMUEXT_UNPIN_TABLE, frame, 0), 0);
}

void test(void)
{
    uint64_t *old = page_alloc(), *now = page_alloc();
    uint64_t *old_slot = pte_find(old, 1), *now_slot = pte_find(now, 1);

    events_init();
    if (set_version(2) == -ENOSYS)
        skip("no grant tables of version 2");
    REQUIRE_EQ(setup(), 0);
    REQUIRE_EQ(set_version(1), 0);
    page_unmap(old);
    page_unmap(now);
    vcpu_launch(1, change, NULL);
    for (end = now_ns() + TIME_NS; now_ns() < end && lost < ENOUGH;) {
        while (state != IS_2)
            pause();
        write_once(old, old_slot);
        if (map_meanwhile(now_slot))
            make_table(old);
        pte_write(now_slot, 0);
        while (state != IS_1)
            pause();
        state = RESTS;
    }
    CHECK_EQ(failures, 0);
}

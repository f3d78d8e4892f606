/*
 * While one vcpu gives frames back and gets some, another names the same
 * numbers as what it wants to map for writing, pin and exchange: free frames
 * too, which nobody has. It is refused, and the free ones are as they were.
 */
/* hv-args: dom0_max_vcpus=3 */
/* smp: 3 */
#include "guest.h"

#define FRAMES 2

static volatile uint64_t mfn[FRAMES];
static volatile bool over, ended[3];

/* Of all that can be named at any time, most are free then. */
static void name_frames(void *arg)
{
    unsigned id = (unsigned)(uint64_t)arg;
    uint64_t *window = page_alloc();

    while (!over)
        for (unsigned i = 0; i < FRAMES; i++) {
            uint64_t pte = pte_make(mfn[i], PTE_RW_FLAGS);

            if (id == 1)
                update_va_mapping(window, pte, 0);
            else
                mmuext(MMUEXT_PIN_L1_TABLE + i % 4, mfn[i], 0);
        }
    page_protect(window, true);
    ended[id] = true;
}

static long reservation(unsigned cmd, uint64_t *frames, unsigned n)
{
    struct xen_memory_reservation r = {.nr_extents = n, .domid = DOMID_SELF};

    set_xen_guest_handle(r.extent_start, frames);
    return memory_op(cmd, &r);
}

static void give_and_take(void)
{
    uint64_t list[FRAMES];
    long n;

    for (unsigned i = 0; i < FRAMES; i++)
        list[i] = mfn[i];
    n = reservation(XENMEM_decrease_reservation, list, FRAMES);
    for (unsigned i = 0; i < FRAMES; i++)
        list[i] = start_info->nr_pages + i;
    /* What the others have mapped or pinned was not given back yet. */
    n = reservation(XENMEM_populate_physmap, list, (unsigned)n);
    for (long i = 0; i < n; i++)
        mfn[i] = list[i];
}

void test(void)
{
    uint64_t list[FRAMES];
    uint64_t end;

    for (unsigned i = 0; i < FRAMES; i++)
        list[i] = start_info->nr_pages + i;
    REQUIRE_EQ(reservation(XENMEM_decrease_reservation, list, 0), 0);
    for (unsigned i = 0; i < FRAMES; i++)
        mfn[i] = p2m[pfn_unmapped()];
    for (uint64_t i = 1; i < 3; i++)
        vcpu_launch((unsigned)i, name_frames, (void *)i);
    for (end = rdtsc() + (1UL << 31); rdtsc() < end;)
        give_and_take();
    over = true;
    CHECK(EVENTUALLY(ended[1] && ended[2]));
}

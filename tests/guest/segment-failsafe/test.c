/*
 * A data selector whose descriptor went away while another vcpu ran is loaded
 * as null, and the failsafe callback gets all four with its frame.
 */
/* hv-args: dom0_max_vcpus=2 */
/* smp: 1 */
#include "guest.h"

#define DATA 0x00cff3000000ffffUL

static uint64_t *gdt;
static volatile bool done;

static void take_away(void *arg)
{
    (void)arg;
    update_descriptor(va_to_maddr(&gdt[2]), 0);
    done = true;
}

static void wait(void *arg)
{
    (void)arg;
    vcpu_launch(1, take_away, NULL);
    while (!done)
        sched_op(SCHEDOP_yield, NULL);
    for (unsigned i = 0; i < 100; i++)
        sched_op(SCHEDOP_yield, NULL);
}

void test(void)
{
    const struct frame *f;
    uint64_t frame;

    events_init();
    gdt = page_alloc();
    gdt[2] = DATA;
    page_protect(gdt, false);
    frame = va_to_mfn(gdt);
    CHECK_EQ(set_gdt(&frame, 16), 0);
    WRITE_SEGMENT(ds, 0x13);
    WRITE_SEGMENT(es, SS_KERNEL);
    f = catch_fault(wait, NULL);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_FAILSAFE);
    CHECK_EQ(failsafe_segments[0], 0x13);
    CHECK_EQ(failsafe_segments[1], SS_KERNEL);
    CHECK_EQ(failsafe_segments[2], 0);
    CHECK_EQ(failsafe_segments[3], 0);
    CHECK_EQ(READ_SEGMENT(ds), 0);
    CHECK_EQ(READ_SEGMENT(es), SS_KERNEL);
    CHECK_EQ(f->cs & 0xffff, CS_KERNEL & ~3);
}

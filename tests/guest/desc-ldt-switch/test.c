/*
 * Two vcpus on one CPU use the same page as their LDT, and drop it all the
 * time: so one comes to the CPU with a selector whose page has to be checked
 * first, while the other one is in the midst of checking it.
 */
/* hv-args: dom0_max_vcpus=2 */
/* timeout: 40 */
#include "guest.h"

#define DATA     0x00cff3000000ffffUL
#define SELECTOR 0x17
#define ROUNDS   2000

static uint64_t *ldt;
static volatile bool stop;
static volatile unsigned loads;

/* Another limit drops the page; the register keeps what it has of the segment,
 * and at no time could it not be loaded again. */
static void load_and_drop(void)
{
    WRITE_SEGMENT(ds, SELECTOR);
    mmuext(MMUEXT_SET_LDT, (uint64_t)ldt, PTES - 1);
    mmuext(MMUEXT_SET_LDT, (uint64_t)ldt, PTES);
}

static void other(void *arg)
{
    (void)arg;
    mmuext(MMUEXT_SET_LDT, (uint64_t)ldt, PTES);
    for (; !stop; loads++)
        load_and_drop();
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

static void sleep_ns(evtchn_port_t *port, uint64_t ns)
{
    struct sched_poll p = {.nr_ports = 1, .timeout = now_ns() + ns};

    set_xen_guest_handle(p.ports, port);
    sched_op(SCHEDOP_poll, &p);
}

void test(void)
{
    evtchn_port_t port;

    events_init();
    port = bind_ipi(0);
    ldt = page_alloc();
    for (unsigned i = 0; i < PTES; i++)
        ldt[i] = DATA;
    page_protect(ldt, false);
    vcpu_launch(1, other, NULL);
    REQUIRE_EQ(mmuext(MMUEXT_SET_LDT, (uint64_t)ldt, PTES), 0);
    for (unsigned i = 0; i < ROUNDS; i++) {
        load_and_drop();
        sleep_ns(&port, 100000 + i * 37);
        CHECK_EQ(READ_SEGMENT(ds), SELECTOR);
    }
    stop = true;
    CHECK(loads > ROUNDS);
}

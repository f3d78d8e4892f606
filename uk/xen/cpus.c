/* cpus.c - see cpus.h. Source: xen/public/event_channel.h. */
#include "xen/cpus.h"
#include "xen/clock.h"
#include "xen/console.h"
#include "xen/hypercall.h"
#include "xen/shared.h"

enum { SPINS = 500, REST_NS = 100000 };

uint8_t uk_lock, uk_many_cpus;

struct percpu *uk_cpus[CPUS_MOST];
unsigned uk_cpus_count;
static unsigned stopped;
static bool stopping;

void cpus_add(struct percpu *p)
{
    uk_cpus[uk_cpus_count++] = p;
}

void cpus_begin(void)
{
    uk_lock = 1;
    uk_many_cpus = 1;
}

static void yield(void)
{
    xen_sched_op(SCHEDOP_yield, NULL);
}

/* A domain that was restored has forgotten where vcpus have their areas, and
 * fills them anew; the address of a fault is still to be looked at. */
static void stop_here(void)
{
    struct percpu *me = percpu();
    unsigned long fault_address = me->info.arch.cr2;

    __atomic_add_fetch(&stopped, 1, __ATOMIC_SEQ_CST);
    while (read_once(stopping))
        yield();
    shared_place_info(me);
    me->info.arch.cr2 = fault_address;
    __atomic_sub_fetch(&stopped, 1, __ATOMIC_SEQ_CST);
}

/* Among many that yield, the one that has the lock may be the last to get a
 * processor; those that sleep are not in its way. */
static void rest(void)
{
    struct sched_poll poll = {.timeout = clock_system_ns() + REST_NS};

    xen_sched_op(SCHEDOP_poll, &poll);
}

/* Who has it may be without a processor: that is when to give away one's own.
 */
void uk_lock_slowly(void)
{
    unsigned spins = 0;

    do {
        while (read_once(uk_lock)) {
            if (read_once(stopping))
                stop_here();
            else if (++spins % SPINS)
                __builtin_ia32_pause();
            else
                rest();
        }
    } while (!kernel_lock_try());
}

void cpu_kick(struct percpu *p)
{
    struct evtchn_send send = {.port = p->kick_port};

    xen_event_channel_op(EVTCHNOP_send, &send);
}

void cpu_bind_kick(struct percpu *p)
{
    struct evtchn_bind_ipi bind = {.vcpu = p->id};
    long error = xen_event_channel_op(EVTCHNOP_bind_ipi, &bind);

    if (error)
        console_panic("vcpu %u: no event, error %ld", p->id, error);
    p->kick_port = bind.port;
    shared_bind_on(p, bind.port, NULL);
}

void cpus_flush(void)
{
    uint64_t running = 0;
    struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

    if (uk_many_cpus)
        op.cmd = MMUEXT_TLB_FLUSH_MULTI;
    for (unsigned i = 0; i < cpus_count(); i++)
        if (cpu_of(i)->idle)
            cpu_of(i)->stale = true;
        else
            running |= 1UL << i;
    set_xen_guest_handle(op.arg2.vcpumask, &running);
    xen_mmuext_op(&op, 1, NULL);
}

void cpu_flush(struct percpu *p)
{
    struct mmuext_op op = {.cmd = MMUEXT_TLB_FLUSH_LOCAL};

    if (p->stale)
        xen_mmuext_op(&op, 1, NULL);
    p->stale = false;
}

static void wait_for_stopped(unsigned n)
{
    while (read_once(stopped) != n)
        yield();
}

void cpus_stop_others(void)
{
    stopping = true;
    for (unsigned i = 0; i < cpus_count(); i++)
        if (cpu_of(i) != percpu())
            cpu_kick(cpu_of(i));
    wait_for_stopped(cpus_count() - 1);
}

void cpus_go_on(void)
{
    stopping = false;
    wait_for_stopped(0);
}

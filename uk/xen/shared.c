/*
 * shared.c - see shared.h. Ports are the 2-level ABI's. Locks: events are
 * masked. Source: xen/public/event_channel.h, xen.h.
 */
#include "xen/shared.h"
#include "xen/hypercall.h"
#include "xen/percpu.h"

extern char boot_stack[];

enum { PORTS = 64, PTE_PRESENT_RW = 0x67 };

extern char uk_shared_page[];
aligned_(4096) char uk_shared_page[PAGE_BYTES]; /* entry.S reads it, too */
static struct percpu boot_percpu;
static void (*handlers[PORTS])(unsigned port);

struct shared_info *shared_info(void)
{
    return (struct shared_info *)(void *)uk_shared_page;
}

void shared_map(const struct start_info *start)
{
    xen_update_va_mapping(uk_shared_page,
                          start->shared_info | PTE_PRESENT_RW | 1UL << 63,
                          UVMF_INVLPG);
}

void shared_unmap(void)
{
    xen_update_va_mapping(uk_shared_page, 0, UVMF_INVLPG);
}

void shared_init(const struct start_info *start)
{
    struct percpu *p = &boot_percpu;

    shared_map(start);
    p->self = p;
    p->kstack_top = boot_stack + KSTACK_BYTES;
    p->vcpu_info = &shared_info()->vcpu_info[0];
    p->vcpu_info->evtchn_upcall_mask = 1;
    xen_set_segment_base(SEGBASE_GS_KERNEL, p);
}

void shared_bind(unsigned port, void (*handler)(unsigned port))
{
    if (port >= PORTS)
        return;
    handlers[port] = handler;
    __atomic_and_fetch(&shared_info()->evtchn_mask[0], ~(1UL << port),
                       __ATOMIC_SEQ_CST);
}

void shared_clear(unsigned port)
{
    if (port < PORTS)
        __atomic_and_fetch(&shared_info()->evtchn_pending[0], ~(1UL << port),
                           __ATOMIC_SEQ_CST);
}

void shared_forget_ports(void)
{
    for (unsigned port = 0; port < PORTS; port++)
        handlers[port] = NULL;
}

void shared_handle_events(void)
{
    struct vcpu_info *v = percpu()->vcpu_info;
    struct shared_info *s = shared_info();
    uint64_t ports;

    v->evtchn_upcall_pending = 0;
    if (!__atomic_exchange_n(&v->evtchn_pending_sel, 0, __ATOMIC_SEQ_CST))
        return;
    ports = s->evtchn_pending[0] & ~s->evtchn_mask[0];
    __atomic_and_fetch(&s->evtchn_pending[0], ~ports, __ATOMIC_SEQ_CST);
    for (unsigned port = 0; port < PORTS; port++)
        if (ports >> port & 1 && handlers[port])
            handlers[port](port);
}

noreturn_ void shared_shutdown(unsigned reason)
{
    struct sched_shutdown how = {.reason = reason};

    for (;;)
        xen_sched_op(SCHEDOP_shutdown, &how);
}

/*
 * shared.c - see shared.h. Ports are the 2-level ABI's. Locks: the kernel's.
 * Source: xen/public/event_channel.h, vcpu.h, xen.h.
 */
#include "xen/shared.h"
#include "xen/cpus.h"
#include "xen/hypercall.h"

extern char boot_stack[];

enum { PORTS = PORT_WORDS * 64, PTE_PRESENT_RW = 0x67 };

extern char uk_shared_page[];
aligned_(4096) char uk_shared_page[PAGE_BYTES]; /* entry.S reads it, too */
static aligned_(PERCPU_ALIGN) struct percpu boot_percpu;
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

void shared_place_info(struct percpu *p)
{
    struct vcpu_register_vcpu_info place = {
        .mfn = *p->mfn, .offset = (uintptr_t)&p->info & PAGE_MASK};

    xen_vcpu_op(VCPUOP_register_vcpu_info, p->id, &place);
}

void shared_init(const struct start_info *start)
{
    struct percpu *p = &boot_percpu;

    shared_map(start);
    p->self = p;
    p->kstack_top = boot_stack + KSTACK_BYTES;
    p->mfn = (const uint64_t *)start->mfn_list + ((uintptr_t)p >> 12);
    for (unsigned i = 0; i < CPUS_MOST; i++)
        shared_info()->vcpu_info[i].evtchn_upcall_mask = 1;
    shared_place_info(p);
    xen_set_segment_base(SEGBASE_GS_KERNEL, p);
    cpus_add(p);
}

void shared_bind_on(struct percpu *p, unsigned port,
                    void (*handler)(unsigned port))
{
    if (port >= PORTS)
        return;
    handlers[port] = handler;
    p->ports[port / 64] |= 1UL << port % 64;
    __atomic_and_fetch(&shared_info()->evtchn_mask[port / 64],
                       ~(1UL << port % 64), __ATOMIC_SEQ_CST);
}

void shared_bind(unsigned port, void (*handler)(unsigned port))
{
    shared_bind_on(&boot_percpu, port, handler);
}

void shared_clear(unsigned port)
{
    if (port < PORTS)
        __atomic_and_fetch(&shared_info()->evtchn_pending[port / 64],
                           ~(1UL << port % 64), __ATOMIC_SEQ_CST);
}

void shared_forget_ports(void)
{
    for (unsigned i = 0; i < cpus_count(); i++)
        for (unsigned word = 0; word < PORT_WORDS; word++)
            cpu_of(i)->ports[word] = 0;
}

static void handle_word(struct percpu *p, unsigned word)
{
    struct shared_info *s = shared_info();
    uint64_t ports =
        s->evtchn_pending[word] & ~s->evtchn_mask[word] & p->ports[word];

    __atomic_and_fetch(&s->evtchn_pending[word], ~ports, __ATOMIC_SEQ_CST);
    for (; ports; ports &= ports - 1) {
        unsigned port = word * 64 + (unsigned)__builtin_ctzl(ports);

        if (handlers[port])
            handlers[port](port);
    }
}

void shared_handle_events(void)
{
    struct percpu *p = percpu();
    uint64_t words;

    p->info.evtchn_upcall_pending = 0;
    words =
        __atomic_exchange_n(&p->info.evtchn_pending_sel, 0, __ATOMIC_SEQ_CST);
    for (unsigned word = 0; word < PORT_WORDS; word++)
        if (words >> word & 1)
            handle_word(p, word);
}

noreturn_ void shared_shutdown(unsigned reason)
{
    struct sched_shutdown how = {.reason = reason};

    for (;;)
        xen_sched_op(SCHEDOP_shutdown, &how);
}

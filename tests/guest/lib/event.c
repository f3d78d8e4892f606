/* event.c - shared_info, events, time, other vcpus; see event.h. */
#include "guest.h"

struct shared_info *shared_info;
volatile unsigned upcalls;
void (*on_upcall)(void);
extern char stacks[];

struct vcpu_info *vcpu_info(unsigned n)
{
    return &shared_info->vcpu_info[n];
}

static bool take_upcall(struct frame *f)
{
    struct vcpu_info *info = vcpu_info(this_cpu()->id);

    (void)f;
    info->evtchn_upcall_pending = 0;
    upcalls++;
    if (on_upcall)
        on_upcall();
    return true;
}

void events_init(void)
{
    void *page = page_alloc();

    REQUIRE_EQ(page_map(page, start_info->shared_info | PTE_RW_FLAGS), 0);
    shared_info = page;
    trap_set_hook(VECTOR_EVENT, take_upcall);
}

bool events_mask(void)
{
    struct vcpu_info *info = vcpu_info(this_cpu()->id);
    bool was = info->evtchn_upcall_mask;

    WRITE_ONCE(info->evtchn_upcall_mask, 1);
    return was;
}

void events_unmask(void)
{
    struct vcpu_info *info = vcpu_info(this_cpu()->id);

    WRITE_ONCE(info->evtchn_upcall_mask, 0);
    barrier();
    if (READ_ONCE(info->evtchn_upcall_pending))
        xen_version(XENVER_version, NULL);
}

void events_of_toolstack(void);

/* What comes of the console and the store of a guest that a toolstack made is
 * no test's business. */
void events_of_toolstack(void)
{
    static uint8_t page[PAGE_SIZE] __aligned(4096);

    if (is_sibling || start_info->flags & SIF_INITDOMAIN)
        return;
    REQUIRE_EQ(page_map(page, start_info->shared_info | PTE_RW_FLAGS), 0);
    shared_info = (struct shared_info *)page;
    port_mask(start_info->console.domU.evtchn, true);
    port_mask(start_info->store_evtchn, true);
    vcpu_info(0)->evtchn_pending_sel = 0;
    vcpu_info(0)->evtchn_upcall_pending = 0;
    shared_info = NULL;
    REQUIRE_EQ(page_protect(page, true), 0);
}

/* A port's status tells it; 0 is not asked, as its ports are counted. */
domid_t own_domid(void)
{
    struct evtchn_alloc_unbound a = {.dom = DOMID_SELF,
                                     .remote_dom = DOMID_SELF};
    struct evtchn_status s = {.dom = DOMID_SELF};
    static domid_t own;

    if (own || is_initial)
        return own;
    REQUIRE_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &a), 0);
    s.port = a.port;
    REQUIRE_EQ(event_channel_op(EVTCHNOP_status, &s), 0);
    REQUIRE_EQ(event_close(a.port), 0);
    own = s.u.unbound.dom;
    return own;
}

evtchn_port_t bind_ipi(unsigned vcpu)
{
    struct evtchn_bind_ipi op = {.vcpu = vcpu};

    REQUIRE_EQ(event_channel_op(EVTCHNOP_bind_ipi, &op), 0);
    return op.port;
}

evtchn_port_t bind_virq(unsigned virq, unsigned vcpu)
{
    struct evtchn_bind_virq op = {.virq = virq, .vcpu = vcpu};

    REQUIRE_EQ(event_channel_op(EVTCHNOP_bind_virq, &op), 0);
    return op.port;
}

long event_send(evtchn_port_t port)
{
    struct evtchn_send op = {.port = port};

    return event_channel_op(EVTCHNOP_send, &op);
}

long event_close(evtchn_port_t port)
{
    struct evtchn_close op = {.port = port};

    return event_channel_op(EVTCHNOP_close, &op);
}

bool port_is_pending(evtchn_port_t port)
{
    return READ_ONCE(shared_info->evtchn_pending[port / 64]) >> port % 64 & 1;
}

void port_clear(evtchn_port_t port)
{
    __atomic_and_fetch(&shared_info->evtchn_pending[port / 64],
                       ~(1UL << port % 64), __ATOMIC_SEQ_CST);
}

void port_mask(evtchn_port_t port, bool masked)
{
    if (masked)
        __atomic_or_fetch(&shared_info->evtchn_mask[port / 64],
                          1UL << port % 64, __ATOMIC_SEQ_CST);
    else
        __atomic_and_fetch(&shared_info->evtchn_mask[port / 64],
                           ~(1UL << port % 64), __ATOMIC_SEQ_CST);
}

uint64_t time_of(const struct vcpu_time_info *t)
{
    uint64_t delta, ns;
    uint32_t version;

    do {
        version = READ_ONCE(t->version) & ~1U;
        barrier();
        delta = rdtsc() - t->tsc_timestamp;
        if (t->tsc_shift < 0)
            delta >>= -t->tsc_shift;
        else
            delta <<= t->tsc_shift;
        ns = (uint64_t)((unsigned __int128)delta * t->tsc_to_system_mul >> 32);
        ns += t->system_time;
        barrier();
    } while (READ_ONCE(t->version) != version);
    return ns;
}

uint64_t now_ns(void)
{
    return time_of(&vcpu_info(this_cpu()->id)->time);
}

void wait_ns(uint64_t ns)
{
    uint64_t end = now_ns() + ns;

    while (now_ns() < end)
        pause();
}

/* ----------------------------------------------------------- other vcpus */

void vcpu_start_here(void);
void vcpu_main(void);

/* The first C code of another vcpu. */
void vcpu_main(void)
{
    struct cpu *c = this_cpu();

    c->start(c->start_arg);
    vcpu_op(VCPUOP_down, c->id, NULL);
    fail("vcpu %u runs after it went down", c->id);
}

struct vcpu_guest_context *vcpu_context(unsigned n, void (*fn)(void *),
                                        void *arg)
{
    static struct vcpu_guest_context ctx;
    char *stack = stacks + n * STACK_SIZE;
    struct cpu *c = (struct cpu *)stack;

    c->start = fn;
    c->start_arg = arg;
    memset(&ctx, 0, sizeof(ctx));
    ctx.flags = VGCF_IN_KERNEL;
    ctx.user_regs.rip = (uint64_t)vcpu_start_here;
    ctx.user_regs.rsp = (uint64_t)stack + STACK_SIZE;
    ctx.user_regs.cs = CS_KERNEL;
    ctx.user_regs.ss = SS_KERNEL;
    ctx.user_regs.rflags = 0;
    memcpy(ctx.trap_ctxt, trap_table, sizeof(ctx.trap_ctxt));
    ctx.kernel_ss = SS_KERNEL;
    ctx.kernel_sp = (uint64_t)stack + TRAP_STACK;
    ctx.ctrlreg[3] = va_to_maddr(kernel_l4());
    ctx.event_callback_eip = (uint64_t)callback_event;
    ctx.failsafe_callback_eip = (uint64_t)callback_failsafe;
    ctx.syscall_callback_eip = (uint64_t)callback_syscall;
    return &ctx;
}

void vcpu_launch(unsigned n, void (*fn)(void *), void *arg)
{
    REQUIRE_EQ(vcpu_op(VCPUOP_initialise, n, vcpu_context(n, fn, arg)), 0);
    REQUIRE_EQ(vcpu_op(VCPUOP_up, n, NULL), 0);
}

/*
 * A vcpu's context by setvcpucontext and getvcpucontext: what was given comes
 * back, what it does shows, its tables cannot be changed once it has some, one
 * that cannot be is refused, and without a context it is as it was made.
 */
/* not-as-guest: it gives a toolstack's orders */
#include "guest.h"

static struct sibling s;
static uint64_t gdt; /* a frame that nobody maps */
static volatile uint64_t counter, stop;

static void count(void)
{
    while (!stop)
        counter++;
}

static long set(unsigned vcpu, const struct vcpu_guest_context *ctx)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(op.u.vcpucontext.ctxt,
                         (struct vcpu_guest_context *)(uint64_t)ctx);
    return domain_op(XEN_DOMCTL_setvcpucontext, s.id, &op);
}

static long get(unsigned vcpu, struct vcpu_guest_context *ctx)
{
    struct xen_domctl op;

    memset(&op, 0, sizeof(op));
    op.u.vcpucontext.vcpu = vcpu;
    set_xen_guest_handle(op.u.vcpucontext.ctxt, ctx);
    return domain_op(XEN_DOMCTL_getvcpucontext, s.id, &op);
}

static void check_hostile(void)
{
    struct vcpu_guest_context *ctx;
    static const uint64_t bad[] = {0x800000000000, 0x8000000000000000};

    CHECK_EQ(set(2, sibling_context(&s)), -EINVAL);
    CHECK_EQ(set(~0U, sibling_context(&s)), -EINVAL);
    CHECK_EQ(get(2, sibling_context(&s)), -EINVAL);
    CHECK_EQ(get(0, sibling_context(&s)), -ENODATA);
    CHECK_EQ(set(0, (void *)0x1000), -EFAULT);
    CHECK_EQ(set(0, (void *)HV_START), -EFAULT);
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        ctx = sibling_context(&s);
        ctx->user_regs.rip = bad[i];
        CHECK_EQ(set(0, ctx), -EINVAL);
        ctx = sibling_context(&s);
        ctx->event_callback_eip = bad[i];
        CHECK_EQ(set(0, ctx), -EINVAL);
        ctx = sibling_context(&s);
        ctx->trap_ctxt[200].address = bad[i];
        CHECK_EQ(set(0, ctx), -EINVAL);
        ctx = sibling_context(&s);
        ctx->gs_base_user = bad[i];
        CHECK_EQ(set(0, ctx), -EINVAL);
    }
    ctx = sibling_context(&s);
    ctx->ctrlreg[3] = xen_pfn_to_cr3(s.mfn[1]); /* no table */
    CHECK_EQ(set(0, ctx), IN_USE);
    ctx->ctrlreg[3] = xen_pfn_to_cr3(va_to_mfn(kernel_l4())); /* ours */
    CHECK_EQ(set(0, ctx), -EINVAL);
    ctx->ctrlreg[3] = 0;
    CHECK_EQ(set(0, ctx), -EINVAL);
    ctx = sibling_context(&s);
    ctx->gdt_ents = 8;
    ctx->gdt_frames[0] = s.mfn[s.l4];
    CHECK_EQ(set(0, ctx), -EINVAL);
    ctx = sibling_context(&s);
    ctx->gdt_ents = 7169;
    CHECK_EQ(set(0, ctx), -EINVAL);
    ctx = sibling_context(&s);
    ctx->ldt_ents = 8193;
    CHECK_EQ(set(0, ctx), -EINVAL);
    ctx = sibling_context(&s);
    ctx->vm_assist = 1UL << 40;
    CHECK_EQ(set(0, ctx), -EINVAL);
    CHECK_EQ(get(0, sibling_context(&s)), -ENODATA);
}

static void fill(struct vcpu_guest_context *ctx)
{
    ctx->flags &= ~(unsigned long)VGCF_online;
    ctx->user_regs.r15 = 15;
    ctx->user_regs.rbx = 0x1234567890;
    ctx->user_regs.rflags = 0x3202;
    ctx->trap_ctxt[14].address = 0x4567000;
    ctx->trap_ctxt[14].cs = CS_KERNEL;
    ctx->gdt_ents = 16;
    ctx->gdt_frames[0] = gdt;
    ctx->event_callback_eip = 0x1000;
    ctx->failsafe_callback_eip = 0x2000;
    ctx->syscall_callback_eip = 0x3000;
    ctx->flags |= VGCF_syscall_disables_events;
    ctx->fs_base = 0x5000;
    ctx->gs_base_kernel = 0x6000;
    ctx->gs_base_user = 0x7000;
    ctx->debugreg[0] = 0x8000;
    ctx->vm_assist = 1UL << VMASST_TYPE_writable_pagetables;
}

static void check_kept(void)
{
    static struct vcpu_guest_context got;
    struct vcpu_guest_context *ctx = sibling_context(&s);

    fill(ctx);
    CHECK_EQ(set(0, ctx), 0);
    CHECK_EQ(get(0, &got), 0);
    CHECK_EQ(got.flags & ~(unsigned long)VGCF_I387_VALID,
             VGCF_IN_KERNEL | VGCF_syscall_disables_events);
    CHECK_EQ(got.user_regs.rip, ctx->user_regs.rip);
    CHECK_EQ(got.user_regs.r15, 15);
    CHECK_EQ(got.user_regs.rbx, 0x1234567890);
    CHECK_EQ(got.user_regs.rflags, 0x3202);
    CHECK_EQ(got.user_regs.cs, CS_KERNEL);
    CHECK_EQ(got.user_regs.ss, SS_KERNEL);
    CHECK_EQ(got.trap_ctxt[14].address, 0x4567000);
    CHECK_EQ(got.gdt_ents, 16);
    CHECK_EQ(got.gdt_frames[0], gdt);
    CHECK_EQ(got.event_callback_eip, 0x1000);
    CHECK_EQ(got.failsafe_callback_eip, 0x2000);
    CHECK_EQ(got.syscall_callback_eip, 0x3000);
    CHECK_EQ(got.fs_base, 0x5000);
    CHECK_EQ(got.gs_base_kernel, 0x6000);
    CHECK_EQ(got.gs_base_user, 0x7000);
    CHECK_EQ(got.debugreg[0], 0x8000);
    CHECK_EQ(got.kernel_ss, SS_KERNEL);
    CHECK_EQ(got.ctrlreg[3], ctx->ctrlreg[3]);
    CHECK_EQ(got.ctrlreg[1], 0);
    CHECK_EQ(got.vm_assist & 4, 4);
    CHECK_EQ(get(0, (void *)0x1000), -EFAULT);
    CHECK_EQ(get(1, &got), -ENODATA);
    /* Registers may be changed now, tables not. */
    got.user_regs.r15 = 16;
    CHECK_EQ(set(0, &got), 0);
    CHECK_EQ(get(0, &got), 0);
    CHECK_EQ(got.user_regs.r15, 16);
    got.gdt_ents = 0;
    CHECK_EQ(set(0, &got), -EOPNOTSUPP);
    CHECK_EQ(set(0, sibling_context(&s)), -EOPNOTSUPP);
}

/* It runs, and its registers are seen to change. */
static void check_running(void)
{
    static struct vcpu_guest_context got;
    volatile uint64_t *seen = sibling_at(&s, &counter);
    uint64_t was;

    CHECK_EQ(set(0, NULL), 0);
    CHECK_EQ(get(0, &got), -ENODATA);
    CHECK_EQ(set(0, sibling_context(&s)), 0);
    sibling_unpause(&s);
    CHECK(EVENTUALLY(*seen > 1000));
    CHECK_EQ(get(0, &got), 0);
    CHECK_EQ(got.flags & VGCF_online, VGCF_online);
    CHECK(got.user_regs.rip >= (uint64_t)image_start);
    CHECK(got.user_regs.rip < (uint64_t)image_bss);
    was = *seen;
    CHECK(EVENTUALLY(*seen > was));
    foreign_unmap((void *)(uint64_t)seen);
    seen = sibling_at(&s, &stop);
    *seen = 1;
    foreign_unmap((void *)(uint64_t)seen);
    CHECK_EQ(sibling_wait(&s), SHUTDOWN_poweroff);
}

uint64_t rax_there;
void there(void);

void there(void)
{
    CHECK_EQ(rax_there, 0x1234);
    shut_down(77);
}

static void block(void)
{
    events_init();
    events_mask();
    for (;;)
        sched_op(SCHEDOP_block, NULL);
}

ASM_FUNCTION(go_there, "mov %rax, rax_there(%rip); call there");

/* Woken from a hypercall it goes where it was put, not back. */
static void check_blocked(void)
{
    static struct vcpu_guest_context got;
    struct evtchn_alloc_unbound port = {.remote_dom = 0};
    struct evtchn_bind_interdomain bind;
    struct xen_domctl_getdomaininfo info;

    sibling_run(&s, block);
    CHECK(EVENTUALLY(domain_info(s.id, &info) &&
                     info.flags & XEN_DOMINF_blocked));
    CHECK_EQ(get(0, &got), 0);
    CHECK_EQ(got.user_regs.rax, 0);
    got.user_regs.rax = 0x1234;
    got.user_regs.rip = (uint64_t)go_there;
    CHECK_EQ(set(0, &got), 0);
    port.dom = s.id;
    REQUIRE_EQ(event_channel_op(EVTCHNOP_alloc_unbound, &port), 0);
    memset(&bind, 0, sizeof(bind));
    bind.remote_dom = s.id;
    bind.remote_port = port.port;
    REQUIRE_EQ(event_channel_op(EVTCHNOP_bind_interdomain, &bind), 0);
    CHECK_EQ(event_send(bind.local_port), 0);
    CHECK_EQ(sibling_wait(&s), 77);
    domain_destroy(s.id);
}

void test(void)
{
    sibling_make(&s, 2, count);
    REQUIRE_EQ(domain_populate(s.id, SIBLING_PAGES, 1, &gdt), 1);
    check_hostile();
    check_kept();
    check_running();
    domain_destroy(s.id);
    check_blocked();
}

/*
 * pv/context.c - gives and takes a vcpu's context. Layer: pv. The vcpu does not
 * run, and the caller sees to it that only one does this at a time.
 */
#include "pv/context.h"

#include "cpu/fpu.h"
#include "lib/string.h"
#include "pv/pv.h"
#include "pv/switch.h"

/* What has no place in the flags of a guest's context. */
#define RFLAGS_CLEARED                                                         \
    (X86_EFLAGS_IOPL | X86_EFLAGS_VM | X86_EFLAGS_VIF | X86_EFLAGS_VIP)

/* The registers it will enter the guest with: at its stack's end. */
static struct cpu_regs *regs_of(const struct vcpu *v)
{
    struct stack_top *top =
        (struct stack_top *)(void *)((char *)v->stack + STACK_SIZE) - 1;

    return (struct cpu_regs *)(void *)top - 1;
}

/* All that can be refused, or nothing. */
static int set_tables(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    uint64_t frames[14];
    int rc;

    memcpy(frames, ctx->gdt_frames, sizeof(frames));
    rc = (int)pv_set_gdt(v, frames, (uint32_t)ctx->gdt_ents);
    if (!rc)
        rc = pv_new_user_baseptr(v, xen_cr3_to_pfn(ctx->ctrlreg[1]));
    if (!rc)
        rc = pv_new_baseptr(v, xen_cr3_to_pfn(ctx->ctrlreg[3]));
    if (rc) {
        pv_destroy_gdt(v);
        (void)pv_new_user_baseptr(v, 0);
    }
    return rc;
}

static void set_regs(struct vcpu *v, const struct cpu_user_regs *from)
{
    struct cpu_regs *regs = regs_of(v);

    _Static_assert(offsetof(struct cpu_user_regs, error_code) ==
                       offsetof(struct cpu_regs, error_code),
                   "the general registers");
    memcpy(regs, from, offsetof(struct cpu_regs, error_code));
    regs->error_code = 0;
    regs->entry_vector = 0;
    regs->rip = from->rip;
    regs->cs = context_selector(from->cs);
    regs->rflags = (from->rflags & ~RFLAGS_CLEARED & 0xffffffff) |
                   X86_EFLAGS_IF | X86_EFLAGS_MBS;
    regs->rsp = from->rsp;
    regs->ss = context_selector(from->ss);
    v->iopl = from->rflags >> X86_EFLAGS_IOPL_SHIFT & 3;
    v->ds = from->ds;
    v->es = from->es;
    v->fs = from->fs;
    v->gs = from->gs;
}

static void set_traps(struct vcpu *v, const struct trap_info *traps)
{
    for (unsigned i = 0; i < ARRAY_SIZE(v->traps); i++) {
        v->traps[i] = traps[i];
        v->traps[i].vector = (uint8_t)i;
        v->traps[i].cs = context_selector(traps[i].cs);
    }
}

static void set_callbacks(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    v->event = (struct callback){ctx->event_callback_eip, true};
    v->failsafe = (struct callback){
        ctx->failsafe_callback_eip,
        ctx->flags & VGCF_failsafe_disables_events,
    };
    v->entry.syscall_ip = ctx->syscall_callback_eip;
    v->syscall_masks = (ctx->flags & VGCF_syscall_disables_events) != 0;
}

static void set_control(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    v->control.cr4 = pv_guest_cr4(ctx->ctrlreg[4]);
    for (unsigned reg = 0; reg < 8; reg++)
        if (reg != 4 && reg != 5)
            (void)pv_set_debugreg(v, reg, ctx->debugreg[reg]);
    if (ctx->flags & VGCF_I387_VALID)
        fpu_set_legacy(v->fpu, &ctx->fpu_ctxt);
    else
        fpu_init_state(v->fpu);
}

/* What needs no reference and cannot fail. */
static void set_state(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    set_regs(v, &ctx->user_regs);
    set_traps(v, ctx->trap_ctxt);
    set_callbacks(v, ctx);
    set_control(v, ctx);
    v->entry.kernel_ss = context_selector(ctx->kernel_ss);
    v->entry.kernel_sp = ctx->kernel_sp & ~15UL;
    v->fs_base = ctx->fs_base;
    v->gs_kernel = ctx->gs_base_kernel;
    v->gs_user = ctx->gs_base_user;
    v->entry.mode = ctx->flags & VGCF_IN_KERNEL ? MODE_KERNEL : MODE_USER_SLOW;
    pv_update_entry(v);
}

int pv_set_context(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    int rc = context_check(ctx);

    if (!rc && !v->id && ctx->vm_assist & ~VM_ASSIST_KNOWN)
        rc = -EINVAL;
    if (!rc)
        rc = set_tables(v, ctx);
    if (rc)
        return rc;
    (void)pv_set_ldt(v, ctx->ldt_base, (uint32_t)ctx->ldt_ents);
    v->domain->vm_assist |= ctx->vm_assist & VM_ASSIST_KNOWN;
    fpu_init_state(v->fpu);
    v->control.xcr0 = FPU_XCR0_INITIAL;
    set_state(v, ctx);
    return 0;
}

static bool has_same_tables(const struct vcpu *v,
                            const struct vcpu_guest_context *ctx)
{
    return ctx->ctrlreg[3] == xen_pfn_to_cr3(v->kernel_l4) &&
           ctx->ctrlreg[1] == xen_pfn_to_cr3(v->user_l4) &&
           !memcmp(ctx->gdt_frames, v->gdt_frames, sizeof(v->gdt_frames)) &&
           ctx->gdt_ents == v->gdt_entries && ctx->ldt_base == v->ldt_base &&
           ctx->ldt_ents == v->ldt_entries;
}

int pv_change_context(struct vcpu *v, const struct vcpu_guest_context *ctx)
{
    int rc = context_check(ctx);

    if (!rc && !has_same_tables(v, ctx))
        rc = -EOPNOTSUPP;
    if (rc)
        return rc;
    pv_leave_hypercall(v);
    set_state(v, ctx);
    return 0;
}

static void get_regs(const struct vcpu *v, struct cpu_user_regs *to)
{
    const struct cpu_regs *regs = regs_of(v);

    memcpy(to, regs, offsetof(struct cpu_regs, error_code));
    to->rip = regs->rip;
    to->cs = (uint16_t)regs->cs;
    to->rflags = (regs->rflags & ~X86_EFLAGS_IOPL) |
                 (uint64_t)v->iopl << X86_EFLAGS_IOPL_SHIFT;
    to->rsp = regs->rsp;
    to->ss = (uint16_t)regs->ss;
    to->ds = v->ds;
    to->es = v->es;
    to->fs = v->fs;
    to->gs = v->gs;
}

static void get_callbacks(const struct vcpu *v, struct vcpu_guest_context *ctx)
{
    ctx->event_callback_eip = v->event.ip;
    ctx->failsafe_callback_eip = v->failsafe.ip;
    ctx->syscall_callback_eip = v->entry.syscall_ip;
    if (v->failsafe.masks_events)
        ctx->flags |= VGCF_failsafe_disables_events;
    if (v->syscall_masks)
        ctx->flags |= VGCF_syscall_disables_events;
    memcpy(ctx->trap_ctxt, v->traps, sizeof(v->traps));
    ctx->kernel_ss = v->entry.kernel_ss;
    ctx->kernel_sp = v->entry.kernel_sp;
}

static void get_control(const struct vcpu *v, struct vcpu_guest_context *ctx)
{
    memcpy(ctx->gdt_frames, v->gdt_frames, sizeof(v->gdt_frames));
    ctx->gdt_ents = v->gdt_entries;
    ctx->ldt_base = v->ldt_base;
    ctx->ldt_ents = v->ldt_entries;
    ctx->ctrlreg[0] = v->control.cr0;
    ctx->ctrlreg[1] = xen_pfn_to_cr3(v->user_l4);
    ctx->ctrlreg[2] = v->control.cr2;
    ctx->ctrlreg[3] = xen_pfn_to_cr3(v->kernel_l4);
    ctx->ctrlreg[4] = v->control.cr4;
    memcpy(ctx->debugreg, v->control.dr, sizeof(v->control.dr));
    fpu_get_legacy(v->fpu, &ctx->fpu_ctxt);
}

void pv_get_context(const struct vcpu *v, struct vcpu_guest_context *ctx)
{
    memset(ctx, 0, sizeof(*ctx));
    ctx->flags = VGCF_I387_VALID | (in_kernel_mode(v) ? VGCF_IN_KERNEL : 0) |
                 (v->down ? 0 : VGCF_online);
    get_regs(v, &ctx->user_regs);
    get_callbacks(v, ctx);
    get_control(v, ctx);
    ctx->vm_assist = v->domain->vm_assist;
    ctx->fs_base = v->fs_base;
    ctx->gs_base_kernel = v->gs_kernel;
    ctx->gs_base_user = v->gs_user;
}

/*
 * pv/context_check.c - the values of a vcpu's context. Layer: pv. Pure.
 */
#include "pv/context.h"

#include "abi/errno.h"
#include "cpu/entry.h"
#include "lib/layout.h"

#define GDT_ENTRIES_MAX 7168
#define LDT_ENTRIES_MAX 8192

static bool is_ours(vaddr_t va)
{
    return va >= HV_VIRT_START && va < HV_VIRT_END;
}

bool context_stack_is_fine(vaddr_t sp)
{
    /* What is not canonical faults there, which is noticed. */
    return !is_ours(sp - 1) && !is_ours(sp - STACK_FRAME_MAX);
}

static bool addresses_are_canonical(const struct vcpu_guest_context *ctx)
{
    const uint64_t addresses[] = {
        ctx->user_regs.rip,
        ctx->user_regs.rsp,
        ctx->kernel_sp,
        ctx->event_callback_eip,
        ctx->failsafe_callback_eip,
        ctx->syscall_callback_eip,
        ctx->fs_base,
        ctx->gs_base_kernel,
        ctx->gs_base_user,
    };

    for (unsigned i = 0; i < ARRAY_SIZE(addresses); i++)
        if (!addr_is_canonical(addresses[i]))
            return false;
    for (unsigned i = 0; i < ARRAY_SIZE(ctx->trap_ctxt); i++)
        if (!addr_is_canonical(ctx->trap_ctxt[i].address))
            return false;
    return true;
}

static bool ldt_is_fine(const struct vcpu_guest_context *ctx)
{
    if (ctx->ldt_ents > LDT_ENTRIES_MAX || ctx->ldt_base % PAGE_SIZE)
        return false;
    return range_is_guest(ctx->ldt_base, ctx->ldt_ents * 8);
}

/* Debug registers that cannot be are not set, and refuse nothing (as in Xen).
 */
int context_check(const struct vcpu_guest_context *ctx)
{
    bool kernel = ctx->flags & VGCF_IN_KERNEL;

    if (!addresses_are_canonical(ctx) || !ldt_is_fine(ctx) ||
        !context_stack_is_fine(ctx->kernel_sp) ||
        ctx->gdt_ents > GDT_ENTRIES_MAX)
        return -EINVAL;
    /* Every vcpu has kernel tables; user mode needs the others too. */
    if (!ctx->ctrlreg[3] || (!kernel && !ctx->ctrlreg[1]))
        return -EINVAL;
    return 0;
}

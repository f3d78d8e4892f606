/*
 * pv/trap.c - exceptions of guests, and the frames that bounce them back.
 * Layer: pv. Source: docs/abi.md, exceptions and bounce frames.
 */
#include "pv/trap.h"
#include "cpu/desc.h"
#include "pv/pv.h"

/* Vectors that push an error code. */
#define HAS_ERROR_CODE                                                         \
    (1U << TRAP_DF | 1U << TRAP_TS | 1U << TRAP_NP | 1U << TRAP_SS |           \
     1U << TRAP_GP | 1U << TRAP_PF | 1U << TRAP_AC | 1U << TRAP_CP)

#define TRAP_FLAG_MASKS 4 /* trap_info.flags: start with events masked */

static void swapgs(void)
{
    __asm__ volatile("swapgs" ::: "memory");
}

void pv_enter_kernel_mode(struct vcpu *v)
{
    v->entry.mode = MODE_KERNEL;
    write_cr3(v->entry.kernel_cr3);
    swapgs();
    this_cpu()->tss->iomap_base = v->entry.io_kernel;
}

void pv_enter_user_mode(struct vcpu *v)
{
    v->entry.mode = v->entry.user_mode;
    this_cpu()->tss->iomap_base = TSS_IOMAP_NONE;
    swapgs();
    write_cr3(v->entry.user_cr3);
}

void pv_update_entry(struct vcpu *v)
{
    const struct trap_info *pf = &v->traps[TRAP_PF];
    bool iopl = pv_has_architectural_iopl(v->domain);
    bool fast = !iopl && v->entry.syscall_ip && v->syscall_masks &&
                pf->address && (pf->flags & TRAP_FLAG_MASKS);

    v->entry.pf_ip = pf->address;
    v->entry.user_mode = fast ? MODE_USER : MODE_USER_SLOW;
    if (!in_kernel_mode(v))
        v->entry.mode = v->entry.user_mode;
    v->entry.io_kernel = v->domain->privileged && (iopl || v->iopl)
                             ? TSS_IOMAP_BASE
                             : TSS_IOMAP_NONE;
    if (iopl)
        v->entry.iret_work = 1;
    if (v == current && in_kernel_mode(v))
        this_cpu()->tss->iomap_base = v->entry.io_kernel;
}

void pv_update_entries(const struct domain *d)
{
    for (unsigned i = 0; i < d->vcpu_count; i++) {
        struct vcpu *v = d->vcpu[i];

        if (!v)
            continue;
        if (v == current) {
            pv_update_entry(v);
            continue;
        }
        /* Before it enters the guest. */
        __atomic_store_n(&v->entry.exit_work, 1, __ATOMIC_SEQ_CST);
        sched_kick(v);
    }
}

/* What the guest's handler finds on its stack, upwards. */
struct bounce_frame {
    uint64_t word[12];
    unsigned words;
};

/* The words between r11 and rip are `extra`: an error code, or segments. */
static __always_inline void make_frame(const struct vcpu *v,
                                       const struct cpu_regs *regs,
                                       const uint64_t *extra, unsigned extras,
                                       struct bounce_frame *f)
{
    uint64_t mask = v->entry.info->evtchn_upcall_mask;
    uint64_t cs = regs->cs & 0xffff;
    uint64_t flags = regs->rflags & ~(X86_EFLAGS_IF | X86_EFLAGS_IOPL);
    uint64_t *w = f->word;

    if (pv_has_architectural_iopl(v->domain))
        flags |= (uint64_t)v->iopl << X86_EFLAGS_IOPL_SHIFT;
    if (in_kernel_mode(v))
        cs &= ~3UL;
    *w++ = regs->rcx;
    *w++ = regs->r11;
    for (unsigned i = 0; i < extras; i++)
        *w++ = extra[i];
    *w++ = regs->rip;
    *w++ = cs | (mask & 0xff) << 32;
    *w++ = flags | (mask ? 0 : X86_EFLAGS_IF);
    *w++ = regs->rsp;
    *w++ = regs->ss & 0xffff;
    f->words = (unsigned)(w - f->word);
}

/* Enters the guest's kernel at ip with the interrupted context on its stack. */
static __always_inline void bounce(struct cpu_regs *regs, uint64_t ip,
                                   bool masks, const struct bounce_frame *f)
{
    struct vcpu *v = current;
    uint64_t sp = in_kernel_mode(v) ? regs->rsp & ~15UL : v->entry.kernel_sp;

    sp -= f->words * 8;
    if (!in_kernel_mode(v))
        pv_enter_kernel_mode(v);
    if (guest_put_words(sp, f->word, f->words)) {
        domain_crash(v->domain, "no stack at %#lx for a trap at rip %#lx", sp,
                     regs->rip);
        return;
    }
    regs->rip = ip;
    regs->cs = SEL_GUEST_CS;
    regs->ss = SEL_GUEST_SS;
    regs->rsp = sp;
    regs->rflags &= ~(X86_EFLAGS_TF | X86_EFLAGS_VM | X86_EFLAGS_RF |
                      X86_EFLAGS_NT | X86_EFLAGS_AC | X86_EFLAGS_IOPL);
    regs->rflags |= X86_EFLAGS_IF;
    regs->entry_vector = 0;
    if (masks)
        v->entry.info->evtchn_upcall_mask = 1;
}

void pv_inject_trap(struct cpu_regs *regs, uint8_t vector, uint32_t error_code)
{
    struct vcpu *v = current;
    const struct trap_info *t = &v->traps[vector];
    bool has_error = vector < 32 && (HAS_ERROR_CODE & 1U << vector);
    uint64_t error = error_code;
    struct bounce_frame f;

    if (!t->address) {
        domain_crash(v->domain,
                     "no handler for trap %u [%#x] at rip %#lx rsp %#lx",
                     vector, error_code, regs->rip, regs->rsp);
        return;
    }
    make_frame(v, regs, &error, has_error, &f);
    bounce(regs, t->address, t->flags & TRAP_FLAG_MASKS, &f);
}

void pv_inject_page_fault(struct cpu_regs *regs, vaddr_t cr2,
                          uint32_t error_code)
{
    struct vcpu *v = current;

    v->control.cr2 = cr2;
    v->entry.info->arch.cr2 = cr2;
    if (in_kernel_mode(v))
        error_code &= ~PF_USER;
    else
        error_code |= PF_USER;
    pv_inject_trap(regs, TRAP_PF, error_code);
}

void pv_inject_callback(struct cpu_regs *regs, const struct callback *c)
{
    struct bounce_frame f;

    make_frame(current, regs, NULL, 0, &f);
    bounce(regs, c->ip, c->masks_events, &f);
}

void pv_inject_failsafe(struct cpu_regs *regs)
{
    struct vcpu *v = current;
    const uint64_t segments[4] = {v->ds, v->es, v->fs, v->gs};
    struct bounce_frame f;

    if (!v->failsafe.ip) {
        domain_crash(v->domain, "no failsafe callback");
        return;
    }
    make_frame(v, regs, segments, 4, &f);
    bounce(regs, v->failsafe.ip, v->failsafe.masks_events, &f);
}

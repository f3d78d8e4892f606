/*
 * pv/iret.c - the iret hypercall, all that syscall.S does not do. Layer: pv.
 */
#include "cpu/traps.h"
#include "pv/pv.h"

struct iret_frame {
    uint64_t rax, r11, rcx, flags, rip, cs, rflags, rsp, ss;
};

static void load_frame(struct cpu_regs *regs, const struct iret_frame *f)
{
    regs->rip = f->rip;
    regs->cs = (f->cs & 0xffff) | 3;
    regs->rflags = (f->rflags & ~(X86_EFLAGS_IOPL | X86_EFLAGS_VM |
                                  X86_EFLAGS_VIF | X86_EFLAGS_VIP)) |
                   X86_EFLAGS_IF | X86_EFLAGS_MBS;
    regs->rsp = f->rsp;
    regs->ss = (f->ss & 0xffff) | 3;
    regs->rax = f->rax;
    regs->rcx = f->rcx;
    regs->r11 = f->r11;
    regs->entry_vector = 0;
}

void pv_iret(struct cpu_regs *regs)
{
    struct vcpu *v = current;
    bool iopl = pv_has_architectural_iopl(v->domain);
    struct iret_frame f;

    if (guest_get(&f, regs->rsp)) {
        domain_crash(v->domain, "iret: no frame at %#lx", regs->rsp);
        return;
    }
    if ((f.cs & 3) == 3) {
        if (!v->user_l4) {
            domain_crash(v->domain, "iret to user mode without a user table");
            return;
        }
        pv_enter_user_mode(v);
    }
    load_frame(regs, &f);
    v->entry.info->evtchn_upcall_mask = !(f.rflags & X86_EFLAGS_IF);
    if (iopl)
        v->iopl = f.rflags >> X86_EFLAGS_IOPL_SHIFT & 3;
    v->nmi_masked = false;
    v->entry.iret_work = iopl;
    if (v->nmi_pending)
        v->entry.exit_work = 1;
}

void pv_iret_lost_frame(struct cpu_regs *regs)
{
    (void)regs;
    current->entry.mode = MODE_KERNEL;
    domain_crash(current_domain, "iret: the frame was taken away");
}

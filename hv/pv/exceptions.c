/*
 * pv/exceptions.c - what each exception of a guest becomes. Layer: pv.
 */
#include "cpu/traps.h"
#include "irq/irq.h"
#include "pv/emulate.h"
#include "pv/l1tf.h"
#include "pv/trap.h"

/* The lowest gate DPL that `int n` passes: guest kernels count as ring 1. */
static bool may_call_gate(const struct vcpu *v, uint8_t vector)
{
    unsigned dpl = v->traps[vector].flags & 3;

    return dpl >= (in_kernel_mode(v) ? 1 : 3);
}

/* The LDT is mapped page by page, when a selector first needs it. */
static bool in_ldt_window(const struct vcpu *v, vaddr_t va, uint32_t *offset)
{
    vaddr_t start = PERDOMAIN_START + v->id * (vaddr_t)VCPU_WINDOW +
                    VCPU_GDT_PAGES * PAGE_SIZE;

    if (va < start || va >= start + VCPU_LDT_PAGES * PAGE_SIZE)
        return false;
    *offset = (uint32_t)(va - start);
    return true;
}

/* The guest has the fault where its own LDT is. */
static bool do_ldt_fault(struct cpu_regs *regs, vaddr_t cr2, uint32_t error)
{
    struct vcpu *v = current;
    uint32_t offset;

    if (addr_is_guest(cr2) || !in_ldt_window(v, cr2, &offset))
        return false;
    if (!pv_map_ldt_page(v, offset))
        pv_inject_page_fault(regs, v->ldt_base + offset, error);
    return true;
}

static void reflect(struct cpu_regs *regs)
{
    pv_inject_trap(regs, (uint8_t)regs->entry_vector, regs->error_code);
}

static void do_debug(struct cpu_regs *regs)
{
    struct vcpu *v = current;
    uint64_t dr6 = read_dr6();

    write_dr6(0xffff0ff0);
    v->control.dr[6] = (v->control.dr[6] & ~15UL) | dr6;
    reflect(regs);
}

static void do_invalid_op(struct cpu_regs *regs)
{
    if (!pv_emulate_invalid_op(regs))
        reflect(regs);
}

/*
 * `int n`: our gates have DPL 0, so it arrives as #GP with the IDT bit. The
 * instruction is looked at, not the error code, whose index QEMU computes
 * differently from hardware.
 */
static bool do_software_interrupt(struct cpu_regs *regs)
{
    uint8_t insn[2];

    if (!(regs->error_code & 2) || (regs->error_code & 1))
        return false;
    if (guest_get(&insn, regs->rip) || insn[0] != 0xcd)
        return false;
    if (!may_call_gate(current, insn[1])) {
        pv_inject_trap(regs, TRAP_GP, insn[1] * 8U + 2);
        return true;
    }
    regs->rip += 2;
    pv_inject_trap(regs, insn[1], 0);
    return true;
}

static void do_general_protection(struct cpu_regs *regs)
{
    if (do_software_interrupt(regs) || pv_emulate_privileged(regs))
        return;
    reflect(regs);
}

static void do_no_device(struct cpu_regs *regs)
{
    struct vcpu *v = current;

    write_cr0(read_cr0() & ~CR0_TS);
    if (!(v->control.cr0 & CR0_TS))
        return;
    v->control.cr0 &= ~CR0_TS;
    reflect(regs);
}

static void do_page_fault(struct cpu_regs *regs)
{
    struct vcpu *v = current;
    vaddr_t cr2 = read_cr2();
    uint32_t error = regs->error_code;

    if (in_kernel_mode(v) &&
        (error & (PF_PRESENT | PF_WRITE | PF_RSVD | PF_INSN)) ==
            (PF_PRESENT | PF_WRITE) &&
        pv_emulate_table_write(regs, cr2))
        return;
    if (do_ldt_fault(regs, cr2, error))
        return;
    pv_inject_page_fault(regs, cr2, error);
}

/* Hardware's own NMI: dom0's business, if it wants it. It may have come while a
 * lock was held, or on one of the ways to the guest that look for no work. */
static void do_nmi(struct cpu_regs *regs)
{
    (void)regs;
    softirq_raise(this_cpu(), SOFTIRQ_NMI);
    lapic_send_self(VECTOR_KICK);
}

static void give_nmi_to_dom0(void)
{
    if (dom0 && dom0->vcpu[0])
        vcpu_send_nmi(dom0->vcpu[0]);
}

void syscall_entry_slow(struct cpu_regs *regs)
{
    struct vcpu *v = current;
    struct callback c = {v->entry.syscall_ip, v->syscall_masks};

    if (v->entry.mode == MODE_BAD_STACK) {
        v->entry.mode = MODE_KERNEL;
        domain_crash(v->domain, "kernel stack %#lx cannot be written",
                     v->entry.kernel_sp);
        return;
    }
    if (c.ip) {
        pv_inject_callback(regs, &c);
        return;
    }
    regs->rip -= 2;
    regs->entry_vector = 0;
    pv_inject_trap(regs, TRAP_UD, 0);
}

void cstar_entry_slow(struct cpu_regs *regs)
{
    struct vcpu *v = current;

    regs->entry_vector = 0;
    if (!in_kernel_mode(v) && v->syscall32.ip) {
        pv_inject_callback(regs, &v->syscall32);
        return;
    }
    regs->rip -= 2;
    pv_inject_trap(regs, TRAP_UD, 0);
}

void sysenter_entry_slow(struct cpu_regs *regs)
{
    struct vcpu *v = current;

    regs->entry_vector = 0;
    regs->rflags = (regs->rflags & ~X86_EFLAGS_TF) | X86_EFLAGS_IF;
    if (!in_kernel_mode(v) && v->sysenter.ip)
        pv_inject_callback(regs, &v->sysenter);
    else
        pv_inject_trap(regs, TRAP_GP, 0);
}

void guest_iret_fault(struct cpu_regs *regs)
{
    struct cpu *cpu = this_cpu();

    regs->error_code = cpu->fixed_error;
    regs->entry_vector = 0;
    if (cpu->fixed_vector == TRAP_PF &&
        do_ldt_fault(regs, read_cr2(), cpu->fixed_error))
        return;
    pv_inject_trap(regs, (uint8_t)cpu->fixed_vector, cpu->fixed_error);
}

static bool nmi_deliverable(const struct vcpu *v)
{
    return v->nmi_pending && !v->nmi_masked && v->traps[TRAP_NMI].address;
}

static void deliver_events(struct vcpu *v, struct cpu_regs *regs)
{
    const struct vcpu_info *info = v->entry.info;

    if (nmi_deliverable(v)) {
        v->nmi_pending = false;
        v->nmi_masked = true;
        v->entry.iret_work = 1;
        pv_inject_trap(regs, TRAP_NMI, 0);
    }
    if (!READ_ONCE(info->evtchn_upcall_pending) ||
        READ_ONCE(info->evtchn_upcall_mask))
        return;
    if (!v->event.ip) {
        domain_crash(v->domain, "an event is pending but no callback is set");
        return;
    }
    pv_inject_callback(regs, &v->event);
}

/* The one place where a paused or crashed vcpu stops: false, it was one. */
static bool do_exit_work(struct vcpu *v, struct cpu_regs *regs)
{
    v->entry.exit_work = 0;
    if (unlikely(v->l1tf_level))
        l1tf_crash(v);
    if (v->sched.pause_count) {
        schedule();
        return false;
    }
    vcpu_wait_while_down();
    pv_update_entry(v);
    if (unlikely(v->failsafe_pending)) {
        v->failsafe_pending = false;
        pv_inject_failsafe(regs);
    }
    return true;
}

static void exit_to_guest(struct cpu_regs *regs)
{
    struct vcpu *v = current;

    if (unlikely(v->entry.exit_work) && !do_exit_work(v, regs))
        return;
    deliver_events(v, regs);
    if (v->sched.pause_count)
        v->entry.exit_work = 1;
}

void __init pv_init_traps(void)
{
    static const uint8_t plain[] = {TRAP_DE, TRAP_BP, TRAP_OF, TRAP_BR,
                                    TRAP_TS, TRAP_NP, TRAP_SS, TRAP_MF,
                                    TRAP_AC, TRAP_XM};

    for (unsigned i = 0; i < ARRAY_SIZE(plain); i++)
        trap_register(plain[i], reflect);
    trap_register(TRAP_DB, do_debug);
    trap_register(TRAP_UD, do_invalid_op);
    trap_register(TRAP_GP, do_general_protection);
    trap_register(TRAP_NM, do_no_device);
    trap_register(TRAP_PF, do_page_fault);
    trap_register(TRAP_NMI, do_nmi);
    softirq_register(SOFTIRQ_NMI, give_nmi_to_dom0);
    guest_exit_register(exit_to_guest);
}

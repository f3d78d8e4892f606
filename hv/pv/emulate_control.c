/*
 * pv/emulate_control.c - a guest's control and debug registers, and what of
 * them the CPU gets when its vcpu runs. Layer: pv. No locks: a vcpu's state is
 * touched by itself, or by others while it does not run.
 * Source: Intel SDM volume 3A, 2.5; docs/abi.md.
 */
#include "cpu/fpu.h"
#include "mm/alloc.h"
#include "pv/cpuid.h"
#include "pv/debugreg.h"
#include "pv/emulate.h"
#include "pv/emulate_alu.h"
#include "pv/segments.h"

/* What a guest sees of the hypervisor's choice, and what is its own. */
#define CR4_VISIBLE (CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT)
#define CR4_OWN     (CR4_TSD | CR4_DE | CR4_FSGSBASE)

#define CR0_GUEST (CR0_PG | CR0_AM | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE)

static bool have_tsc_aux;

void __init pv_init_cpu_state(void)
{
    fpu_init();
    cpuid_init();
    descriptor_init();
    have_tsc_aux = cpuid_has_tsc_aux();
}

int pv_init_vcpu_state(struct vcpu *v)
{
    _Static_assert(sizeof(*v->fpu) == STACK_OTHER, "the page below the stack");
    v->fpu = v->stack;
    fpu_init_state(v->fpu);
    v->control.xcr0 = FPU_XCR0_INITIAL;
    v->control.cr0 = CR0_GUEST;
    v->control.cr4 = pv_guest_cr4(0);
    v->control.dr[6] = DR6_RESET;
    v->control.dr[7] = DR7_RESET;
    pv_init_gdt(v);
    return 0;
}

uint64_t pv_guest_cr4(uint64_t wanted)
{
    uint64_t own = CR4_OWN;

    if (!cpuid_has_fsgsbase())
        own &= ~CR4_FSGSBASE;
    if (fpu_layout.allowed)
        own |= CR4_OSXSAVE;
    return (wanted & own) | (read_cr4() & CR4_VISIBLE);
}

/* OSXSAVE is on whatever the guest says: xsave is how it is saved itself. */
static void load_cr4(const struct vcpu *v)
{
    uint64_t now = read_cr4();
    uint64_t wanted = (now & ~CR4_OWN) | (v->control.cr4 & CR4_OWN);

    if (now != wanted)
        write_cr4(wanted);
}

static void load_ts(const struct vcpu *v)
{
    if (unlikely(v->control.cr0 & CR0_TS))
        write_cr0(read_cr0() | CR0_TS);
}

void pv_load_control(const struct vcpu *v)
{
    load_cr4(v);
    if (have_tsc_aux)
        wrmsr(MSR_TSC_AUX, v->tsc_aux);
}

void pv_set_task_switched(struct vcpu *v, bool set)
{
    if (set) {
        v->control.cr0 |= CR0_TS;
        load_ts(v);
    } else {
        v->control.cr0 &= ~CR0_TS;
        fpu_clear_ts();
    }
}

/* Everything but TS is as it has to be. */
static enum emulate_result write_cr0_of(struct vcpu *v, uint64_t value)
{
    if ((value ^ v->control.cr0) & ~CR0_TS)
        return EMULATE_REFUSED;
    pv_set_task_switched(v, value & CR0_TS);
    return EMULATE_DONE;
}

static enum emulate_result write_cr(struct vcpu *v, unsigned cr, uint64_t value)
{
    switch (cr) {
    case 0:
        return write_cr0_of(v, value);
    case 2:
        v->control.cr2 = value;
        v->entry.info->arch.cr2 = value;
        return EMULATE_DONE;
    case 3:
        return pv_new_baseptr(v, xen_cr3_to_pfn(value)) ? EMULATE_REFUSED
                                                        : EMULATE_DONE;
    case 4:
        v->control.cr4 = pv_guest_cr4(value);
        load_cr4(v);
        return EMULATE_DONE;
    default: /* CR8: there are no priorities to mask */
        return EMULATE_REFUSED;
    }
}

static enum emulate_result read_cr(const struct vcpu *v, unsigned cr,
                                   uint64_t *value)
{
    switch (cr) {
    case 0:
        *value = v->control.cr0;
        return EMULATE_DONE;
    case 2: /* where entry.S puts it */
        *value = v->entry.info->arch.cr2;
        return EMULATE_DONE;
    case 3:
        *value = xen_pfn_to_cr3(v->kernel_l4);
        return EMULATE_DONE;
    case 4:
        *value = v->control.cr4;
        return EMULATE_DONE;
    default:
        return EMULATE_REFUSED;
    }
}

enum emulate_result emulate_mov_cr(struct vcpu *v, struct cpu_regs *regs,
                                   const struct insn *insn)
{
    uint64_t *reg = alu_reg(regs, insn_rm(insn));

    return insn->opcode == 0x22 ? write_cr(v, insn_reg(insn), *reg)
                                : read_cr(v, insn_reg(insn), reg);
}

enum emulate_result emulate_mov_dr(struct vcpu *v, struct cpu_regs *regs,
                                   const struct insn *insn)
{
    uint64_t *reg = alu_reg(regs, insn_rm(insn));
    int error = insn->opcode == 0x23 ? pv_set_debugreg(v, insn_reg(insn), *reg)
                                     : pv_get_debugreg(v, insn_reg(insn), reg);

    return error ? EMULATE_REFUSED : EMULATE_DONE;
}

enum emulate_result emulate_xsetbv(struct vcpu *v, struct cpu_regs *regs)
{
    uint64_t value = emulate_edx_eax(regs);

    if (!(v->control.cr4 & CR4_OSXSAVE)) {
        pv_inject_trap(regs, TRAP_UD, 0);
        return EMULATE_FAULTED;
    }
    if ((uint32_t)regs->rcx != 0 || value & ~cpuid_xcr0(v->domain) ||
        !xstate_is_valid(&fpu_layout, value))
        return EMULATE_REFUSED;
    /* SSE is in use before XSAVE is, so it is always saved with the rest. */
    value |= XSTATE_SSE;
    if (v->control.cr0 & CR0_TS)
        fpu_clear_ts();
    fpu_change_xcr0(v->fpu, v->control.xcr0, value);
    v->control.xcr0 = value;
    load_ts(v);
    return EMULATE_DONE;
}

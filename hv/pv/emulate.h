/*
 * pv/emulate.h - what the emulation's files share. Layer: pv.
 */
#ifndef PV_EMULATE_H
#define PV_EMULATE_H

#include "pv/decode.h"
#include "pv/pv.h"

enum emulate_result {
    EMULATE_DONE,    /* the guest goes on behind the instruction */
    EMULATE_AGAIN,   /* the guest executes it again: there is more to do */
    EMULATE_FAULTED, /* a trap was injected */
    EMULATE_REFUSED, /* the trap is the guest's own */
};

/*
 * Reads the instruction at rip, each byte once, and decodes it. DONE, FAULTED
 * (it is not readable) or REFUSED (none that is emulated).
 */
enum emulate_result emulate_fetch(struct cpu_regs *regs, bool wide,
                                  struct insn *insn);

/* What was to be read or written at `at` could not be: #PF, or #GP if the
 * address is not canonical or is ours. Returns FAULTED. */
enum emulate_result emulate_access_fault(struct cpu_regs *regs, vaddr_t at,
                                         uint32_t error);

/* Ends an instruction of `length` bytes: rip, RF and the single step's #DB. */
void emulate_retire(struct cpu_regs *regs, unsigned length);

/* rdx:rax, as MSR and XCR instructions use it. */
static inline uint64_t emulate_edx_eax(const struct cpu_regs *regs)
{
    return (uint32_t)regs->rax | regs->rdx << 32;
}

/*
 * A write of the guest's kernel that faulted at cr2: if it was to one of its
 * own page tables it is checked and done. False: the fault is the guest's.
 */
bool pv_emulate_table_write(struct cpu_regs *regs, vaddr_t cr2);

/* in, out, ins, outs in any mode, with the permission check. */
enum emulate_result emulate_iopl_insn(struct vcpu *v, struct cpu_regs *regs,
                                      const struct insn *insn);

/* The address in rsi or rdi, as wide as the instruction has it. */
vaddr_t emulate_string_address(uint64_t reg, const struct insn *insn);
/* Goes on by one element: rsi, rdi (or not), and rcx if it is repeated. */
void emulate_string_advance(struct cpu_regs *regs, const struct insn *insn,
                            bool source, bool target);

/* Control and debug registers, xsetbv, clts. Of the guest's kernel only. */
enum emulate_result emulate_mov_cr(struct vcpu *v, struct cpu_regs *regs,
                                   const struct insn *insn);
enum emulate_result emulate_mov_dr(struct vcpu *v, struct cpu_regs *regs,
                                   const struct insn *insn);
enum emulate_result emulate_xsetbv(struct vcpu *v, struct cpu_regs *regs);

#endif

/*
 * pv/emulate_alu.h - what an instruction does to its operand in memory. Layer:
 * pv. Pure. Source: Intel SDM volume 2.
 */
#ifndef PV_EMULATE_ALU_H
#define PV_EMULATE_ALU_H

#include "cpu/regs.h"
#include "pv/decode.h"

/* Everything an instruction changes: nothing is changed until it is known
 * that the memory could be. */
struct alu_result {
    uint64_t memory; /* the operand's new content */
    uint64_t rflags;
    uint64_t reg_value;
    uint8_t reg; /* the register that becomes reg_value, or */
    bool sets_reg;
    bool writes; /* false: a cmpxchg that did not compare equal */
};

/*
 * The effect of `insn` when its memory operand holds `old` (zero-extended from
 * its width). False: not an instruction that writes to memory.
 */
bool alu_compute(const struct insn *insn, const struct cpu_regs *regs,
                 uint64_t old, struct alu_result *result);

/* Makes register and flags what alu_compute() found. */
void alu_apply(const struct insn *insn, const struct alu_result *result,
               struct cpu_regs *regs);

/* What and, or and xor make of the flags, with this result. */
uint64_t alu_logic_flags(uint64_t rflags, uint64_t value, unsigned bytes);

/* General register 0 (rax) to 15. */
extern const uint8_t alu_reg_offset[16];

static inline uint64_t *alu_reg(struct cpu_regs *regs, unsigned number)
{
    return (uint64_t *)(void *)((char *)regs + alu_reg_offset[number & 15]);
}

static inline uint64_t alu_mask(unsigned bytes)
{
    return ~0UL >> (64 - 8 * bytes);
}

#endif

/*
 * pv/emulate_alu.c - the instructions that write to memory. Layer: pv. Pure.
 */
#include "pv/emulate_alu.h"

#define FLAG_CF (1UL << 0)
#define FLAG_PF (1UL << 2)
#define FLAG_AF (1UL << 4)
#define FLAG_ZF (1UL << 6)
#define FLAG_SF (1UL << 7)
#define FLAG_OF (1UL << 11)
#define FLAGS   (FLAG_CF | FLAG_PF | FLAG_AF | FLAG_ZF | FLAG_SF | FLAG_OF)

enum alu_op {
    ALU_ADD,
    ALU_OR,
    ALU_ADC,
    ALU_SBB,
    ALU_AND,
    ALU_SUB,
    ALU_XOR,
};

#define AT(name) offsetof(struct cpu_regs, name)
const uint8_t alu_reg_offset[16] = {
    AT(rax), AT(rcx), AT(rdx), AT(rbx), AT(rsp), AT(rbp), AT(rsi), AT(rdi),
    AT(r8),  AT(r9),  AT(r10), AT(r11), AT(r12), AT(r13), AT(r14), AT(r15),
};
#undef AT

/* Byte registers 4-7 are ah, ch, dh, bh unless there is a REX prefix. */
static bool is_high_byte(const struct insn *insn, unsigned number)
{
    return insn->op_bytes == 1 && !insn->rex && number >= 4;
}

static uint64_t read_reg(const struct insn *insn, const struct cpu_regs *regs,
                         unsigned number)
{
    struct cpu_regs *r = (struct cpu_regs *)(uintptr_t)regs;
    uint64_t value = is_high_byte(insn, number) ? *alu_reg(r, number - 4) >> 8
                                                : *alu_reg(r, number);

    return value & alu_mask(insn->op_bytes);
}

static void write_reg(const struct insn *insn, struct cpu_regs *regs,
                      unsigned number, uint64_t value)
{
    uint64_t mask = alu_mask(insn->op_bytes), *reg;

    if (is_high_byte(insn, number)) {
        reg = alu_reg(regs, number - 4);
        *reg = (*reg & ~0xff00UL) | value << 8;
        return;
    }
    reg = alu_reg(regs, number);
    /* A 32-bit result clears the upper half. */
    *reg = insn->op_bytes >= 4 ? value : (*reg & ~mask) | value;
}

/* The flags that only depend on the result. */
static uint64_t result_flags(uint64_t r, unsigned bytes)
{
    uint64_t flags = r ? 0 : FLAG_ZF;

    if (r >> (8 * bytes - 1) & 1)
        flags |= FLAG_SF;
    if (!__builtin_parity((unsigned)r & 0xff))
        flags |= FLAG_PF;
    return flags;
}

uint64_t alu_logic_flags(uint64_t rflags, uint64_t value, unsigned bytes)
{
    return (rflags & ~FLAGS) | result_flags(value, bytes);
}

/* carries and overflow: words whose top bit, of the width, says it. */
static uint64_t arithmetic_flags(uint64_t a, uint64_t b, uint64_t r,
                                 uint64_t carries, uint64_t overflow,
                                 unsigned bytes)
{
    unsigned top = 8 * bytes - 1;
    uint64_t flags = result_flags(r, bytes);

    if (carries >> top & 1)
        flags |= FLAG_CF;
    if (overflow >> top & 1)
        flags |= FLAG_OF;
    return flags | ((a ^ b ^ r) & FLAG_AF);
}

static uint64_t add(uint64_t a, uint64_t b, uint64_t carry, unsigned bytes,
                    uint64_t *flags)
{
    uint64_t r = (a + b + carry) & alu_mask(bytes);

    *flags = arithmetic_flags(a, b, r, (a & b) | ((a | b) & ~r),
                              (a ^ r) & (b ^ r), bytes);
    return r;
}

static uint64_t subtract(uint64_t a, uint64_t b, uint64_t borrow,
                         unsigned bytes, uint64_t *flags)
{
    uint64_t r = (a - b - borrow) & alu_mask(bytes);

    *flags = arithmetic_flags(a, b, r, (~a & b) | ((~a | b) & r),
                              (a ^ b) & (a ^ r), bytes);
    return r;
}

static uint64_t operate(enum alu_op op, uint64_t a, uint64_t b, unsigned bytes,
                        uint64_t *flags)
{
    uint64_t carry = *flags & FLAG_CF, r;

    switch (op) {
    case ALU_ADD:
        return add(a, b, 0, bytes, flags);
    case ALU_ADC:
        return add(a, b, carry, bytes, flags);
    case ALU_SBB:
        return subtract(a, b, carry, bytes, flags);
    case ALU_SUB:
        return subtract(a, b, 0, bytes, flags);
    case ALU_OR:
        r = a | b;
        break;
    case ALU_AND:
        r = a & b;
        break;
    default:
        r = a ^ b;
    }
    *flags = result_flags(r, bytes);
    return r;
}

static void set_flags(struct alu_result *result, uint64_t flags)
{
    result->rflags = (result->rflags & ~FLAGS) | flags;
}

static void set_reg(struct alu_result *result, unsigned number, uint64_t value)
{
    result->sets_reg = true;
    result->reg = (uint8_t)number;
    result->reg_value = value;
}

static bool compute_alu(const struct insn *insn, enum alu_op op, uint64_t old,
                        uint64_t source, struct alu_result *result)
{
    uint64_t flags = result->rflags;

    result->memory = operate(op, old, source, insn->op_bytes, &flags);
    set_flags(result, flags);
    return true;
}

/* inc and dec keep the carry; not keeps all flags. */
static bool compute_unary(const struct insn *insn, uint64_t old,
                          struct alu_result *result)
{
    uint64_t carry = result->rflags & FLAG_CF, flags = 0;
    unsigned bytes = insn->op_bytes;

    switch (insn_extension(insn)) {
    case 0:
        result->memory = add(old, 1, 0, bytes, &flags);
        break;
    case 1:
        result->memory = subtract(old, 1, 0, bytes, &flags);
        break;
    case 2:
        result->memory = ~old & alu_mask(bytes);
        return true;
    default:
        result->memory = subtract(0, old, 0, bytes, &flags);
        carry = flags & FLAG_CF;
    }
    set_flags(result, (flags & ~FLAG_CF) | carry);
    return true;
}

/* `kind` 5 to 7: bts, btr, btc. The fault's address chose the word already. */
static bool compute_bit(const struct insn *insn, unsigned kind, uint64_t old,
                        uint64_t number, struct alu_result *result)
{
    uint64_t bit = 1UL << (number & (8U * insn->op_bytes - 1));

    result->rflags &= ~FLAG_CF;
    if (old & bit)
        result->rflags |= FLAG_CF;
    if (kind == 5)
        result->memory = old | bit;
    else
        result->memory = kind == 6 ? old & ~bit : old ^ bit;
    return true;
}

static bool compute_cmpxchg(const struct insn *insn,
                            const struct cpu_regs *regs, uint64_t old,
                            uint64_t source, struct alu_result *result)
{
    uint64_t expected = read_reg(insn, regs, 0), flags;

    subtract(expected, old, 0, insn->op_bytes, &flags);
    set_flags(result, flags);
    result->memory = source;
    result->writes = expected == old;
    if (!result->writes)
        set_reg(result, 0, old);
    return true;
}

static bool compute_two_byte(const struct insn *insn,
                             const struct cpu_regs *regs, uint64_t old,
                             struct alu_result *result)
{
    unsigned number = insn_reg(insn);
    uint64_t source = read_reg(insn, regs, number);

    switch (insn->opcode) {
    case 0xab:
        return compute_bit(insn, 5, old, source, result);
    case 0xb3:
        return compute_bit(insn, 6, old, source, result);
    case 0xbb:
        return compute_bit(insn, 7, old, source, result);
    case 0xba:
        return compute_bit(insn, insn_extension(insn), old, (uint64_t)insn->imm,
                           result);
    case 0xb0:
    case 0xb1:
        return compute_cmpxchg(insn, regs, old, source, result);
    case 0xc0:
    case 0xc1:
        set_reg(result, number, old);
        return compute_alu(insn, ALU_ADD, old, source, result);
    case 0xc3:
        result->memory = source;
        return true;
    default:
        return false;
    }
}

static bool compute_one_byte(const struct insn *insn,
                             const struct cpu_regs *regs, uint64_t old,
                             struct alu_result *result)
{
    uint64_t imm = (uint64_t)insn->imm & alu_mask(insn->op_bytes);
    unsigned number = insn_reg(insn);

    switch (insn->opcode & 0xfe) {
    case 0x80:
    case 0x82:
        return compute_alu(insn, (enum alu_op)insn_extension(insn), old, imm,
                           result);
    case 0x86:
        result->memory = read_reg(insn, regs, number);
        set_reg(result, number, old);
        return true;
    case 0x88:
        result->memory = read_reg(insn, regs, number);
        return true;
    case 0xa2:
        result->memory = read_reg(insn, regs, 0);
        return true;
    case 0xc6:
        result->memory = imm;
        return true;
    case 0xf6:
    case 0xfe:
        return compute_unary(insn, old, result);
    }
    return insn->opcode < 0x38 &&
           compute_alu(insn, (enum alu_op)(insn->opcode >> 3), old,
                       read_reg(insn, regs, number), result);
}

bool alu_compute(const struct insn *insn, const struct cpu_regs *regs,
                 uint64_t old, struct alu_result *result)
{
    *result = (struct alu_result){.rflags = regs->rflags, .writes = true};
    if (insn->has_modrm ? insn_mod(insn) == 3 : (insn->opcode & 0xfe) != 0xa2)
        return false;
    return insn->two_byte ? compute_two_byte(insn, regs, old, result)
                          : compute_one_byte(insn, regs, old, result);
}

void alu_apply(const struct insn *insn, const struct alu_result *result,
               struct cpu_regs *regs)
{
    regs->rflags = result->rflags;
    if (result->sets_reg)
        write_reg(insn, regs, result->reg, result->reg_value);
}

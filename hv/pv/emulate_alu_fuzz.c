/*
 * pv/emulate_alu_fuzz.c - any bytes as an instruction that writes to memory,
 * with any registers: its effect stays within the operand, one register and the
 * flags it may change. (emulate_alu_test.c asks the CPU for the values.)
 */
/* link: hv/pv/emulate_alu.c hv/pv/decode.c */
/* covers: hv/pv/emulate_alu.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pv/emulate_alu.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

#define ARITHMETIC_FLAGS 0x8d5UL

static void check_registers(const struct insn *insn,
                            const struct cpu_regs *before,
                            const struct cpu_regs *after,
                            const struct alu_result *r)
{
    struct cpu_regs expected = *before;
    unsigned number = r->reg;

    if (r->sets_reg) {
        /* Of the byte registers 4 to 7 are second bytes of the first four. */
        if (insn->op_bytes == 1 && !insn->rex && number >= 4)
            number -= 4;
        *alu_reg(&expected, number) =
            *alu_reg((struct cpu_regs *)(uintptr_t)after, number);
    }
    expected.rflags = after->rflags;
    CHECK(!memcmp(&expected, after, sizeof(expected)));
    CHECK(!((before->rflags ^ after->rflags) & ~ARITHMETIC_FLAGS));
}

static void check_effect(const struct insn *insn, struct cpu_regs *regs,
                         uint64_t old)
{
    struct cpu_regs before = *regs;
    struct alu_result r;
    uint64_t mask = alu_mask(insn->op_bytes);

    memset(&r, 0, sizeof(r));
    if (!alu_compute(insn, regs, old & mask, &r)) {
        CHECK(!memcmp(&before, regs, sizeof(before)));
        return;
    }
    CHECK(!memcmp(&before, regs, sizeof(before)));
    CHECK(!r.writes || !(r.memory & ~mask));
    CHECK(!r.sets_reg || r.reg < 16);
    alu_apply(insn, &r, regs);
    check_registers(insn, &before, regs, &r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    uint8_t code[INSN_BUFFER] = {0};
    struct cpu_regs regs;
    struct insn insn;
    uint64_t old = 0;

    if (bytes < INSN_BYTES_MAX)
        return 0;
    memcpy(code, data, INSN_BYTES_MAX);
    data += INSN_BYTES_MAX;
    bytes -= INSN_BYTES_MAX;
    memset(&regs, 0x5a, sizeof(regs));
    memcpy(&old, data, bytes < 8 ? bytes : 8);
    if (bytes > 8)
        memcpy(&regs, data + 8,
               bytes - 8 < sizeof(regs) ? bytes - 8 : sizeof(regs));
    if (decode_insn(code, INSN_BYTES_MAX, true, &insn) != DECODE_OK)
        return 0;
    check_effect(&insn, &regs, old);
    return 0;
}

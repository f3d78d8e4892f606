/*
 * pv/decode.h - which instruction a guest trapped with: exactly those that the
 * emulation knows. Layer: pv. Pure. Source: Intel SDM volume 2, chapter 2 and
 * appendix A; decode_fuzz.c compares with the Zydis library.
 */
#ifndef PV_DECODE_H
#define PV_DECODE_H

#include "lib/types.h"

#define INSN_BYTES_MAX 15
/* Size of the buffer to decode from: its content behind the bytes given does
 * not matter, but it must be readable. */
#define INSN_BUFFER 32

#define INSN_OPSIZE 0x01 /* 66 */
#define INSN_ADDR   0x02 /* 67 */
#define INSN_LOCK   0x04 /* f0 */
#define INSN_REPNE  0x08 /* f2 */
#define INSN_REP    0x10 /* f3 */

#define REX_B 1
#define REX_R 4
#define REX_W 8

struct insn {
    uint8_t length;
    uint8_t opcode; /* its last byte */
    bool two_byte;  /* 0f came before it */
    bool has_modrm;
    uint8_t modrm;
    uint8_t rex;        /* 0: none */
    uint8_t prefixes;   /* INSN_* */
    uint8_t segment;    /* the override's prefix byte, 0: none */
    uint8_t op_bytes;   /* width of the operand: 1, 2, 4, 8 */
    uint8_t addr_bytes; /* 2, 4, 8 */
    int64_t imm;        /* sign-extended; 0: none */
};

enum decode_result {
    DECODE_OK,
    DECODE_SHORT,   /* the instruction goes on behind the bytes given */
    DECODE_UNKNOWN, /* none that is emulated */
};

/*
 * Decodes the instruction at the start of `bytes`, of which n (at most 15) are
 * the guest's. With `wide` for 64-bit code; of 32-bit code only port
 * instructions are known.
 */
enum decode_result decode_insn(const uint8_t bytes[INSN_BUFFER], unsigned n,
                               bool wide, struct insn *insn);

static inline unsigned insn_mod(const struct insn *insn)
{
    return insn->modrm >> 6;
}

/* The three bits of an opcode's extension. */
static inline unsigned insn_extension(const struct insn *insn)
{
    return insn->modrm >> 3 & 7;
}

/* The number of the register that ModRM's `reg` field names. */
static inline unsigned insn_reg(const struct insn *insn)
{
    return insn_extension(insn) | (insn->rex & (unsigned)REX_R) << 1;
}

/* The same for `rm`, when it names a register. */
static inline unsigned insn_rm(const struct insn *insn)
{
    return (insn->modrm & 7U) | (insn->rex & (unsigned)REX_B) << 3;
}

#endif

/*
 * pv/decode_hot.h - the few instructions that Linux writes to its page tables
 * with, told apart from eight bytes. Layer: pv. Pure; inline, for the page
 * fault's path.
 */
#ifndef PV_DECODE_HOT_H
#define PV_DECODE_HOT_H

#include "pv/decode.h"

enum hot_kind {
    HOT_XCHG, /* xchg %reg64, memory */
    HOT_MOV,  /* mov %reg64, memory */
    HOT_AND,  /* lock andb $imm, memory; or with ds for lock */
};

struct hot_write {
    enum hot_kind kind;
    uint8_t length;
    uint8_t reg;
    uint8_t imm;
};

/* Bytes of ModRM with SIB and displacement; 0: a register. For each mod: rm is
 * 4 (SIB), rm is 5, and the others. */
#define HOT_ROW(sib, rm5, rest) rest, rest, rest, rest, sib, rm5, rest, rest
#define HOT_ROWS(...)                                                          \
    HOT_ROW(__VA_ARGS__), HOT_ROW(__VA_ARGS__), HOT_ROW(__VA_ARGS__),          \
        HOT_ROW(__VA_ARGS__), HOT_ROW(__VA_ARGS__), HOT_ROW(__VA_ARGS__),      \
        HOT_ROW(__VA_ARGS__), HOT_ROW(__VA_ARGS__)

static const uint8_t hot_operand_bytes[256] = {
    HOT_ROWS(2, 5, 1),
    HOT_ROWS(3, 2, 2),
    HOT_ROWS(6, 5, 5),
};

/* SIB without a base has four bytes more: nobody does that. ModRM is the low
 * byte, SIB the next. */
static inline bool has_no_base(uint64_t operand)
{
    return (operand & 0x07c7) == 0x0504;
}

/* lock andb: on one CPU Linux writes a ds prefix over the lock. */
static inline bool decode_hot_and(uint64_t code, struct hot_write *write)
{
    unsigned length = 3, operand;

    code >>= 8;
    if ((code & 0xf0) == 0x40) {
        code >>= 8;
        length = 4;
    }
    operand = hot_operand_bytes[code >> 8 & 0xff];
    write->kind = HOT_AND;
    write->imm = (uint8_t)(code >> 8 * (1 + operand));
    write->length = (uint8_t)(length + operand);
    return operand && write->length <= 8 && (code & 0x38ff) == 0x2080 &&
           !has_no_base(code >> 8);
}

/*
 * Is the instruction in these eight bytes (the first is the lowest) one of
 * them? Of what it says yes to, decode_insn() says the same.
 */
static inline bool decode_hot_write(uint64_t code, struct hot_write *write)
{
    unsigned first = code & 0xff, operand;

    if (first == 0xf0 || first == 0x3e)
        return decode_hot_and(code, write);
    operand = hot_operand_bytes[code >> 16 & 0xff];
    write->kind = (code & 0xff00) == 0x8700 ? HOT_XCHG : HOT_MOV;
    write->reg = (uint8_t)((code >> 19 & 7) | (first & REX_R) << 1);
    write->length = (uint8_t)(2 + operand);
    return operand && (first & 0xf8) == 0x48 && !has_no_base(code >> 16) &&
           (write->kind == HOT_XCHG || (code & 0xff00) == 0x8900);
}

#undef HOT_ROW
#undef HOT_ROWS

#endif

/*
 * pv/decode.c - prefixes, opcode, operands' lengths. Layer: pv. Pure.
 * Source: Intel SDM volume 2, chapter 2 and appendix A.
 */
#include "pv/decode.h"

#include "lib/string.h"

/* What follows an opcode, and how wide its operand is. */
#define KNOWN 0x01
#define MODRM 0x02
#define BYTE  0x04 /* the operand is a byte */
#define IMM8  0x08
#define IMMZ  0x10 /* as wide as the operand, but at most four bytes */
#define MOFFS 0x20 /* an address instead of ModRM */
#define REG   0x40 /* ModRM names registers whatever its mod field says */
#define PORT  0x80 /* of the IOPL: in 32-bit code too; at most four bytes */

#define RM      (KNOWN | MODRM)
#define RM_BYTE (KNOWN | MODRM | BYTE)

/* The forms `op %reg, r/m` of add, or, adc, sbb, and, sub, xor. */
#define ALU(base) [base] = RM_BYTE, [(base) + 1] = RM

static const uint8_t one_byte[256] = {
    ALU(0x00),
    ALU(0x08),
    ALU(0x10),
    ALU(0x18),
    ALU(0x20),
    ALU(0x28),
    ALU(0x30),
    [0x6c] = KNOWN | PORT | BYTE, /* ins */
    [0x6d] = KNOWN | PORT,
    [0x6e] = KNOWN | PORT | BYTE, /* outs */
    [0x6f] = KNOWN | PORT,
    [0x80] = RM_BYTE | IMM8, /* ALU group with an immediate */
    [0x81] = RM | IMMZ,
    [0x83] = RM | IMM8,
    [0x86] = RM_BYTE, /* xchg */
    [0x87] = RM,
    [0x88] = RM_BYTE, /* mov */
    [0x89] = RM,
    [0xa2] = KNOWN | MOFFS | BYTE, /* mov %al, moffs */
    [0xa3] = KNOWN | MOFFS,
    [0xa4] = KNOWN | BYTE, /* movs */
    [0xa5] = KNOWN,
    [0xaa] = KNOWN | BYTE, /* stos */
    [0xab] = KNOWN,
    [0xc6] = RM_BYTE | IMM8, /* mov $imm */
    [0xc7] = RM | IMMZ,
    [0xe4] = KNOWN | PORT | BYTE | IMM8, /* in $imm8 */
    [0xe5] = KNOWN | PORT | IMM8,
    [0xe6] = KNOWN | PORT | BYTE | IMM8, /* out $imm8 */
    [0xe7] = KNOWN | PORT | IMM8,
    [0xec] = KNOWN | PORT | BYTE, /* in %dx */
    [0xed] = KNOWN | PORT,
    [0xee] = KNOWN | PORT | BYTE, /* out %dx */
    [0xef] = KNOWN | PORT,
    [0xf6] = RM_BYTE, /* not, neg */
    [0xf7] = RM,
    [0xfa] = KNOWN | PORT, /* cli */
    [0xfb] = KNOWN | PORT, /* sti */
    [0xfe] = RM_BYTE,      /* inc, dec */
    [0xff] = RM,
};

static const uint8_t two_byte[256] = {
    [0x01] = RM,                     /* invlpg, xsetbv, rdtscp */
    [0x06] = KNOWN,                  /* clts */
    [0x09] = KNOWN,                  /* wbinvd */
    [0x20] = RM | REG,               /* mov %crN, */
    [0x21] = RM | REG,               /* mov %drN, */
    [0x22] = RM | REG,               /* mov , %crN */
    [0x23] = RM | REG,               /* mov , %drN */
    [0x30] = KNOWN,                  /* wrmsr */
    [0x31] = KNOWN,                  /* rdtsc */
    [0x32] = KNOWN,                  /* rdmsr */
    [0xab] = RM,                     /* bts */
    [0xb0] = RM_BYTE,                /* cmpxchg */
    [0xb1] = RM,        [0xb3] = RM, /* btr */
    [0xba] = RM | IMM8,              /* bts, btr, btc with an immediate */
    [0xbb] = RM,                     /* btc */
    [0xc0] = RM_BYTE,                /* xadd */
    [0xc1] = RM,        [0xc3] = RM, /* movnti */
};

/* Group opcodes: is the member that ModRM selects one that we know? */
static bool member_is_known(const struct insn *insn)
{
    unsigned member = insn_extension(insn);
    bool memory = insn_mod(insn) != 3;

    if (!insn->two_byte) {
        switch (insn->opcode & 0xfe) {
        case 0x80:
            return member != 7; /* cmp writes nothing */
        case 0xc6:
        case 0xfe:
            return member == 0 || (insn->opcode >= 0xfe && member == 1);
        case 0xf6:
            return member == 2 || member == 3;
        }
        return insn->opcode != 0x83 || member != 7;
    }
    switch (insn->opcode) {
    case 0x01:
        if (insn->prefixes & INSN_LOCK)
            return false;
        if (memory)
            return member == 7;
        return insn->modrm == 0xf9 ||
               (insn->modrm == 0xd1 &&
                !(insn->prefixes & (INSN_OPSIZE | INSN_REP | INSN_REPNE)));
    case 0xba:
        return member >= 5;
    case 0xc3:
        return memory && !(insn->prefixes &
                           (INSN_OPSIZE | INSN_LOCK | INSN_REP | INSN_REPNE));
    }
    return true;
}

/* Bytes of SIB and displacement behind ModRM, with 64- or 32-bit addresses. */
static unsigned address_bytes(unsigned modrm, unsigned sib)
{
    unsigned mod = modrm >> 6, rm = modrm & 7;
    unsigned bytes = rm == 4;

    if (mod == 1)
        return bytes + 1;
    if (mod == 2 || rm == 5 || (rm == 4 && (sib & 7) == 5))
        return bytes + 4;
    return bytes;
}

static int64_t read_imm(const uint8_t *at, unsigned bytes)
{
    int32_t imm4;
    int16_t imm2;

    if (bytes == 1)
        return (int8_t)at[0];
    if (bytes == 2) {
        memcpy(&imm2, at, sizeof(imm2));
        return imm2;
    }
    memcpy(&imm4, at, sizeof(imm4));
    return imm4;
}

/* Beside INSN_*: */
#define PREFIX_SEGMENT 0x40
#define PREFIX_REX     0x80

static const uint8_t prefix_bits[256] = {
    [0x26] = PREFIX_SEGMENT,      [0x2e] = PREFIX_SEGMENT,
    [0x36] = PREFIX_SEGMENT,      [0x3e] = PREFIX_SEGMENT,
    [0x40 ... 0x4f] = PREFIX_REX, [0x64] = PREFIX_SEGMENT,
    [0x65] = PREFIX_SEGMENT,      [0x66] = INSN_OPSIZE,
    [0x67] = INSN_ADDR,           [0xf0] = INSN_LOCK,
    [0xf2] = INSN_REPNE,          [0xf3] = INSN_REP,
};

/* Takes the prefixes; returns how many bytes they are. */
static unsigned take_prefixes(const uint8_t *bytes, unsigned n, bool wide,
                              struct insn *insn)
{
    unsigned at = 0, seen = 0, bits;
    uint8_t rex = 0;

    for (; at < n && (bits = prefix_bits[bytes[at]]); at++) {
        if (bits == PREFIX_REX) {
            if (!wide)
                break;
            rex = bytes[at];
            continue;
        }
        rex = 0; /* one that is not the last prefix does not count */
        if (bits == PREFIX_SEGMENT)
            insn->segment = bytes[at];
        if (bits & (INSN_REP | INSN_REPNE))
            seen &= ~(unsigned)(INSN_REP | INSN_REPNE);
        seen |= bits;
    }
    insn->rex = rex;
    insn->prefixes = (uint8_t)(seen & ~(unsigned)PREFIX_SEGMENT);
    return at;
}

static void set_widths(struct insn *insn, uint8_t form, bool wide)
{
    if (form & BYTE)
        insn->op_bytes = 1;
    else if (form & REG)
        insn->op_bytes = 8;
    else if (insn->rex & REX_W)
        insn->op_bytes = form & PORT ? 4 : 8; /* 66 does not count then */
    else
        insn->op_bytes = insn->prefixes & INSN_OPSIZE ? 2 : 4;
    insn->addr_bytes = wide ? 8 : 4;
    if (insn->prefixes & INSN_ADDR)
        insn->addr_bytes /= 2;
}

static bool form_is_known(const struct insn *insn, uint8_t form, bool wide)
{
    if (!(form & KNOWN) || (!wide && !(form & PORT)))
        return false;
    /* lock: only before what writes memory (AMD: lock mov %cr0 is %cr8). */
    return !(insn->prefixes & INSN_LOCK) || ((form & MODRM) && !(form & REG));
}

static enum decode_result ran_out(unsigned n)
{
    return n < INSN_BYTES_MAX ? DECODE_SHORT : DECODE_UNKNOWN;
}

/* Everything behind the opcode, which ends before bytes[at]. */
static enum decode_result decode_operands(const uint8_t *bytes, unsigned at,
                                          unsigned n, uint8_t form,
                                          struct insn *insn)
{
    unsigned imm_bytes = 0;

    if (form & MODRM) {
        if (at >= n)
            return ran_out(n);
        insn->has_modrm = true;
        insn->modrm = bytes[at++];
        if (!member_is_known(insn))
            return DECODE_UNKNOWN;
        if (insn_mod(insn) != 3 && !(form & REG))
            at += address_bytes(insn->modrm, bytes[at]);
    }
    if (form & MOFFS)
        at += insn->addr_bytes;
    if (form & IMM8)
        imm_bytes = 1;
    else if (form & IMMZ)
        imm_bytes = insn->op_bytes == 2 ? 2 : 4;
    if (at + imm_bytes > n)
        return ran_out(n);
    if (imm_bytes)
        insn->imm = read_imm(bytes + at, imm_bytes);
    insn->length = (uint8_t)(at + imm_bytes);
    return DECODE_OK;
}

/* Most are an opcode and nothing else; in 64-bit code. */
static bool decode_simple(const uint8_t *bytes, unsigned n, struct insn *insn)
{
    bool two = bytes[0] == 0x0f;
    uint8_t form = two ? two_byte[bytes[1]] : one_byte[bytes[0]];

    if (n < 2 || !(form & KNOWN) || (form & (MODRM | MOFFS | IMM8 | IMMZ)))
        return false;
    insn->two_byte = two;
    insn->opcode = bytes[two];
    insn->length = (uint8_t)(1 + two);
    insn->op_bytes = form & BYTE ? 1 : 4;
    insn->addr_bytes = 8;
    return true;
}

enum decode_result decode_insn(const uint8_t bytes[INSN_BUFFER], unsigned n,
                               bool wide, struct insn *insn)
{
    unsigned at;
    uint8_t form;

    *insn = (struct insn){0};
    if (wide && decode_simple(bytes, n, insn))
        return DECODE_OK;
    at = take_prefixes(bytes, n, wide, insn);
    insn->two_byte = at < n && bytes[at] == 0x0f;
    at += insn->two_byte;
    if (at >= n)
        return ran_out(n);
    insn->opcode = bytes[at++];
    form = insn->two_byte ? two_byte[insn->opcode] : one_byte[insn->opcode];
    if (!form_is_known(insn, form, wide))
        return DECODE_UNKNOWN;
    set_widths(insn, form, wide);
    return decode_operands(bytes, at, n, form, insn);
}

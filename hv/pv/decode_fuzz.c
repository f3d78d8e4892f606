/*
 * pv/decode_fuzz.c - any bytes, decoded by us and by the Zydis library: what we
 * know has the same length and operands there, and what Zydis takes for one of
 * the instructions we serve is known to us.
 */
/* link: hv/pv/decode.c -lZydis */
/* covers: hv/pv/decode.c */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <Zydis/Zydis.h>

#include "pv/decode_hot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define CHECK(condition)                                                       \
    do {                                                                       \
        if (!(condition))                                                      \
            abort();                                                           \
    } while (0)

struct reference {
    ZydisDecodedInstruction insn;
    ZydisDecodedOperand operand[ZYDIS_MAX_OPERAND_COUNT];
    bool valid;
    bool cut; /* there are too few bytes */
};

static void ask_zydis(const uint8_t *bytes, size_t n, bool wide,
                      struct reference *ref)
{
    ZydisDecoder decoder;
    ZyanStatus status;

    ZydisDecoderInit(&decoder,
                     wide ? ZYDIS_MACHINE_MODE_LONG_64
                          : ZYDIS_MACHINE_MODE_LONG_COMPAT_32,
                     wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32);
    status =
        ZydisDecoderDecodeFull(&decoder, bytes, n, &ref->insn, ref->operand);
    ref->valid = ZYAN_SUCCESS(status);
    ref->cut = status == ZYDIS_STATUS_NO_MORE_DATA;
}

static bool is_port_insn(ZydisMnemonic m)
{
    switch (m) {
    case ZYDIS_MNEMONIC_IN:
    case ZYDIS_MNEMONIC_OUT:
    case ZYDIS_MNEMONIC_INSB:
    case ZYDIS_MNEMONIC_INSW:
    case ZYDIS_MNEMONIC_INSD:
    case ZYDIS_MNEMONIC_OUTSB:
    case ZYDIS_MNEMONIC_OUTSW:
    case ZYDIS_MNEMONIC_OUTSD:
        return true;
    default:
        return false;
    }
}

static bool is_system_insn(ZydisMnemonic m)
{
    switch (m) {
    case ZYDIS_MNEMONIC_CLI:
    case ZYDIS_MNEMONIC_STI:
    case ZYDIS_MNEMONIC_CLTS:
    case ZYDIS_MNEMONIC_WBINVD:
    case ZYDIS_MNEMONIC_RDMSR:
    case ZYDIS_MNEMONIC_WRMSR:
    case ZYDIS_MNEMONIC_RDTSC:
    case ZYDIS_MNEMONIC_RDTSCP:
    case ZYDIS_MNEMONIC_XSETBV:
    case ZYDIS_MNEMONIC_INVLPG:
        return true;
    default:
        return false;
    }
}

static bool is_memory_write(const ZydisDecodedInstruction *insn)
{
    switch (insn->mnemonic) {
    case ZYDIS_MNEMONIC_MOVSD: /* of strings, not of SSE */
        return insn->opcode_map == ZYDIS_OPCODE_MAP_DEFAULT;
    case ZYDIS_MNEMONIC_ADD:
    case ZYDIS_MNEMONIC_OR:
    case ZYDIS_MNEMONIC_ADC:
    case ZYDIS_MNEMONIC_SBB:
    case ZYDIS_MNEMONIC_AND:
    case ZYDIS_MNEMONIC_SUB:
    case ZYDIS_MNEMONIC_XOR:
    case ZYDIS_MNEMONIC_XCHG:
    case ZYDIS_MNEMONIC_MOV:
    case ZYDIS_MNEMONIC_NOT:
    case ZYDIS_MNEMONIC_NEG:
    case ZYDIS_MNEMONIC_INC:
    case ZYDIS_MNEMONIC_DEC:
    case ZYDIS_MNEMONIC_BTS:
    case ZYDIS_MNEMONIC_BTR:
    case ZYDIS_MNEMONIC_BTC:
    case ZYDIS_MNEMONIC_CMPXCHG:
    case ZYDIS_MNEMONIC_XADD:
    case ZYDIS_MNEMONIC_MOVNTI:
    case ZYDIS_MNEMONIC_MOVSB:
    case ZYDIS_MNEMONIC_MOVSW:
    case ZYDIS_MNEMONIC_MOVSQ:
    case ZYDIS_MNEMONIC_STOSB:
    case ZYDIS_MNEMONIC_STOSW:
    case ZYDIS_MNEMONIC_STOSD:
    case ZYDIS_MNEMONIC_STOSQ:
        return true;
    default:
        return false;
    }
}

/* The operand in memory that the instruction writes, if it does. */
static const ZydisDecodedOperand *written_memory(const struct reference *ref)
{
    for (unsigned i = 0; i < ref->insn.operand_count; i++) {
        const ZydisDecodedOperand *o = &ref->operand[i];

        if (o->type == ZYDIS_OPERAND_TYPE_MEMORY &&
            (o->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE))
            return o;
    }
    return NULL;
}

static bool names_special_register(const struct reference *ref)
{
    for (unsigned i = 0; i < ref->insn.operand_count_visible; i++) {
        ZydisRegisterClass c;

        if (ref->operand[i].type != ZYDIS_OPERAND_TYPE_REGISTER)
            continue;
        c = ZydisRegisterGetClass(ref->operand[i].reg.value);
        if (c == ZYDIS_REGCLASS_CONTROL || c == ZYDIS_REGCLASS_DEBUG)
            return true;
    }
    return false;
}

/* Must we know it? */
static bool is_served(const struct reference *ref, bool wide)
{
    ZydisMnemonic m = ref->insn.mnemonic;
    const ZydisDecodedOperand *memory;

    if (is_port_insn(m))
        return true;
    if (!wide)
        return false;
    if (is_system_insn(m))
        return true;
    if (m == ZYDIS_MNEMONIC_MOV && names_special_register(ref))
        return !(ref->insn.attributes & ZYDIS_ATTRIB_HAS_LOCK);
    memory = written_memory(ref);
    /* mov from a segment register is not worth it. */
    return memory && is_memory_write(&ref->insn) && ref->insn.opcode != 0x8c;
}

static void check_operands(const struct reference *ref, const struct insn *insn)
{
    const ZydisDecodedOperand *memory = written_memory(ref);
    bool bits = insn->two_byte && insn->has_modrm && insn->opcode < 0xc0 &&
                insn->opcode != 0xb0 && insn->opcode != 0xb1;

    CHECK(ref->insn.opcode == insn->opcode);
    if (insn->has_modrm)
        CHECK((uint8_t)(ref->insn.raw.modrm.mod << 6 |
                        ref->insn.raw.modrm.reg << 3 |
                        ref->insn.raw.modrm.rm) == insn->modrm);
    if (memory && !bits)
        CHECK(memory->size == insn->op_bytes * 8U);
    CHECK(ref->insn.address_width == insn->addr_bytes * 8U);
    if (ref->insn.raw.imm[0].size && ref->insn.raw.imm[0].is_signed)
        CHECK(ref->insn.raw.imm[0].value.s == insn->imm);
    else if (ref->insn.raw.imm[0].size)
        CHECK((ref->insn.raw.imm[0].value.u & 0xff) ==
              ((uint64_t)insn->imm & 0xff));
}

static void compare(const uint8_t *bytes, unsigned n, bool wide)
{
    uint8_t buffer[INSN_BUFFER];
    struct reference ref;
    struct insn insn;
    enum decode_result result;

    memset(buffer, 0xa5, sizeof(buffer));
    memcpy(buffer, bytes, n);
    result = decode_insn(buffer, n, wide, &insn);
    ask_zydis(buffer, n, wide, &ref);
    if (result == DECODE_OK) {
        CHECK(insn.length <= n);
        if (ref.valid) {
            CHECK(ref.insn.length == insn.length);
            check_operands(&ref, &insn);
        } else {
            CHECK(!ref.cut);
        }
    } else if (result == DECODE_UNKNOWN) {
        CHECK(!ref.valid || !is_served(&ref, wide));
    } else {
        CHECK(n < INSN_BYTES_MAX);
        CHECK(!ref.valid || !is_served(&ref, wide));
    }
}

/* The shortcut agrees with the decoder. */
static void check_hot_write(const uint8_t *bytes, unsigned n)
{
    uint8_t buffer[INSN_BUFFER] = {0};
    struct hot_write w;
    struct insn insn;
    uint64_t code;

    memcpy(buffer, bytes, n);
    memcpy(&code, buffer, sizeof(code));
    if (!decode_hot_write(code, &w))
        return;
    CHECK(decode_insn(buffer, sizeof(code), true, &insn) == DECODE_OK);
    CHECK(w.length == insn.length && insn_mod(&insn) != 3 && !insn.two_byte);
    if (w.kind == HOT_AND) {
        CHECK(insn.opcode == 0x80 && insn_extension(&insn) == 4);
        CHECK(insn.op_bytes == 1 && w.imm == (uint8_t)insn.imm);
        return;
    }
    CHECK(insn.opcode == (w.kind == HOT_XCHG ? 0x87 : 0x89));
    CHECK(insn.op_bytes == 8 && w.reg == insn_reg(&insn));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
    unsigned n = (unsigned)MIN(bytes, (size_t)INSN_BYTES_MAX);

    compare(data, n, true);
    compare(data, n, false);
    check_hot_write(data, n);
    return 0;
}

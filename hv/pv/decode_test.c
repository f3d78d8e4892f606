/*
 * pv/decode_test.c - instructions as kernels use them, and the edges.
 */
/* link: hv/pv/decode.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pv/decode_hot.h"

static enum decode_result decode(const char *code, unsigned n, bool wide,
                                 struct insn *insn)
{
    uint8_t bytes[INSN_BUFFER];

    memset(bytes, 0xcc, sizeof(bytes));
    memcpy(bytes, code, n);
    return decode_insn(bytes, n, wide, insn);
}

/* Decodes what must be a whole instruction, given in more bytes than it has. */
static struct insn good(const char *code, unsigned n)
{
    struct insn insn;

    assert_int_equal(decode(code, n, true, &insn), DECODE_OK);
    assert_int_equal(insn.length, n);
    for (unsigned have = 0; have < n; have++) {
        struct insn cut;

        assert_int_equal(decode(code, have, true, &cut), DECODE_SHORT);
    }
    assert_int_equal(decode(code, INSN_BYTES_MAX, true, &insn), DECODE_OK);
    assert_int_equal(insn.length, n);
    return insn;
}

static void unknown(const char *code, unsigned n)
{
    struct insn insn;

    assert_int_equal(decode(code, n, true, &insn), DECODE_UNKNOWN);
}

#define GOOD(code)                                                             \
    good((code "\xcc\xcc\xcc\xcc\xcc\xcc\xcc\xcc"                              \
               "\xcc\xcc\xcc\xcc\xcc\xcc\xcc"),                                \
         sizeof(code) - 1)
#define UNKNOWN(code) unknown((code), sizeof(code) - 1)

static void test_ports(void **state)
{
    struct insn insn = GOOD("\xe4\x80"); /* in $0x80, %al */

    (void)state;
    assert_int_equal(insn.op_bytes, 1);
    assert_int_equal((uint8_t)insn.imm, 0x80);
    insn = GOOD("\xef"); /* out %eax, %dx */
    assert_int_equal(insn.op_bytes, 4);
    insn = GOOD("\x66\xed"); /* in %dx, %ax */
    assert_int_equal(insn.op_bytes, 2);
    insn = GOOD("\x66\x48\xed"); /* REX.W outdoes 66, but four is the most */
    assert_int_equal(insn.op_bytes, 4);
    insn = GOOD("\xf3\x66\x6d"); /* rep insw */
    assert_int_equal(insn.op_bytes, 2);
    assert_int_equal(insn.prefixes, INSN_REP | INSN_OPSIZE);
    insn = GOOD("\x65\x67\xf3\x6e"); /* rep outsb %gs:(%esi) */
    assert_int_equal(insn.segment, 0x65);
    assert_int_equal(insn.addr_bytes, 4);
}

static void test_privileged(void **state)
{
    struct insn insn = GOOD("\x0f\x30"); /* wrmsr */

    (void)state;
    assert_true(insn.two_byte);
    assert_int_equal(insn.opcode, 0x30);
    GOOD("\x0f\x32");
    GOOD("\x0f\x06");
    GOOD("\x0f\x09");
    GOOD("\xfa");
    GOOD("\xfb");
    GOOD("\x0f\x01\xd1");         /* xsetbv */
    GOOD("\x0f\x01\xf9");         /* rdtscp */
    GOOD("\x0f\x01\x3c\x25----"); /* invlpg disp32 */
    UNKNOWN("\x0f\x01\xf8");      /* swapgs */
    UNKNOWN("\x0f\x01\x10");      /* lgdt */
    UNKNOWN("\x0f\x01\xf0");      /* lmsw */
    UNKNOWN("\xf0\x0f\x01\x38");
    UNKNOWN("\x66\x0f\x01\xd1");
    UNKNOWN("\xf4");     /* hlt */
    UNKNOWN("\x0f\x0b"); /* ud2 */
}

static void test_control_registers(void **state)
{
    struct insn insn = GOOD("\x0f\x22\xe7"); /* mov %rdi, %cr4 */

    (void)state;
    assert_int_equal(insn_reg(&insn), 4);
    assert_int_equal(insn_rm(&insn), 7);
    assert_int_equal(insn.op_bytes, 8);
    insn = GOOD("\x45\x0f\x20\xc1"); /* mov %cr8, %r9 */
    assert_int_equal(insn_reg(&insn), 8);
    assert_int_equal(insn_rm(&insn), 9);
    /* ModRM is a register whatever mod says: no SIB, no displacement. */
    insn = GOOD("\x0f\x20\x04");
    assert_int_equal(insn_rm(&insn), 4);
    GOOD("\x0f\x21\x85");
    UNKNOWN("\xf0\x0f\x20\xc0"); /* AMD's other name of %cr8 */
}

static void test_table_writes(void **state)
{
    struct insn insn = GOOD("\x48\x87\x04\x24"); /* xchg %rax, (%rsp) */

    (void)state;
    assert_int_equal(insn.op_bytes, 8);
    insn = GOOD("\xf0\x41\x80\x64\x24\x08\xfd"); /* lock andb $-3, 8(%r12) */
    assert_int_equal(insn.op_bytes, 1);
    assert_int_equal(insn.imm, -3);
    assert_int_equal(insn_extension(&insn), 4);
    assert_int_equal(insn.prefixes, INSN_LOCK);
    insn = GOOD("\x4c\x89\x05----"); /* mov %r8, x(%rip) */
    assert_int_equal(insn_reg(&insn), 8);
    insn = GOOD("\xf0\x48\x0f\xba\x33\x05"); /* lock btrq $5, (%rbx) */
    assert_int_equal(insn.imm, 5);
    insn = GOOD("\x48\xc7\x80----\xff\xff\xff\x7f"); /* movq $imm, x(%rax) */
    assert_int_equal(insn.imm, 0x7fffffff);
    insn = GOOD("\x66\x81\x08\x00\x80"); /* orw $0x8000, (%rax) */
    assert_int_equal(insn.imm, -0x8000);
    insn = GOOD("\x48\xa3--------"); /* movabs %rax, moffs */
    assert_int_equal(insn.length, 10);
    GOOD("\x67\x48\xa3----");
    GOOD("\x48\x0f\xc3\x07"); /* movnti */
    UNKNOWN("\x48\x0f\xc3\xc7");
    UNKNOWN("\x80\x38\x00");     /* cmpb */
    UNKNOWN("\x48\x0f\xba\x20"); /* bt */
    UNKNOWN("\xff\x10");         /* call */
    UNKNOWN("\xf7\x00");         /* test */
    UNKNOWN("\xc7\xf8");         /* xbegin */
}

static void test_modrm_lengths(void **state)
{
    (void)state;
    GOOD("\x89\x00");
    GOOD("\x89\x04\x00");
    GOOD("\x89\x04\x05----"); /* SIB without base */
    GOOD("\x89\x44\x05-");
    GOOD("\x89\x84\x05----");
    GOOD("\x89\x05----");
    GOOD("\x89\x40-");
    GOOD("\x89\x80----");
    GOOD("\x89\xc0");
}

/* A REX prefix counts only right before the opcode. */
static void test_prefix_order(void **state)
{
    struct insn insn = GOOD("\x48\x66\x89\x00");

    (void)state;
    assert_int_equal(insn.op_bytes, 2);
    assert_int_equal(insn.rex, 0);
    insn = GOOD("\x66\x48\x89\x00");
    assert_int_equal(insn.op_bytes, 8);
    insn = GOOD("\xf2\xf3\xee");
    assert_int_equal(insn.prefixes, INSN_REP);
    insn = GOOD("\xf3\xf2\xee");
    assert_int_equal(insn.prefixes, INSN_REPNE);
}

static bool hot(const char code[9], struct hot_write *w)
{
    uint64_t word;

    memcpy(&word, code, sizeof(word));
    return decode_hot_write(word, w);
}

static void test_hot_writes(void **state)
{
    struct hot_write w;

    (void)state;
    assert_true(hot("\x48\x87\x03.....", &w)); /* xchg %rax, (%rbx) */
    assert_int_equal(w.kind, HOT_XCHG);
    assert_int_equal(w.length, 3);
    assert_int_equal(w.reg, 0);
    assert_true(hot("\x48\x89\x05.....", &w)); /* mov %rax, x(%rip) */
    assert_int_equal(w.kind, HOT_MOV);
    assert_int_equal(w.length, 7);
    assert_true(hot("\x4d\x89\xbc\x24....", &w)); /* mov %r15, x(%r12) */
    assert_int_equal(w.kind, HOT_MOV);
    assert_int_equal(w.length, 8);
    assert_int_equal(w.reg, 15);
    assert_true(hot("\xf0\x41\x80\x63\x10\xfd..", &w));
    assert_int_equal(w.kind, HOT_AND);
    assert_int_equal(w.length, 6);
    assert_int_equal(w.imm, 0xfd);
    assert_true(hot("\x3e\x80\x20\xfd....", &w));
    assert_int_equal(w.kind, HOT_AND);
    assert_int_equal(w.length, 4);
    assert_true(hot("\xf0\x41\x80\x24\x24\xfd..", &w)); /* (%r12) */
    assert_int_equal(w.length, 6);
    assert_int_equal(w.imm, 0xfd);
    assert_false(hot("\x48\x87\x04\x25....", &w)); /* no base */
    assert_false(hot("\x87\x04\x24.....", &w));    /* four bytes */
    assert_false(hot("\x48\x87\xc0.....", &w));    /* a register */
    assert_false(hot("\xf0\x80\x0b\xfd....", &w)); /* orb */
    assert_false(hot("\xf0\x41\x80\xa3....", &w)); /* nine bytes */
    assert_false(hot("\x66\x48\x89\x03....", &w));
}

/* Fifteen bytes are the limit, whatever follows. */
static void test_too_long(void **state)
{
    char code[16];
    struct insn insn;

    (void)state;
    memset(code, 0x66, sizeof(code));
    code[14] = (char)0xee;
    assert_int_equal(decode(code, 15, true, &insn), DECODE_OK);
    assert_int_equal(insn.length, 15);
    code[14] = 0x66;
    code[15] = (char)0xee;
    assert_int_equal(decode(code, 15, true, &insn), DECODE_UNKNOWN);
    code[13] = (char)0x0f;
    code[14] = 0x22;
    assert_int_equal(decode(code, 15, true, &insn), DECODE_UNKNOWN);
    code[12] = (char)0x80;
    code[13] = 0x08;
    assert_int_equal(decode(code, 14, true, &insn), DECODE_SHORT);
    assert_int_equal(decode(code, 15, true, &insn), DECODE_OK);
    code[11] = (char)0x80;
    code[12] = (char)0x88;
    assert_int_equal(decode(code, 15, true, &insn), DECODE_UNKNOWN);
}

static void test_32_bit_code(void **state)
{
    struct insn insn;

    (void)state;
    assert_int_equal(decode("\x66\xef", 2, false, &insn), DECODE_OK);
    assert_int_equal(insn.op_bytes, 2);
    assert_int_equal(insn.addr_bytes, 4);
    assert_int_equal(decode("\x67\x6c", 2, false, &insn), DECODE_OK);
    assert_int_equal(insn.addr_bytes, 2);
    /* No REX: this is dec %eax. */
    assert_int_equal(decode("\x48\xee", 2, false, &insn), DECODE_UNKNOWN);
    assert_int_equal(decode("\x0f\x30", 2, false, &insn), DECODE_UNKNOWN);
    assert_int_equal(decode("\x89\x00", 2, false, &insn), DECODE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ports),
        cmocka_unit_test(test_privileged),
        cmocka_unit_test(test_control_registers),
        cmocka_unit_test(test_table_writes),
        cmocka_unit_test(test_modrm_lengths),
        cmocka_unit_test(test_prefix_order),
        cmocka_unit_test(test_hot_writes),
        cmocka_unit_test(test_too_long),
        cmocka_unit_test(test_32_bit_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

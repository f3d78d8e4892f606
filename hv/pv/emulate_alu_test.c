/*
 * pv/emulate_alu_test.c - every instruction that writes to memory, with random
 * operands: the CPU that runs this test is the reference.
 */
/* link: hv/pv/emulate_alu.c hv/pv/decode.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "pv/emulate_alu.h"

#define ARITHMETIC_FLAGS 0x8d5U
#define FLAG_ADJUST      0x10U

struct machine {
    uint64_t rax, rdx, rflags, memory;
};

/* Loads what rsi points to, executes with rdi pointing to memory, stores. */
static const uint8_t before[] = {
    0x53,                   /* push %rbx */
    0x48, 0x89, 0xf3,       /* mov %rsi, %rbx */
    0x48, 0x8b, 0x03,       /* mov (%rbx), %rax */
    0x48, 0x8b, 0x53, 0x08, /* mov 8(%rbx), %rdx */
    0xff, 0x73, 0x10,       /* push 16(%rbx) */
    0x9d,                   /* popf */
};
static const uint8_t after[] = {
    0x9c,                   /* pushf */
    0x8f, 0x43, 0x10,       /* pop 16(%rbx) */
    0x48, 0x89, 0x03,       /* mov %rax, (%rbx) */
    0x48, 0x89, 0x53, 0x08, /* mov %rdx, 8(%rbx) */
    0x5b,                   /* pop %rbx */
    0xc3,                   /* ret */
};

static uint8_t *code_page;

static uint64_t random_u64(void)
{
    static uint64_t x = 0x9e3779b97f4a7c15;

    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    /* Ends of ranges are where carries are. */
    switch (x % 7) {
    case 0:
        return x >> 60;
    case 1:
        return ~(x >> 60);
    case 2:
        return 1UL << (x >> 32 & 63);
    default:
        return x;
    }
}

static void execute(const uint8_t *insn, unsigned n, struct machine *m)
{
    uint64_t memory[2] = {m->memory, 0};
    void (*run)(void *, void *);

    memcpy(code_page, before, sizeof(before));
    memcpy(code_page + sizeof(before), insn, n);
    memcpy(code_page + sizeof(before) + n, after, sizeof(after));
    memcpy(&run, &code_page, sizeof(run));
    run(memory, m);
    m->memory = memory[0];
}

static void emulate(const uint8_t *bytes, unsigned n, struct machine *m)
{
    struct cpu_regs regs = {.rax = m->rax, .rdx = m->rdx, .rflags = m->rflags};
    uint8_t buffer[INSN_BUFFER] = {0};
    struct alu_result result;
    struct insn insn;
    uint64_t mask;

    memcpy(buffer, bytes, n);
    assert_int_equal(decode_insn(buffer, n, true, &insn), DECODE_OK);
    assert_int_equal(insn.length, n);
    mask = alu_mask(insn.op_bytes);
    assert_true(alu_compute(&insn, &regs, m->memory & mask, &result));
    assert_int_equal(result.memory & ~mask, 0);
    if (result.writes)
        m->memory = (m->memory & ~mask) | result.memory;
    alu_apply(&insn, &result, &regs);
    m->rax = regs.rax;
    m->rdx = regs.rdx;
    m->rflags = regs.rflags;
}

static void compare(const uint8_t *insn, unsigned n, struct machine m,
                    uint64_t flags)
{
    struct machine ours = m;

    execute(insn, n, &m);
    emulate(insn, n, &ours);
    if (m.memory != ours.memory || m.rax != ours.rax || m.rdx != ours.rdx ||
        ((m.rflags ^ ours.rflags) & flags)) {
        for (unsigned i = 0; i < n; i++)
            print_error("%02x ", insn[i]);
        print_error("memory %lx/%lx rax %lx/%lx rdx %lx/%lx flags %lx/%lx\n",
                    m.memory, ours.memory, m.rax, ours.rax, m.rdx, ours.rdx,
                    m.rflags, ours.rflags);
        fail();
    }
}

static struct machine random_machine(void)
{
    return (struct machine){
        .rax = random_u64(),
        .rdx = random_u64(),
        .memory = random_u64(),
        .rflags = (random_u64() & ARITHMETIC_FLAGS) | 0x202,
    };
}

struct form {
    uint8_t opcode[2]; /* the first 0: none */
    uint8_t extension; /* of a group; 2: the register, rdx */
    uint8_t imm_bytes; /* 4: as wide as the operand */
    uint8_t undefined; /* flags that the CPU may set as it likes */
    bool byte, bit_offset;
};

static const struct form forms[] = {
    {{0, 0x00}, 2, 0, 0, true, false},
    {{0, 0x01}, 2, 0, 0, false, false},
    {{0, 0x08}, 2, 0, FLAG_ADJUST, true, false},
    {{0, 0x09}, 2, 0, FLAG_ADJUST, false, false},
    {{0, 0x10}, 2, 0, 0, true, false},
    {{0, 0x11}, 2, 0, 0, false, false},
    {{0, 0x18}, 2, 0, 0, true, false},
    {{0, 0x19}, 2, 0, 0, false, false},
    {{0, 0x20}, 2, 0, FLAG_ADJUST, true, false},
    {{0, 0x21}, 2, 0, FLAG_ADJUST, false, false},
    {{0, 0x28}, 2, 0, 0, true, false},
    {{0, 0x29}, 2, 0, 0, false, false},
    {{0, 0x30}, 2, 0, FLAG_ADJUST, true, false},
    {{0, 0x31}, 2, 0, FLAG_ADJUST, false, false},
    {{0, 0x80}, 0, 1, 0, true, false},
    {{0, 0x80}, 4, 1, FLAG_ADJUST, true, false},
    {{0, 0x80}, 6, 1, FLAG_ADJUST, true, false},
    {{0, 0x81}, 1, 4, FLAG_ADJUST, false, false},
    {{0, 0x81}, 2, 4, 0, false, false},
    {{0, 0x81}, 3, 4, 0, false, false},
    {{0, 0x81}, 4, 4, FLAG_ADJUST, false, false},
    {{0, 0x83}, 0, 1, 0, false, false},
    {{0, 0x83}, 5, 1, 0, false, false},
    {{0, 0x86}, 2, 0, 0, true, false},
    {{0, 0x86}, 6, 0, 0, true, false}, /* dh */
    {{0, 0x87}, 2, 0, 0, false, false},
    {{0, 0x88}, 2, 0, 0, true, false},
    {{0, 0x88}, 6, 0, 0, true, false},
    {{0, 0x89}, 2, 0, 0, false, false},
    {{0, 0xc6}, 0, 1, 0, true, false},
    {{0, 0xc7}, 0, 4, 0, false, false},
    {{0, 0xf6}, 2, 0, 0, true, false},
    {{0, 0xf6}, 3, 0, 0, true, false},
    {{0, 0xf7}, 2, 0, 0, false, false},
    {{0, 0xf7}, 3, 0, 0, false, false},
    {{0, 0xfe}, 0, 0, 0, true, false},
    {{0, 0xfe}, 1, 0, 0, true, false},
    {{0, 0xff}, 0, 0, 0, false, false},
    {{0, 0xff}, 1, 0, 0, false, false},
    {{0x0f, 0xab}, 2, 0, 0, false, true},
    {{0x0f, 0xb3}, 2, 0, 0, false, true},
    {{0x0f, 0xbb}, 2, 0, 0, false, true},
    {{0x0f, 0xba}, 5, 1, 0, false, false},
    {{0x0f, 0xba}, 6, 1, 0, false, false},
    {{0x0f, 0xba}, 7, 1, 0, false, false},
    {{0x0f, 0xb0}, 2, 0, 0, true, false},
    {{0x0f, 0xb0}, 6, 0, 0, true, false},
    {{0x0f, 0xb1}, 2, 0, 0, false, false},
    {{0x0f, 0xc0}, 2, 0, 0, true, false},
    {{0x0f, 0xc0}, 6, 0, 0, true, false},
    {{0x0f, 0xc1}, 2, 0, 0, false, false},
};

/* width 0: as the opcode has it, 1: with 66, 2: with REX.W. */
static void try_form(const struct form *f, unsigned width)
{
    struct machine m = random_machine();
    bool rex = width == 2 && !(f->byte && f->extension == 6);
    unsigned bytes = f->byte ? 1 : width == 0 ? 4 : width == 1 ? 2 : 8;
    unsigned n = 0, imm = f->imm_bytes == 4 ? MIN(bytes, 4U) : f->imm_bytes;
    uint8_t insn[INSN_BYTES_MAX];
    uint64_t value = random_u64();

    if (f->bit_offset)
        m.rdx &= bytes * 8 - 1;
    if (random_u64() & 1)
        m.rax = (m.rax & ~alu_mask(bytes)) | (m.memory & alu_mask(bytes));
    if (width == 1)
        insn[n++] = 0x66;
    if (rex)
        insn[n++] = 0x48;
    if (f->opcode[0])
        insn[n++] = f->opcode[0];
    insn[n++] = f->opcode[1];
    insn[n++] = (uint8_t)(f->extension << 3 | 7);
    memcpy(insn + n, &value, imm);
    compare(insn, n + imm, m, ARITHMETIC_FLAGS & ~(uint64_t)f->undefined);
}

static void test_against_cpu(void **state)
{
    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(forms) * 1000; i++)
        for (unsigned width = 0; width < 3; width++)
            try_form(&forms[i % ARRAY_SIZE(forms)], width);
}

/* What writes nothing, or not to memory, is refused. */
static void test_refused(void **state)
{
    static const uint8_t others[][3] = {
        {0xee},             /* out %al, %dx */
        {0x89, 0xd0},       /* mov %edx, %eax */
        {0x0f, 0x30},       /* wrmsr */
        {0x0f, 0x22, 0xc0}, /* mov %rax, %cr0 */
        {0x0f, 0x22, 0x00}, /* the same, to the CPU */
    };

    (void)state;
    for (unsigned i = 0; i < ARRAY_SIZE(others); i++) {
        uint8_t bytes[INSN_BUFFER] = {0};
        struct cpu_regs regs = {0};
        struct alu_result result;
        struct insn insn;

        memcpy(bytes, others[i], sizeof(others[i]));
        assert_int_equal(decode_insn(bytes, 15, true, &insn), DECODE_OK);
        assert_false(alu_compute(&insn, &regs, 0, &result));
    }
}

static int make_code_page(void **state)
{
    (void)state;
    code_page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return code_page == MAP_FAILED;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_cpu),
        cmocka_unit_test(test_refused),
    };

    return cmocka_run_group_tests(tests, make_code_page, NULL);
}

/*
 * Every form of in and out, with its prefixes: widths and immediate ports, ins
 * and outs by steps up and down, repeated, with 32-bit addresses and segment
 * overrides; an operand that is not there is a page fault at its address, with
 * what was done before done. In 32-bit user code too.
 */
/* not-as-guest: it uses ports, which only dom0 has */
#include "guest.h"

#define DATA 0xcfc /* of PCI's configuration: 86 80 37 12 */
#define WORD 0x12378086U

static uint8_t buffer[64], *pages;

#define IN(name, insn)                                                         \
    ASM_FUNCTION(name,                                                         \
                 "mov $-1, %rax; mov $0xcfc, %edx;" insn "; mov %rax, rax_")
uint64_t rax_;
IN(in_al, "in %dx, %al");
IN(in_ax, "in %dx, %ax");
IN(in_eax, "in %dx, %eax");
IN(in_rex, ".byte 0x48; in %dx, %eax");
IN(in_rex_16, ".byte 0x66, 0x48; in %dx, %eax");
IN(in_odd, "mov $0xcff, %edx; in %dx, %al");
IN(in_cs, ".byte 0x2e, 0xf3; in %dx, %al");
ASM_FUNCTION(in_imm, "mov $-1, %rax; in $0x61, %al; mov %rax, rax_");
ASM_FUNCTION(in_imm_eax, "mov $-1, %rax; in $0xe0, %eax; mov %rax, rax_");

static void registers(void)
{
    CHECK(!catch_code(in_al));
    CHECK_EQ(rax_, ~0xffUL | 0x86);
    CHECK(!catch_code(in_ax));
    CHECK_EQ(rax_, ~0xffffUL | 0x8086);
    CHECK(!catch_code(in_eax));
    CHECK_EQ(rax_, WORD);
    CHECK(!catch_code(in_rex));
    CHECK_EQ(rax_, WORD);
    CHECK(!catch_code(in_rex_16));
    CHECK_EQ(rax_, WORD);
    CHECK(!catch_code(in_odd));
    CHECK_EQ(rax_, ~0xffUL | 0x12);
    CHECK(!catch_code(in_cs));
    CHECK_EQ(rax_, ~0xffUL | 0x86);
    CHECK(!catch_code(in_imm));
    CHECK_EQ(rax_ >> 8, ~0UL >> 8);
    CHECK(!catch_code(in_imm_eax));
    CHECK_EQ(rax_ >> 32, 0);
}

struct string {
    uint64_t at, count;
    bool down;
};

static void ins_b(void *arg)
{
    struct string *s = arg;

    __asm__ volatile("insb" : "+D"(s->at) : "d"(DATA) : "memory");
}

static void rep_ins_w(void *arg)
{
    struct string *s = arg;

    __asm__ volatile("rep insw"
                     : "+D"(s->at), "+c"(s->count)
                     : "d"(DATA)
                     : "memory");
}

static void repne_ins_l_down(void *arg)
{
    struct string *s = arg;

    __asm__ volatile("std; repne insl; cld"
                     : "+D"(s->at), "+c"(s->count)
                     : "d"(DATA)
                     : "memory");
}

static void rep_ins_l(void *arg)
{
    struct string *s = arg;

    __asm__ volatile("rep insl"
                     : "+D"(s->at), "+c"(s->count)
                     : "d"(DATA)
                     : "memory");
}

static void rep_outs_l(void *arg)
{
    struct string *s = arg;

    __asm__ volatile("rep outsl"
                     : "+S"(s->at), "+c"(s->count)
                     : "d"(0x80)
                     : "memory");
}

static void outs_fs(void *arg)
{
    struct string *s = arg;

    __asm__ volatile("fs outsl" : "+S"(s->at) : "d"(0xcf8) : "memory");
}

static void strings(void)
{
    struct string s = {(uint64_t)buffer, 0, false};

    CHECK_EQ(fault_of(ins_b, &s), NO_FAULT);
    CHECK_EQ(buffer[0], 0x86);
    CHECK_EQ(s.at, (uint64_t)buffer + 1);
    s = (struct string){(uint64_t)buffer, 5, false};
    CHECK_EQ(fault_of(rep_ins_w, &s), NO_FAULT);
    CHECK_EQ(s.at, (uint64_t)buffer + 10);
    CHECK_EQ(s.count, 0);
    CHECK(!memcmp(buffer + 8, "\x86\x80", 3));
    s = (struct string){(uint64_t)buffer + 40, 3, true};
    CHECK_EQ(fault_of(repne_ins_l_down, &s), NO_FAULT);
    CHECK_EQ(s.at, (uint64_t)buffer + 28);
    CHECK(!memcmp(buffer + 32, "\x86\x80\x37\x12\x86\x80\x37\x12\x86", 9));
    CHECK_EQ(buffer[28], 0);
    s = (struct string){1, 0, false};
    CHECK_EQ(fault_of(rep_ins_w, &s), NO_FAULT);
    CHECK_EQ(s.at, 1);
    s = (struct string){(uint64_t)pages, 1024, false};
    CHECK_EQ(fault_of(rep_ins_l, &s), NO_FAULT);
    CHECK_EQ(s.count, 0);
    CHECK_EQ(*(uint32_t *)(void *)(pages + 4092), WORD);
}

static void override(void)
{
    static uint32_t address = 0x80000008; /* class and revision */
    struct string s = {(uint64_t)&address - 0x1000, 1, false};

    CHECK_EQ(set_segment_base(SEGBASE_FS, 0x1000), 0);
    CHECK_EQ(fault_of(outs_fs, &s), NO_FAULT);
    CHECK_EQ(inl(DATA) >> 24, 6); /* a bridge */
    outl(0xcf8, 0x80000000);
    CHECK_EQ(set_segment_base(SEGBASE_FS, 0), 0);
}

/* In the hypervisor, or not canonical. The CPU itself may do the outs here,
 * and read of the hypervisor's what a guest can. */
static void bad_addresses(void)
{
    static const uint64_t bad[] = {HV_START + 0x1000, HV_END - PAGE_SIZE,
                                   0x800000000000, 1UL << 63};

    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        struct string s = {bad[i], 1, false};

        CHECK_EQ(fault_of(rep_ins_l, &s), VECTOR_GP);
        CHECK_EQ(last_fault()->fault.error, 0);
        if (bad[i] >= HV_START && bad[i] < HV_END)
            continue;
        CHECK_EQ(fault_of(rep_outs_l, &s), VECTOR_GP);
        CHECK_EQ(last_fault()->fault.error, 0);
    }
}

/* The second page is not there; registers are those at the fault. */
static void faults(void)
{
    struct string s = {(uint64_t)pages + 4096 - 6, 4, false};
    const struct frame *f;

    page_unmap(pages + PAGE_SIZE);
    f = catch_fault(rep_ins_l, &s);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, (uint64_t)pages + PAGE_SIZE);
    CHECK_EQ(f->error, PF_W);
    CHECK_EQ(f->rcx, 3);
    CHECK_EQ(f->rdi, (uint64_t)pages + PAGE_SIZE - 2);
    s = (struct string){(uint64_t)pages + PAGE_SIZE - 8, 4, false};
    f = catch_fault(rep_outs_l, &s);
    REQUIRE(f);
    CHECK_EQ(f->vector, VECTOR_PF);
    CHECK_EQ(f->error, 0);
    CHECK_EQ(f->rcx, 2);
    CHECK_EQ(f->rsi, (uint64_t)pages + PAGE_SIZE);
    page_protect(pages, false);
    s = (struct string){(uint64_t)pages, 1, false};
    CHECK_EQ(fault_of(rep_ins_l, &s), VECTOR_PF);
    CHECK_EQ(last_fault()->fault.error, PF_W);
}

#define USER_VA 0x400000UL

static void in_32_bit_code(void)
{
    uint8_t *page = page_alloc();
    struct tree t = tree_make(USER_VA, page, 1, PTE_RW_FLAGS);
    struct frame start = user_start(NULL);
    const struct frame *f;

    user_init();
    CHECK_EQ(pte_write(&user_l4[0], pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS)),
             0);
    memcpy(page, "\xed\xf3\x6d\xcc", 4); /* in, rep insl, int3 */
    start.rip = USER_VA;
    start.cs = CS_USER32;
    start.rdx = DATA;
    start.rcx = 2;
    start.rdi = USER_VA + 0x100;
    WRITE_SEGMENT(ds, SS_KERNEL);
    WRITE_SEGMENT(es, SS_KERNEL);
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_BP);
    CHECK_EQ(f->rax, WORD);
    CHECK_EQ(f->rcx, 0);
    CHECK_EQ(f->rdi, USER_VA + 0x108);
    CHECK_EQ(*(uint32_t *)(void *)(page + 0x104), WORD);
}

void test(void)
{
    struct physdev_set_iopl s = {.iopl = 3};

    CHECK_EQ(physdev_op(PHYSDEVOP_set_iopl, &s), 0);
    pages = pages_alloc(2);
    outl(0xcf8, 0x80000000);
    registers();
    strings();
    override();
    in_32_bit_code();
    faults();
    bad_addresses();
}

/*
 * Writes to L1 tables by string instructions are carried out too: stos and
 * movs, in each width, up and down, repeated; an element that is refused is a
 * page fault with those before it done. Across two entries nothing is.
 */
#include "guest.h"

static uint64_t *l1, pte;
static uint64_t source[8];

#define ENTRY(n) (READ_ONCE(l1[n]) & ~PTE_G)

struct string {
    uint64_t to, from, count, value;
};

#define STRING(name, insn)                                                     \
    static void name(void *arg)                                                \
    {                                                                          \
        struct string *s = arg;                                                \
                                                                               \
        __asm__ volatile(insn "; cld"                                          \
                         : "+D"(s->to), "+S"(s->from), "+c"(s->count)          \
                         : "a"(s->value)                                       \
                         : "memory");                                          \
    }

STRING(stos_q, "stosq")
STRING(stos_l, "stosl")
STRING(stos_w, "stosw")
STRING(stos_b, "stosb")
STRING(rep_stos, "rep stosq")
STRING(rep_stos_down, "std; repne stosq")
STRING(movs_q, "movsq")
STRING(rep_movs, "rep movsq")

static struct string run(void (*fn)(void *), unsigned n, uint64_t count,
                         uint64_t value, int wanted)
{
    struct string s = {(uint64_t)&l1[n], (uint64_t)source, count, value};

    CHECK_EQ(fault_of(fn, &s), wanted);
    return s;
}

static void widths(void)
{
    struct string s = run(stos_q, 9, 0, pte, NO_FAULT);

    CHECK_EQ(s.to, (uint64_t)&l1[10]);
    CHECK_EQ(ENTRY(9), pte);
    run(stos_b, 9, 0, pte & ~PTE_RW & 0xff, NO_FAULT);
    CHECK_EQ(ENTRY(9), pte & ~PTE_RW);
    run(stos_w, 9, 0, pte & 0xffff, NO_FAULT);
    CHECK_EQ(ENTRY(9), pte);
    s = run(stos_l, 9, 0, 0, NO_FAULT);
    CHECK_EQ(s.to, (uint64_t)&l1[9] + 4);
    CHECK_EQ(ENTRY(9), pte & ~0xffffffffUL);
}

static void repeated(void)
{
    struct string s = run(rep_stos, 20, 40, pte, NO_FAULT);

    CHECK_EQ(s.count, 0);
    CHECK_EQ(s.to, (uint64_t)&l1[60]);
    CHECK_EQ(ENTRY(19), 0);
    CHECK_EQ(ENTRY(20), pte);
    CHECK_EQ(ENTRY(59), pte);
    CHECK_EQ(ENTRY(60), 0);
    s = run(rep_stos_down, 59, 40, 0, NO_FAULT);
    CHECK_EQ(s.to, (uint64_t)&l1[19]);
    CHECK_EQ(ENTRY(20), 0);
    CHECK_EQ(ENTRY(59), 0);
}

static void moved(void)
{
    struct string s;

    source[0] = source[1] = pte;
    s = run(movs_q, 9, 0, 0, NO_FAULT);
    CHECK_EQ(s.from, (uint64_t)&source[1]);
    CHECK_EQ(ENTRY(9), pte);
    source[2] = pte_make(0xfee00, PTE_RW_FLAGS); /* the local APIC */
    run(rep_movs, 9, 4, 0, VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, (uint64_t)&l1[11]);
    CHECK_EQ(last_fault()->fault.rcx, 2);
    CHECK_EQ(ENTRY(10), pte);
    CHECK_EQ(ENTRY(11), 0);
    s = (struct string){(uint64_t)&l1[9], 0x1000, 1, 0};
    CHECK_EQ(fault_of(movs_q, &s), VECTOR_PF);
    s = (struct string){(uint64_t)&l1[9] + 6, 0, 0, 0};
    CHECK_EQ(fault_of(stos_l, &s), VECTOR_PF);
}

void test(void)
{
    uint64_t *page = page_alloc();
    struct tree t = tree_map(0x10000000, page, 1, PTE_RW_FLAGS);

    l1 = t.l1;
    pte = pte_make(va_to_mfn(page), PTE_RW_FLAGS);
    CHECK_EQ(vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables), 0);
    widths();
    repeated();
    moved();
}

/*
 * A kernel's write to an entry of its own L1 tables is carried out by whichever
 * instruction it uses, in one, two, four or eight bytes, with its result and
 * its flags; the entry is checked as in mmu_update.
 */
#include "guest.h"

static uint64_t *l1;
static uint64_t pte;

#define BEGIN(value) (void)pte_write(&l1[9], (value))
#define ENTRY        (READ_ONCE(l1[9]) & ~PTE_G)

static void moves(void)
{
    uint64_t *p = &l1[9];

    BEGIN(0);
    __asm__ volatile("mov %1, %0" : "=m"(*p) : "r"(pte) : "memory");
    CHECK_EQ(ENTRY, pte);
    __asm__ volatile("movb $0, %0" : "=m"(*p) : : "memory");
    CHECK_EQ(ENTRY, pte & ~0xffUL);
    __asm__ volatile("movb %1, %0" : "=m"(*p) : "q"((uint8_t)pte) : "memory");
    CHECK_EQ(ENTRY, pte);
    __asm__ volatile("movl $0, %0" : "=m"(*p) : : "memory");
    CHECK_EQ(ENTRY, pte & ~0xffffffffUL);
    BEGIN(0);
    __asm__ volatile("movl %k1, %0" : "=m"(*p) : "r"(pte) : "memory");
    CHECK_EQ(ENTRY, pte & 0xffffffff);
    __asm__ volatile("movw %w1, %0" : "=m"(*p) : "r"(pte & ~PTE_RW) : "memory");
    CHECK_EQ(ENTRY, pte & 0xffffffff & ~PTE_RW);
    __asm__ volatile("movq $0, %0" : "=m"(*p) : : "memory");
    CHECK_EQ(ENTRY, 0);
}

static void exchanges(void)
{
    uint64_t *p = &l1[9], value = pte;
    bool equal;

    BEGIN(0);
    __asm__ volatile("xchg %0, %1" : "+r"(value), "+m"(*p) : : "memory");
    CHECK_EQ(value, 0);
    CHECK_EQ(ENTRY, pte);
    value = 0;
    __asm__ volatile("xchg %0, %1" : "+r"(value), "+m"(*p) : : "memory");
    CHECK_EQ(value & ~PTE_G, pte);
    CHECK_EQ(ENTRY, 0);

    value = 1; /* not what is there */
    __asm__ volatile("lock cmpxchg %3, %1"
                     : "+a"(value), "+m"(*p), "=@cce"(equal)
                     : "r"(pte)
                     : "memory");
    CHECK(!equal);
    CHECK_EQ(value, 0);
    __asm__ volatile("lock cmpxchg %3, %1"
                     : "+a"(value), "+m"(*p), "=@cce"(equal)
                     : "r"(pte)
                     : "memory");
    CHECK(equal);
    CHECK_EQ(ENTRY, pte);
    BEGIN(0x1000);
    value = 0x2000;
    __asm__ volatile("lock xadd %0, %1" : "+r"(value), "+m"(*p) : : "memory");
    CHECK_EQ(value, 0x1000);
    CHECK_EQ(ENTRY, 0x3000);
}

static void arithmetic(void)
{
    uint64_t *p = &l1[9];
    bool bit;

    BEGIN(pte);
    __asm__ volatile("lock andb $0xfd, %0" : "+m"(*p) : : "memory");
    CHECK_EQ(ENTRY, pte & ~PTE_RW);
    __asm__ volatile("lock orl $2, %0" : "+m"(*p) : : "memory");
    CHECK_EQ(ENTRY, pte);
    __asm__ volatile("lock btrq $5, %0" : "+m"(*p), "=@ccc"(bit) : : "memory");
    CHECK(bit);
    CHECK_EQ(ENTRY, pte & ~PTE_A);
    __asm__ volatile("lock btsq $5, %0" : "+m"(*p), "=@ccc"(bit) : : "memory");
    CHECK(!bit);
    CHECK_EQ(ENTRY, pte);
    __asm__ volatile("xorl $0x40, %0" : "+m"(*p) : : "memory");
    CHECK_EQ(ENTRY, pte ^ PTE_D);
    BEGIN(0x1000);
    __asm__ volatile("addq $0x1000, %0" : "+m"(*p) : : "memory");
    CHECK_EQ(ENTRY, 0x2000);
    __asm__ volatile("subq $0x2000, %0" : "+m"(*p), "=@ccz"(bit) : : "memory");
    CHECK(bit);
    CHECK_EQ(ENTRY, 0);
}

void test(void)
{
    uint64_t *page = page_alloc();
    struct tree t = tree_map(0x10000000, page, 1, PTE_RW_FLAGS);

    l1 = t.l1;
    pte = pte_make(va_to_mfn(page), PTE_RW_FLAGS);
    CHECK_EQ(vm_assist(VMASST_CMD_enable, VMASST_TYPE_writable_pagetables), 0);
    moves();
    exchanges();
    arithmetic();
    /* And it is a mapping. */
    BEGIN(0);
    l1[9] = pte;
    *page = 0x77;
    CHECK_EQ(*(uint64_t *)0x10009000, 0x77);
}

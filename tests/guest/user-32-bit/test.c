/*
 * 32-bit user code runs with the flat 32-bit selectors: its exceptions have
 * them in their frames, registers are 32 bits wide, and its instructions are
 * decoded as such.
 */
#include "guest.h"

#define USER_VA 0x400000UL

static uint8_t *page;

static const struct frame *run(const char *code, unsigned bytes)
{
    struct frame start = user_start(NULL);

    memcpy(page, code, bytes);
    start.rip = USER_VA;
    start.cs = CS_USER32;
    start.rsp = USER_VA + 0xff0;
    start.rax = 0x11223344;
    return user_run(&start);
}

void test(void)
{
    struct physdev_set_iopl iopl = {.iopl = 3};
    const struct frame *f;
    struct tree t;

    page = page_alloc();
    t = tree_make(USER_VA, page, 1, PTE_RW_FLAGS);
    user_init();
    CHECK_EQ(pte_write(&user_l4[0], pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS)),
             0);
    f = run("\x0f\x0b", 2); /* ud2 */
    CHECK_EQ(f->vector, VECTOR_UD);
    CHECK_EQ(f->cs, CS_USER32);
    CHECK_EQ(f->ss, SS_KERNEL);
    CHECK_EQ(f->rip, USER_VA);
    CHECK_EQ(f->rax, 0x11223344);
    /* inc %eax, which is a REX prefix in 64-bit code; ud2 */
    f = run("\x40\x0f\x0b", 3);
    CHECK_EQ(f->vector, VECTOR_UD);
    CHECK_EQ(f->rax, 0x11223345);
    /* mov 0xffff0000, %eax: beyond what is mapped */
    f = run("\xa1\x00\x00\xff\xff", 5);
    CHECK_EQ(f->vector, VECTOR_PF);
    CHECK_EQ(last_fault()->fault_cr2, 0xffff0000);
    CHECK_EQ(f->error, PF_U);
    /* inc %eax; in $0x80, %al: the first byte is no prefix of the second */
    CHECK_EQ(physdev_op(PHYSDEVOP_set_iopl, &iopl), 0);
    f = run("\xe4\x80\x0f\x0b", 4);
    CHECK_EQ(f->vector, VECTOR_UD);
    CHECK_EQ(f->rip, USER_VA + 2);
    CHECK_EQ(f->rax >> 8, 0x112233);
    f = run("\xcc", 1); /* int3 */
    CHECK_EQ(f->vector, VECTOR_BP);
    CHECK_EQ(f->rip, USER_VA + 1);
}

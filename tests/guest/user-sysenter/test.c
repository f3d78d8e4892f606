/*
 * sysenter, which Intel's CPUs have in 64-bit mode too, reaches its callback
 * with a frame that says neither where from nor which stack; without a callback
 * it is #GP. NT makes no difference (XSA-339).
 */
/* cpu: qemu64,-svm,vendor=GenuineIntel */
#include "guest.h"

#define USER_VA 0x400000UL

static uint64_t more_flags;

static const struct frame *run(uint64_t cs)
{
    struct frame start = user_start(NULL);

    start.rip = USER_VA;
    start.cs = cs;
    start.rsp = USER_VA + 0xff0;
    start.rflags |= more_flags;
    return user_run(&start);
}

static void from(uint64_t cs)
{
    const struct frame *f = run(cs);

    CHECK_EQ(f->vector, VECTOR_SYSENTER);
    CHECK_EQ(f->rip, 0);
    CHECK_EQ(f->cs & 3, 3);
    CHECK_EQ(f->rflags & RFLAGS_IF, RFLAGS_IF);
    CHECK_EQ(last_fault()->fault_sp, (uint64_t)last_fault() + TRAP_STACK - 56);
}

void test(void)
{
    uint8_t *page = page_alloc();
    struct tree t = tree_make(USER_VA, page, 1, PTE_RW_FLAGS);

    memcpy(page, "\x0f\x34\x0f\x0b", 4); /* sysenter; ud2 */
    user_init();
    CHECK_EQ(pte_write(&user_l4[0], pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS)),
             0);
    from(CS_USER32);
    from(CS_KERNEL);
    more_flags = RFLAGS_NT;
    from(CS_KERNEL);
    from(CS_USER32);
    more_flags = 0;
    CHECK_EQ(callback_register(CALLBACKTYPE_sysenter, 0, 0), 0);
    CHECK_EQ(run(CS_USER32)->vector, VECTOR_GP);
}

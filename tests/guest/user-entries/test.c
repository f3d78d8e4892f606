/*
 * syscall, and from 32-bit code syscall, sysenter and int $0x80, each reach the
 * callback or trap that the kernel registered for it, or the exception that
 * says there is none.
 */
#include "guest.h"

#define USER_VA 0x400000UL

/* Code below 4 GiB, for 64-bit and 32-bit mode alike. */
static const uint8_t code[] = {
    0x0f, 0x05, 0x0f, 0x0b, /* syscall; ud2 */
    0x0f, 0x34, 0x0f, 0x0b, /* sysenter; ud2 */
    0xcd, 0x80, 0x0f, 0x0b, /* int $0x80; ud2 */
};
enum {
    SYSCALL = 0,
    SYSENTER = 4,
    INT80 = 8,
};

static void map_code(void)
{
    uint8_t *page = page_alloc();
    struct tree t = tree_make(USER_VA, page, 1, PTE_RW_FLAGS);

    memcpy(page, code, sizeof(code));
    REQUIRE_EQ(pte_write(&user_l4[0], pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS)),
               0);
}

static const struct frame *run(unsigned offset, uint64_t cs)
{
    struct frame start = user_start(NULL);

    start.rip = USER_VA + offset;
    start.cs = cs;
    start.rsp = USER_VA + 0xff0;
    return user_run(&start);
}

static void from_32_bits(void)
{
    const struct frame *f = run(INT80, CS_USER32);

    CHECK_EQ(f->vector, 0x80);
    CHECK_EQ(f->cs, CS_USER32);
    CHECK_EQ(f->rip, USER_VA + INT80 + 2);
    f = run(SYSCALL, CS_USER32);
    CHECK_EQ(f->vector, VECTOR_SYSCALL32);
    CHECK_EQ(f->cs, CS_USER32);
    CHECK_EQ(f->ss, SS_KERNEL);
    CHECK_EQ(f->rip, USER_VA + SYSCALL + 2);
}

static void without_callbacks(void)
{
    const struct frame *f;

    CHECK_EQ(callback_register(CALLBACKTYPE_syscall, 0, 0), 0);
    CHECK_EQ(callback_register(CALLBACKTYPE_syscall32, 0, 0), 0);
    f = run(SYSCALL, CS_KERNEL);
    CHECK_EQ(f->vector, VECTOR_UD);
    CHECK_EQ(f->rip, USER_VA + SYSCALL);
    f = run(SYSCALL, CS_USER32);
    CHECK_EQ(f->vector, VECTOR_UD);
    CHECK_EQ(f->rip, USER_VA + SYSCALL);
}

static void masking(void)
{
    CHECK_EQ(callback_register(CALLBACKTYPE_syscall, (uint64_t)callback_syscall,
                               CALLBACKF_mask_events),
             0);
    CHECK_EQ(run(SYSCALL, CS_KERNEL)->vector, VECTOR_SYSCALL);
    CHECK_EQ(last_fault()->fault_mask, 1);
    CHECK_EQ(FRAME_MASK(&last_fault()->fault), 0);
    CHECK_EQ(
        callback_register(CALLBACKTYPE_syscall, (uint64_t)callback_syscall, 0),
        0);
    CHECK_EQ(run(SYSCALL, CS_KERNEL)->vector, VECTOR_SYSCALL);
    CHECK_EQ(last_fault()->fault_mask, 0);
}

void test(void)
{
    const struct frame *f;

    events_init();
    user_init();
    map_code();
    f = run(SYSCALL, CS_KERNEL);
    CHECK_EQ(f->vector, VECTOR_SYSCALL);
    CHECK_EQ(f->rip, USER_VA + SYSCALL + 2);
    CHECK_EQ(run(INT80, CS_KERNEL)->vector, 0x80);
    from_32_bits();
    without_callbacks();
    masking();
}

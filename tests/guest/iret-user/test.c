/*
 * The iret hypercall with ring 3 in cs goes to user mode with the user's tables
 * and every register of its frame; back in the kernel the kernel's tables are
 * loaded; a user's syscall is not a hypercall.
 */
#include "guest.h"

#define USER_VA 0x400000UL

__asm__("ask_version:\n" /* as a hypercall, if it were one */
        "    mov $17, %eax\n"
        "    xor %edi, %edi\n"
        "    syscall\n"
        "after_syscall:\n"
        "    ud2\n");
void ask_version(void);
extern char after_syscall[];

static void system_call(void)
{
    struct frame start = user_start(ask_version);
    const struct frame *f;

    start.rbx = 0xb0b;
    start.r9 = 0x909;
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_SYSCALL);
    CHECK_EQ(f->rax, 17);
    CHECK_EQ(f->rip, (uint64_t)after_syscall);
    CHECK_EQ(f->rcx, (uint64_t)after_syscall);
    CHECK_EQ(f->rbx, 0xb0b);
    CHECK_EQ(f->r9, 0x909);
    CHECK_EQ(f->rsp, start.rsp);
    CHECK_EQ(f->cs, CS_KERNEL);
    CHECK_EQ(f->ss, SS_KERNEL);
    CHECK_EQ(f->rflags, f->r11);
}

/* A page that only the user's tables have. */
static void own_tables(void)
{
    uint8_t *page = page_alloc();
    struct tree t = tree_make(USER_VA, page, 1, PTE_RW_FLAGS);
    struct frame start;
    const struct frame *f;

    memcpy(page, "\x0f\x05\x0f\x0b", 4); /* syscall, ud2 */
    CHECK_EQ(pte_write(&user_l4[0], pte_make(va_to_mfn(t.l3), PTE_RW_FLAGS)),
             0);
    start = user_start(ask_version);
    start.rip = USER_VA;
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_SYSCALL);
    CHECK_EQ(f->rip, USER_VA + 2);
    CHECK_EQ(try_read((void *)USER_VA), VECTOR_PF);
    CHECK_EQ(kernel_l4()[0], 0);
}

static void flags(void)
{
    struct frame start = user_start(ask_version);
    const struct frame *f;

    start.rflags |= RFLAGS_IOPL | RFLAGS_CF | RFLAGS_DF | RFLAGS_AC;
    start.rip = (uint64_t)after_syscall;
    f = user_run(&start);
    CHECK_EQ(f->vector, VECTOR_UD);
    CHECK_EQ(f->rflags & (RFLAGS_IOPL | RFLAGS_CF | RFLAGS_DF | RFLAGS_AC),
             RFLAGS_CF | RFLAGS_DF | RFLAGS_AC);
}

void test(void)
{
    user_init();
    system_call();
    own_tables();
    flags();
    /* And back in the kernel, a syscall is a hypercall again. */
    CHECK_EQ(xen_version(XENVER_version, NULL), 4 << 16 | 17);
}
